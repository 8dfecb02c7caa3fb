"""Images are decoded in the background, the visible one first."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.dicom.errors import DicomReadError
from cxr_viewer.dicom.pixel_header import DecodedInstance
from cxr_viewer.ui.background import BackgroundTasks
from cxr_viewer.ui.image_cache import ImageCache
from cxr_viewer.ui.instance_loader import InstanceLoader
from tests.cxr_viewer.ui.readings import header
from tests.factories import radiograph


class Decoder:
    """Counts and can be held back."""

    def __init__(self) -> None:
        self.paths: list[Path] = []
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, path: Path) -> DecodedInstance:
        self.gate.wait(10)
        self.paths.append(path)
        if path.name == "bad":
            raise DicomReadError("could not be decoded: its pixels are damaged")
        return DecodedInstance(InstanceKey(path.name), radiograph(220, 210), header())


@pytest.fixture
def files(qtbot: QtBot) -> Iterator[BackgroundTasks]:
    made = BackgroundTasks("files", 1)
    yield made
    made.close()


def test_asked_image_arrives_and_is_kept(files: BackgroundTasks, qtbot: QtBot) -> None:
    decoder = Decoder()
    loader = InstanceLoader(decoder, files)
    with qtbot.waitSignal(loader.loaded) as loaded:
        loader.request(Path("a"))
    assert loaded.args
    assert loaded.args[1].key == "a"
    with qtbot.waitSignal(loader.loaded, timeout=0):
        loader.request(Path("a"))
    assert decoder.paths == [Path("a")]


def test_a_cache_that_is_handed_in_is_used_although_it_is_empty(files: BackgroundTasks, qtbot: QtBot) -> None:
    loader = InstanceLoader(Decoder(), files, ImageCache(budget=1))
    for name in ("a", "b"):
        with qtbot.waitSignal(loader.loaded):
            loader.request(Path(name))
    assert loader.known(Path("a")) is None
    assert loader.known(Path("b")) is not None


def test_damaged_image_is_reported_in_words(files: BackgroundTasks, qtbot: QtBot) -> None:
    loader = InstanceLoader(Decoder(), files)
    with qtbot.waitSignal(loader.failed) as failed:
        loader.request(Path("bad"))
    assert failed.args == [Path("bad"), "could not be decoded: its pixels are damaged"]
    assert not loader.is_loading(Path("bad"))


def test_what_waits_makes_room_for_the_image_that_is_asked_for(files: BackgroundTasks, qtbot: QtBot) -> None:
    decoder = Decoder()
    decoder.gate.clear()
    loader = InstanceLoader(decoder, files)
    loader.prefetch(Path("running"))
    loader.prefetch(Path("waiting"))
    qtbot.waitUntil(lambda: loader.is_loading(Path("running")))
    qtbot.wait(20)
    loader.request(Path("asked"))
    assert not loader.is_loading(Path("waiting"))
    decoder.gate.set()
    qtbot.waitUntil(lambda: loader.known(Path("asked")) is not None)
    assert decoder.paths == [Path("running"), Path("asked")]
