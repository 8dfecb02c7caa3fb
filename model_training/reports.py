"""Evaluations of a bundle and its members, and their file."""

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from model_training.bootstrap import Interval
from model_training.dataset import Dataset
from model_training.dataset_detections import detect
from model_training.evaluation import Evaluation, evaluate
from model_training.prediction import RunnableEnsemble


def evaluate_all(
    ensemble: RunnableEnsemble,
    dataset: Dataset,
    with_members: bool,
    on_progress: Callable[[int, int], None] | None = None,
) -> list[Evaluation]:
    """Return the figures of an ensemble at its own score threshold and, where asked for, of each member alone.

    A member alone is measured at its own best threshold: the ensemble's would not be fair to it.
    """
    evaluations = [_evaluate(ensemble, dataset, ensemble.thresholds.score, "the bundle's", on_progress)]
    if with_members:
        for number in range(1, len(ensemble.members) + 1):
            evaluations.append(_evaluate(ensemble.member(number), dataset, None, "", on_progress))
    return evaluations


def _evaluate(
    ensemble: RunnableEnsemble,
    dataset: Dataset,
    score: float | None,
    origin: str,
    on_progress: Callable[[int, int], None] | None,
) -> Evaluation:
    found = detect(ensemble, dataset, on_progress)
    return evaluate(ensemble.name, dataset.name, found, score, origin)


def content(evaluation: Evaluation) -> dict[str, Any]:
    """Return an evaluation as plain values; what could not be computed is null."""
    return {
        "ensemble": evaluation.ensemble,
        "dataset": evaluation.dataset,
        "images": evaluation.images,
        "positives": evaluation.positives,
        "boxes": evaluation.boxes,
        "persons": evaluation.persons,
        "score": evaluation.score,
        "score_origin": evaluation.score_origin,
        "mean_precision": _interval(evaluation.mean_precision),
        "mean_precision_cross": _number(evaluation.cross_mean_precision),
        "best_score": evaluation.best_score,
        "best_mean_precision": _number(evaluation.best_mean_precision),
        "sensitivity": {f"{rate:g}": _interval(value) for rate, value in evaluation.sensitivity.items()},
        "image_auc": _interval(evaluation.image_auc),
        "opacity_auc": None if evaluation.opacity_auc is None else _interval(evaluation.opacity_auc),
        "froc": [
            {"score": score, "sensitivity": sensitivity, "false_positives_per_image": false}
            for score, sensitivity, false in zip(
                evaluation.froc.scores.tolist(),
                evaluation.froc.sensitivity.tolist(),
                evaluation.froc.false_positives.tolist(),
                strict=True,
            )
        ],
    }


def write(path: Path, evaluations: Sequence[Evaluation]) -> None:
    """Write evaluations as JSON: written beside, then renamed."""
    partial = path.with_name(path.name + ".partial")
    text = json.dumps([content(evaluation) for evaluation in evaluations], indent=2, ensure_ascii=False)
    partial.write_text(text + "\n", encoding="utf-8")
    partial.replace(path)


def _interval(interval: Interval) -> dict[str, float | None]:
    return {"value": _number(interval.value), "low": _number(interval.low), "high": _number(interval.high)}


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 5)
