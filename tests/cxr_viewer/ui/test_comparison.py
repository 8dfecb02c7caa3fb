"""Priors and other views stand beside the image that is read: driven by keys and mouse on a whole window."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cxr_viewer.core.findings import FindingState
from cxr_viewer.core.hanging import Shows
from cxr_viewer.core.studies import Instance
from cxr_viewer.dicom import catalogue, pixels
from cxr_viewer.dicom.errors import DicomReadError
from cxr_viewer.dicom.pixel_header import DecodedInstance
from cxr_viewer.ui.compared_pane import ComparedPane
from cxr_viewer.ui.overlay import Kind
from cxr_viewer.ui.settings import COMPARED, COMPARED_SHARE, LINKED
from cxr_viewer.ui.worklist_entry import WorklistEntry
from tests.cxr_viewer.ui.desks import Desk, drag, hold, press
from tests.factories import dicom_file, radiograph

SHIFT = Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


def _study(path: Path, seed: int, date: str, **elements: object) -> Path:
    values: dict[str, object] = {"PatientName": "Lovelace^Ada", "PatientID": "P1", "StudyDate": date}
    return dicom_file(path, radiograph(300, 260, seed=seed), **(values | elements))


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    """Ada's present study with PA and lateral, two priors, and a stranger, in the order of the file names."""
    folder = tmp_path / "clinic"
    _study(folder / "0-now.dcm", 0, "20200315", StudyInstanceUID="1.2.3")
    _study(folder / "1-lateral.dcm", 1, "20200315", StudyInstanceUID="1.2.3", ViewPosition="LL")
    _study(folder / "2-year.dcm", 2, "20190114")
    _study(folder / "3-decade.dcm", 3, "20090114")
    _study(folder / "4-stranger.dcm", 4, "20180101", PatientID="P2", PatientName="Babbage^Charles")
    return folder


def _pane(desk: Desk) -> ComparedPane:
    assert desk.workspace
    return desk.workspace.window.compared


def _beside(desk: Desk) -> str:
    """Return the file that is shown beside, "" for none."""
    assert desk.workspace
    desk.wait_until_quiet()
    pane, comparison = _pane(desk), desk.workspace.comparison
    if not pane.isVisible() or pane.view.image is None or comparison.beside is None:
        return ""
    assert pane.view.image is comparison.image
    assert pane.view.isVisible()
    return comparison.beside.instance.path.stem


def _go(desk: Desk, key: Qt.Key) -> None:
    assert desk.workspace
    press(desk.workspace.window.image_view, key)
    desk.wait_for_detections()


@pytest.mark.drives("compare_prior", "next_beside", "previous_beside")
def test_priors_stand_beside_the_image_and_are_stepped_through(desk: Desk, clinic: Path) -> None:
    workspace = desk.open(clinic)
    desk.wait_until_quiet()
    view = workspace.window.image_view
    assert not _pane(desk).isVisible()
    assert view.texts.top_right[-1] == "2 priors, last 2019-01-14 (C)"
    press(view, Key.Key_C)
    assert _beside(desk) == "2-year"
    assert _pane(desk).view.texts.top_left == ("Lovelace, Ada", "F · 054Y · P1", "prior, 14 months earlier")
    assert _pane(desk).view.texts.top_right[0].startswith("PA · 2019-01-14")
    assert _pane(desk).title == "Prior 1 of 2"
    press(view, Key.Key_PageDown, SHIFT)
    assert _beside(desk) == "3-decade"
    assert _pane(desk).view.texts.top_left[-1] == "prior, 11 years earlier"
    assert not workspace.window.named_actions["next_beside"].isEnabled()
    press(view, Key.Key_PageDown, SHIFT)
    assert _beside(desk) == "3-decade"
    press(view, Key.Key_PageUp, SHIFT)
    assert _beside(desk) == "2-year"
    assert workspace.flow.shown == clinic / "0-now.dcm"
    press(view, Key.Key_C)
    assert not _pane(desk).isVisible()


@pytest.mark.drives("compare_views")
def test_pa_and_lateral_stand_side_by_side_pa_left(desk: Desk, clinic: Path) -> None:
    workspace = desk.open(clinic)
    window = workspace.window
    press(window.image_view, Key.Key_V, SHIFT)
    assert _beside(desk) == "1-lateral"
    assert _pane(desk).view.texts.top_left[-1] == "lateral view of this study"
    assert window.image_splitter.indexOf(window.compared) == 1
    _go(desk, Key.Key_D)
    assert workspace.flow.shown == clinic / "1-lateral.dcm"
    assert _beside(desk) == "0-now"
    assert window.image_splitter.indexOf(window.compared) == 0
    _go(desk, Key.Key_D)
    assert _beside(desk) == ""
    assert _pane(desk).sentence == "This study has no other image."


def test_the_comparison_survives_the_next_image_and_never_mixes_patients(desk: Desk, clinic: Path) -> None:
    workspace = desk.open(clinic)
    actions = workspace.window.named_actions
    press(workspace.window.image_view, Key.Key_C)
    seen = []
    for _ in range(5):
        seen.append((_beside(desk), _pane(desk).sentence))
        _go(desk, Key.Key_D)
    nothing = "No earlier study of this patient is open."
    assert seen == [("2-year", ""), ("2-year", ""), ("3-decade", ""), ("", nothing), ("", nothing)]
    # It can still be switched off, and on again only where there is a prior.
    assert actions["compare_prior"].isEnabled()
    press(workspace.window.image_view, Key.Key_C)
    assert not actions["compare_prior"].isEnabled()
    assert not actions["compare_views"].isEnabled()
    assert not actions["link_views"].isEnabled()


def test_an_image_without_a_patient_says_why_there_is_no_prior(desk: Desk, tmp_path: Path) -> None:
    for number in range(2):
        _study(tmp_path / "ward" / f"{number}.dcm", number, f"202001{number + 10}", PatientID="")
    workspace = desk.open(tmp_path / "ward")
    assert not workspace.window.named_actions["compare_prior"].isEnabled()
    workspace.comparison.show(Shows.PRIOR)
    assert _pane(desk).sentence == "This image does not say whose it is, so no earlier study can be found."


@pytest.mark.drives("link_views")
def test_linked_views_go_together_and_parted_ones_do_not(desk: Desk, clinic: Path) -> None:
    window = desk.open(clinic).window
    main, beside = window.image_view, window.compared.view
    press(main, Key.Key_C)
    assert _beside(desk)
    press(main, Key.Key_Plus)
    press(main, Key.Key_Plus)
    # Both tell 0.2 mm at the detector: the same point at the same zoom.
    assert beside.transform.zoom == pytest.approx(main.transform.zoom)
    assert beside.centre() == pytest.approx(main.centre())
    wheel = QWheelEvent(
        QPointF(100, 100),
        QPointF(beside.mapToGlobal(QPoint(100, 100))),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    before = main.transform.zoom
    QApplication.sendEvent(beside, wheel)
    assert main.transform.zoom > before
    assert beside.transform.zoom == pytest.approx(main.transform.zoom)
    press(main, Key.Key_C, SHIFT)
    parted = beside.transform
    press(main, Key.Key_Equal)
    assert beside.transform == parted
    press(main, Key.Key_C, SHIFT)
    assert beside.transform.zoom == pytest.approx(main.transform.zoom)


def test_linked_windows_mean_the_same_although_scales_differ(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "scales"
    now = radiograph(300, 260, seed=1)
    _study(folder / "0.dcm", 1, "20200315")
    dicom_file(
        folder / "1.dcm",
        (4095 - now) // 4,
        PatientName="Lovelace^Ada",
        PatientID="P1",
        StudyDate="20190315",
        PhotometricInterpretation="MONOCHROME1",
    )
    window = desk.open(folder).window
    main, beside = window.image_view, window.compared.view
    press(main, Key.Key_C)
    assert _beside(desk) == "1"

    def difference() -> float:
        pictures = []
        for view in (main, beside):
            assert view.image
            assert view.voi
            pictures.append(view.image.rendered(view.image.pyramid.pixels, view.voi, view.is_inverted).astype(float))
        return float(np.abs(pictures[0] - pictures[1]).mean())

    for key in (Key.Key_1, Key.Key_2, Key.Key_0, Key.Key_I):
        press(main, key)
        assert difference() < 2.5
    drag(main, (30, 30), (90, 60))
    assert difference() < 2.5
    drag(beside, (90, 60), (40, 100))
    assert difference() < 2.5


def test_nothing_on_the_prior_can_be_judged_and_keys_stay_with_the_image_that_is_read(desk: Desk, clinic: Path) -> None:
    workspace = desk.open(clinic)
    main, beside = workspace.window.image_view, workspace.window.compared.view
    _go(desk, Key.Key_D)
    _go(desk, Key.Key_D)
    assert workspace.flow.shown == clinic / "2-year.dcm"
    press(main, Key.Key_Return)
    _go(desk, Key.Key_A)
    _go(desk, Key.Key_A)
    press(main, Key.Key_C)
    assert _beside(desk) == "2-year"
    assert [box.kind for box in beside.boxes] == [Kind.DETECTION, Kind.FINDING]
    assert not any(box.is_selected for box in beside.boxes)
    drawn = beside.boxes
    workspace.window.worklist.focus_search()
    press(main, Key.Key_B)
    drag(beside, (20, 20), (120, 120))
    assert main.hasFocus()
    assert not beside.hasFocus()
    assert beside.boxes == drawn
    assert desk.states() == []
    press(main, Key.Key_Return)
    assert desk.states() == [FindingState.ACCEPTED]
    with hold(main, Key.Key_Space):
        assert not beside.are_overlays_visible
    assert beside.are_overlays_visible


class Held:
    """The real decoder; from when ``names`` are set on, those files are decoded only when they are let go."""

    def __init__(self) -> None:
        self.names: tuple[str, ...] = ()
        self.is_broken = False
        self._gate = threading.Event()

    def __call__(self, path: Path) -> DecodedInstance:
        if path.stem in self.names:
            self._gate.wait(20)
            if self.is_broken:
                raise DicomReadError("its pixels are damaged")
        return pixels.decode(path)

    def let_go(self) -> None:
        """Decode what waits."""
        self._gate.set()


@pytest.fixture
def held(desk: Desk) -> Iterator[Held]:
    made = Held()
    desk.decode = made
    yield made
    made.let_go()


def test_the_old_prior_stays_until_the_next_one_is_ready(desk: Desk, clinic: Path, held: Held) -> None:
    workspace = desk.open(clinic)
    desk.wait_until_quiet()
    held.names = ("3-decade",)
    view, beside = workspace.window.image_view, workspace.window.compared.view
    press(view, Key.Key_C)
    assert _beside(desk) == "2-year"
    first = beside.image
    press(view, Key.Key_PageDown, SHIFT)
    assert workspace.comparison.image is None
    assert beside.image is first
    assert beside.isVisible()
    assert _pane(desk).title == "Prior 2 of 2 is being read …"
    held.let_go()
    desk.qtbot.waitUntil(lambda: beside.image is not first)
    assert _beside(desk) == "3-decade"
    assert _pane(desk).title == "Prior 2 of 2"


def test_the_prior_of_one_patient_never_stands_beside_another_while_a_file_is_slow(
    desk: Desk, clinic: Path, held: Held
) -> None:
    _study(clinic / "5-stranger-before.dcm", 5, "20170101", PatientID="P2", PatientName="Babbage^Charles")
    workspace = desk.open(clinic)
    desk.wait_until_quiet()
    held.names = ("5-stranger-before",)
    window = workspace.window
    press(window.image_view, Key.Key_C)
    assert _beside(desk) == "2-year"
    workspace.flow.open(clinic / "4-stranger.dcm")
    desk.wait_for_detections()
    assert window.compared.view.image is None
    assert not window.compared.view.isVisible()
    assert _pane(desk).sentence == "The earlier study of 2017-01-01 is being read …"
    held.let_go()
    assert _beside(desk) == "5-stranger-before"


def test_a_prior_that_cannot_be_decoded_is_a_sentence(desk: Desk, clinic: Path, held: Held) -> None:
    held.is_broken = True
    workspace = desk.open(clinic)
    desk.wait_until_quiet()
    held.names = ("2-year",)
    held.let_go()
    press(workspace.window.image_view, Key.Key_C)
    desk.wait_until_quiet()
    assert _pane(desk).sentence == "The earlier study of 2019-01-14 cannot be shown: its pixels are damaged."
    press(workspace.window.image_view, Key.Key_PageDown, SHIFT)
    assert _beside(desk) == "3-decade"


def test_studies_that_come_in_leave_what_is_beside_and_the_focus_where_they_are(desk: Desk, clinic: Path) -> None:
    workspace = desk.open(clinic / "3-decade.dcm", clinic / "0-now.dcm")
    desk.wait_until_quiet()
    window = workspace.window
    _go(desk, Key.Key_D)
    press(window.image_view, Key.Key_C)
    assert _beside(desk) == "3-decade"
    window.worklist.focus_search()
    focused = QApplication.focusWidget()
    coming = catalogue.index([clinic / "2-year.dcm", clinic / "1-lateral.dcm"])
    workspace.worklist.append([WorklistEntry.of_instance(found) for found in coming if isinstance(found, Instance)])
    assert _beside(desk) == "3-decade"
    assert _pane(desk).title == "Prior 2 of 2"
    assert QApplication.focusWidget() is focused
    assert workspace.flow.shown == clinic / "0-now.dcm"
    window.image_view.setFocus()
    press(window.image_view, Key.Key_PageUp, SHIFT)
    assert _beside(desk) == "2-year"


def test_the_first_prior_that_comes_in_fills_the_empty_place(desk: Desk, clinic: Path) -> None:
    workspace = desk.open(clinic / "0-now.dcm")
    workspace.comparison.show(Shows.PRIOR)
    assert _beside(desk) == ""
    coming = catalogue.index([clinic / "2-year.dcm"])
    workspace.worklist.append([WorklistEntry.of_instance(found) for found in coming if isinstance(found, Instance)])
    assert _beside(desk) == "2-year"


def test_the_prior_of_the_next_image_is_decoded_ahead(desk: Desk, clinic: Path) -> None:
    _study(clinic / "0-first.dcm", 9, "20200101", PatientID="P3", PatientName="Hopper^Grace")
    workspace = desk.open(clinic)
    desk.wait_until_quiet()
    prior = clinic / "2-year.dcm"
    assert workspace.loader.known(prior) is None
    workspace.comparison.show(Shows.PRIOR)
    _go(desk, Key.Key_D)
    _go(desk, Key.Key_A)
    desk.wait_until_quiet()
    assert workspace.flow.shown == clinic / "0-first.dcm"
    assert workspace.flow.following == clinic / "0-now.dcm"
    assert workspace.loader.known(prior) is not None


def test_comparison_link_and_split_are_as_they_were_after_a_restart(desk: Desk, clinic: Path) -> None:
    window = desk.open(clinic).window
    press(window.image_view, Key.Key_C)
    press(window.image_view, Key.Key_C, SHIFT)
    assert _beside(desk) == "2-year"
    splitter = window.image_splitter
    handle = splitter.handle(1)
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=QPoint(1, 50))
    QTest.mouseMove(handle, QPoint(121, 50))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=QPoint(121, 50))
    assert splitter.sizes()[0] > splitter.sizes()[1] + 150
    sizes = splitter.sizes()
    desk.close()
    again = desk.open(clinic)
    assert _beside(desk) == "2-year"
    assert not again.links.is_linked
    assert not again.window.named_actions["link_views"].isChecked()
    assert again.window.image_splitter.sizes() == pytest.approx(sizes, abs=12)
    settings = desk.supplies().settings
    assert (settings.get(COMPARED), settings.get(LINKED)) == ("prior", False)
    assert settings.get(COMPARED_SHARE) > 55


def test_both_images_fit_a_narrow_window(desk: Desk, clinic: Path) -> None:
    window = desk.open(clinic).window
    press(window.image_view, Key.Key_C)
    assert _beside(desk)
    for width, height in ((1280, 800), (1000, 640), (900, 560)):
        window.resize(width, height)
        QApplication.processEvents()
        assert window.width() == width
        assert window.image_view.isVisible()
        assert window.compared.view.width() >= 190
        assert window.image_view.width() >= 190


def test_the_button_closes_the_comparison_and_gives_the_keyboard_back(desk: Desk, clinic: Path) -> None:
    window = desk.open(clinic).window
    press(window.image_view, Key.Key_C)
    assert _beside(desk)
    QTest.mouseClick(window.compared.close_button, Qt.MouseButton.LeftButton)
    assert not window.compared.isVisible()
    assert not window.named_actions["compare_prior"].isChecked()
    assert window.image_view.hasFocus()


def test_image_zoom_place_and_selection_come_back_beside_the_prior(desk: Desk, clinic: Path) -> None:
    workspace = desk.open(clinic)
    view = workspace.window.image_view
    press(view, Key.Key_C)
    assert _beside(desk) == "2-year"
    press(view, Key.Key_Return)
    press(view, Key.Key_Tab)
    for _ in range(3):
        press(view, Key.Key_Plus)
    drag(view, (130, 150), (110, 120), Qt.MouseButton.MiddleButton)
    selected = next(finding.uid for finding in workspace.session.findings)
    workspace.session.select(selected)
    before = (view.transform.zoom, view.centre())
    desk.close()

    again = desk.start()
    with desk.qtbot.waitSignal(again.settled, timeout=20_000):
        assert again.opening.open_last()
    assert _beside(desk) == "2-year"
    view, beside = again.window.image_view, again.window.compared.view
    assert again.flow.shown == clinic / "0-now.dcm"
    assert view.transform.zoom == pytest.approx(before[0])
    assert view.centre() == pytest.approx(before[1], abs=1)
    assert again.session.selected == selected
    assert beside.transform.zoom == pytest.approx(before[0])
