"""A wrong polarity is put right for one device, for display and model alike, and never for another."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QImage

from cxr_viewer.core.candidates import Candidates, ignore, never
from cxr_viewer.core.geometry import Box
from cxr_viewer.dicom import pixels, windowing
from cxr_viewer.ui import device_polarity
from cxr_viewer.ui.device_polarity import DevicePolarity
from cxr_viewer.ui.image_view import ImageView
from cxr_viewer.ui.settings import Settings
from tests.cxr_viewer.ui.desks import Desk, drag, press
from tests.cxr_viewer.ui.readings import KEY, OTHER_KEY, displayed
from tests.factories import FakeDetector, dicom_file, radiograph

CONTROL = Qt.KeyboardModifier.ControlModifier
FUJI: dict[str, object] = {"Manufacturer": "FUJIFILM Corporation", "ManufacturerModelName": "XU-D1"}


class LookingDetector(FakeDetector):
    """Keeps the mean grey of every picture it was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[float] = []

    def detect(
        self,
        image: NDArray[np.uint8],
        should_stop: Callable[[], bool] = never,
        on_member: Callable[[int], None] = ignore,
    ) -> Candidates:
        self.seen.append(float(image.mean()))
        return super().detect(image, should_stop, on_member)


@pytest.fixture
def polarity(tmp_path: Path) -> DevicePolarity:
    return DevicePolarity(Settings(QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)))


def _archive(folder: Path) -> Path:
    """Write two images of one device, one of another and two without a maker; all say the wrong polarity alike."""
    makers: list[dict[str, object]] = [FUJI, FUJI, {"Manufacturer": "Other", "ManufacturerModelName": "XU-D1"}, {}, {}]
    for number, maker in enumerate(makers):
        dicom_file(folder / f"{number}.dcm", radiograph(300, 260, seed=number), InstanceNumber=number, **maker)
    return folder


def _grey(view: ImageView) -> NDArray[np.uint8]:
    assert view.image
    area = view.transform.box_in_view(Box(0, 0, view.image.columns, view.image.rows))
    view.set_peeking(True)
    picture = view.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    view.set_peeking(False)
    whole = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.bytesPerLine())
    return whole[round(area.y1) + 2 : round(area.y2) - 2, round(area.x1) + 2 : round(area.x2) - 2].copy()


def test_it_holds_for_every_image_of_that_device_and_for_no_other(polarity: DevicePolarity) -> None:
    polarity.toggle(displayed(manufacturer="FUJIFILM  Corporation", model="XU-D1"))
    for maker, model, is_wrong in (
        ("fujifilm corporation", "XU-D1 ", True),
        ("FUJIFILM Corporation", "XU-D2", False),
        ("FUJIFILM Corporation", "", False),
        ("Other", "XU-D1", False),
        ("", "XU-D1", False),
    ):
        other = displayed(key=OTHER_KEY, manufacturer=maker, model=model)
        assert polarity.applied(other).header.is_polarity_corrected is is_wrong
        assert polarity.applied(other).header.shows_minimum_white is is_wrong
    polarity.toggle(displayed(manufacturer="Fujifilm Corporation", model="xu-d1"))
    image = displayed(manufacturer="FUJIFILM Corporation", model="XU-D1")
    assert polarity.applied(image) is image


def test_an_image_without_a_manufacturer_is_corrected_for_itself_only(polarity: DevicePolarity) -> None:
    polarity.toggle(displayed(key=KEY))
    assert polarity.applied(displayed(key=KEY)).header.is_polarity_corrected
    assert not polarity.applied(displayed(key=OTHER_KEY)).header.is_polarity_corrected


def test_words_say_whom_it_holds_for() -> None:
    assert device_polarity.device_words("Maker", "M1") == "Maker M1"
    assert "only" in device_polarity.device_words(" ", "M1")


@pytest.mark.drives("wrong_polarity", "next_instance")
def test_the_key_turns_one_device_round_for_display_thumbnail_and_model(desk: Desk, tmp_path: Path) -> None:
    detector = LookingDetector()
    desk.detector = detector
    workspace = desk.open(_archive(tmp_path / "archive"))
    desk.wait_until_quiet()
    view = workspace.window.image_view
    view.setFocus()
    before, entry = _grey(view), workspace.worklist.entries[0]
    thumbnail = entry.thumbnail
    detector.seen.clear()
    stated = windowing.presentation(pixels.decode(entry.path))

    press(view, Qt.Key.Key_I, CONTROL)
    desk.wait_for_detections()
    desk.wait_until_quiet()
    assert np.abs(_grey(view).astype(int) - (255 - before)).mean() < 2
    assert detector.seen[0] == pytest.approx(255 - stated.mean(), abs=1.0)
    assert "polarity corrected for FUJIFILM Corporation XU-D1" in view.texts.bottom_left
    assert workspace.window.named_actions["wrong_polarity"].isChecked()
    assert entry.thumbnail is not None
    assert entry.thumbnail != thumbnail

    for is_corrected in (True, False, False, False):
        press(view, Qt.Key.Key_D)
        desk.wait_for_detections()
        assert view.image
        assert view.image.header.is_polarity_corrected is is_corrected
        assert workspace.window.named_actions["wrong_polarity"].isChecked() is is_corrected


@pytest.mark.drives("wrong_polarity")
def test_pressed_again_everything_is_as_the_header_says_and_nothing_was_computed_twice(
    desk: Desk, tmp_path: Path
) -> None:
    detector = LookingDetector()
    desk.detector = detector
    workspace = desk.open(dicom_file(tmp_path / "one.dcm", radiograph(300, 260), **FUJI))
    desk.wait_until_quiet()
    view = workspace.window.image_view
    view.setFocus()
    stated, scores = _grey(view), workspace.session.detections.scores
    top = workspace.worklist.entries[0].top_score
    press(view, Qt.Key.Key_I, CONTROL)
    desk.wait_for_detections()
    desk.wait_until_quiet()
    # A candidate of one polarity is never shown under the other, in the image or in the list.
    assert not np.array_equal(workspace.session.detections.scores, scores)
    assert workspace.worklist.entries[0].top_score != top
    press(view, Qt.Key.Key_I, CONTROL)
    desk.wait_for_detections()
    desk.wait_until_quiet()
    assert np.array_equal(_grey(view), stated)
    assert np.array_equal(workspace.session.detections.scores, scores)
    assert workspace.worklist.entries[0].top_score == top
    assert len(detector.seen) == 2


@pytest.mark.drives("wrong_polarity")
def test_an_answer_that_was_on_its_way_is_not_shown_under_the_other_polarity(desk: Desk, tmp_path: Path) -> None:
    detector = LookingDetector()
    detector.seconds = 0.3
    desk.detector = detector
    workspace = desk.start()
    workspace.opening.open((dicom_file(tmp_path / "one.dcm", radiograph(300, 260), **FUJI),))
    view = workspace.window.image_view
    desk.qtbot.waitUntil(lambda: len(detector.shapes) == 1, timeout=20_000)
    shown: list[float] = []
    workspace.session.detections_changed.connect(
        lambda: shown.extend([float(detector.seen[-1])] if workspace.session.candidates is not None else [])
    )
    view.setFocus()
    press(view, Qt.Key.Key_I, CONTROL)
    desk.wait_for_detections()
    assert len(detector.seen) == 2
    assert set(shown) == {detector.seen[1]}


@pytest.mark.drives("wrong_polarity", "tool_measure", "turn_right")
def test_the_place_the_lines_and_the_findings_stay(desk: Desk, tmp_path: Path) -> None:
    workspace = desk.open(dicom_file(tmp_path / "one.dcm", radiograph(300, 260), **FUJI))
    view = workspace.window.image_view
    view.setFocus()
    press(view, Qt.Key.Key_R)
    view.zoom_by(2)
    press(view, Qt.Key.Key_B)
    drag(view, (100, 100), (140, 160))
    press(view, Qt.Key.Key_M)
    drag(view, (100, 170), (150, 170))
    before, findings = view.transform, workspace.session.findings
    press(view, Qt.Key.Key_I, CONTROL)
    desk.wait_for_detections()
    assert view.transform == before
    assert len(view.measurements) == 1
    assert workspace.session.findings == findings
    assert workspace.session.undo_text


@pytest.mark.drives("wrong_polarity")
def test_it_is_remembered_for_the_next_start(desk: Desk, tmp_path: Path) -> None:
    folder = _archive(tmp_path / "archive")
    press(desk.open(folder, with_model=False).window.image_view, Qt.Key.Key_I, CONTROL)
    desk.close()
    view = desk.open(folder, with_model=False).window.image_view
    assert view.image
    assert view.image.header.is_polarity_corrected
    assert "polarity corrected for FUJIFILM Corporation XU-D1" in view.texts.bottom_left


@pytest.mark.drives("wrong_polarity")
def test_an_image_that_was_forgotten_meanwhile_is_decoded_again_the_right_way(desk: Desk, tmp_path: Path) -> None:
    workspace = desk.open(dicom_file(tmp_path / "one.dcm", radiograph(300, 260), **FUJI), with_model=False)
    view = workspace.window.image_view
    view.setFocus()
    before = _grey(view)
    workspace.loader._cache._images.clear()
    press(view, Qt.Key.Key_I, CONTROL)
    desk.wait_for_detections()
    assert _grey(view).mean() == pytest.approx(255 - before.mean(), abs=2)
    assert workspace.window.named_actions["wrong_polarity"].isChecked()
