"""Tests of the throughput study: it runs both loops and writes their ratio; nothing is said of the speed itself."""

import json
from dataclasses import replace
from pathlib import Path

from model_training.studies import throughput
from model_training.studies.throughput import ThroughputRequest
from tests.bundle_factory import TINY
from tests.model_training.small import small_dataset, small_recipe
from tests.model_training.studies.test_running import silent


def test_both_loops_are_measured_after_a_warm_up(tmp_path: Path) -> None:
    read = small_recipe()
    recipe = replace(read, network=TINY, start=replace(read.start, pretrained=True))  # which nothing here may fetch
    request = ThroughputRequest(
        tmp_path / "out", (recipe,), small_dataset(tmp_path / "data", count=8), steps=2, accelerator="cpu"
    )
    table = throughput.run(request, silent)
    assert "plain fp32 eager" in table.read_text(encoding="utf-8")
    (found,) = json.loads((tmp_path / "out" / "throughput.json").read_text(encoding="utf-8"))
    assert found["fitted"] > 0
    assert found["plain"] > 0
    assert 0 <= found["data_share"] <= 1
    assert 0 < found["plain_data_share"] < 1
    assert (found["batch"], found["device"]) == (8, "processor")
