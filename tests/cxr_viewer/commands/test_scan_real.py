"""cxr-scan over the real archives: every file has the status and the size that an independent reading gives it."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from tests import real_data

PROGRAM = "from cxr_viewer.commands.scan import main; main()"
Rows = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory, bundle_folder: Path) -> Rows:
    """Rows of ``instances.csv`` of three archives by their path below the data folder; each scan ended well."""
    root = real_data.folder()
    found: Rows = {}
    for name in ("dicom", "nasty", "images"):
        out = tmp_path_factory.mktemp(name)
        call = [sys.executable, "-c", PROGRAM, str(root / name), "--out", str(out), "--bundle", str(bundle_folder)]
        ran = subprocess.run(call, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        assert "Traceback" not in ran.stderr
        with (out / "instances.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found[str(Path(row["path"]).relative_to(root))] = row
    return found


@pytest.fixture(scope="module")
def manifest() -> Rows:
    """Rows of the data's manifest by path."""
    with (real_data.folder() / "MANIFEST.csv").open(encoding="utf-8", newline="") as file:
        return {row["path"]: row for row in csv.DictReader(file)}


def test_every_file_has_a_row_with_a_status_and_a_reason(rows: Rows) -> None:
    root = real_data.folder()
    files = [path for name in ("dicom", "nasty", "images") for path in (root / name).rglob("*") if path.is_file()]
    assert sorted(rows) == sorted(str(path.relative_to(root)) for path in files)
    for row in rows.values():
        assert (row["reason"] == "") == (row["status"] == "ok"), row
        assert (row["instance_key"] != "") == (row["status"] in ("ok", "withheld")), row


def test_what_pydicom_decodes_is_decoded_with_its_true_size(rows: Rows, manifest: Rows) -> None:
    decodable = [path for path, row in manifest.items() if path in rows and "default ok " in row["notes"]]
    assert len(decodable) > 150
    for path in decodable:
        assert rows[path]["status"] in ("ok", "withheld"), rows[path]
        assert (rows[path]["rows"], rows[path]["columns"]) == (manifest[path]["rows"], manifest[path]["cols"]), path


def test_rsna_radiographs_are_read(rows: Rows) -> None:
    rsna = [row for path, row in rows.items() if path.startswith(("dicom/rsna_samples/", "dicom/rsna_like/"))]
    assert len(rsna) >= 36
    assert [row["path"] for row in rsna if row["status"] != "ok"] == []


def test_frontal_chest_radiographs_are_read_unless_they_are_broken(rows: Rows, manifest: Rows) -> None:
    frontal = [
        rows[path]
        for path, row in manifest.items()
        if path in rows
        and path.startswith("dicom/")
        and row["view"] in ("PA", "AP")
        and row["body_part"] == "CHEST"
        and "no pixel data]" not in row["notes"]
    ]
    assert len(frontal) >= 40
    read = [row for row in frontal if row["status"] == "ok"]
    assert len(read) >= 0.95 * len(frontal), [row for row in frontal if row["status"] != "ok"]


def test_broken_files_fail_with_a_reason_that_names_what_is_wrong(rows: Rows) -> None:
    named = {
        "zero_byte.dcm": "empty",
        "zero_rows.dcm": "size",
        "truncated_header.dcm": "cut off",
        "preamble_only.dcm": "no data set",
        "garbage_after_dicm.dcm": "no DICOM data",
        "unknown_transfer_syntax.dcm": "transfer syntax",
        "png_header_garbage.dcm": "damaged",
        "empty_pixeldata.dcm": "pixel data",
    }
    for name, word in named.items():
        row = rows[f"nasty/broken/{name}"]
        assert row["status"] == "failed"
        assert word in row["reason"], row


def test_what_is_no_image_is_skipped(rows: Rows) -> None:
    for path in (
        "nasty/dcm4che/DICOMDIR",
        "nasty/dcmnorm/sr.dcm",
        "nasty/dcmnorm/pdf.dcm",
        "nasty/pydicom/rtplan.dump",
    ):
        assert rows[path]["status"] == "skipped", rows[path]


def test_what_is_no_frontal_chest_is_withheld(rows: Rows) -> None:
    for path, word in {
        "dicom/nema-wg04/RG2_J2KR.dcm": "hip",
        "dicom/wearemothership/dx_canine_leg_ybr.dcm": "not a person",
        "dicom/display/lat_sigmoid.dcm": "lateral",
        "dicom/pydicom/dicomdirtests/77654033/CT2/17136": "computed tomography",
    }.items():
        assert rows[path]["status"] == "withheld"
        assert word in rows[path]["reason"]


def test_one_radiograph_in_seven_syntaxes_is_one_instance(rows: Rows) -> None:
    transcoded = [row for path, row in rows.items() if path.startswith("dicom/transcoded/")]
    assert len(transcoded) == 7
    assert len({row["instance_key"] for row in transcoded}) == 1
