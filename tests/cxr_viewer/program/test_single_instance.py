"""A second start opens in the running window; whatever goes wrong with that costs no start and no work."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Client, Connection
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from cxr_viewer.program import handover, meeting_place, request, single_instance
from cxr_viewer.program.arrival_desk import Arrival
from cxr_viewer.program.meeting_place import MeetingPlace
from cxr_viewer.program.request import Request
from cxr_viewer.store import locations
from cxr_viewer.store.journal import Journal
from tests.cxr_viewer.program.conftest import Start

posix = pytest.mark.skipif(os.name != "posix", reason="sockets, modes and signals as POSIX has them")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


@contextmanager
def first(store: Path, reader: str = "") -> Iterator[tuple[single_instance.Entry, list[Request]]]:
    """A first start in this process, whose window takes everything at once."""
    entry = single_instance.enter(Request(), store, reader)
    assert entry.desk is not None
    taken: list[Request] = []

    def take(arrival: Arrival) -> None:
        taken.append(arrival.request)  # before the sender is told: its test looks as soon as it is
        if not arrival.take():
            taken.remove(arrival.request)

    entry.desk.deliver_to(take)
    try:
        yield entry, taken
    finally:
        entry.desk.close()


def _place(store: Path, reader: str = "") -> MeetingPlace:
    return meeting_place.of(store, reader)


def test_a_second_start_hands_over_every_kind_of_path(store: Path) -> None:
    asked = Request(("/ward/ä b.dcm", os.fsdecode(b"/ward/\xff.dcm"), "/x\ny"), demo=True, bundle="/m", token="t")
    with first(store) as (_, taken):
        assert single_instance.enter(asked, store, "").is_handed_over
    assert taken == [asked]


def test_what_arrives_before_the_window_is_there_waits_for_it(store: Path) -> None:
    entry = single_instance.enter(Request(), store, "")
    assert entry.desk is not None
    assert single_instance.enter(Request(("/a",)), store, "").is_handed_over
    assert entry.desk.deliver_to(lambda _: None) == (Request(("/a",)),)
    entry.desk.close()


def test_another_store_reader_or_screen_is_another_window(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with first(store) as (_, taken):
        with first(tmp_path / "other.sqlite"), first(store, "ada"):
            pass
        monkeypatch.setenv("DISPLAY", ":77")
        with first(store):
            pass
    assert taken == []


def test_two_names_of_one_store_meet(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with first(store):
        assert single_instance.enter(Request(), Path("journal.sqlite"), "").is_handed_over


@posix
def test_only_this_user_can_come_near(store: Path) -> None:
    with first(store):
        place = _place(store)
        for path in (Path(place.address), place.key, place.lock):
            assert path.stat().st_mode & 0o077 == 0
        assert place.lock.parent.stat().st_mode & 0o077 == 0


@posix
def test_a_session_folder_that_is_missing_is_made_and_found_again(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with TemporaryDirectory() as short:  # a long path could not name a socket, and would not be used
        run = Path(short) / "run"
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(run))
        with first(store):
            assert run.stat().st_mode & 0o077 == 0
            assert single_instance.enter(Request(), store, "").is_handed_over


@posix
def test_a_folder_that_leads_elsewhere_is_no_meeting_place(store: Path, tmp_path: Path) -> None:
    folder = locations.meeting_folder()
    (tmp_path / "theirs").mkdir()
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.symlink_to(tmp_path / "theirs")
    assert single_instance.enter(Request(), store, "") == single_instance.Entry()


def test_whoever_does_not_know_the_key_is_not_heard_and_the_next_one_is(store: Path) -> None:
    with first(store) as (_, taken):
        place = _place(store)
        with pytest.raises(Exception, match="digest"):
            Client(place.address, authkey=b"guessed")
        silent = Client(place.address)  # says nothing at all
        assert single_instance.enter(Request(("/a",)), store, "").is_handed_over
        silent.close()
    assert taken == [Request(("/a",))]


def test_an_impostor_learns_no_path(store: Path) -> None:
    """What listens at the address without the key gets nothing."""
    from multiprocessing.connection import Listener

    place = _place(store)
    place.key.write_bytes(b"k" * 32)
    heard: list[bytes] = []
    listener = Listener(place.address)

    def listen() -> None:
        connection = listener.accept()
        connection.send_bytes(b"#CHALLENGE#{sha256}" + b"x" * 20)
        heard.append(connection.recv_bytes())
        connection.send_bytes(b"#WELCOME#")
        try:
            heard.append(connection.recv_bytes())
            connection.send_bytes(b"wrong answer")
            heard.append(connection.recv_bytes())
        except (EOFError, OSError):
            pass
        connection.close()
        listener.close()

    thread = threading.Thread(target=listen)
    thread.start()
    assert not handover.hand_over(Request(("/DOE^JANE",)), place, patience_s=0.5)
    thread.join()
    assert heard
    assert not any(b"DOE" in words for words in heard)


def _talk(place: MeetingPlace, content: bytes) -> bytes:
    with Client(place.address, authkey=place.key.read_bytes()) as connection:
        try:
            connection.send_bytes(content)
            return connection.recv_bytes() if connection.poll(5) else b"silence"
        except (EOFError, OSError):
            return b"hung up"


@pytest.mark.parametrize(
    "content",
    [
        b"x" * (request.LARGEST + 1),
        b"no json",
        b'{"format": 2, "paths": []}',
        b'{"format": 1, "paths": ["relative"], "demo": false, "bundle": "", "token": ""}',
        b'{"format": 1, "paths": [7], "demo": false, "bundle": "", "token": ""}',
        b"[]",
    ],
    ids=["huge", "noise", "other version", "relative", "numbers", "list"],
)
def test_a_wrong_message_is_hung_up_on_and_the_next_one_is_heard(store: Path, content: bytes) -> None:
    with first(store) as (_, taken):
        assert _talk(_place(store), content) == b"hung up"
        assert single_instance.enter(Request(("/a",)), store, "").is_handed_over
    assert taken == [Request(("/a",))]


def test_a_window_that_does_not_answer_costs_two_seconds_and_gets_nothing_later(store: Path) -> None:
    entry = single_instance.enter(Request(), store, "")
    assert entry.desk is not None
    kept: list[Arrival] = []
    entry.desk.deliver_to(kept.append)
    second = single_instance.enter(Request(("/a",)), store, "")
    assert second == single_instance.Entry(sentence=single_instance.NO_ANSWER)
    assert [arrival.take() for arrival in kept] == [False], "the other window has opened it by now"
    entry.desk.close()


def test_a_closed_desk_lets_the_next_start_have_the_place(store: Path) -> None:
    for _ in range(3):
        with first(store):
            assert single_instance.enter(Request(), store, "").is_handed_over
    deadline = time.monotonic() + 5
    while any(thread.name == "arrivals" for thread in threading.enumerate()):
        assert time.monotonic() < deadline, "a desk that is closed listens no more"
        time.sleep(0.01)


def test_an_arrival_whose_sender_is_gone_is_not_taken() -> None:
    from multiprocessing.connection import Pipe

    ours, theirs = Pipe()
    assert isinstance(ours, Connection)
    theirs.close()
    assert not Arrival(Request(), ours).take()
    ours.close()


# -- the real program ------------------------------------------------------------------------------------------------


def _second(*arguments: str | Path, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """Start the program and tell at its end which libraries it had loaded."""
    script = (
        "import sys\nfrom cxr_viewer import app\ncode = app.main(sys.argv[1:])\n"
        "print(sorted({'PySide6', 'numpy', 'sqlalchemy', 'pydicom'} & set(sys.modules)))\nsys.exit(code)"
    )
    call = [sys.executable, "-c", script, *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    return subprocess.run(call, capture_output=True, text=True, check=False, timeout=90, cwd=cwd, env=environment)


def test_a_second_double_click_opens_in_the_running_window_and_loses_nothing(
    start: Start, ward: Path, store: Path, tmp_path: Path
) -> None:
    none = tmp_path / "no-bundle"
    window = start(ward, "--store", store, "--bundle", none, "--reader", "ada")
    window.wait_until(lambda state: state["shown"] == "0.dcm")
    other = tmp_path / "other"
    other.mkdir()
    (other / "b.dcm").write_bytes((ward / "1.dcm").read_bytes())
    # a box is being drawn, and a comment stands half written in its line
    window.do("write")
    window.do("press")
    ran = _second("b.dcm", "--store", store, "--reader", "ada", cwd=other)
    assert (ran.returncode, ran.stderr, ran.stdout) == (0, "", "[]\n"), "no Qt is loaded to hand over"
    time.sleep(0.4)
    assert window.state()["shown"] == "0.dcm", "the gesture in progress is waited for"
    window.do("release")
    state = window.wait_until(lambda state: state["shown"] == "b.dcm")
    assert state["rows"] == ["b.dcm"]
    assert "Another start" in state["notice"]
    window.do("back")
    state = window.wait_until(lambda state: state["shown"] == "0.dcm")
    assert (state["findings"], state["comment"], state["notice"]) == (1, "seen twice", "")
    assert state["rows"] == ["0.dcm", "1.dcm"]
    # a file of the open list is gone to, and the list stays
    _second(ward / "1.dcm", "--store", store, "--reader", "ada")
    state = window.wait_until(lambda state: state["shown"] == "1.dcm")
    assert (state["rows"], state["notice"]) == (["0.dcm", "1.dcm"], "")
    # a window that hangs: a window of its own, which says so; both write
    window.do("hang")
    own = start(other, "--store", store, "--bundle", none, "--reader", "ada")
    state = own.wait_until(lambda state: state["shown"] == "b.dcm")
    assert state["notice"] == single_instance.NO_ANSWER
    own.do("press")
    own.do("release")
    own.wait_until(lambda state: state["findings"] == 1)
    own.do("quit")
    assert own.end() == 0
    assert window.state()["rows"] == ["0.dcm", "1.dcm"], "what timed out was not opened here too"
    # killed: the next start takes the place over
    window.do("vanish")
    window.end()
    with Journal.open(store) as journal:
        assert journal.integrity_check() == ()
    again = start(other, "--store", store, "--bundle", none, "--reader", "ada")
    again.wait_for("ready")
    assert _second("--store", store, "--reader", "ada").stdout == "[]\n"
    again.do("quit")
    assert again.end() == 0
    assert again.errors in ("", "This plugin does not support raise()\n")


def test_a_picture_is_taken_in_a_window_of_its_own(store: Path, tmp_path: Path) -> None:
    with first(store) as (_, taken):
        ran = _second("--store", store, "--screenshot", tmp_path / "a.png", tmp_path / "nowhere")
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "a.png").is_file()
    assert taken == []
