"""Lines are in native pixels, lengths are never bare millimetres."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest

from cxr_viewer.ui import measure_painter, palette
from cxr_viewer.ui.image_view import ImageView, Tool
from cxr_viewer.ui.measuring import Measurement, Measurements, length_words
from cxr_viewer.ui.orientation import Orientation
from cxr_viewer.ui.view_transform import ViewTransform
from tests.cxr_viewer.ui.desks import Desk, drag, hold, press
from tests.cxr_viewer.ui.readings import header
from tests.factories import FakeDetector, dicom_file, radiograph

LINE = Measurement((10, 20), (40, 60))


@pytest.mark.parametrize(
    ("spacing", "basis", "words"),
    [
        (None, "", "50 px"),
        ((0.2, 0.2), "at detector", "10.0 mm at detector"),
        ((0.1, 0.1), "calibrated by fiducial", "5.0 mm calibrated by fiducial"),
        ((0.2, 0.1), "calibrated", "8.5 mm calibrated"),
        ((0.2, 0.2), "", "50 px"),
    ],
)
def test_a_length_says_what_it_is_measured_at(spacing: tuple[float, float] | None, basis: str, words: str) -> None:
    assert length_words(LINE, header(spacing_mm=spacing, spacing_basis=basis)) == words


@given(st.floats(0, 4000), st.floats(0, 4000), st.floats(0.05, 1), st.floats(0.05, 1))
def test_rows_and_columns_are_scaled_each_by_its_own_spacing(x: float, y: float, row: float, column: float) -> None:
    words = length_words(Measurement((0, 0), (x, y)), header(spacing_mm=(row, column), spacing_basis="calibrated"))
    assert float(words.split()[0]) == pytest.approx(float(np.hypot(x * column, y * row)), abs=0.051)


def test_several_lines_stand_and_are_taken_back_last_first() -> None:
    lines = Measurements()
    for end in ((50, 0), (60, 0)):
        lines.begin((0, 0)).follow(end)
        lines.end()
    lines.begin((5, 5)).end()  # a slip
    assert [line.end for line in lines.lines] == [(50, 0), (60, 0)]
    lines.begin((0, 0)).follow((9, 9))
    lines.take_back()
    assert len(lines.lines) == 2
    lines.take_back()
    assert [line.end for line in lines.lines] == [(50, 0)]


@given(st.floats(-50, 900), st.floats(-50, 700), st.floats(-50, 900), st.floats(-50, 700))
def test_the_words_of_a_line_stay_inside_the_view(x1: float, y1: float, x2: float, y2: float) -> None:
    view = QRectF(0, 0, 800, 600)
    assert view.contains(measure_painter.words_area(QPointF(x1, y1), QPointF(x2, y2), 140, view))


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("ground", ["#000000", "#808080", "#FFFFFF"])
def test_the_words_can_be_read_on_black_air_and_on_white_bone(ground: str) -> None:
    picture = QImage(400, 200, QImage.Format.Format_RGB32)
    picture.fill(QColor(ground))
    line = Measurement((50, 150), (350, 150))
    with QPainter(picture) as painter:
        measure_painter.paint(painter, (line,), header(), ViewTransform(), QRectF(0, 0, 400, 200))
    area = measure_painter.words_area(QPointF(50, 150), QPointF(350, 150), 60, QRectF(0, 0, 400, 200))
    behind = picture.pixelColor(round(area.center().x()), round(area.top()) + 2)
    assert palette.contrast(palette.MEASUREMENT, behind.name()) >= 4.5


def _count(view: ImageView) -> int:
    return len(view.measurements)


def _is_magnifying(view: ImageView) -> bool:
    return view.is_magnifying


@pytest.mark.drives("tool_measure", "tool_window")
def test_a_line_is_drawn_with_the_tool_and_removed_with_escape_or_delete(desk: Desk, ward: Path) -> None:
    view = desk.open(ward).window.image_view
    view.setFocus()
    press(view, Qt.Key.Key_M)
    tool: Tool = view.tool
    assert tool is Tool.MEASURE
    drag(view, (50, 60), (150, 60))
    drag(view, (50, 90), (50, 190))
    view.set_orientation(Orientation(1))
    drag(view, (200, 60), (200, 160))
    assert [round(line.end[1]) for line in view.measurements] == [60, 190, 160]
    press(view, Qt.Key.Key_Escape)
    assert _count(view) == 2
    before = desk.states()
    press(view, Qt.Key.Key_Delete)
    assert len(view.measurements) == 1
    assert desk.states() == before  # Delete took the line, not the chosen box
    press(view, Qt.Key.Key_W)
    assert len(view.measurements) == 1


@pytest.mark.drives("tool_measure", "next_instance")
def test_lines_go_with_their_image(desk: Desk, ward: Path) -> None:
    view = desk.open(ward, with_model=False).window.image_view
    view.setFocus()
    press(view, Qt.Key.Key_M)
    drag(view, (50, 60), (150, 60))
    press(view, Qt.Key.Key_D)
    desk.wait_for_detections()
    assert view.measurements == ()


@pytest.mark.drives("tool_measure")
def test_escape_takes_the_line_before_it_stops_the_model(desk: Desk, ward: Path) -> None:
    desk.detector = FakeDetector(seconds=0.5)
    workspace = desk.start()
    workspace.opening.open((ward,))
    view = workspace.window.image_view
    desk.qtbot.waitUntil(lambda: workspace.flow.model_state.is_busy and view.image is not None, timeout=20_000)
    view.setFocus()
    press(view, Qt.Key.Key_M)
    drag(view, (50, 60), (150, 60))
    press(view, Qt.Key.Key_Escape)
    assert view.measurements == ()
    assert workspace.flow.model_state.is_busy
    desk.wait_for_detections()


def test_a_line_ends_at_the_edge_of_the_image(desk: Desk, ward: Path) -> None:
    view = desk.open(ward, with_model=False).window.image_view
    view.set_tool(Tool.MEASURE)
    drag(view, (50, 60), (400, 60))
    assert view.measurements[0].end[0] == 260


@pytest.mark.drives("magnify")
def test_the_lens_is_there_while_the_key_is_held(desk: Desk, tmp_path: Path) -> None:
    path = dicom_file(tmp_path / "one.dcm", radiograph(900, 800))
    view = desk.open(path, with_model=False).window.image_view
    view.setFocus()
    at = QPointF(*view.transform.to_view(400, 450)).toPoint()
    QTest.mouseMove(view, at)
    plain = view.grab().toImage()
    with hold(view, Qt.Key.Key_Z):
        assert _is_magnifying(view)
        magnified = view.grab().toImage()
        view.set_peeking(False)
    assert not view.is_magnifying
    assert view.grab().toImage() == plain
    assert magnified != plain
    far = at.x() - 200
    assert magnified.copy(far - 40, at.y(), 30, 5) == plain.copy(far - 40, at.y(), 30, 5)
