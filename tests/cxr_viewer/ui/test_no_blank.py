"""The image never goes blank or grey between images: every frame that is really painted is looked at."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPaintEvent

from cxr_viewer.dicom import pixels
from cxr_viewer.dicom.errors import DicomReadError
from cxr_viewer.dicom.pixel_header import DecodedInstance
from cxr_viewer.dicom.windowing import Window
from cxr_viewer.ui.image_canvas import ImageCanvas
from cxr_viewer.ui.image_view import ImageView
from tests.cxr_viewer.ui.desks import Desk, press

SHIFT = Qt.KeyboardModifier.ShiftModifier


@dataclass
class Film:
    """What each paint event of the view put on the screen: key of the image, window, and the middle of the picture."""

    frames: list[tuple[str, object, NDArray[np.uint8]]] = field(default_factory=list)

    def keys(self) -> list[str]:
        """Return the images in the order in which they were on the screen."""
        seen: list[str] = []
        for key, _voi, _picture in self.frames:
            if not seen or seen[-1] != key:
                seen.append(key)
        return seen


@pytest.fixture
def film(monkeypatch: pytest.MonkeyPatch) -> Iterator[Film]:
    """Record every frame of image views."""
    made, paint = Film(), ImageCanvas.paintEvent

    def painted(view: ImageCanvas, event: QPaintEvent) -> None:
        paint(view, event)
        if isinstance(view, ImageView):
            made.frames.append((view.image.key if view.image else "", view.voi, _middle(view.picture())))

    monkeypatch.setattr(ImageCanvas, "paintEvent", painted)
    yield made
    made.frames.clear()


class Gate:
    """Decodes when it is let, as a slow disk does."""

    def __init__(self) -> None:
        self.is_open = threading.Event()
        self.is_open.set()
        self.refused: set[str] = set()

    def decode(self, path: Path) -> DecodedInstance:
        assert self.is_open.wait(20)
        if path.name in self.refused:
            raise DicomReadError("the disk gave up")
        return pixels.decode(path)


def _middle(picture: QImage) -> NDArray[np.uint8]:
    grey = picture.convertToFormat(QImage.Format.Format_Grayscale8)
    whole = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())[:, : grey.width()]
    rows, columns = whole.shape
    return whole[rows // 3 : 2 * rows // 3, columns // 3 : 2 * columns // 3].copy()


def _is_blank(picture: NDArray[np.uint8]) -> bool:
    return bool(picture.std() < 5)


@pytest.fixture
def gate(desk: Desk) -> Gate:
    made = Gate()
    desk.decode = made.decode
    return made


@pytest.mark.drives("next_instance")
def test_the_old_image_stays_until_the_new_one_is_ready(desk: Desk, ward: Path, film: Film, gate: Gate) -> None:
    workspace = desk.start()
    real = gate.is_open
    workspace.opening.open((ward,))
    desk.qtbot.waitUntil(lambda: workspace.session.reading is not None, timeout=20_000)
    # Only the first image is there: whatever was decoded ahead is forgotten, and nothing more comes for now.
    desk.wait_until_quiet()
    real.clear()
    workspace.loader._cache._images.clear()
    view = workspace.window.image_view
    view.setFocus()
    assert view.image
    first = view.image.key
    before = _middle(view.picture())
    film.frames.clear()

    press(view, Qt.Key.Key_D)
    for _ in range(10):
        view.update()
        desk.qtbot.wait(40)
    assert workspace.flow.is_loading
    assert workspace.window.busy_bar.isVisible()
    assert len(film.frames) >= 5
    assert film.keys() == [first]
    assert all(np.array_equal(picture, before) for _key, _voi, picture in film.frames)

    real.set()
    desk.wait_for_detections()
    desk.qtbot.wait(20)
    assert view.image
    assert view.image.key != first
    assert film.keys() == [first, view.image.key]
    assert not any(_is_blank(picture) for _key, _voi, picture in film.frames)


@pytest.mark.drives("next_instance", "previous_instance", "sign_off")
def test_no_frame_is_blank_while_paging_as_fast_as_the_hand_can(desk: Desk, ward: Path, film: Film) -> None:
    workspace = desk.open(ward)
    view = workspace.window.image_view
    view.setFocus()
    film.frames.clear()
    for key in (Qt.Key.Key_D, Qt.Key.Key_D, Qt.Key.Key_A, Qt.Key.Key_D, Qt.Key.Key_A, Qt.Key.Key_A) * 3:
        press(view, key)
        desk.qtbot.wait(1)
    desk.wait_for_detections()
    press(view, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    press(view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.wait_for_detections()
    desk.qtbot.wait(20)
    assert len(film.frames) > 5
    assert not any(key == "" or _is_blank(picture) for key, _voi, picture in film.frames)


@pytest.mark.drives("next_instance")
def test_an_image_that_cannot_be_decoded_leaves_the_old_one_on_the_screen(
    desk: Desk, ward: Path, film: Film, gate: Gate
) -> None:
    gate.refused = {"1.dcm"}
    workspace = desk.open(ward)
    desk.wait_until_quiet()
    view = workspace.window.image_view
    view.setFocus()
    film.frames.clear()
    workspace.flow.open(ward / "1.dcm")
    desk.qtbot.waitUntil(lambda: not workspace.flow.is_loading, timeout=20_000)
    desk.qtbot.wait(20)
    press(view, Qt.Key.Key_D)
    desk.wait_for_detections()
    desk.qtbot.wait(20)
    assert len(film.keys()) == 2
    assert not any(_is_blank(picture) for _key, _voi, picture in film.frames)


@pytest.mark.drives("keep_window", "preset_1", "next_instance")
def test_a_kept_window_is_there_from_the_first_frame_of_the_next_image(desk: Desk, ward: Path, film: Film) -> None:
    workspace = desk.open(ward)
    view = workspace.window.image_view
    view.setFocus()
    press(view, Qt.Key.Key_W, SHIFT)
    press(view, Qt.Key.Key_1)
    desk.qtbot.wait(20)
    film.frames.clear()
    press(view, Qt.Key.Key_D)
    desk.wait_for_detections()
    desk.qtbot.wait(20)
    assert len(film.keys()) >= 1
    names = {voi.explanation for _key, voi, _picture in film.frames if isinstance(voi, Window)}
    assert names == {"Lung"}


@pytest.mark.drives("next_instance", "previous_instance")
def test_images_that_were_forgotten_are_decoded_again_and_never_black(desk: Desk, ward: Path, film: Film) -> None:
    workspace = desk.open(ward, with_model=False)
    workspace.loader._cache._budget = 1  # the newest image only
    view = workspace.window.image_view
    view.setFocus()
    desk.qtbot.wait(20)
    assert view.image
    first, before = view.image.key, _middle(view.picture())
    film.frames.clear()
    for key in (Qt.Key.Key_D, Qt.Key.Key_D, Qt.Key.Key_A, Qt.Key.Key_A):
        press(view, key)
        desk.wait_for_detections()
        desk.qtbot.wait(20)
    assert view.image.key == first
    assert np.array_equal(film.frames[-1][2], before)
    assert not any(_is_blank(picture) for _key, _voi, picture in film.frames)
