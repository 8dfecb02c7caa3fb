"""Figures are shown with their data set, or not at all."""

from dataclasses import replace

import pytest

from cxr_viewer.core.candidates import Thresholds
from cxr_viewer.detection.bundle import OperatingPoint
from cxr_viewer.ui.operating_point import NO_POINT, sentence
from tests.cxr_viewer.ui.readings import model

POINTS = (OperatingPoint(0.2, 0.88, 0.5), OperatingPoint(0.5, 0.7, 0.086))
FACTS = replace(model(), points=POINTS, measured_on="phantoms")
OWN = FACTS.thresholds


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (0.2, "sensitivity 0.88 at 0.5 false positives per image on phantoms"),
        (0.49, "sensitivity 0.88 at 0.5 false positives per image on phantoms"),
        (0.5, "sensitivity 0.70 at 0.09 false positives per image on phantoms"),
    ],
)
def test_a_threshold_has_the_figures_of_the_measured_point_at_or_below_it(score: float, words: str) -> None:
    assert sentence(FACTS, replace(OWN, score=score), is_withheld=False) == words


def test_below_the_lowest_measured_score_there_is_no_figure() -> None:
    assert sentence(FACTS, replace(OWN, score=0.1), is_withheld=False) == NO_POINT


def test_a_withheld_image_has_no_figure() -> None:
    said = sentence(FACTS, OWN, is_withheld=True)
    assert "sensitivity" not in said
    assert "withheld" in said


@pytest.mark.parametrize("moved", [Thresholds(OWN.score, 0.35), Thresholds(OWN.score, OWN.overlap, 0.8)])
def test_other_overlaps_and_sizes_than_the_measured_ones_have_no_figure(moved: Thresholds) -> None:
    said = sentence(FACTS, moved, is_withheld=False)
    assert "sensitivity" not in said
    assert "own overlap and size" in said


@pytest.mark.parametrize("facts", [model(), replace(FACTS, measured_on=""), replace(FACTS, points=())])
def test_without_a_curve_or_the_name_of_its_data_set_there_is_no_figure(facts: object) -> None:
    assert sentence(facts, OWN, is_withheld=False) == NO_POINT  # type: ignore[arg-type]
