"""Functions run off the GUI thread; answers and errors arrive on it."""

import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from cxr_viewer.ui.background import BackgroundTasks


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[BackgroundTasks]:
    made = BackgroundTasks("testing", 1)
    yield made
    made.close()


def test_answer_arrives_on_the_gui_thread(qtbot: QtBot, tasks: BackgroundTasks) -> None:
    threads: list[str] = []
    answers: list[tuple[int, str]] = []

    def work() -> int:
        threads.append(threading.current_thread().name)
        return 42

    tasks.submit(work, lambda answer: answers.append((answer, threading.current_thread().name)))
    qtbot.waitUntil(lambda: bool(answers))
    assert answers == [(42, threading.current_thread().name)]
    assert threads[0].startswith("testing")
    assert tasks.is_idle


def test_error_arrives_as_it_was_raised(qtbot: QtBot, tasks: BackgroundTasks) -> None:
    error = ValueError("no such thing")
    caught: list[BaseException] = []

    def work() -> None:
        raise error

    tasks.submit(work, on_error=caught.append)
    qtbot.waitUntil(lambda: bool(caught))
    assert caught == [error]


def test_cancelled_work_delivers_nothing(qtbot: QtBot, tasks: BackgroundTasks) -> None:
    gate, delivered = threading.Event(), list[str]()
    tasks.submit(gate.wait, lambda _answer: delivered.append("first"))
    waiting = tasks.submit(lambda: "second", delivered.append)
    assert waiting.cancel()
    gate.set()
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert delivered == ["first"]


def test_progress_is_reported_in_order_before_the_answer(qtbot: QtBot, tasks: BackgroundTasks) -> None:
    heard: list[int] = []

    def work() -> int:
        for number in range(3):
            tasks.report(lambda number=number: heard.append(number))  # type: ignore[misc]
        return 3

    tasks.submit(work, heard.append)
    qtbot.waitUntil(lambda: len(heard) == 4)
    assert heard == [0, 1, 2, 3]


def test_closing_with_work_running_waits_for_it_and_delivers_nothing(qtbot: QtBot) -> None:
    tasks = BackgroundTasks("closing", 1)
    gate, delivered = threading.Event(), list[bool]()
    tasks.submit(gate.wait, delivered.append)
    threading.Timer(0.05, gate.set).start()
    tasks.close()
    qtbot.wait(20)
    assert delivered == []
    with pytest.raises(RuntimeError):
        tasks.submit(int)


def test_emitting_a_signal_drops_no_reference(qtbot: QtBot) -> None:
    """PySide6 6.12.0 dropped one of True at every emit; before Python 3.12 that ends the program after some time."""

    class Source(QObject):
        happened = Signal()

    source = Source()
    before = sys.getrefcount(True)
    for _ in range(500):
        source.happened.emit()
    assert abs(sys.getrefcount(True) - before) < 100
