"""Finding files and telling what they are."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    BasicTextSRStorage,
    EncapsulatedPDFStorage,
    GrayscaleSoftcopyPresentationStateStorage,
    JPEGBaseline8Bit,
    MediaStorageDirectoryStorage,
    RTPlanStorage,
    TwelveLeadECGWaveformStorage,
)

from cxr_viewer.core.gate import header_verdict
from cxr_viewer.core.studies import Instance, SkippedFile, UnreadableFile
from cxr_viewer.dicom.catalogue import build, find_files, index, read_header
from tests.cxr_viewer.dicom.dicom_files import radiograph, radiograph_pixels, save, write_dicom

PIXELS = radiograph_pixels(300, 260)
needs_permissions = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the administrator may open everything"
)


def instance(path: Path) -> Instance:
    found = read_header(path)
    assert isinstance(found, Instance)
    return found


def test_files_are_found_below_folders_whatever_their_names(tmp_path: Path) -> None:
    for name in ("b/IM000001", "b/c/x.dcm", "a.dcm", "z.txt", "b/.hidden"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = [path.relative_to(tmp_path).as_posix() for path in find_files([tmp_path, tmp_path / "a.dcm"])]
    assert found == ["a.dcm", "z.txt", "b/.hidden", "b/IM000001", "b/c/x.dcm"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need privileges on Windows")
def test_linked_folders_are_followed_and_loops_are_not(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.dcm").touch()
    (tmp_path / "folder" / "loop").symlink_to(tmp_path)
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    elsewhere = tmp_path.parent / f"{tmp_path.name}-elsewhere"
    elsewhere.mkdir()
    (elsewhere / "b.dcm").touch()
    (tmp_path / "link").symlink_to(elsewhere)
    os.mkfifo(tmp_path / "pipe")
    assert [path.name for path in find_files([tmp_path])] == ["a.dcm", "b.dcm"]


def test_missing_files_are_reported_and_not_raised(tmp_path: Path) -> None:
    assert list(index([tmp_path / "gone.dcm"])) == [UnreadableFile(tmp_path / "gone.dcm", "the file does not exist")]


@needs_permissions
def test_what_may_not_be_opened_is_reported(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0)
    secret = write_dicom(tmp_path / "secret.dcm", PIXELS)
    secret.chmod(0)
    reasons = {found.path.name: found.reason for found in index([tmp_path]) if isinstance(found, UnreadableFile)}
    closed.chmod(0o700)
    assert set(reasons) == {"closed", "secret.dcm"}
    assert all("cannot be opened" in reason for reason in reasons.values())


def test_a_header_becomes_plain_values(tmp_path: Path) -> None:
    region = Dataset()
    region.CodeMeaning = "Chest"
    path = write_dicom(
        tmp_path / "a",
        PIXELS,
        SpecificCharacterSet="ISO_IR 192",
        PatientName="Müller^Änne^M^Dr",
        StudyDate="20240102",
        SeriesNumber=3,
        InstanceNumber=7,
        StudyDescription="Thorax p.a.",
        SeriesDescription="stehend",
        ImageType=["ORIGINAL", "PRIMARY"],
        PatientOrientation=["L", "F"],
        AnatomicRegionSequence=Sequence([region]),
    )
    found = instance(path)
    assert (found.patient_name, found.study_date, found.series_number, found.instance_number) == (
        "Müller, Änne M Dr",
        "20240102",
        3,
        7,
    )
    assert (found.rows, found.columns, found.bits_stored, found.photometric) == (300, 260, 12, "MONOCHROME2")
    assert (found.anatomic_region, found.image_descriptions) == ("Chest", ("stehend",))
    assert found.patient_orientation == ("L", "F")
    assert not header_verdict(found).withheld


def test_names_in_the_wrong_or_an_unknown_character_set_do_not_cost_the_image(tmp_path: Path) -> None:
    for number, charset in enumerate(("ISO_IR 100", "NO SUCH SET", "ISO 2022 IR 87", "")):
        dataset = radiograph(PIXELS)
        dataset.SpecificCharacterSet = "ISO_IR 100"
        dataset.PatientName = "Müller^Änne"
        path = save(tmp_path / f"{number}.dcm", dataset)
        data = path.read_bytes().replace(b"ISO_IR 100", charset.encode().ljust(10)[:10])
        path.write_bytes(data)
        assert instance(path).patient_id == "P1"


def test_illegal_and_missing_uids_do_not_cost_the_image(tmp_path: Path) -> None:
    for number, uid in enumerate(("1.2.3.004.5", "not a uid", "1" * 70, "")):
        dataset = radiograph(PIXELS)
        path = save(tmp_path / f"{number}.dcm", dataset)
        data = path.read_bytes()
        stated = str(dataset.StudyInstanceUID).encode()
        path.write_bytes(data.replace(stated, uid.encode()[: len(stated)].ljust(len(stated), b"\0")))
        assert instance(path).study_instance_uid == uid[: len(stated)]
    assert len(build([tmp_path]).studies) == 4


def test_wrong_vrs_do_not_cost_the_image(tmp_path: Path) -> None:
    dataset = radiograph(PIXELS)
    dataset.add_new(0x00280010, "IS", "300")
    dataset.add_new(0x00280011, "DS", "260")
    dataset.add_new(0x00200013, "LO", "seven")
    path = save(tmp_path / "a.dcm", dataset)
    known, unknown = b"\x28\0\x01\x01US\x02\0", b"\x28\0\x01\x01UN\0\0\x02\0\0\0"
    assert path.read_bytes().count(known) == 1
    path.write_bytes(path.read_bytes().replace(known, unknown))
    found = instance(path)
    assert (found.rows, found.columns, found.bits_stored, found.instance_number) == (300, 260, 12, None)


@pytest.mark.parametrize("implicit", [True, False])
def test_a_data_set_without_preamble_and_meta_is_read(tmp_path: Path, implicit: bool) -> None:
    path = tmp_path / "CR-chest"
    radiograph(PIXELS, ImageType=["ORIGINAL", "PRIMARY"]).save_as(
        path, implicit_vr=implicit, little_endian=True, enforce_file_format=False
    )
    assert path.read_bytes()[128:132] != b"DICM"
    assert instance(path).transfer_syntax_uid == ("1.2.840.10008.1.2" if implicit else "1.2.840.10008.1.2.1")


@pytest.mark.parametrize(
    ("content", "suffix", "kind", "reason"),
    [
        (b"<html><body>expired</body></html>", ".dcm", UnreadableFile, "web page (HTML) saved as .dcm"),
        (b"<html><body>viewer</body></html>", ".html", SkippedFile, "no image: web page (HTML)"),
        (b"patientId,x\n", ".csv", SkippedFile, "no image: text"),
        (b"patientId,x\n", ".dcm", UnreadableFile, "text saved as .dcm"),
        (b"%PDF-1.4", ".pdf", SkippedFile, "no image: PDF document"),
        (b"", ".dcm", UnreadableFile, "the file is empty"),
        (b"", "", SkippedFile, "no image: empty file"),
        (bytes(range(7)) * 300, ".dcm", UnreadableFile, "neither DICOM nor PNG, JPEG or TIFF: unknown content"),
        (b"\0" * 128 + b"DICM", ".dcm", UnreadableFile, "the file ends after its first bytes"),
        (b"\0" * 128 + b"DICM" + bytes(range(255)), ".dcm", UnreadableFile, "what follows is no DICOM data"),
        (b"\x89PNG\r\n\x1a\n" + b"\x07" * 99, ".png", UnreadableFile, "begins like a PNG"),
    ],
)
def test_what_is_no_image_is_skipped_and_what_should_be_one_is_unreadable(
    tmp_path: Path, content: bytes, suffix: str, kind: type[object], reason: str
) -> None:
    path = tmp_path / f"file{suffix}"
    path.write_bytes(content)
    found = read_header(path)
    assert isinstance(found, kind)
    assert isinstance(found, (UnreadableFile, SkippedFile))
    assert reason in found.reason


@pytest.mark.parametrize(
    ("sop_class", "modality", "name"),
    [
        (BasicTextSRStorage, "SR", "structured report"),
        (EncapsulatedPDFStorage, "DOC", "PDF document in a DICOM file"),
        (GrayscaleSoftcopyPresentationStateStorage, "PR", "presentation state"),
        (TwelveLeadECGWaveformStorage, "ECG", "ECG"),
        (RTPlanStorage, "RTPLAN", "radiotherapy plan"),
        ("1.2.3.4", "KO", "key object selection"),
        ("1.3.46.670589.5.0.1.1", "", "DICOM object without pixels"),
    ],
)
def test_dicom_objects_that_are_no_images_are_skipped(tmp_path: Path, sop_class: str, modality: str, name: str) -> None:
    dataset = Dataset()
    dataset.SOPClassUID = sop_class
    dataset.SOPInstanceUID = "1.2.3"
    dataset.Modality = modality
    assert read_header(save(tmp_path / "a.dcm", dataset)) == SkippedFile(tmp_path / "a.dcm", f"no image: {name}")


@pytest.mark.parametrize("kept", [0.1, 0.4, 0.9])
def test_a_file_that_is_cut_off_is_unreadable(tmp_path: Path, kept: float) -> None:
    path = write_dicom(tmp_path / "a.dcm", PIXELS)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    found = read_header(path)
    assert isinstance(found, UnreadableFile)
    assert "cut off" in found.reason


def test_a_file_that_is_cut_inside_its_header_says_so(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "a.dcm", PIXELS)
    path.write_bytes(path.read_bytes()[:600])
    found = read_header(path)
    assert isinstance(found, UnreadableFile)
    assert "no Rows" in found.reason


def test_compressed_pixels_under_an_uncompressed_syntax_are_told(tmp_path: Path) -> None:
    path = save(tmp_path / "a.dcm", radiograph(PIXELS), JPEGBaseline8Bit, b"\xff\xd8\xff\xd9")
    path.write_bytes(path.read_bytes().replace(b"1.2.840.10008.1.2.4.50", b"1.2.840.10008.1.2.1\0\0\0"))
    found = read_header(path)
    assert isinstance(found, UnreadableFile)
    assert "transfer syntax says that they are not" in found.reason


@pytest.mark.parametrize(("mode", "bits", "samples"), [("L", 8, 1), ("I;16", 16, 1), ("RGB", 8, 3), ("P", 8, 1)])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_raster_images_are_instances_without_a_patient(
    tmp_path: Path, kind: str, mode: str, bits: int, samples: int
) -> None:
    values = np.zeros((30, 20), np.uint16 if mode == "I;16" else np.uint8)
    image = Image.fromarray(values) if mode in ("L", "I;16") else Image.fromarray(values).convert(mode)
    path = tmp_path / "image.dat"
    image.save(path, kind)
    found = instance(path)
    assert (found.is_dicom, found.rows, found.columns, found.bits_stored) == (False, 30, 20, bits)
    assert (found.samples_per_pixel, found.patient_id, found.sop_instance_uid) == (samples, "", "")
    assert not header_verdict(found).withheld


def write_dicomdir(folder: Path, files: list[list[str]]) -> Path:
    records = []
    for parts in files:
        record = Dataset()
        record.DirectoryRecordType = "IMAGE"
        record.ReferencedFileID = parts if len(parts) > 1 else parts[0]
        records.append(record)
    dataset = Dataset()
    dataset.SOPClassUID = MediaStorageDirectoryStorage
    dataset.SOPInstanceUID = "1.2.3"
    dataset.DirectoryRecordSequence = Sequence(records)
    return save(folder / "DICOMDIR", dataset)


def test_a_dicomdir_stands_for_the_files_that_it_lists(tmp_path: Path) -> None:
    write_dicom(tmp_path / "IM1", PIXELS)
    (tmp_path / "sub").mkdir()
    write_dicom(tmp_path / "sub" / "im2", PIXELS)
    write_dicom(tmp_path / "NOTLISTED", PIXELS)
    path = write_dicomdir(tmp_path, [["IM1"], ["SUB", "IM2"], ["SUB", "GONE"]])
    catalogue = build([path])
    assert sorted(found.path.name for found in catalogue.instances) == ["IM1", "im2"]
    assert [found.reason for found in catalogue.unreadable] == ["the file does not exist"]
    assert [found.reason for found in catalogue.skipped] == ["no image: DICOMDIR, the table of contents of a medium"]


def test_a_dicomdir_leads_nowhere_outside_its_folder(tmp_path: Path) -> None:
    secret = write_dicom(tmp_path / "secret.dcm", PIXELS)
    disc = tmp_path / "disc"
    disc.mkdir()
    if sys.platform != "win32":
        (disc / "LINK").symlink_to(secret)
    path = write_dicomdir(disc, [["..", "secret.dcm"], ["LINK"], [str(secret)], ["A/../../secret.dcm"], ["C:", "X"]])
    assert list(find_files([path])) == [path]


def test_a_catalogue_reports_progress_and_stops_when_asked(tmp_path: Path) -> None:
    for number in range(5):
        write_dicom(tmp_path / f"{number}.dcm", radiograph_pixels(10, 10))
    counts: list[int] = []
    catalogue = build([tmp_path], counts.append, lambda: len(counts) == 3)
    assert counts == [1, 2, 3]
    assert len(list(catalogue.instances)) == 3
