"""Rows survive the ledger's JSON, and stems are those of the challenge's patientId."""

import json
from pathlib import Path

import numpy as np
import pytest

from cxr_viewer.core.suppression import select
from cxr_viewer.scan.scanned_file import FoundBox, ScannedFile, Stamp, Status, found_boxes
from tests.cxr_viewer.scan.scanned_files import scanned_file
from tests.factories import RULES, THRESHOLDS, candidates


@pytest.mark.parametrize("status", list(Status))
def test_row_survives_json(status: Status) -> None:
    row = scanned_file("/archive/\udcff Ä\n.dcm", status, reason="why")
    assert ScannedFile.from_json(json.loads(json.dumps(row.to_json()))) == row


@pytest.mark.parametrize(
    ("path", "stem"),
    [
        ("/a/0004cfab-14fd-4e49.dcm", "0004cfab-14fd-4e49"),
        ("/a/image.v2.png", "image.v2"),
        ("/a/1.2.840.113619.2.5", "1.2.840.113619.2.5"),
        ("/a.b/IM000001", "IM000001"),
        ("/a/.hidden", ".hidden"),
    ],
)
def test_stem_drops_the_suffix_but_no_part_of_a_uid(path: str, stem: str) -> None:
    assert scanned_file(path).stem == stem


def test_stamp_follows_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    assert Stamp.of(path) == Stamp(str(path), -1, 0)
    path.write_bytes(b"12345")
    assert Stamp.of(path).size == 5
    assert Stamp.of(path).changed_ns == path.stat().st_mtime_ns


def test_found_boxes_are_the_detections_in_native_pixels() -> None:
    detections = select(candidates(), THRESHOLDS, RULES)
    first, second = found_boxes(detections)
    assert (first.x, first.y, first.width, first.height) == pytest.approx((10, 20, 30, 40), abs=1e-4)
    assert second.score == pytest.approx(0.3, abs=1e-6)
    assert [box.members_agreeing for box in (first, second)] == [2, 1]
    assert first.members == 2
    np.testing.assert_allclose([first.score, second.score], detections.scores)
    assert found_boxes(detections.subset(np.zeros(0, np.intp))) == ()
    assert isinstance(first, FoundBox)
