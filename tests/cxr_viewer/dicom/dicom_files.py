"""Writes small DICOM files for tests: simulated pixels, valid headers, no patients."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, ComputedRadiographyImageStorage, ExplicitVRLittleEndian, generate_uid


def radiograph_pixels(rows: int, columns: int, bits: int = 12, seed: int = 1) -> NDArray[np.uint16]:
    """Return a smooth gradient with noise over the whole range, (rows, columns) uint16."""
    generator = np.random.default_rng(seed)
    ramp = np.linspace(0, (1 << bits) - 1, rows * columns).reshape(rows, columns)
    noise = generator.normal(0, (1 << bits) / 100, (rows, columns))
    return np.clip(ramp + noise, 0, (1 << bits) - 1).astype(np.uint16)


def radiograph(pixels: NDArray[np.generic], bits: int = 12, **elements: object) -> Dataset:
    """Return a chest radiograph as CR with uncompressed pixels; elements are set by keyword, None removes one."""
    dataset = Dataset()
    dataset.SOPClassUID = ComputedRadiographyImageStorage
    dataset.SOPInstanceUID = generate_uid()
    dataset.StudyInstanceUID = generate_uid()
    dataset.SeriesInstanceUID = generate_uid()
    dataset.Modality = "CR"
    dataset.BodyPartExamined = "CHEST"
    dataset.ViewPosition = "PA"
    dataset.PatientName = "Phantom^One"
    dataset.PatientID = "P1"
    dataset.Rows, dataset.Columns = pixels.shape[:2]
    dataset.SamplesPerPixel = 1 if pixels.ndim == 2 else pixels.shape[2]
    dataset.PhotometricInterpretation = "MONOCHROME2" if pixels.ndim == 2 else "RGB"
    if pixels.ndim == 3:
        dataset.PlanarConfiguration = 0
    dataset.BitsAllocated = 8 * pixels.dtype.itemsize
    dataset.BitsStored = min(bits, 8 * pixels.dtype.itemsize)
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = int(np.issubdtype(pixels.dtype, np.signedinteger))
    for keyword, value in elements.items():
        if value is None:
            delattr(dataset, keyword)
        else:
            setattr(dataset, keyword, value)
    data = pixels.tobytes()
    dataset.PixelData = data + b"\0" * (len(data) % 2)
    dataset["PixelData"].VR = "OW" if pixels.dtype.itemsize > 1 else "OB"
    return dataset


def save(
    path: Path, dataset: Dataset, transfer_syntax: str = ExplicitVRLittleEndian, encoded: bytes | None = None
) -> Path:
    """Write a data set as a file, with compressed pixels when they are given."""
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = UID(transfer_syntax)
    dataset.file_meta.MediaStorageSOPClassUID = dataset.get("SOPClassUID", ComputedRadiographyImageStorage)
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.get("SOPInstanceUID", generate_uid())
    if encoded is not None:
        dataset.PixelData = encapsulate([encoded])
        dataset["PixelData"].VR = "OB"
    dataset.save_as(path, enforce_file_format=True)
    return path


def write_dicom(path: Path, pixels: NDArray[np.generic], bits: int = 12, **elements: object) -> Path:
    """Write a chest radiograph."""
    return save(path, radiograph(pixels, bits, **elements))
