"""The difference of two rows of a study on the same images, with an interval that resamples persons."""

from model_training.bootstrap import Interval, interval
from model_training.evaluation import MEAN_PRECISION, measures
from model_training.studies.measured_row import MeasuredRow


def difference(row: MeasuredRow, baseline: MeasuredRow, test: str, figure: str = MEAN_PRECISION) -> Interval:
    """Return a figure of ``row`` minus that of ``baseline`` on a test set, each at its own threshold.

    Args:
        row, baseline: measured on the same images.
        test: name of the test set.
        figure: a name of ``evaluation.measures``.
    """
    own, other = row.detections(test), baseline.detections(test)
    first, second = measures(own, row.score)[figure], measures(other, baseline.score)[figure]
    return interval(own.persons, lambda weights: first(weights) - second(weights))
