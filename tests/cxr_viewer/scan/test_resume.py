"""The ledger gives back what was done, survives being cut anywhere, and refuses another scan's terms."""

import dataclasses
from pathlib import Path

import pytest

from cxr_viewer.scan.resume import LEDGER, Ledger, OutFolderError, prepare_out
from cxr_viewer.scan.scanned_file import Stamp, Status
from tests.cxr_viewer.scan.scanned_files import scanned_file

TERMS = {"bundle": "b", "score": 0.3}
ROWS = [
    scanned_file("/a/1.dcm", key="1" * 64, thumbnail="data:image/jpeg;base64,AAAA"),
    scanned_file("/a/2.txt", Status.SKIPPED, reason="text"),
    scanned_file("/a/3.dcm", Status.FAILED, reason="timed out"),
    scanned_file("/a/4.dcm", Status.WITHHELD, key="4" * 64, reason="lateral"),
]


def _written(out: Path) -> Path:
    with Ledger(out, TERMS) as ledger:
        for row in ROWS:
            ledger.append(row)
    return out / LEDGER


def test_what_is_unchanged_comes_back_and_failures_are_tried_again(tmp_path: Path) -> None:
    _written(tmp_path)
    with Ledger(tmp_path, TERMS) as ledger:
        assert [ledger.unchanged(row.stamp) for row in ROWS] == [ROWS[0], ROWS[1], None, ROWS[3]]


def test_a_file_that_changed_is_not_taken_over_by_its_path(tmp_path: Path) -> None:
    _written(tmp_path)
    with Ledger(tmp_path, TERMS) as ledger:
        assert ledger.unchanged(dataclasses.replace(ROWS[0].stamp, size=999)) is None
        assert ledger.unchanged(dataclasses.replace(ROWS[0].stamp, changed_ns=999)) is None
        assert ledger.unchanged(Stamp("/other/1.dcm", 1000, 5)) is None


def test_content_is_known_wherever_it_lies(tmp_path: Path) -> None:
    _written(tmp_path)
    with Ledger(tmp_path, TERMS) as ledger:
        assert ledger.same_content("1" * 64) == ROWS[0]
        assert ledger.same_content("2" * 64) is None
        assert ledger.same_content("") is None


def test_duplicates_within_one_run_do_not_answer_for_each_other(tmp_path: Path) -> None:
    with Ledger(tmp_path, TERMS) as ledger:
        ledger.append(ROWS[0])
        assert ledger.unchanged(ROWS[0].stamp) is None
        assert ledger.same_content("1" * 64) is None


def test_ledger_cut_at_any_byte_loses_only_what_was_cut(tmp_path: Path) -> None:
    whole = _written(tmp_path).read_bytes()
    ends = [index + 1 for index, byte in enumerate(whole) if byte == ord("\n")]
    for cut in range(0, len(whole), 7):
        (tmp_path / LEDGER).write_bytes(whole[:cut])
        kept = max(0, sum(end <= cut for end in ends) - 1)
        with Ledger(tmp_path, TERMS) as ledger:
            found = [ledger.unchanged(row.stamp) is not None for row in ROWS]
            assert found == [index < kept and row.status is not Status.FAILED for index, row in enumerate(ROWS)]
            ledger.append(ROWS[0])
        with Ledger(tmp_path, TERMS) as ledger:
            assert ledger.unchanged(ROWS[0].stamp) == ROWS[0]


def test_later_rows_of_a_file_replace_earlier_ones(tmp_path: Path) -> None:
    _written(tmp_path)
    again = dataclasses.replace(ROWS[0], top_score=0.1)
    with Ledger(tmp_path, TERMS) as ledger:
        ledger.append(again)
    with Ledger(tmp_path, TERMS) as ledger:
        assert ledger.unchanged(again.stamp) == again


def test_other_terms_are_refused_by_name(tmp_path: Path) -> None:
    _written(tmp_path)
    with pytest.raises(OutFolderError, match="begun with another score"):
        Ledger(tmp_path, TERMS | {"score": 0.4})
    (tmp_path / LEDGER).write_bytes(b"\xff\xfe\n")
    with pytest.raises(OutFolderError, match="no ledger"):
        Ledger(tmp_path, TERMS)


def test_out_folder_is_made_used_or_refused(tmp_path: Path) -> None:
    prepare_out(tmp_path / "new" / "deep", resume=False)
    prepare_out(tmp_path / "new" / "deep", resume=True)
    assert (tmp_path / "new" / "deep").is_dir()
    with pytest.raises(OutFolderError, match="not empty"):
        prepare_out(tmp_path, resume=False)
    with pytest.raises(OutFolderError, match="no scan to resume"):
        prepare_out(tmp_path, resume=True)
    _written(tmp_path)
    prepare_out(tmp_path, resume=True)
    with pytest.raises(OutFolderError, match="add --resume"):
        prepare_out(tmp_path, resume=False)
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(OutFolderError, match="is a file"):
        prepare_out(file, resume=False)
