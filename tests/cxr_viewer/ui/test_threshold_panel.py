"""Sliders show thresholds, report moves, and lead back to the model's own values."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from cxr_viewer.core.candidates import Thresholds
from cxr_viewer.detection.bundle import OperatingPoint
from cxr_viewer.ui.model_facts import ModelFacts
from cxr_viewer.ui.threshold_panel import ThresholdPanel, position_of, score_note, size_of
from tests.cxr_viewer.ui.readings import model
from tests.factories import candidates


@pytest.fixture
def panel(qtbot: QtBot) -> ThresholdPanel:
    made = ThresholdPanel()
    qtbot.addWidget(made)
    made.resize(300, 260)
    made.show_model(model())
    made.show_thresholds(model().thresholds)
    made.show_candidates(candidates())
    made.show()
    return made


def _facts() -> ModelFacts:
    points = (OperatingPoint(0.2, 0.9, 0.5), OperatingPoint(0.5, 0.7, 0.1))
    return replace(model(), points=points, measured_on="phantoms")


def test_moving_a_slider_reports_all_thresholds(panel: ThresholdPanel, qtbot: QtBot) -> None:
    for row, position, expected in (
        (panel.score_row, 100, Thresholds(0.5, 0.1)),
        (panel.overlap_row, 25, Thresholds(0.3, 0.25)),
        (panel.size_row, 9, Thresholds(0.3, 0.1, 0.8)),
    ):
        with qtbot.waitSignal(panel.thresholds_moved) as moved:
            row.slider.setValue(position)
        assert moved.args == [expected]
        panel.show_thresholds(model().thresholds)


def test_showing_thresholds_reports_nothing(panel: ThresholdPanel, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(panel.thresholds_moved):
        panel.show_thresholds(Thresholds(0.7, 0.4, 1.6))
    assert panel.score_row.slider.value() == 140
    assert panel.size_row.slider.value() == 17


def test_reset_stands_beside_each_slider_and_is_off_at_the_models_own_value(
    panel: ThresholdPanel, qtbot: QtBot
) -> None:
    assert not panel.score_row.reset.isEnabled()
    panel.show_thresholds(Thresholds(0.7, 0.1))
    assert panel.score_row.reset.isEnabled()
    assert not panel.overlap_row.reset.isEnabled()
    with qtbot.waitSignal(panel.thresholds_moved) as moved:
        panel.score_row.reset.click()
    assert moved.args == [model().thresholds]


@pytest.mark.parametrize("size", [None, 0.0, 0.1, 0.8, 1.6])
def test_every_size_has_its_place_on_the_slider(size: float | None) -> None:
    assert size_of(position_of(size)) == size


def test_operating_point_names_its_data_set() -> None:
    assert score_note(_facts(), 0.3) == "sens. 0.90 at 0.5 FP/image (phantoms)"
    assert score_note(_facts(), 0.5) == "sens. 0.70 at 0.1 FP/image (phantoms)"
    assert "FP" not in score_note(_facts(), 0.1)


def test_a_click_on_the_groove_jumps_there(panel: ThresholdPanel, qtbot: QtBot) -> None:
    slider = panel.score_row.slider
    with qtbot.waitSignal(panel.thresholds_moved):
        QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() - 2, slider.height() // 2))
    assert slider.value() == slider.maximum()


def test_without_a_model_the_sliders_rest(panel: ThresholdPanel) -> None:
    panel.show_model(None)
    panel.show_thresholds(None)
    assert not panel.isEnabled()
