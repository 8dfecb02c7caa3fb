"""The metric over the overlap of NMS and the score threshold of one fit: no further training."""

import csv
from pathlib import Path

import numpy as np

from cxr_viewer.core.candidates import SCORE_FLOOR, Thresholds
from model_training import plotting, prediction
from model_training.curves import Floats
from model_training.dataset_detections import collect_candidates, select_all
from model_training.prediction import DEFAULT_RULES, UNTUNED_SCORE
from model_training.run_folder import read_member
from model_training.score_thresholds import score_table, weighted_mean
from model_training.studies import tables
from model_training.studies.measuring import device_of, open_data
from model_training.studies.row import Row, StudyData

OVERLAPS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5)

PAPER_THRESHOLDS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.28, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 2.0)
"""The grid of the paper's code: five times the score. Its text calls this "NMS threshold"; it is none."""

SCORES = (*(threshold / 5 for threshold in PAPER_THRESHOLDS if threshold / 5 >= SCORE_FLOOR), 0.5, 0.6, 0.7)
"""Score thresholds of the paper's grid above the score floor, and higher ones for detectors that are surer."""


def run(data: StudyData, row: Row) -> list[str]:
    """Sweep a finished row on its first test set, write ``overlaps.csv`` and ``.png``, and return a table as lines."""
    opened = open_data(data, row.fold)
    name, dataset = next(iter(opened.tests.items()))
    ensemble = prediction.of_runs([read_member(data.run_folder(row))], row.name, device_of(data.accelerator))
    candidates = collect_candidates(ensemble, dataset)
    metric = np.stack(
        [
            weighted_mean(
                score_table(
                    select_all(candidates, dataset.examples, Thresholds(UNTUNED_SCORE, overlap), DEFAULT_RULES), SCORES
                )
            )
            for overlap in OVERLAPS
        ]
    )
    _write(data.out / "overlaps.csv", metric)
    _draw(data.out / "overlaps.png", metric, name)
    best = metric.argmax(axis=1)
    lines = [
        [f"{overlap:g}", f"{metric[place].max():.3f}", f"{SCORES[best[place]]:.3f}", f"{5 * SCORES[best[place]]:.2f}"]
        for place, overlap in enumerate(OVERLAPS)
    ]
    head = ["overlap (IoU)", f"best mAP on {name}", "at score", "the paper's T = 5 × score"]
    return [*tables.markdown(head, lines), "", "Best values on the very set they are shown on: optimistic."]


def _write(path: Path, metric: Floats) -> None:
    partial = path.with_name(path.name + ".partial")
    with partial.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["overlap", *(f"{score:g}" for score in SCORES)])
        writer.writerows(
            [overlap, *(f"{value:.5f}" for value in own)] for overlap, own in zip(OVERLAPS, metric, strict=True)
        )
    partial.replace(path)


def _draw(path: Path, metric: Floats, name: str) -> None:
    made, (axes,) = plotting.figure(width=6.4)
    shown = axes.imshow(metric, aspect="auto", origin="lower", cmap=plotting.SEQUENCE, vmin=0)
    axes.grid(visible=False)
    axes.set_xticks(range(len(SCORES)), [f"{score:g}" for score in SCORES], rotation=60)
    axes.set_yticks(range(len(OVERLAPS)), [f"{overlap:g}" for overlap in OVERLAPS])
    plotting.word(axes, f"Metric over overlap and score, {name}", "score threshold", "overlap (IoU) of NMS")
    made.colorbar(shown, label="mAP 0.40 to 0.75")
    plotting.save(made, path)
