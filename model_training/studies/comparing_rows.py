"""The difference of rows of a study on the same images, with an interval that resamples persons."""

from collections.abc import Sequence

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
    return difference_from_mean(row, [baseline], test, figure)


def difference_from_mean(
    row: MeasuredRow, baselines: Sequence[MeasuredRow], test: str, figure: str = MEAN_PRECISION
) -> Interval:
    """Return a figure of ``row`` minus the mean of that of ``baselines``; see ``difference``."""
    own = row.detections(test)
    first = measures(own, row.score)[figure]
    others = [measures(other.detections(test), other.score)[figure] for other in baselines]
    return interval(own.persons, lambda weights: first(weights) - sum(one(weights) for one in others) / len(others))
