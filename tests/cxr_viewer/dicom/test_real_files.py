"""Every real file: what the catalogue, the decoders and the header gate say of it, against the manifest."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest

from cxr_viewer.core.gate import header_verdict, pixel_verdict
from cxr_viewer.core.studies import Instance, UnreadableFile
from cxr_viewer.dicom import pixels
from cxr_viewer.dicom.catalogue import build, index
from cxr_viewer.dicom.errors import DicomReadError
from tests import real_data


@dataclass(frozen=True)
class Outcome:
    """What became of one file: ok, withheld, failed or skipped, and why."""

    path: str
    status: str
    reason: str
    size: tuple[int, int]


@lru_cache(maxsize=1)
def manifest() -> dict[str, dict[str, str]]:
    with (real_data.folder() / "MANIFEST.csv").open(encoding="utf-8", newline="") as file:
        return {row["path"]: row for row in csv.DictReader(file)}


@lru_cache(maxsize=4)
def outcomes(folder: str) -> tuple[Outcome, ...]:
    return tuple(_outcomes(folder))


def _outcomes(folder: str) -> Iterator[Outcome]:
    root = real_data.folder()
    for found in index([real_data.folder(folder)]):
        name = found.path.relative_to(root).as_posix()
        if not isinstance(found, Instance):
            yield Outcome(name, "failed" if isinstance(found, UnreadableFile) else "skipped", found.reason, (0, 0))
            continue
        try:
            decoded = pixels.decode(found.path)
        except DicomReadError as error:
            yield Outcome(name, "failed", str(error), (found.rows, found.columns))
            continue
        assert decoded.pixels.shape == (found.rows, found.columns), name
        verdict = header_verdict(found)
        if not verdict.withheld:
            verdict = pixel_verdict(rows=found.rows, columns=found.columns, is_colour=decoded.header.is_colour)
        yield Outcome(name, "withheld" if verdict.withheld else "ok", verdict.reason, (found.rows, found.columns))


@pytest.mark.parametrize("folder", ["dicom", "nasty", "images", "dicomdir_cd"])
def test_every_file_has_an_outcome_with_a_reason_and_its_true_size(folder: str) -> None:
    found = outcomes(folder)
    assert len(found) == sum(row.startswith(f"{folder}/") for row in manifest())
    for outcome in found:
        assert (outcome.reason == "") == (outcome.status == "ok"), outcome
        row = manifest()[outcome.path]
        if outcome.status in ("ok", "withheld") and row["rows"]:
            assert outcome.size == (int(row["rows"]), int(row["cols"])), outcome


def could_be_decoded(row: dict[str, str]) -> bool:
    """Whether pydicom with all its plugins decoded the file when the data were gathered (it says so in the notes)."""
    return "default ok" in row["notes"]


@pytest.mark.parametrize("folder", ["dicom", "nasty"])
def test_what_pydicom_can_decode_we_can_decode(folder: str) -> None:
    failed = [o for o in outcomes(folder) if o.status == "failed" and could_be_decoded(manifest()[o.path])]
    assert failed == []


def test_all_rsna_files_pass_the_gate() -> None:
    rsna = [o for o in outcomes("dicom") if "/rsna_samples/" in o.path or "/rsna_like/" in o.path]
    assert len(rsna) == 36
    assert {o.status for o in rsna} == {"ok"}


def test_frontal_chest_radiographs_pass_the_gate() -> None:
    """At least 95 % of the manifest's chest PA and AP; all but those that hold no pixels."""
    frontal = [
        outcome
        for folder in ("dicom", "dicomdir_cd")
        for outcome in outcomes(folder)
        if manifest()[outcome.path]["body_part"] == "CHEST" and manifest()[outcome.path]["view"] in ("PA", "AP")
    ]
    assert sum(o.status == "ok" for o in frontal) >= 0.95 * len(frontal)
    assert all("no pixel data" in o.reason for o in frontal if o.status != "ok")


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ("/display/lat_", "lateral view"),
        ("lidc0005_dx_lateral", "lateral view"),
        ("nema-wg04/RG2_", "pelvis or hip"),
        ("nema-wg04/RG3_", "extremity"),
        ("dx_canine_leg", "not a person"),
        ("LUT_teeth", "teeth"),
        ("/CT2/", "computed tomography"),
        ("/MR2/", "magnetic resonance"),
        ("/CR2/", "spine"),
        ("shutter_", "abdomen"),
    ],
)
def test_controls_are_withheld_where_the_header_says_so(part: str, reason: str) -> None:
    controls = [o for o in outcomes("dicom") if part in o.path]
    assert controls
    assert all(o.status == "withheld" and reason in o.reason for o in controls), controls


@pytest.mark.parametrize(
    ("name", "status", "reason"),
    [
        ("empty_pixeldata.dcm", "failed", "Not a JPEG"),
        ("garbage_after_dicm.dcm", "failed", "no DICOM data"),
        ("jpeg_renamed.dcm", "ok", ""),
        ("png_header_garbage.dcm", "failed", "header is damaged"),
        ("preamble_only.dcm", "failed", "ends after its first bytes"),
        ("truncated_header.dcm", "failed", "cut off in its header"),
        ("unknown_transfer_syntax.dcm", "failed", "transfer syntax 1.2.840.10008.1.2.4.99"),
        ("window_zero_width.dcm", "ok", ""),
        ("age_and_spacing_garbage.dcm", "ok", ""),
        ("zero_byte.dcm", "failed", "empty"),
        ("zero_rows.dcm", "failed", "1024 x 0"),
        ("cr_chest_2048_pixels_missing_2.dcm", "failed", "2048 x 2048 pixels, but there is no pixel data"),
        ("cr_chest_no_pixeldata.dcm", "failed", "no pixel data"),
        ("MR_truncated.dcm", "failed", "8130 of 8192 bytes"),
        ("GH1146.dcm", "failed", "pixel data are empty"),
        ("genFile.dcm", "failed", "Not a JPEG"),
        ("no_meta.dcm", "failed", "unknown content"),
        ("rtplan.dump", "skipped", "text"),
        ("pdf.dcm", "skipped", "PDF document"),
        ("sr.dcm", "skipped", "structured report"),
        ("DICOMDIR-bigEnd", "skipped", "DICOMDIR"),
        ("JPEGLSNearLossless_16.dcm", "withheld", "too small"),
    ],
)
def test_nasty_files_fail_in_words_that_name_what_is_wrong(name: str, status: str, reason: str) -> None:
    outcome = next(o for o in outcomes("nasty") if o.path.endswith(f"/{name}"))
    assert outcome.status == status, outcome
    assert reason in outcome.reason


def test_a_disc_is_read_through_its_dicomdir() -> None:
    catalogue = build([real_data.folder("dicomdir_cd") / "DICOMDIR"])
    assert len(list(catalogue.instances)) == 18
    assert catalogue.unreadable == ()
    patients = [(study.patient_id, study.date) for study in catalogue.studies]
    assert len({patient for patient, _ in patients}) == 5
    assert len(catalogue.studies) == 18


def test_a_dicomdir_without_its_files_says_which_are_missing() -> None:
    catalogue = build([Path(real_data.folder("nasty/dcm4che")) / "DICOMDIR"])
    assert list(catalogue.instances) == []
    assert catalogue.unreadable
    assert {found.reason for found in catalogue.unreadable} == {"the file does not exist"}
