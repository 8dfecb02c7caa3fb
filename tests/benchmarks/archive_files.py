"""The files of the benchmark archives: one function a kind, each a function of its number alone.

Pixels are the demo's phantoms, enlarged to the sizes of real detectors. Copies differ by a flip, a shift and noise that
is taken from one field at another place, so that contents differ, compress as real ones do, and cost little to make.
"""

from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    ComputedRadiographyImageStorage,
    DigitalXRayImageStorageForPresentation,
    ExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    SecondaryCaptureImageStorage,
)

from cxr_viewer import resources
from cxr_viewer.dicom import pixels
from model_training.phantom.transfer_syntax import TransferSyntax, set_pixels

Writer = Callable[[Path, int], None]
Mix = Mapping[str, tuple[float, Writer, str]]
"""Kinds of file by name: their share, who writes them, the suffix."""

SEED = 20261124
ROOT = "2.25.86420"  # a root of this benchmark; UIDs are the file's number behind it

DETECTORS = ((2022, 2022, 12), (2500, 2048, 12), (2800, 2400, 14), (2140, 1760, 12), (3000, 3000, 14), (2480, 2000, 16))
"""Rows, columns and bits of CR and DX images as archives hold them."""

_NOISE = 0.0015
"""Standard deviation as a share of the full range: what a detector leaves of noise in the lungs."""


def large(path: Path, number: int, syntax: TransferSyntax, view: str = "PA") -> None:
    """Write a CR or DX image of 4 to 9 megapixels and 12 to 16 bits, without loss."""
    rows, columns, bits = DETECTORS[number % len(DETECTORS)]
    values = _varied(number, rows, columns, bits)
    dataset = _dataset(number, values, bits, view)
    set_pixels(dataset, values, syntax)
    dataset.save_as(path, enforce_file_format=True)


def rsna_like(path: Path, number: int, side: int = 1024) -> None:
    """Write a secondary capture of 8 bits in JPEG, as the 26,684 images of the RSNA challenge are."""
    values = (_varied(number, side, side, 12) >> 4).astype(np.uint8)
    dataset = _dataset(number, values, 8, "PA" if number % 2 else "AP")
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    dataset.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    dataset.PixelData = encapsulate([bytes(imagecodecs.jpeg8_encode(values, level=90))])
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    dataset.save_as(path, enforce_file_format=True)


def picture(path: Path, number: int, side: int = 1024) -> None:
    """Write a grey PNG, as the NIH archive holds them."""
    values = (_varied(number, side, side, 12) >> 4).astype(np.uint8)
    path.write_bytes(imagecodecs.png_encode(values, level=3))


def broken(path: Path, number: int) -> None:
    """Write what should be an image and is none: cut in its header or its pixels, a web page, an empty file."""
    if number % 4 == 2:
        path.write_text("<html><body>session expired</body></html>", encoding="ascii")
        return
    if number % 4 == 3:
        path.touch()
        return
    if number % 4 == 1:
        picture(path, number)
        path.write_bytes(path.read_bytes()[:100_000])
        return
    rsna_like(path, number)
    path.write_bytes(path.read_bytes()[:700])


def no_image(path: Path, number: int) -> None:
    """Write what lies between images: a note, an XML file, a PDF."""
    heads = (f"note {number}\n".encode(), b'<?xml version="1.0"?>\n<order/>\n', b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    path.write_bytes(heads[number % 3] + b" " * (number % 500))


def header(path: Path, number: int) -> None:
    """Write a true header and a hole where 120 kB of JPEG would be: for the index, which reads no pixels."""
    head, size = _header_of(number % 4 == 3)
    text = f"{number:08d}".encode("ascii")
    age = f"{number * 37 % 90:03d}Y".encode("ascii")
    with path.open("wb") as file:
        file.write(head.replace(b"99999999", text).replace(b"099Y", age))
        file.truncate(size + number % 20_000)


@cache
def _header_of(bedside: bool) -> tuple[bytes, int]:
    dataset = _dataset(99999999, np.zeros((1024, 1024), np.uint8), 8, "AP" if bedside else "PA")
    dataset.PatientAge = "099Y"
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    dataset.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    dataset.PixelData = encapsulate([b"\xff\xd8" + bytes(120_000)])
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    stream = BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    whole = stream.getvalue()
    return whole[: whole.index(b"\xff\xd8" + bytes(16)) + 2], len(whole)


def _dataset(number: int, values: NDArray[np.generic], bits: int, view: str) -> Dataset:
    """Return the header of an image of an invented patient, two studies each."""
    is_dx = number % 3 == 0
    kind = DigitalXRayImageStorageForPresentation if is_dx else ComputedRadiographyImageStorage
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = kind
    uid = UID(f"{ROOT}.1{number:08d}")
    dataset.file_meta.MediaStorageSOPInstanceUID = uid
    dataset.SpecificCharacterSet = "ISO_IR 100"
    dataset.ImageType = ["ORIGINAL", "PRIMARY"]
    dataset.SOPClassUID, dataset.SOPInstanceUID = kind, uid
    dataset.StudyDate, dataset.StudyTime = f"{2001 + number % 20}{1 + number % 12:02d}{1 + number % 28:02d}", "101500"
    dataset.AccessionNumber = f"A{number:08d}"
    dataset.Modality = "DX" if is_dx else "CR"
    dataset.Manufacturer, dataset.ManufacturerModelName = "Benchmark", f"Detector {number % 7}"
    dataset.StudyDescription, dataset.SeriesDescription = "Chest", f"Chest {view}"
    dataset.PatientName = f"Bench^{number:08d}"
    dataset.PatientID = f"{number:08d}"
    dataset.PatientBirthDate, dataset.PatientSex = "19500101", "FM"[number % 2]
    dataset.PatientAge = f"{20 + number % 70:03d}Y"
    dataset.BodyPartExamined, dataset.ViewPosition = "CHEST", view
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = UID(f"{ROOT}.2{number:08d}"), UID(f"{ROOT}.3{number:08d}")
    dataset.SeriesNumber = dataset.InstanceNumber = 1
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.Rows, dataset.Columns = values.shape
    dataset.PixelSpacing = [0.143, 0.143]
    dataset.BitsAllocated = 8 * values.dtype.itemsize
    dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = bits, bits - 1, 0
    return dataset


def _varied(number: int, rows: int, columns: int, bits: int) -> NDArray[np.uint16]:
    """Return a phantom that no other number has: flipped, shifted, with its own noise; (rows, columns)."""
    rng = np.random.default_rng([SEED, number])
    base = _enlarged(int(rng.integers(_PHANTOMS)), rows, columns)
    if rng.random() < 0.5:
        base = base[:, ::-1]
    base = np.roll(base, tuple(rng.integers(-8, 9, 2)), axis=(0, 1))
    top, left = rng.integers(0, _noise().shape[0] - np.array([rows, columns]) + 1)
    noisy = base + _noise()[top : top + rows, left : left + columns]
    scale = np.float32((1 << bits) - 1)
    varied: NDArray[np.uint16] = np.clip(noisy * scale, 0, scale).astype(np.uint16)
    return varied


_PHANTOMS = 6


@cache
def _enlarged(phantom: int, rows: int, columns: int) -> NDArray[np.float32]:
    path = sorted(Path(resources.path("demo")).glob("*.dcm"))[phantom]
    decoded = pixels.decode(path)
    values = decoded.pixels.astype(np.float32) / ((1 << decoded.header.bits_stored) - 1)
    if decoded.header.shows_minimum_white:
        values = 1 - values
    return np.asarray(Image.fromarray(values).resize((columns, rows), Image.Resampling.BICUBIC), dtype=np.float32)


@cache
def _noise() -> NDArray[np.float32]:
    return np.random.default_rng(SEED).normal(0, _NOISE, (3200, 3200)).astype(np.float32)
