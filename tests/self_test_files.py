"""Makes the tiny files that the self-test decodes: one ramp in every transfer syntax and picture format of the program.

``python -m tests.self_test_files [FOLDER]``; FOLDER is ``resources/self_test`` unless named. The files hold no patient.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom import uid
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from rle.utils import encode_pixel_data

from cxr_viewer.program.decoder_check import ramp

Encoder = Callable[[NDArray[Any]], bytes | bytearray]


def _rle(values: NDArray[Any]) -> bytes:
    rows, columns = values.shape
    sizes = {"rows": rows, "columns": columns, "samples_per_pixel": 1, "bits_allocated": 16, "byteorder": "<"}
    return bytes(encode_pixel_data(values.tobytes(), **sizes))


ENCODERS: dict[str, Encoder] = {
    uid.JPEGExtended12Bit: lambda values: imagecodecs.jpeg8_encode(values, level=95, bitspersample=12),
    uid.JPEGLossless: lambda values: imagecodecs.jpeg8_encode(values, lossless=True, predictor=6, bitspersample=12),
    uid.JPEGLosslessSV1: lambda values: imagecodecs.jpeg8_encode(values, lossless=True, predictor=1, bitspersample=12),
    uid.JPEGLSLossless: lambda values: imagecodecs.jpegls_encode(values),
    uid.JPEGLSNearLossless: lambda values: imagecodecs.jpegls_encode(values, level=2),
    uid.JPEG2000Lossless: lambda values: imagecodecs.jpeg2k_encode(
        values, level=0, reversible=True, codecformat="j2k", bitspersample=12
    ),
    uid.JPEG2000: lambda values: imagecodecs.jpeg2k_encode(values, level=60, codecformat="j2k", bitspersample=12),
    uid.HTJ2KLossless: lambda values: imagecodecs.htj2k_encode(values, reversible=True),
    uid.HTJ2KLosslessRPCL: lambda values: imagecodecs.htj2k_encode(values, reversible=True),
    uid.HTJ2K: lambda values: imagecodecs.htj2k_encode(values, reversible=False),
    uid.RLELossless: _rle,
}


def dataset(values: NDArray[np.generic], bits: int) -> Dataset:
    """Return a radiograph of nobody, uncompressed."""
    made = Dataset()
    made.SOPClassUID = uid.DigitalXRayImageStorageForPresentation
    made.SOPInstanceUID = made.StudyInstanceUID = made.SeriesInstanceUID = "2.25.1"
    made.Modality, made.BodyPartExamined, made.ViewPosition = "DX", "CHEST", "PA"
    made.PatientName, made.PatientID = "Self^Test", "SELF-TEST"
    made.Rows, made.Columns = values.shape
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.BitsAllocated, made.BitsStored, made.HighBit = 8 * values.dtype.itemsize, bits, bits - 1
    made.PixelRepresentation = 0
    made.PixelData = values.tobytes()
    made["PixelData"].VR = "OW" if values.dtype.itemsize > 1 else "OB"
    return made


def save(path: Path, made: Dataset, syntax: str, encoded: bytes | None = None) -> None:
    """Write a data set."""
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = uid.UID(syntax)
    made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    if encoded is not None:
        made.PixelData = encapsulate([encoded])
        made["PixelData"].VR = "OB"
    if syntax == uid.ExplicitVRBigEndian:
        made.PixelData = np.frombuffer(made.PixelData, np.uint16).byteswap().tobytes()
    made.save_as(path, enforce_file_format=True)


def make_all(folder: Path) -> None:
    """Write every file."""
    folder.mkdir(parents=True, exist_ok=True)
    deep, flat = ramp(12), ramp(8)
    for syntax in (
        uid.ImplicitVRLittleEndian,
        uid.ExplicitVRLittleEndian,
        uid.ExplicitVRBigEndian,
        uid.DeflatedExplicitVRLittleEndian,
    ):
        save(folder / f"{syntax}.dcm", dataset(deep, 12), syntax)
    for name, encode in ENCODERS.items():
        save(folder / f"{name}.dcm", dataset(deep, 12), name, bytes(encode(deep)))
    jpeg = bytes(imagecodecs.jpeg8_encode(flat, level=95))
    save(folder / f"{uid.JPEGBaseline8Bit}.dcm", dataset(flat, 8), uid.JPEGBaseline8Bit, jpeg)
    for ending in ("png", "tif", "jpg"):
        Image.fromarray(flat).save(folder / f"ramp.{ending}", quality=95)


if __name__ == "__main__":
    make_all(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("resources/self_test"))
