"""A model is loaded when the first image is on the screen, or when there will be none."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cxr_viewer.ui import model_facts
from cxr_viewer.ui.image_first import ImageFirst
from cxr_viewer.ui.model_facts import LoadedModel
from tests.cxr_viewer.ui.desks import Desk
from tests.factories import FakeDetector, dicom_file, radiograph

FOLDER = Path("/bundle")


class Loading:
    """Loads on a thread of its own, as the inference thread does, and says when it began."""

    def __init__(self, longest_s: float = 60.0) -> None:
        self.began = threading.Event()
        self.first = ImageFirst(self._load, longest_s)
        self.thread = threading.Thread(target=self.first, args=(FOLDER,))
        self.thread.start()

    def _load(self, folder: Path) -> LoadedModel:
        assert folder == FOLDER
        self.began.set()
        detector = FakeDetector()
        return LoadedModel(detector, model_facts.facts_of(detector))


@pytest.fixture
def loading() -> Iterator[Loading]:
    made = Loading()
    yield made
    made.first.go_on()
    made.thread.join()


def test_it_waits_for_the_first_image(desk: Desk, loading: Loading, qtbot: QtBot) -> None:
    dicom_file(desk.folder / "ward" / "a.dcm", radiograph(300, 260))
    workspace = desk.start(with_model=False)
    workspace.let_image_come_first(loading.first)
    assert not loading.began.wait(0.1)
    workspace.opening.open((desk.folder / "ward",))
    qtbot.waitUntil(loading.began.is_set)
    assert workspace.session.reading is not None


def test_without_anything_to_show_it_does_not_wait(desk: Desk, loading: Loading, qtbot: QtBot) -> None:
    workspace = desk.start(with_model=False)
    workspace.let_image_come_first(loading.first)
    (desk.folder / "nothing").mkdir()
    workspace.opening.open((desk.folder / "nothing",))
    qtbot.waitUntil(loading.began.is_set)


def test_a_window_that_is_closed_does_not_wait(desk: Desk, loading: Loading, qtbot: QtBot) -> None:
    workspace = desk.start(with_model=False)
    workspace.let_image_come_first(loading.first)
    workspace.window.close()
    qtbot.waitUntil(loading.began.is_set)


def test_it_never_waits_longer_than_it_is_told() -> None:
    loading = Loading(0.01)
    loading.thread.join(30)
    assert loading.began.is_set()
