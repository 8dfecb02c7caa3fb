"""The tables have the agreed columns and formats, whatever is in a name, and appear whole or not at all."""

import csv
import json
from pathlib import Path

import pytest

from cxr_viewer.core.interchange import rsna_csv
from cxr_viewer.scan.results import DETECTION_COLUMNS, INSTANCE_COLUMNS, RESULT_FILES, ResultFiles
from cxr_viewer.scan.scanned_file import FoundBox, ScannedFile, Status
from tests.cxr_viewer.scan.scanned_files import scanned_file


def _write(out: Path, *rows: ScannedFile) -> None:
    with ResultFiles(out) as results:
        for row in rows:
            results.add(row)
        results.finish(["<html>", "</html>\n"], {"counts": len(rows)})


def _write_to_a_full_disk(out: Path) -> None:
    with ResultFiles(out) as results:
        results.add(scanned_file("/archive/b.dcm"))
        raise OSError(28, "No space left on device")


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_columns_are_those_of_the_contract() -> None:
    assert ",".join(INSTANCE_COLUMNS) == (
        "path,frame,instance_key,sop_instance_uid,study_instance_uid,status,reason,rows,columns,"
        "opacity_probability,top_score,detections,seconds"
    )
    assert ",".join(DETECTION_COLUMNS) == (
        "path,instance_key,sop_instance_uid,study_instance_uid,x,y,width,height,score,members_agreeing,members"
    )


def test_rows_have_the_agreed_decimals(tmp_path: Path) -> None:
    boxes = (FoundBox(10.123456, 20, 30.5, 40.999, 0.91239, 3, 4), FoundBox(0, 0, 5, 5, 0.3, 1, 4))
    _write(tmp_path, scanned_file(detections=boxes, top_score=0.91239, seconds=0.1234))
    key = "a" * 64
    assert (tmp_path / "instances.csv").read_bytes().splitlines()[1].decode() == (
        f"/archive/a.dcm,1,{key},1.2.3,1.2,ok,,120,100,0.5000,0.9124,2,0.123"
    )
    assert (tmp_path / "detections.csv").read_text(encoding="utf-8").splitlines()[1:] == [
        f"/archive/a.dcm,{key},1.2.3,1.2,10.12,20.00,30.50,41.00,0.9124,3,4",
        f"/archive/a.dcm,{key},1.2.3,1.2,0.00,0.00,5.00,5.00,0.3000,1,4",
    ]
    assert (tmp_path / "submission.csv").read_text(encoding="utf-8").splitlines()[1] == (
        "a,0.9124 10.12 20.00 30.50 41.00 0.3000 0.00 0.00 5.00 5.00"
    )


def test_submission_has_every_image_that_was_read_and_no_other_file(tmp_path: Path) -> None:
    _write(
        tmp_path,
        scanned_file("/a/empty.dcm", detections=(), top_score=0.0),
        scanned_file("/a/lateral.dcm", Status.WITHHELD, reason="lateral view"),
        scanned_file("/a/broken.dcm", Status.FAILED, reason="cut"),
        scanned_file("/a/notes.txt", Status.SKIPPED, reason="text"),
        scanned_file("/a/found.dcm"),
    )
    predictions = rsna_csv.read_submission(tmp_path / "submission.csv")
    assert list(predictions) == ["empty", "found"]
    assert predictions["empty"] == ()
    assert predictions["found"][0].score == 0.9
    rows = {row["path"]: row for row in _table(tmp_path / "instances.csv")}
    assert rows["/a/empty.dcm"]["top_score"] == "0.0000"
    assert rows["/a/empty.dcm"]["detections"] == "0"
    assert rows["/a/lateral.dcm"]["detections"] == rows["/a/lateral.dcm"]["top_score"] == ""
    assert rows["/a/notes.txt"]["frame"] == ""
    assert rows["/a/broken.dcm"]["instance_key"] == ""


def test_names_with_newlines_quotes_and_broken_bytes_stay_one_cell(tmp_path: Path) -> None:
    _write(tmp_path, scanned_file('/a/one\ntwo, "three"\udcff.dcm', reason="line\nbreak"), scanned_file("/a/Ä.dcm"))
    rows = _table(tmp_path / "instances.csv")
    assert [row["path"] for row in rows] == ['/a/one\ntwo, "three"\\udcff.dcm', "/a/Ä.dcm"]
    assert b"\r" not in (tmp_path / "instances.csv").read_bytes()


def test_text_of_a_hostile_header_is_no_formula_and_no_control_sequence(tmp_path: Path) -> None:
    row = ScannedFile(scanned_file().stamp, Status.FAILED, "x", 1, "", "=HYPERLINK(1)", "1.2\x1b[2J\x00")
    _write(tmp_path, row)
    cells = _table(tmp_path / "instances.csv")[0]
    assert cells["sop_instance_uid"] == "'=HYPERLINK(1)"
    assert cells["study_instance_uid"] == "1.2 [2J"


def test_empty_scan_has_headers_only(tmp_path: Path) -> None:
    _write(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(RESULT_FILES)
    for name in ("instances.csv", "detections.csv", "submission.csv"):
        assert len((tmp_path / name).read_text(encoding="utf-8").splitlines()) == 1
    assert json.loads((tmp_path / "scan.json").read_text(encoding="utf-8")) == {"counts": 0}


def test_results_of_an_earlier_scan_stay_until_the_new_ones_are_whole(tmp_path: Path) -> None:
    _write(tmp_path, scanned_file())
    before = {name: (tmp_path / name).read_bytes() for name in RESULT_FILES}
    with pytest.raises(OSError, match="No space"):
        _write_to_a_full_disk(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
