"""Sliders show thresholds, report moves, and lead back to the model's own values."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from cxr_viewer.core.candidates import Thresholds
from cxr_viewer.detection.bundle import OperatingPoint
from cxr_viewer.ui.model_facts import ModelFacts
from cxr_viewer.ui.threshold_panel import ThresholdPanel, position_of, size_note, size_of
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


def test_figures_stand_below_the_score_with_their_data_set_and_are_never_cut_off(panel: ThresholdPanel) -> None:
    name = "phantoms-of-the-second-domain-with-a-long-name"
    panel.show_model(replace(_facts(), measured_on=name))
    panel.show_thresholds(_facts().thresholds)
    assert panel.score_row.note.endswith(f"per image on {name}")
    label = panel.score_row.findChildren(QLabel)[-1]
    assert label.text() == panel.score_row.note
    assert label.wordWrap()
    needed = label.fontMetrics().boundingRect(0, 0, label.width(), 1000, Qt.TextFlag.TextWordWrap, label.text())
    panel.adjustSize()
    assert label.height() >= needed.height()


def test_a_withheld_image_has_neither_figures_nor_curve(panel: ThresholdPanel) -> None:
    panel.show_model(_facts())
    panel.show_thresholds(_facts().thresholds)
    panel.curve_button.click()
    assert panel.curve.isVisible()
    assert panel.curve.here == OperatingPoint(0.2, 0.9, 0.5)
    panel.show_withheld(True)
    assert "sensitivity" not in panel.score_row.note
    assert not panel.curve.isVisible()
    assert not panel.curve_button.isVisible()
    panel.show_withheld(False)
    assert "sensitivity 0.90" in panel.score_row.note
    assert panel.curve.isVisible()


def test_the_dot_on_the_curve_follows_the_slider(panel: ThresholdPanel) -> None:
    panel.show_model(_facts())
    panel.curve_button.click()
    for score, sensitivity in ((0.3, 0.9), (0.6, 0.7)):
        panel.show_thresholds(replace(_facts().thresholds, score=score))
        assert panel.curve.here is not None
        assert panel.curve.here.sensitivity == sensitivity
    panel.show_thresholds(replace(_facts().thresholds, score=0.1))
    assert panel.curve.here is None


def test_a_model_without_a_curve_offers_none(panel: ThresholdPanel) -> None:
    assert not panel.curve_button.isVisible()
    assert "sensitivity" not in panel.score_row.note


def test_the_note_on_size_says_what_the_dotted_lines_are() -> None:
    for size in (None, 0.0, 0.8):
        assert "dotted: 20th" in size_note(size, 4)
    assert "dotted" not in size_note(None, 1)


def test_a_click_on_the_groove_jumps_there(panel: ThresholdPanel, qtbot: QtBot) -> None:
    slider = panel.score_row.slider
    with qtbot.waitSignal(panel.thresholds_moved):
        QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() - 2, slider.height() // 2))
    assert slider.value() == slider.maximum()


def test_without_a_model_the_sliders_rest(panel: ThresholdPanel) -> None:
    panel.show_model(None)
    panel.show_thresholds(None)
    assert not panel.isEnabled()
