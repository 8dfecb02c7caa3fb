"""Phantoms as DICOM: Digital X-Ray Image Storage - For Presentation, with a fictitious patient.

Of a phantom in a real background nothing is told that is not known: no sex, age, view, spacing or technique, and
nothing of the person or of the file that it came from.
"""

import datetime
import os
import uuid
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.sr.coding import Code
from pydicom.uid import UID, DigitalXRayImageStorageForPresentation

from model_training.phantom.domain import PLAIN
from model_training.phantom.phantom import GENERATOR_VERSION, BackgroundSource, Phantom
from model_training.phantom.transfer_syntax import TransferSyntax, set_pixels

_UID_NAMESPACE = uuid.UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")  # RFC 4122, OID
_IMPLEMENTATION_NAME = "CXR_PHANTOM_1"
_UNKNOWN_OF_A_BACKGROUND = (
    "PatientAge",
    "ViewPosition",
    "ViewCodeSequence",
    "ImagerPixelSpacing",
    "KVP",
    "DistanceSourceToDetector",
    "Grid",
    "DetectorType",
    "DetectorConfiguration",
    "BurnedInAnnotation",
)
# SNOMED CT codes of PS3.16 CID 4009 (chest) and CID 4010 (views)
_CHEST = Code("51185008", "SCT", "Chest")
_VIEWS = {
    "PA": Code("272479007", "SCT", "postero-anterior"),
    "AP": Code("399348003", "SCT", "antero-posterior"),
}


def uid(*words: object) -> UID:
    """Return a UID of the root 2.25 that depends on the words alone (PS3.5 B.2)."""
    name = "CXR Viewer phantom " + " ".join(map(str, words))
    return UID(f"2.25.{uuid.uuid5(_UID_NAMESPACE, name).int}")


def write(
    phantom: Phantom,
    path: Path,
    *,
    transfer_syntax: TransferSyntax = "explicit",
    number: int | None = None,
    prefix: str = "phantom",
) -> None:
    """Write one phantom as a DICOM file; written beside and renamed, so that a file of this name is always whole.

    Args:
        number: of the fictitious patient, as in PHANTOM-0107; the seed's last four digits when None.

    Raises:
        OSError: the file cannot be written.
    """
    dataset = as_dataset(phantom, transfer_syntax=transfer_syntax, number=number, prefix=prefix)
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        dataset.save_as(partial, enforce_file_format=True)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def as_dataset(
    phantom: Phantom,
    *,
    transfer_syntax: TransferSyntax = "explicit",
    number: int | None = None,
    prefix: str = "phantom",
) -> Dataset:
    """Return the phantom as a DX object with file meta; equal phantoms give equal datasets."""
    patient = phantom.seed % 10_000 if number is None else number
    key: tuple[object, ...] = (GENERATOR_VERSION, phantom.seed, phantom.pixels.shape[0], phantom.image_class)
    if phantom.domain != PLAIN:
        key = (*key, repr(phantom.domain))
    if phantom.background is not None:
        key = (*key, phantom.background.digest)
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.MediaStorageSOPClassUID = DigitalXRayImageStorageForPresentation
    dataset.file_meta.MediaStorageSOPInstanceUID = uid("instance", *key)
    dataset.file_meta.ImplementationClassUID = uid("implementation", GENERATOR_VERSION)
    dataset.file_meta.ImplementationVersionName = _IMPLEMENTATION_NAME
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID = DigitalXRayImageStorageForPresentation
    dataset.SOPInstanceUID = uid("instance", *key)
    dataset.StudyInstanceUID = uid("study", *key)
    dataset.SeriesInstanceUID = uid("series", *key)
    _add_patient_and_study(dataset, phantom, patient, prefix)
    _add_equipment(dataset, phantom)
    _add_anatomy(dataset, phantom)
    _add_image(dataset, phantom)
    if phantom.background is not None:
        _tell_of_background(dataset, phantom.background)
    set_pixels(dataset, phantom.pixels, transfer_syntax)
    return dataset


def _add_patient_and_study(dataset: Dataset, phantom: Phantom, patient: int, prefix: str) -> None:
    rng = np.random.default_rng([phantom.seed, 1])
    day = datetime.date(2018, 1, 1) + datetime.timedelta(days=int(rng.integers(0, 2500)))
    hour, minute, second = (int(rng.integers(low, high)) for low, high in ((7, 19), (0, 60), (0, 60)))
    born = day - datetime.timedelta(days=round((phantom.patient_age_years + float(rng.uniform(0.1, 0.9))) * 365.25))
    dataset.PatientName = f"{prefix.capitalize()}^{patient:04d}"
    dataset.PatientID = f"{prefix.upper()}-{patient:04d}"
    dataset.PatientBirthDate = born.strftime("%Y%m%d")
    dataset.PatientSex = phantom.patient_sex
    dataset.PatientAge = f"{phantom.patient_age_years:03d}Y"
    dataset.PatientComments = "Simulated radiograph; no person was exposed"
    dataset.StudyDate = dataset.SeriesDate = dataset.AcquisitionDate = dataset.ContentDate = day.strftime("%Y%m%d")
    time = f"{hour:02d}{minute:02d}{second:02d}"
    dataset.StudyTime = dataset.SeriesTime = dataset.AcquisitionTime = dataset.ContentTime = time
    dataset.StudyID = f"{patient:04d}"
    dataset.AccessionNumber = f"PH{patient:06d}"
    dataset.ReferringPhysicianName = ""
    bedside = phantom.view_position == "AP"
    dataset.StudyDescription = "Chest bedside" if bedside else "Chest"
    dataset.SeriesDescription = f"Chest {phantom.view_position} (phantom)"
    dataset.SeriesNumber = 1
    dataset.InstanceNumber = 1
    dataset.AcquisitionNumber = 1


def _add_equipment(dataset: Dataset, phantom: Phantom) -> None:
    bedside = phantom.view_position == "AP"
    dataset.Modality = "DX"
    dataset.PresentationIntentType = "FOR PRESENTATION"
    dataset.Manufacturer = "CXR Viewer phantom generator"
    dataset.ManufacturerModelName = "Bedside phantom" if bedside else "Upright phantom"
    dataset.DeviceSerialNumber = "0"
    dataset.SoftwareVersions = GENERATOR_VERSION
    dataset.DetectorType = "SCINTILLATOR"
    dataset.DetectorConfiguration = "AREA"
    dataset.ImagerPixelSpacing = [round(phantom.imager_pixel_spacing_mm, 6)] * 2
    dataset.KVP = 90 if bedside else 120
    dataset.DistanceSourceToDetector = 1100 if bedside else 1800
    dataset.Grid = "NONE" if bedside else "FOCUSED"


def _add_anatomy(dataset: Dataset, phantom: Phantom) -> None:
    dataset.BodyPartExamined = "CHEST"
    dataset.ViewPosition = phantom.view_position
    dataset.ImageLaterality = "U"
    dataset.PatientOrientation = ["L", "F"]
    dataset.AnatomicRegionSequence = Sequence([_code_item(_CHEST)])
    dataset.ViewCodeSequence = Sequence([_code_item(_VIEWS[phantom.view_position])])
    dataset.ViewCodeSequence[0].ViewModifierCodeSequence = Sequence()
    dataset.PositionerType = ""
    dataset.AcquisitionContextSequence = Sequence()


def _add_image(dataset: Dataset, phantom: Phantom) -> None:
    inverse = phantom.photometric_interpretation == "MONOCHROME1"
    dataset.ImageType = ["DERIVED", "PRIMARY", ""]
    dataset.DerivationDescription = "Simulated"
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = phantom.photometric_interpretation
    dataset.PresentationLUTShape = "INVERSE" if inverse else "IDENTITY"
    dataset.Rows, dataset.Columns = phantom.pixels.shape
    dataset.BitsAllocated = 16
    dataset.BitsStored = phantom.bits_stored
    dataset.HighBit = phantom.bits_stored - 1
    dataset.PixelRepresentation = 0
    dataset.PixelIntensityRelationship = "LOG"
    dataset.PixelIntensityRelationshipSign = 1 if inverse else -1  # 1: lower values for less X-ray intensity
    dataset.RescaleIntercept = 0
    dataset.RescaleSlope = 1
    dataset.RescaleType = "US"
    dataset.WindowCenter = phantom.window_center
    dataset.WindowWidth = phantom.window_width
    dataset.WindowCenterWidthExplanation = "STANDARD"
    dataset.BurnedInAnnotation = "NO"  # side markers and words on the technique, nothing of a person
    dataset.LossyImageCompression = "00"


def _tell_of_background(dataset: Dataset, background: BackgroundSource) -> None:
    for name in _UNKNOWN_OF_A_BACKGROUND:
        del dataset[name]
    dataset.PatientBirthDate = dataset.PatientSex = ""
    dataset.PatientComments = "Radiograph of a person who is not named; opacities are simulated"
    dataset.StudyDescription = "Chest"
    dataset.SeriesDescription = "Chest (phantom in a real background)"
    dataset.ManufacturerModelName = "Background phantom"
    dataset.ImageType = ["DERIVED", "SECONDARY"]
    dataset.DerivationDescription = "Simulated opacities composed into a radiograph"
    dataset.LossyImageCompression = "01" if background.is_lossy else "00"


def _code_item(code: Code) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = code.value, code.scheme_designator, code.meaning
    return item
