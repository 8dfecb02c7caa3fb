"""Tests of the picture of a run's curves."""

from pathlib import Path

import numpy as np
from PIL import Image

from model_training import round_tables, run_curves
from model_training.learner import PARTS
from model_training.round_tables import COLUMNS, METRIC, THRESHOLD_COLUMNS
from model_training.run_folder import CURVES, METRICS, THRESHOLDS
from model_training.score_thresholds import SCORE_GRID


def write_run(run: Path, rounds: int, validated: bool) -> Path:
    """Write the tables of a run whose losses fall and whose metric climbs."""
    run.mkdir()
    round_tables.begin(run / METRICS, COLUMNS, 0)
    if validated:
        round_tables.begin(run / THRESHOLDS, THRESHOLD_COLUMNS, 0)
    for number in range(1, rounds + 1):
        row: dict[str, object] = {"round": number, "step": 100 * number, "samples": 800 * number}
        losses = {part: 2.0 / (number + place) for place, part in enumerate(PARTS)}
        if validated:
            means = {f"{score:g}": 0.03 * number * (1 - score) for score in SCORE_GRID}
            round_tables.append(run / THRESHOLDS, THRESHOLD_COLUMNS, row | means)
            losses |= {f"validation_{part}": 1.1 * value for part, value in losses.items()} | {METRIC: 0.03 * number}
        round_tables.append(run / METRICS, COLUMNS, row | losses | {"learning_rate": 1e-3 / number})
    return run


def test_a_validated_run_has_four_panels_and_another_two(tmp_path: Path) -> None:
    sizes = []
    for name, validated in (("validated", True), ("plain", False)):
        run = write_run(tmp_path / name, 6, validated)
        run_curves.draw(run)
        with Image.open(run / CURVES) as picture:
            sizes.append(picture.size)
            assert np.asarray(picture.convert("L")).std() > 10  # something is drawn
    assert sizes[0][0] == sizes[1][0]
    assert sizes[0][1] == 2 * sizes[1][1]


def test_a_run_without_rounds_has_no_picture(tmp_path: Path) -> None:
    run_curves.draw(write_run(tmp_path / "run", 0, False))
    assert not (tmp_path / "run" / CURVES).exists()


def test_a_table_of_an_older_program_is_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / METRICS
    path.write_text("round,step,samples,total\n1,100,800,2.0\n2,200,1600,1.5\n3,300,2400,1.2\n", encoding="utf-8")
    kept = round_tables.begin(path, COLUMNS, step=200)
    assert [row["step"] for row in kept] == ["100", "200"]
    rows = round_tables.read(path)
    assert [row["total"] for row in rows] == ["2.0", "1.5"]
    assert rows[0]["data_share"] == ""
    assert list(rows[0]) == list(COLUMNS)
