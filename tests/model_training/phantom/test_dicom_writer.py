"""Phantoms as DICOM files."""

import shutil
import subprocess
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom.encaps import generate_frames

from model_training.phantom import transfer_syntax as syntaxes
from model_training.phantom.dicom_writer import as_dataset, uid, write
from model_training.phantom.domain import DOMAINS
from model_training.phantom.phantom import Phantom, simulate
from model_training.phantom.transfer_syntax import TRANSFER_SYNTAXES, TransferSyntax

SIDE = 96
DCMTK_DECODERS = {"jpeg-lossless": "dcmdjpeg", "jpeg-ls": "dcmdjpls", "rle": "dcmdrle"}


def phantom_with(photometric: str, bits: int | None = None) -> Phantom:
    for seed in range(200):
        phantom = simulate(seed, SIDE)
        if phantom.photometric_interpretation == photometric and bits in (None, phantom.bits_stored):
            return phantom
    pytest.fail(f"no phantom is {photometric} with {bits} bits")


def stored_values(path: Path, syntax: TransferSyntax) -> NDArray[np.uint16]:
    dataset = pydicom.dcmread(path)
    if syntax in ("explicit", "rle"):
        return dataset.pixel_array
    (frame,) = generate_frames(dataset.PixelData, number_of_frames=1)
    # liblj92 reads what libjpeg-turbo wrote
    decoders = {
        "jpeg-lossless": imagecodecs.ljpeg_decode,
        "jpeg-ls": imagecodecs.jpegls_decode,
        "jpeg-2000": imagecodecs.jpeg2k_decode,
    }
    return np.asarray(decoders[syntax](frame), np.uint16)


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("bits", [12, 14])
@pytest.mark.parametrize("syntax", TRANSFER_SYNTAXES)
def test_pixels_read_back_equal(tmp_path: Path, syntax: TransferSyntax, bits: int, photometric: str) -> None:
    phantom = phantom_with(photometric, bits)
    path = tmp_path / "image.dcm"
    write(phantom, path, transfer_syntax=syntax)
    assert np.array_equal(stored_values(path, syntax), phantom.pixels)
    assert pydicom.dcmread(path).file_meta.TransferSyntaxUID == syntaxes.UIDS[syntax]


@pytest.mark.parametrize("syntax", sorted(DCMTK_DECODERS))
def test_dcmtk_decodes_the_same_pixels(tmp_path: Path, syntax: TransferSyntax) -> None:
    tool = shutil.which(DCMTK_DECODERS[syntax])
    if tool is None:
        pytest.skip(f"{DCMTK_DECODERS[syntax]} of dcmtk is not installed")
    phantom = phantom_with("MONOCHROME2", 14)
    write(phantom, tmp_path / "image.dcm", transfer_syntax=syntax)
    subprocess.run([tool, str(tmp_path / "image.dcm"), str(tmp_path / "plain.dcm")], check=True, capture_output=True)
    assert np.array_equal(pydicom.dcmread(tmp_path / "plain.dcm").pixel_array, phantom.pixels)


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("syntax", TRANSFER_SYNTAXES)
def test_dciodvfy_finds_no_error(tmp_path: Path, syntax: TransferSyntax, photometric: str) -> None:
    tool = shutil.which("dciodvfy")
    if tool is None:
        pytest.skip("dciodvfy of dicom3tools is not installed")
    write(phantom_with(photometric), tmp_path / "image.dcm", transfer_syntax=syntax)
    result = subprocess.run([tool, str(tmp_path / "image.dcm")], capture_output=True, text=True, check=False)
    complaints = [
        line for line in (result.stdout + result.stderr).splitlines() if line.startswith(("Error", "Warning"))
    ]
    assert complaints == []
    assert "DXImageForPresentation" in result.stdout + result.stderr


def test_jpeg_lossless_uses_the_first_order_predictor_that_70_demands(tmp_path: Path) -> None:
    write(phantom_with("MONOCHROME2"), tmp_path / "image.dcm", transfer_syntax="jpeg-lossless")
    (frame,) = generate_frames(pydicom.dcmread(tmp_path / "image.dcm").PixelData, number_of_frames=1)
    start_of_scan = frame.index(b"\xff\xda")
    components = frame[start_of_scan + 4]
    assert frame[start_of_scan + 5 + 2 * components] == 1


@pytest.mark.parametrize(
    ("photometric", "shape", "sign"), [("MONOCHROME1", "INVERSE", 1), ("MONOCHROME2", "IDENTITY", -1)]
)
def test_polarity_attributes_agree(photometric: str, shape: str, sign: int) -> None:
    dataset = as_dataset(phantom_with(photometric))
    assert dataset.PhotometricInterpretation == photometric
    assert dataset.PresentationLUTShape == shape
    assert dataset.PixelIntensityRelationshipSign == sign


def test_header_says_what_the_phantom_is() -> None:
    phantom = phantom_with("MONOCHROME2")
    dataset = as_dataset(phantom, number=107)
    assert dataset.SOPClassUID == "1.2.840.10008.5.1.4.1.1.1.1"  # ...1.1.1.1.1 is "for processing"
    assert (str(dataset.PatientName), dataset.PatientID) == ("Phantom^0107", "PHANTOM-0107")
    assert dataset.Manufacturer == "CXR Viewer phantom generator"
    assert (dataset.Modality, dataset.BodyPartExamined) == ("DX", "CHEST")
    assert dataset.ViewPosition == phantom.view_position
    assert (dataset.Rows, dataset.Columns) == phantom.pixels.shape
    assert (dataset.WindowCenter, dataset.WindowWidth) == (phantom.window_center, phantom.window_width)
    assert dataset.ImagerPixelSpacing[0] == pytest.approx(phantom.imager_pixel_spacing_mm, abs=1e-5)
    assert int(dataset.PatientAge[:3]) == phantom.patient_age_years
    assert int(dataset.StudyDate[:4]) - int(dataset.PatientBirthDate[:4]) - phantom.patient_age_years in (0, 1)


def test_equal_phantoms_give_equal_files(tmp_path: Path) -> None:
    for name in ("first.dcm", "second.dcm"):
        write(simulate(5, SIDE), tmp_path / name, transfer_syntax="jpeg-2000", number=5)
    assert (tmp_path / "first.dcm").read_bytes() == (tmp_path / "second.dcm").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["first.dcm", "second.dcm"]


def test_uids_are_valid_and_depend_on_the_phantom() -> None:
    datasets = [as_dataset(simulate(seed, 64)) for seed in range(10)]
    for name in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
        uids = {dataset[name].value for dataset in datasets}
        assert len(uids) == 10
        assert all(each.is_valid and each.startswith("2.25.") for each in uids)
    assert uid("a", 1) == uid("a", 1) != uid("a", 2)


def test_phantoms_of_one_seed_in_two_domains_are_two_instances() -> None:
    datasets = [as_dataset(simulate(3, 64, domain=domain)) for domain in DOMAINS.values()]
    assert len({dataset.SOPInstanceUID for dataset in datasets}) == len(DOMAINS) == 3
