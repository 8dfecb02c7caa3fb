"""Tests of the choice of arithmetic: bf16 only where it was measured to be clearly faster, and measured once."""

from pathlib import Path

import pytest

from cxr_viewer.detection import precision_choice
from cxr_viewer.detection.precision_choice import decided, faster, timed

FACTS = {"processor": "A", "engine": "1", "bundle": "c" * 64}


class Measurement:
    """Answers with given seconds and counts how often it was asked."""

    def __init__(self, fp32: float, bf16: float) -> None:
        self.seconds = {"fp32": fp32, "bf16": bf16}
        self.asked = 0

    def __call__(self) -> dict[str, float]:
        self.asked += 1
        return self.seconds


@pytest.mark.parametrize(
    ("fp32", "bf16", "choice"),
    [(0.2, 0.1, "bf16"), (0.021, 0.027, "fp32"), (0.110, 0.100, "fp32"), (0.115, 0.100, "bf16")],
)
def test_bf16_is_taken_where_it_is_clearly_faster(fp32: float, bf16: float, choice: str) -> None:
    assert faster({"fp32": fp32, "bf16": bf16}) == choice


def test_it_is_measured_once(tmp_path: Path) -> None:
    first, second = Measurement(0.2, 0.1), Measurement(0.1, 0.2)
    assert decided(tmp_path, FACTS, first) == "bf16"
    assert decided(tmp_path, FACTS, second) == "bf16"
    assert (first.asked, second.asked) == (1, 0)


@pytest.mark.parametrize("fact", list(FACTS))
def test_another_processor_engine_or_bundle_is_measured_anew(fact: str, tmp_path: Path) -> None:
    decided(tmp_path, FACTS, Measurement(0.2, 0.1))
    assert decided(tmp_path, {**FACTS, fact: "other"}, Measurement(0.1, 0.2)) == "fp32"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"precision": "fp8"}', '{"seconds": {}}'])
def test_a_damaged_file_is_measured_anew_and_replaced(content: str, tmp_path: Path) -> None:
    decided(tmp_path, FACTS, Measurement(0.2, 0.1))
    (kept,) = tmp_path.iterdir()
    kept.write_text(content, encoding="utf-8")
    again = Measurement(0.1, 0.2)
    assert decided(tmp_path, FACTS, again) == "fp32"
    assert decided(tmp_path, FACTS, again) == "fp32"
    assert again.asked == 1


def test_a_folder_that_cannot_be_written_costs_a_measurement_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    missing = tmp_path / "missing"
    assert decided(missing, FACTS, Measurement(0.2, 0.1)) == "bf16"
    assert decided(missing, FACTS, Measurement(0.1, 0.2)) == "fp32"
    assert "cannot be written" in caplog.text


def test_a_slow_network_is_run_once_in_each_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision_choice, "perf_counter", iter(range(100)).__next__)
    ran: list[str] = []
    seconds = timed({"fp32": lambda: ran.append("fp32"), "bf16": lambda: ran.append("bf16")})
    assert ran == ["fp32", "bf16"]
    assert seconds == {"fp32": 1, "bf16": 1}


def test_a_quick_network_runs_in_turn_and_the_best_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    durations = iter([9e-2, 8e-2, *[2e-2, 3e-2] * 7])

    def run() -> None:
        nonlocal now
        now += next(durations)

    monkeypatch.setattr(precision_choice, "perf_counter", lambda: now)
    seconds = timed({"fp32": run, "bf16": run})
    assert seconds == pytest.approx({"fp32": 2e-2, "bf16": 3e-2})
