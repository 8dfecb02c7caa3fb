"""Makes the file that may leave the department: a fresh data set that takes over a short list of elements.

A list of what may stay cannot forget an element that identifies, as a list of what must go can: no names, identifiers,
dates, descriptions, devices, comments, private elements, overlays or nested sequences are copied, because nothing is
copied that is not named here. Values are parsed and written anew, so that text cannot hide in an element of numbers.

Pixels keep their stored values, so the instance key stays the same. They are written as RLE Lossless: half the size of
uncompressed data, exact for every depth, and every DICOM toolkit reads it without a plugin. CR stays CR; everything
else becomes Secondary Capture, whose mandatory elements need nothing that identifies or would have to be invented.
"""

from cxr_viewer.dicom import tolerance  # noqa: F401 # isort: skip  # before pydicom

import io
import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import UID, ComputedRadiographyImageStorage, RLELossless, SecondaryCaptureImageStorage
from rle.utils import encode_pixel_data

from cxr_viewer.core.gate import RADIOGRAPHS
from cxr_viewer.core.header_words import BodyPart, body_parts_in
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.dicom import elements, headers, pixels, pseudonyms, raster
from cxr_viewer.dicom.content import HEAD_BYTES, RASTER_CONTENTS, Content, recognise
from cxr_viewer.dicom.errors import DicomReadError
from cxr_viewer.dicom.modality_lut import LookUpTable, read_table

METHOD = "CXR Viewer: new data set from a whitelist"
IMPLEMENTATION_UID = "2.25.280171532947315098637841226398841297371"

_VIEWS = frozenset({"AP", "PA", "LL", "RL", "RLD", "LLD", "RLO", "LLO"})
_SEXES = frozenset({"M", "F", "O"})
_DIRECTION = re.compile(r"[LRAPHF]{1,3}")
_LOSSY_METHODS = {
    "1.2.840.10008.1.2.4.50": "ISO_10918_1",
    "1.2.840.10008.1.2.4.51": "ISO_10918_1",
    "1.2.840.10008.1.2.4.81": "ISO_14495_1",
    "1.2.840.10008.1.2.4.91": "ISO_15444_1",
    "1.2.840.10008.1.2.4.203": "ISO_15444_15",
}


class NotExportableError(Exception):
    """An image that must not or cannot leave; the message says why, without naming patient or file."""


class BurnedInError(NotExportableError):
    """The header says that text is burned into the pixels, and nobody can promise that it is no name."""


@dataclass(frozen=True, slots=True)
class _Source:
    """Stored pixels and header of the original; the header is empty for PNG, JPEG and TIFF."""

    values: NDArray[np.generic]
    photometric: str
    is_inverse: bool
    stored_bits: int
    dataset: Dataset
    transfer_syntax: str
    is_lossy: bool
    file_bytes: int
    key: InstanceKey


def deidentified_file(path: Path, *, salt: bytes, is_polarity_corrected: bool = False) -> bytes:
    """Return the de-identified DICOM file of an image as bytes; see `deidentified`."""
    dataset = deidentified(path, salt=salt, is_polarity_corrected=is_polarity_corrected)
    stream = io.BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def deidentified(path: Path, *, salt: bytes, is_polarity_corrected: bool = False) -> Dataset:
    """Return a fresh data set of an image with what training and reading need, and nothing that identifies.

    The file is decoded in this process; hand over only files that a `DecodingPool` has decoded before.

    Args:
        path: DICOM, PNG, JPEG or TIFF.
        salt: secret of this workstation. With the same salt the same patient, study, series and image get the same
            pseudonyms, so that exports of several days fit together and a patient stays in one fold.
        is_polarity_corrected: a reader found that the header says the wrong polarity; the file that leaves says the
            right one, and whoever learns from it sees what the reader saw.

    Raises:
        BurnedInError: Burned In Annotation is YES.
        NotExportableError: its pixels cannot be stored as 8 or 16 bits.
        DicomReadError: it cannot be decoded.
    """
    try:
        source = _read(path)
    except OSError as error:
        raise DicomReadError(f"the file cannot be read: {error.strerror or 'input error'}") from error
    if elements.text(source.dataset, 0x00280301).upper() == "YES":
        raise BurnedInError("the header says that annotation is burned into the image (Burned In Annotation is YES)")
    if is_polarity_corrected:
        is_white = source.photometric == "MONOCHROME1" or source.is_inverse
        source = replace(source, photometric="MONOCHROME2", is_inverse=not is_white)
    dataset = Dataset()
    _write_identity(dataset, source, salt)
    _write_image(dataset, source)
    _write_display(dataset, source)
    _write_pixels(dataset, source)
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = RLELossless
    meta.ImplementationClassUID = UID(IMPLEMENTATION_UID)
    dataset.file_meta = meta
    return dataset


def _read(path: Path) -> _Source:
    with path.open("rb") as file:
        content = recognise(file.read(HEAD_BYTES))
    size = path.stat().st_size
    if content in RASTER_CONTENTS:
        values = raster.decode(path, content)
        photometric = "RGB" if values.ndim == 3 else raster.read_header(path).photometric.replace("RGB", "MONOCHROME2")
        bits = 8 * values.dtype.itemsize
        lossy = content is Content.JPEG
        syntax = "1.2.840.10008.1.2.4.50" if lossy else ""
        key = pixels.instance_key(values, photometric)
        return _Source(values, photometric, False, bits, Dataset(), syntax, lossy, size, key)
    file_header = headers.read(path)
    decoded, values, layout = pixels.decode_with_stored(file_header)
    bits = layout.stored if layout.allocated > 1 and values.ndim == 2 else 8 * values.dtype.itemsize
    return _Source(
        values=values,
        photometric=decoded.header.photometric,
        is_inverse=decoded.header.presentation_inverse,
        stored_bits=bits,
        dataset=file_header.dataset,
        transfer_syntax=file_header.transfer_syntax,
        is_lossy=decoded.header.is_lossy,
        file_bytes=size,
        key=decoded.key,
    )


def _write_identity(dataset: Dataset, source: _Source, salt: bytes) -> None:
    original = source.dataset
    name, number = elements.text(original, 0x00100010), elements.text(original, 0x00100020)
    study, series = elements.text(original, 0x0020000D), elements.text(original, 0x0020000E)
    # Without a patient the study, and without a study the image, is the best there is to keep together.
    patient = f"{number}\0{name}" if number or name else study or source.key
    dataset.PatientName = ""
    dataset.PatientID = pseudonyms.pseudonym(salt, "patient", patient).hex()[:16]
    dataset.PatientBirthDate = ""
    dataset.PatientSex = _one_of(elements.text(original, 0x00100040).upper(), _SEXES)
    age = pseudonyms.age_band(
        elements.text(original, 0x00101010), elements.text(original, 0x00100030), elements.text(original, 0x00080020)
    )
    if age:
        dataset.PatientAge = age
    dataset.PatientIdentityRemoved = "YES"
    dataset.DeidentificationMethod = METHOD
    dataset.LongitudinalTemporalInformationModified = "REMOVED"
    dataset.StudyInstanceUID = pseudonyms.derived_uid(salt, "study", f"{patient}\0{study or source.key}")
    dataset.SeriesInstanceUID = pseudonyms.derived_uid(salt, "series", f"{patient}\0{series or source.key}")
    dataset.SOPInstanceUID = pseudonyms.derived_uid(salt, "image", source.key)
    for keyword in ("StudyDate", "StudyTime", "ReferringPhysicianName", "StudyID", "AccessionNumber", "Manufacturer"):
        setattr(dataset, keyword, "")
    dataset.SeriesNumber = None
    dataset.InstanceNumber = 1


def _one_of(value: str, allowed: frozenset[str]) -> str:
    return value if value in allowed else ""


def _write_image(dataset: Dataset, source: _Source) -> None:
    original = source.dataset
    modality = elements.text(original, 0x00080060).upper()
    is_cr = elements.text(original, 0x00080016) == ComputedRadiographyImageStorage
    dataset.SOPClassUID = ComputedRadiographyImageStorage if is_cr else SecondaryCaptureImageStorage
    dataset.Modality = modality if modality in RADIOGRAPHS & {"CR", "DX", "RG"} else "CR" if is_cr else "OT"
    if not is_cr:
        dataset.ConversionType = "WSD"
    parts = body_parts_in(elements.text(original, 0x00180015))
    is_chest = bool(parts) and parts[0] is BodyPart.CHEST
    dataset.BodyPartExamined = "CHEST" if is_chest else ""
    if not is_chest:
        # Type 2C: present, though empty, unless the body part is known to be unpaired (PS3.3 C.7.3.1).
        dataset.Laterality = ""
    if is_cr or elements.text(original, 0x00185101):
        dataset.ViewPosition = _one_of(elements.text(original, 0x00185101).upper(), _VIEWS)
    orientation = elements.texts(original, 0x00200020)
    plain = len(orientation) == 2 and all(_DIRECTION.fullmatch(direction) for direction in orientation)
    dataset.PatientOrientation = list(orientation) if plain else ""
    dataset.ImageType = ["DERIVED", "SECONDARY"]
    if elements.text(original, 0x00280301).upper() == "NO":
        dataset.BurnedInAnnotation = "NO"
    _write_spacing(dataset, original)
    _write_lossy(dataset, source)


def _write_spacing(dataset: Dataset, original: Dataset) -> None:
    for tag in (0x00280030, 0x00181164):
        values = elements.numbers(original, tag)
        if len(values) == 2 and min(values) > 0:
            dataset.add_new(tag, "DS", [f"{value:.10g}" for value in values])
    calibration = elements.text(original, 0x00280A02).upper()
    if calibration in ("GEOMETRY", "FIDUCIAL") and "PixelSpacing" in dataset:
        dataset.PixelSpacingCalibrationType = calibration
        dataset.PixelSpacingCalibrationDescription = "calibrated in the original image"


def _write_lossy(dataset: Dataset, source: _Source) -> None:
    if not source.is_lossy:
        return
    dataset.LossyImageCompression = "01"
    stated = elements.numbers(source.dataset, 0x00282112)
    ratio = stated[0] if stated and stated[0] > 0 else max(source.values.nbytes / max(source.file_bytes, 1), 1.0)
    dataset.LossyImageCompressionRatio = f"{ratio:.4g}"
    dataset.LossyImageCompressionMethod = _LOSSY_METHODS.get(source.transfer_syntax, "ISO_10918_1")


def _write_display(dataset: Dataset, source: _Source) -> None:
    """Take over what turns stored values into grey, numbers only: explanations are free text."""
    if source.values.ndim == 3:
        return
    original = source.dataset
    signed = np.issubdtype(source.values.dtype, np.signedinteger)
    modality = _first_table(original, 0x00283000, signed)
    if modality is not None:
        dataset.ModalityLUTSequence = Sequence([_table_item(modality, signed)])
        dataset.ModalityLUTSequence[0].ModalityLUTType = "US"
    else:
        _write_rescale(dataset, original)
    voi = _first_table(original, 0x00283010, signed and modality is None)
    if voi is not None:
        dataset.VOILUTSequence = Sequence([_table_item(voi, voi.first < 0)])
    _write_windows(dataset, original)
    if source.is_inverse and source.photometric == "MONOCHROME2":
        dataset.PresentationLUTShape = "INVERSE"
    for tag in (0x00280120, 0x00280121):
        value = elements.integer(original, tag)
        if value is not None:
            _add_word(dataset, tag, value, signed)


def _write_rescale(dataset: Dataset, original: Dataset) -> None:
    slope, intercept = elements.number(original, 0x00281053), elements.number(original, 0x00281052)
    if slope or intercept:
        dataset.RescaleSlope = f"{slope or 1.0:.12g}"
        dataset.RescaleIntercept = f"{intercept or 0.0:.12g}"
        dataset.RescaleType = "US"


def _write_windows(dataset: Dataset, original: Dataset) -> None:
    windows = pixels.windows_of(original)
    if windows:
        dataset.WindowCenter = [f"{window.centre:.10g}" for window in windows]
        dataset.WindowWidth = [f"{window.width:.10g}" for window in windows]
        if windows[0].function.value != "LINEAR":
            dataset.VOILUTFunction = windows[0].function.value


def _first_table(original: Dataset, tag: int, signed: bool) -> LookUpTable | None:
    tables = (read_table(item, signed) for item in elements.items(original, tag))
    return next((table for table in tables if table is not None), None)


def _table_item(table: LookUpTable, signed: bool) -> Dataset:
    item = Dataset()
    words = np.asarray([len(table.entries) & 0xFFFF, table.first & 0xFFFF, table.bits], dtype=np.uint16)
    if signed:
        item.add_new(0x00283002, "SS", [int(word) for word in words.astype(np.int16)])
    else:
        item.add_new(0x00283002, "US", [int(word) for word in words])
    item.add_new(0x00283006, "OW", table.entries.astype("<u2").tobytes())
    return item


def _add_word(dataset: Dataset, tag: int, value: int, signed: bool) -> None:
    word = np.asarray([value & 0xFFFF], dtype=np.uint16)
    dataset.add_new(tag, "SS" if signed else "US", int(word.astype(np.int16)[0] if signed else word[0]))


def _write_pixels(dataset: Dataset, source: _Source) -> None:
    values = _in_16_bits(source.values)
    samples = 1 if values.ndim == 2 else 3
    dataset.SamplesPerPixel = samples
    dataset.PhotometricInterpretation = source.photometric
    if samples == 3:
        dataset.PlanarConfiguration = 0
    dataset.Rows, dataset.Columns = values.shape[:2]
    dataset.BitsAllocated = 8 * values.dtype.itemsize
    dataset.BitsStored = min(source.stored_bits, dataset.BitsAllocated)
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = int(np.issubdtype(values.dtype, np.signedinteger))
    encoded = encode_pixel_data(
        values.tobytes(),
        rows=dataset.Rows,
        columns=dataset.Columns,
        samples_per_pixel=samples,
        bits_allocated=dataset.BitsAllocated,
        byteorder="<",
    )
    dataset.PixelData = encapsulate([bytes(encoded)])
    dataset["PixelData"].VR = "OB" if dataset.BitsAllocated == 8 else "OW"


def _in_16_bits(values: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return values as stored in 8 or 16 bits, unchanged."""
    if np.issubdtype(values.dtype, np.integer):
        if values.dtype.itemsize <= 2:
            return np.ascontiguousarray(values.astype(values.dtype.newbyteorder("<")))
        for kind in (np.uint16, np.int16):
            if np.iinfo(kind).min <= int(values.min()) and int(values.max()) <= np.iinfo(kind).max:
                return values.astype(kind)
    raise NotExportableError("its stored values do not fit into 16 bits")
