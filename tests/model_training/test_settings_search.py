"""Tests of the search for settings: what is better is found, and what is luck is not taken."""

import dataclasses

import numpy as np
import pytest

from cxr_viewer.core import geometry
from cxr_viewer.core.candidates import Candidates
from model_training import settings_search
from model_training.dataset import PreparedExample
from model_training.example import ImageClass
from model_training.held_out_predictions import Predicted
from model_training.score_thresholds import first_half, weighted_mean
from model_training.settings_search import EXTENT, OVERLAP, Settings, Tables, extents, overlaps, search, step

NOTHING = np.zeros((0, 4), dtype=np.float32)
SIDE = 512


def candidates(boxes: geometry.Boxes, scores: list[float], spread: float, members: int) -> Candidates:
    """Return candidates whose 20th and 80th percentile of log size lie ``spread`` below and above the mean."""
    logs = np.log(boxes[:, 2:] - boxes[:, :2]).astype(np.float32)
    return Candidates(
        anchor_index=np.arange(len(boxes), dtype=np.int32),
        centre=((boxes[:, :2] + boxes[:, 2:]) / 2).astype(np.float32),
        log_size_mean=logs,
        log_size_low=logs - np.float32(spread),
        log_size_high=logs + np.float32(spread),
        member_scores=np.repeat(np.array(scores, dtype=np.float32)[:, None], members, axis=1),
        rows=SIDE,
        columns=SIDE,
    )


def predicted(
    images: int = 60, shrunk: float = 1.0, spread: float = 0.0, members: int = 1, is_twice: bool = False
) -> Predicted:
    """Return candidates of a good detector whose boxes are 1 / ``shrunk`` too large; half of the images are positive.

    ``is_twice`` puts a second, overlapping opacity beside the first one, which NMS at 0.05 drops.
    """
    random = np.random.default_rng(1)
    examples, found = [], []
    for number in range(images):
        x, y = random.uniform(150, 300, 2)
        true = np.array([[x - 60, y - 60, x + 60, y + 60]], dtype=np.float32)
        if is_twice:
            true = np.concatenate([true, true + np.array([70, 0, 70, 0], dtype=np.float32)])
        shown = geometry.scale_about_centre(true, 1 / shrunk)
        is_positive = number % 2 == 0
        low, high = (0.6, 0.9) if is_positive else (0.1, 0.4)
        scores = sorted(random.uniform(low, high, len(shown)).tolist(), reverse=True)
        examples.append(
            PreparedExample(
                str(number),
                str(number),
                "test",
                ImageClass.OPACITY if is_positive else ImageClass.NORMAL,
                SIDE,
                SIDE,
                true if is_positive else NOTHING,
                NOTHING,
            )
        )
        found.append(candidates(shown, scores, spread, members))
    return Predicted(tuple(examples), tuple(found))


def everyone(tables: Tables) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.ones(len(tables.persons), dtype=np.bool_)


def test_defaults_stay_where_nothing_is_better() -> None:
    tables = Tables(predicted())
    steps = search(tables, everyone(tables), with_extent=True)
    assert [own.name for own in steps] == ["overlap", "relative", "extent"]
    assert steps[-1].chosen == Settings()
    assert settings_search.best_score(tables.of(Settings()))[1] == 1


def test_an_overlap_that_keeps_true_neighbours_is_found_and_taken() -> None:
    tables = Tables(predicted(is_twice=True))
    made = step(OVERLAP, tables, everyone(tables), Settings(), overlaps(Settings()))
    assert made.chosen.overlap == 0.3  # the neighbours' IoU is 50 / 190
    assert made.gain.low > 0
    assert settings_search.best_score(tables.of(made.chosen))[1] == 1


def test_boxes_that_are_too_large_are_scaled_and_never_shrunk_twice() -> None:
    tables = Tables(predicted(shrunk=0.8))
    made = step(EXTENT, tables, everyone(tables), Settings(), extents(Settings(), tables.members))
    assert made.chosen.size is None
    assert made.chosen.scale < 0.95
    with pytest.raises(ValueError, match="choose one of them"):
        Settings(size=0.9, scale=0.875)
    for own in extents(Settings(), members=4):
        assert own.size is None or own.scale == 1


def test_percentile_shrink_is_tried_with_several_members_only() -> None:
    assert all(own.size is None for own in extents(Settings(), members=1))
    spread = -np.log(0.8) / 1.6  # low - 0.3 * (high - low) is 0.8 of the mean
    tables = Tables(predicted(shrunk=0.8, spread=float(spread), members=4))
    made = step(EXTENT, tables, everyone(tables), Settings(), extents(Settings(), tables.members))
    sizes = [own for own in made.tried if own.settings.size == 0.3]
    assert sizes[0].mean_precision == 1
    assert made.gain.low > 0


def test_a_gain_that_one_person_brings_is_not_taken() -> None:
    good, double = predicted(), predicted(is_twice=True)
    lucky = Predicted(
        (*good.examples[:-1], double.examples[0]),
        (*good.candidates[:-1], double.candidates[0]),
    )
    tables = Tables(lucky)
    made = step(OVERLAP, tables, everyone(tables), Settings(), overlaps(Settings()))
    assert made.best != Settings()
    assert made.chosen == Settings()


def test_the_cross_fitted_search_scores_nobody_by_a_choice_of_their_own() -> None:
    random = np.random.default_rng(4)
    own = predicted(is_twice=True)
    noise = tuple(
        dataclasses.replace(one, member_scores=random.uniform(0.1, 0.9, one.member_scores.shape).astype(np.float32))
        for one in own.candidates
    )
    ordered = tuple(one.subset(np.argsort(-one.scores, kind="stable")) for one in noise)
    tables = Tables(Predicted(own.examples, ordered))
    steps = search(tables, everyone(tables), with_extent=True)
    in_sample = settings_search.best_score(tables.of(steps[-1].chosen))[1]
    honest = settings_search.cross_fitted_search(tables, with_extent=True)
    assert honest.shape == (60,)
    assert np.nanmean(honest) < in_sample
    first = first_half(tables.persons)
    chosen = search(tables, ~first, with_extent=True)[-1].chosen
    table = tables.of(chosen)
    column = int(np.argmax(weighted_mean(table[~first])))
    np.testing.assert_array_equal(honest[first], table[first, column])


def test_one_person_gives_no_cross_fitted_figure() -> None:
    tables = Tables(predicted(images=1))
    assert np.isnan(settings_search.cross_fitted_search(tables, with_extent=True)).all()
