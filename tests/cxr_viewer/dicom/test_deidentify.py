"""What leaves: the same pixels and display, and nothing that identifies."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ComputedRadiographyImageStorage, JPEGBaseline8Bit, SecondaryCaptureImageStorage

from cxr_viewer.dicom import pixels
from cxr_viewer.dicom.deidentify import BurnedInError, NotExportableError, deidentified, deidentified_file
from cxr_viewer.dicom.windowing import presentation
from tests import real_data
from tests.cxr_viewer.dicom.dicom_files import radiograph, radiograph_pixels, save, write_dicom

SALT = b"salt of this workstation........"
PIXELS = radiograph_pixels(300, 260)

IDENTIFYING = (
    "PatientName",
    "PatientID",
    "OtherPatientIDs",
    "OtherPatientNames",
    "PatientBirthName",
    "PatientMotherBirthName",
    "PatientAddress",
    "PatientTelephoneNumbers",
    "PatientComments",
    "EthnicGroup",
    "Occupation",
    "AdditionalPatientHistory",
    "MilitaryRank",
    "MedicalRecordLocator",
    "AccessionNumber",
    "StudyID",
    "StudyDescription",
    "SeriesDescription",
    "ProtocolName",
    "InstitutionName",
    "InstitutionAddress",
    "InstitutionalDepartmentName",
    "ReferringPhysicianName",
    "ReferringPhysicianAddress",
    "PerformingPhysicianName",
    "NameOfPhysiciansReadingStudy",
    "OperatorsName",
    "StationName",
    "DeviceSerialNumber",
    "PlateID",
    "DetectorID",
    "ManufacturerModelName",
    "Manufacturer",
    "ImageComments",
    "StudyComments",
    "RequestedProcedureDescription",
    "RequestingPhysician",
    "AcquisitionDeviceProcessingDescription",
    "WindowCenterWidthExplanation",
    "BodyPartExamined",
    "ViewPosition",
    "PatientSex",
    "DerivationDescription",
)
DATES = ("PatientBirthDate", "StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate", "InstanceCreationDate")
UIDS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "FrameOfReferenceUID", "InstanceCreatorUID")


def reopened(path: Path, folder: Path) -> Path:
    out = folder / "out.dcm"
    out.write_bytes(deidentified_file(path, salt=SALT))
    return out


def full_of_canaries() -> Dataset:
    """Return a radiograph in which every identifying element is a canary."""
    dataset = radiograph(PIXELS)
    dataset.SpecificCharacterSet = "ISO_IR 192"
    for number, keyword in enumerate(IDENTIFYING):
        setattr(dataset, keyword, f"CANARY{number}")
    for keyword in DATES:
        setattr(dataset, keyword, "19770707")
    for keyword in UIDS:
        setattr(dataset, keyword, f"1.2.826.77777777.{len(keyword)}")
    block = dataset.private_block(0x0029, "CANARY PRIVATE", create=True)
    block.add_new(0x01, "LO", "CANARY in a private element")
    nested = Dataset()
    nested.PatientName = "CANARY nested"
    nested.ReferencedSOPInstanceUID = "1.2.826.77777777.99"
    dataset.RequestAttributesSequence = Sequence([nested])
    dataset.AnatomicRegionSequence = Sequence([nested])
    lut = Dataset()
    lut.add_new(0x00283002, "US", [4096, 0, 12])
    lut.LUTExplanation = "CANARY LUT"
    lut.add_new(0x00283006, "OW", np.arange(4096).astype("<u2").tobytes())
    dataset.VOILUTSequence = Sequence([lut])
    dataset.WindowCenter, dataset.WindowWidth = 2048, 4096
    dataset.add_new(0x60000010, "US", 8)
    dataset.add_new(0x60000011, "US", 8)
    dataset.add_new(0x60000022, "LO", "CANARY overlay")
    dataset.add_new(0x60003000, "OW", b"CANARYO2")
    dataset.add_new(0xFFFCFFFC, "OB", b"CANARY padding..")
    return dataset


def test_no_canary_of_fifty_identifying_elements_is_in_the_written_bytes(tmp_path: Path) -> None:
    path = save(tmp_path / "CANARYPATH.dcm", full_of_canaries())
    assert path.read_bytes().count(b"CANARY") >= 45
    out = reopened(path, tmp_path).read_bytes()
    for leak in (b"CANARY", b"19770707", b"77777777"):
        assert leak not in out


def test_only_named_elements_leave(tmp_path: Path) -> None:
    written = dcmread(reopened(save(tmp_path / "a.dcm", full_of_canaries()), tmp_path))
    assert not [tag for element in written.iterall() if (tag := element.tag).is_private or 0x6000 <= tag.group < 0x7000]
    assert {"PatientName", "StudyDate", "AccessionNumber", "ReferringPhysicianName"} <= set(written.dir())
    assert all(written[keyword].is_empty for keyword in ("PatientName", "StudyDate", "StudyTime", "PatientBirthDate"))
    assert (written.PatientIdentityRemoved, bool(written.DeidentificationMethod)) == ("YES", True)


@pytest.mark.parametrize(
    ("values", "bits"),
    [
        (PIXELS, 12),
        ((PIXELS >> 4).astype(np.uint8), 8),
        (PIXELS.astype(np.int16) - 2048, 12),
        (radiograph_pixels(301, 33, 16), 16),
    ],
)
def test_pixels_key_and_display_stay_the_same(tmp_path: Path, values: NDArray[np.generic], bits: int) -> None:
    path = write_dicom(
        tmp_path / "a.dcm",
        values,
        bits,
        PhotometricInterpretation="MONOCHROME1",
        WindowCenter=[900, 500],
        WindowWidth=[2500, 400],
        VOILUTFunction="SIGMOID",
        RescaleSlope=2,
        RescaleIntercept=-100,
        PixelSpacing=[0.143, 0.143],
        PixelPaddingValue=5,
    )
    before, after = pixels.decode(path), pixels.decode(reopened(path, tmp_path))
    assert after.key == before.key
    np.testing.assert_array_equal(after.pixels, before.pixels)
    np.testing.assert_array_equal(presentation(after), presentation(before))
    assert after.header.windows == before.header.windows
    assert after.header.padding == before.header.padding
    assert (after.header.spacing_mm, after.header.bits_stored) == ((0.143, 0.143), before.header.bits_stored)


def test_junk_in_unused_bits_does_not_leave(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "a.dcm", PIXELS | np.uint16(0xF000), 12)
    written = dcmread(reopened(path, tmp_path))
    assert int(written.pixel_array.max()) <= 4095
    np.testing.assert_array_equal(written.pixel_array, PIXELS)


def test_burned_in_annotation_is_refused_and_named(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "a.dcm", PIXELS, BurnedInAnnotation="YES")
    with pytest.raises(BurnedInError, match="Burned In Annotation is YES"):
        deidentified(path, salt=SALT)
    clean = write_dicom(tmp_path / "b.dcm", PIXELS, BurnedInAnnotation="NO")
    assert deidentified(clean, salt=SALT).BurnedInAnnotation == "NO"


def test_pseudonyms_keep_together_what_belongs_together(tmp_path: Path) -> None:
    common = {"StudyInstanceUID": "1.2.3", "PatientID": "77", "PatientName": "A^B"}
    paths = [
        write_dicom(tmp_path / f"{seed}.dcm", radiograph_pixels(20, 20, seed=seed), **common)  # type: ignore[arg-type]
        for seed in (1, 2)
    ]
    first, second = (deidentified(path, salt=SALT) for path in paths)
    again = deidentified(paths[0], salt=SALT)
    other = deidentified(paths[0], salt=b"another salt")
    assert first.PatientID == second.PatientID == again.PatientID != other.PatientID
    assert first.StudyInstanceUID == second.StudyInstanceUID != other.StudyInstanceUID
    assert first.SOPInstanceUID == again.SOPInstanceUID != second.SOPInstanceUID
    assert first.StudyInstanceUID.startswith("2.25.")
    assert first.StudyInstanceUID.is_valid


def test_age_and_sex_stay_as_band_and_code(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "a.dcm", PIXELS, PatientAge="057Y", PatientSex="F")
    written = deidentified(path, salt=SALT)
    assert (written.PatientAge, written.PatientSex) == ("050Y", "F")


def test_view_and_chest_stay_and_free_text_in_their_place_does_not(tmp_path: Path) -> None:
    kept = deidentified(write_dicom(tmp_path / "a.dcm", PIXELS, PatientOrientation=["L", "F"]), salt=SALT)
    assert (kept.BodyPartExamined, kept.ViewPosition, list(kept.PatientOrientation)) == ("CHEST", "PA", ["L", "F"])
    odd = {"BodyPartExamined": "SMITH CHEST JOHN", "ViewPosition": "SMITH"}
    path = write_dicom(tmp_path / "b.dcm", PIXELS, **odd)  # type: ignore[arg-type]
    dropped = deidentified(path, salt=SALT)
    assert (dropped.BodyPartExamined, dropped.ViewPosition) == ("CHEST", "")


@pytest.mark.parametrize(("kind", "bits"), [("PNG", 8), ("PNG", 16), ("TIFF", 16), ("JPEG", 8)])
def test_a_raster_image_becomes_secondary_capture(tmp_path: Path, kind: str, bits: int) -> None:
    values = radiograph_pixels(50, 40, bits).astype(np.uint8 if bits == 8 else np.uint16)
    path = tmp_path / f"CANARY.{kind.lower()}"
    Image.fromarray(values).save(path, kind)
    out = reopened(path, tmp_path)
    written = dcmread(out)
    assert written.SOPClassUID == SecondaryCaptureImageStorage
    assert pixels.decode(out).key == pixels.decode(path).key
    assert written.get("LossyImageCompression") == ("01" if kind == "JPEG" else None)
    assert b"CANARY" not in out.read_bytes()


def test_colour_leaves_as_colour(tmp_path: Path) -> None:
    values = np.random.default_rng(2).integers(0, 256, (30, 20, 3)).astype(np.uint8)
    path = tmp_path / "a.png"
    Image.fromarray(values).save(path)
    out = reopened(path, tmp_path)
    assert pixels.decode(out).key == pixels.decode(path).key


def test_lossy_compression_is_not_forgotten(tmp_path: Path) -> None:
    values = (PIXELS >> 4).astype(np.uint8)
    png = tmp_path / "a.jpg"
    Image.fromarray(values).save(png, quality=80)
    path = save(tmp_path / "a.dcm", radiograph(values, 8), JPEGBaseline8Bit, png.read_bytes())
    written = deidentified(path, salt=SALT)
    assert (written.LossyImageCompression, written.LossyImageCompressionMethod) == ("01", "ISO_10918_1")
    assert float(written.LossyImageCompressionRatio) > 1
    assert written.SOPClassUID == ComputedRadiographyImageStorage


def test_floating_point_images_are_refused(tmp_path: Path) -> None:
    dataset = radiograph(PIXELS)
    del dataset.PixelData
    dataset.FloatPixelData = PIXELS.astype(np.float32).tobytes()
    dataset.BitsAllocated = 32
    with pytest.raises(NotExportableError, match="16 bits"):
        deidentified(save(tmp_path / "a.dcm", dataset), salt=SALT)


def errors_of(path: Path) -> list[str]:
    validator = shutil.which("dciodvfy")
    if validator is None:
        pytest.skip("dciodvfy is not installed")
    said = subprocess.run([validator, path], capture_output=True, text=True, timeout=60, check=False)
    return [line for line in (said.stderr + said.stdout).splitlines() if line.startswith("Error")]


@pytest.mark.parametrize("name", ["cr", "dx", "png"])
def test_what_is_written_is_valid_dicom(tmp_path: Path, name: str) -> None:
    if name == "png":
        path = tmp_path / "a.png"
        Image.fromarray((PIXELS >> 4).astype(np.uint8)).save(path)
    else:
        path = write_dicom(tmp_path / "a.dcm", PIXELS, WindowCenter=2000, WindowWidth=3000, PatientAge="40Y")
        if name == "dx":
            path = write_dicom(tmp_path / "a.dcm", PIXELS, Modality="DX", SOPClassUID="1.2.840.10008.5.1.4.1.1.1.1")
    assert errors_of(reopened(path, tmp_path)) == []


def test_real_files_keep_key_and_display(tmp_path: Path) -> None:
    for folder in ("dicom/rsna_samples", "dicom/display", "dicom/simpleitk-cxr", "dicom/weasis-demo"):
        for path in sorted(real_data.folder(folder).iterdir()):
            before, after = pixels.decode(path), pixels.decode(reopened(path, tmp_path))
            assert after.key == before.key, path.name
            np.testing.assert_array_equal(presentation(after), presentation(before), err_msg=path.name)


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("shape", ["", "INVERSE"])
def test_a_corrected_polarity_leaves_as_the_reader_saw_it(tmp_path: Path, photometric: str, shape: str) -> None:
    path = tmp_path / "original.dcm"
    elements: dict[str, object] = {"PhotometricInterpretation": photometric}
    if shape:
        elements["PresentationLUTShape"] = shape
    write_dicom(path, radiograph_pixels(20, 20), 12, **elements)
    stated = pixels.decode(path).header.shows_minimum_white
    for is_corrected in (False, True):
        left = tmp_path / f"left-{is_corrected}.dcm"
        left.write_bytes(deidentified_file(path, salt=b"s", is_polarity_corrected=is_corrected))
        assert pixels.decode(left).header.shows_minimum_white is (stated != is_corrected)
