"""The figures that a bundle carries, from an evaluation."""

from cxr_viewer.detection.bundle import OperatingPoint, Validation
from model_training.curves import Froc
from model_training.evaluation import Evaluation
from model_training.score_thresholds import SCORE_GRID


def of_evaluation(measured: Evaluation) -> Validation:
    """Return figures and curve with the name of the data set that they belong to."""
    return Validation(measured.dataset, measured.images, measured.figures(), operating_points(measured.froc))


def operating_points(curve: Froc) -> tuple[OperatingPoint, ...]:
    """Return what each tried score threshold gives on the curve's data set."""
    points = []
    for score in SCORE_GRID:
        above = (curve.scores >= score).sum()
        sensitivity = float(curve.sensitivity[above - 1]) if above else 0.0
        false = float(curve.false_positives[above - 1]) if above else 0.0
        points.append(OperatingPoint(score, round(sensitivity, 4), round(false, 4)))
    return tuple(points)
