"""The ledger says what became of every box; one review with all of it, compared with figures computed by hand."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cxr_viewer.commands import export as command
from cxr_viewer.core import findings
from cxr_viewer.core.candidates import Thresholds
from cxr_viewer.core.findings import DisplayWindow, Finding, ReadingContext, Review, ReviewOutcome
from cxr_viewer.core.geometry import Box
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.export import salt_beside
from cxr_viewer.store.history import Change
from cxr_viewer.store.journal import Journal
from tests.factories import BUNDLE_DIGEST, origin

KEY = InstanceKey("a" * 64)
START = datetime(2026, 5, 6, 7, 0, tzinfo=UTC)
LUNG = DisplayWindow("Lung", 900.0, 1200.0)
SEEN = ReadingContext(BUNDLE_DIGEST, Thresholds(0.3, 0.1), LUNG, True)
HIDDEN = ReadingContext(
    BUNDLE_DIGEST, Thresholds(0.3, 0.1, 0.5), replace(LUNG, name="by hand", is_inverted=True), False
)

SHOWN = Box(0, 0, 10, 10)
MEAN = Box(0, 0, 20, 10)  # IoU with SHOWN: 100 / 200
MOVED = Box(5, 0, 15, 10)  # IoU with SHOWN: 50 / 150; with MEAN: 100 / 200


def _act(journal: Journal, before: Finding | None, after: Finding, context: ReadingContext = SEEN) -> Finding:
    journal.append_changes(KEY, [Change(before, after)], "ada", context, "Edit")
    return after


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A journal in which a reader accepted, moved, rejected, added, drew and deleted, left two boxes, and signed."""
    path = tmp_path / "journal.sqlite"
    minutes = count()
    with Journal.open(path, clock=lambda: START + timedelta(minutes=next(minutes))) as journal:
        first = _act(journal, None, findings.accept(origin(SHOWN, MEAN, 1)))  # minute 0
        second = _act(journal, None, findings.accept(origin(SHOWN, MEAN, 2)))  # minute 1
        _act(journal, None, findings.reject(origin(SHOWN, MEAN, 3), "rib or bone"))  # minute 2, words of version 1
        drawn = _act(journal, None, findings.add(Box(1, 2, 3, 4)))  # minute 3
        _act(journal, drawn, findings.delete(drawn))  # minute 4
        _act(journal, None, findings.add(Box(30, 30, 50, 60)), HIDDEN)  # minute 5
        _act(journal, second, findings.adjust(second, MOVED))  # minute 6
        _act(journal, first, findings.describe(first, "effusion", "as Mrs Invented said"))  # minute 7
        review = Review(ReviewOutcome.OPACITY, "ada", START + timedelta(hours=1), HIDDEN, "Invented")
        left = [origin(Box(60, 60, 70, 70), Box(60, 60, 70, 70), number) for number in (4, 5)]
        journal.append_review(KEY, review, unjudged=left)
        journal.append_changes(KEY, [], "bob", SEEN, "Verdict: Opacity")  # another reader, who has not signed
    return path


def _ledger(store: Path, out: Path) -> list[dict[str, Any]]:
    ran = CliRunner().invoke(command.app, ["--out", str(out), "--store", str(store), "--format", "ledger"])
    assert ran.exit_code == 0, ran.output
    assert [path.name for path in out.iterdir()] == ["ledger.jsonl"]
    return [json.loads(line) for line in (out / "ledger.jsonl").read_text(encoding="utf-8").splitlines()]


def test_every_assessment_is_one_line_in_the_order_of_the_gestures(store: Path, tmp_path: Path) -> None:
    lines = _ledger(store, tmp_path / "out")
    words = [(line["assessment"], line["order"]) for line in lines]
    assert words == [
        ("rejected", 1),
        ("added", 2),
        ("modified", 3),
        ("accepted", 4),
        ("not_assessed", None),
        ("not_assessed", None),
    ]
    assert [line["model"] and line["model"]["anchor_index"] for line in lines] == [3, None, 2, 1, 4, 5]
    minutes = [(datetime.fromisoformat(line["assessed_at"]) - START).total_seconds() / 60 for line in lines]
    assert minutes == [2, 5, 6, 7, 60, 60]


def test_overlaps_before_and_after_are_those_computed_by_hand(store: Path, tmp_path: Path) -> None:
    rejected, added, modified, accepted, left, _ = _ledger(store, tmp_path / "out")
    assert modified["iou"] == {"before": 0.5, "after": 0.5, "with_shown": 0.333333}
    assert accepted["iou"] == {"before": 0.5, "after": 0.5, "with_shown": 1.0}
    assert (rejected["iou"], added["iou"], left["iou"]) == (None, None, None)
    assert modified["box"] == [5, 0, 15, 10]
    assert modified["model"]["shown_box"] == accepted["box"] == [0, 0, 10, 10]
    assert (rejected["box"], left["box"]) == (None, None)


def test_who_when_and_what_was_in_force(store: Path, tmp_path: Path) -> None:
    rejected, added, *_, left = _ledger(store, tmp_path / "out")
    assert {line["reader"] for line in (rejected, added, left)} == {"ada"}
    assert rejected["thresholds"] == {"score": 0.3, "overlap": 0.1, "size": "mean"}
    assert rejected["window"] == {"name": "Lung", "centre": 900.0, "width": 1200.0, "inverted": False}
    assert (rejected["model_visible"], added["model_visible"]) == (True, False)
    assert added["thresholds"]["size"] == 0.5
    assert added["window"] == {"name": "by hand", "centre": 900.0, "width": 1200.0, "inverted": True}
    assert {line["bundle_digest"] for line in (rejected, added, left)} == {BUNDLE_DIGEST}
    assert (rejected["reason"], rejected["label"]) == ("bone", None)
    assert left["assessed_at"] == left["signed_at"]
    assert left["finding_uid"] is None
    assert left["outcome"] == "opacity"


def test_keys_are_salted_and_nothing_typed_leaves(store: Path, tmp_path: Path) -> None:
    lines = _ledger(store, tmp_path / "out")
    text = (tmp_path / "out" / "ledger.jsonl").read_text(encoding="utf-8")
    assert "Invented" not in text
    assert KEY not in text
    [key] = {line["instance_key"] for line in lines}
    assert len(key) == 64
    assert salt_beside(store).hex() not in text
    assert [line["label"] for line in lines] == [None, None, None, "effusion", None, None]


def test_a_signature_that_was_withdrawn_leaves_no_line(store: Path, tmp_path: Path) -> None:
    with Journal.open(store) as journal:
        journal.append_withdrawal(KEY, "ada")
    assert _ledger(store, tmp_path / "out") == []


def test_every_line_has_the_fields_that_the_documentation_names(store: Path, tmp_path: Path) -> None:
    table = Path(__file__).parents[2].joinpath("docs/ledger.md").read_text(encoding="utf-8")
    for line in _ledger(store, tmp_path / "out"):
        for name in line:
            assert f"`{name}`" in table
