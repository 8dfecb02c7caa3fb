"""Decodes one file in this process: stored values, identity, modality LUT and what the display needs to know.

Meant for the child processes of `decoding.DecodingPool`, for training's one-time import and for tests; a program with
a window or an archive before it decodes hostile files in children.
"""

from cxr_viewer.dicom import tolerance  # noqa: F401 # isort: skip  # before pydicom

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.dicom import elements, headers, plugins, raster
from cxr_viewer.dicom.content import DICOM_CONTENTS, HEAD_BYTES, RASTER_CONTENTS, Content, recognise
from cxr_viewer.dicom.errors import CONTENT_ERRORS, DicomReadError
from cxr_viewer.dicom.modality_lut import LookUpTable, ModalityLut, compact, modality_lut, read_table
from cxr_viewer.dicom.pixel_header import DecodedInstance, PixelHeader, VoiLut, Window, WindowFunction
from cxr_viewer.dicom.stored_pixels import PixelLayout, decode_frame

__all__ = [
    "DecodedInstance",
    "DicomReadError",
    "PixelHeader",
    "decode",
    "decode_with_stored",
    "instance_key",
    "windows_of",
]

_MANUFACTURER, _MODEL = 0x00080070, 0x00081090
_CENTRE, _WIDTH, _EXPLANATION, _FUNCTION = 0x00281050, 0x00281051, 0x00281055, 0x00281056
_VOI_SEQUENCE = 0x00283010
_PADDING, _PADDING_LIMIT = 0x00280120, 0x00280121
_SHAPE = 0x20500020
_SPACING, _IMAGER_SPACING, _SCANNED_SPACING = 0x00280030, 0x00181164, 0x00182010
_CALIBRATION = 0x00280A02
_RESCALE_TYPE, _LUT_TYPE, _MODALITY_SEQUENCE = 0x00281054, 0x00283004, 0x00283000
_LOSSY = 0x00282110

_LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601, as JPEG uses it

CALIBRATED, AT_DETECTOR = "calibrated", "at detector"
_CALIBRATIONS = ("GEOMETRY", "FIDUCIAL")


def decode(path: Path, frame: int = 1) -> DecodedInstance:
    """Decode one frame of a DICOM file, or a PNG, JPEG or TIFF.

    Args:
        path: the file; what it holds is told from its content.
        frame: counted from 1.

    Raises:
        DicomReadError: it cannot be decoded; the message is a phrase that names what is wrong.
    """
    try:
        with path.open("rb") as file:
            content = recognise(file.read(HEAD_BYTES))
        if content in RASTER_CONTENTS:
            return _decode_raster(path, content, frame)
        if content not in DICOM_CONTENTS:
            raise DicomReadError(f"it is no DICOM file: {content.value}")
        return decode_with_stored(headers.read(path), frame)[0]
    except DicomReadError:
        raise
    except FileNotFoundError as error:
        raise DicomReadError("the file does not exist") from error
    except OSError as error:
        raise DicomReadError(f"the file cannot be read: {error.strerror or 'input error'}") from error
    except CONTENT_ERRORS as error:
        raise DicomReadError(f"its content is damaged ({type(error).__name__})") from error


def _decode_raster(path: Path, content: Content, frame: int) -> DecodedInstance:
    if frame != 1:
        raise DicomReadError(f"only the first picture of a {content.value} is read, not number {frame}")
    info = raster.read_header(path)
    values = raster.decode(path, content)
    colour = values.ndim == 3
    header = PixelHeader(
        photometric="RGB" if colour else info.photometric.replace("RGB", "MONOCHROME2"),
        is_colour=colour,
        bits_stored=8 * values.dtype.itemsize if info.bits > 1 else 1,
        is_lossy=content is Content.JPEG,
        frames=info.frames,
    )
    key = instance_key(values, header.photometric)
    return DecodedInstance(key, compact(_luma(values) if colour else values), header)


def decode_with_stored(
    file: headers.DicomHeader, frame: int = 1
) -> tuple[DecodedInstance, NDArray[np.generic], PixelLayout]:
    """Decode one frame of a DICOM file whose header has been read whole; also return the stored values and layout.

    Raises:
        DicomReadError: as `decode` does.
    """
    values, layout = decode_frame(file, frame)
    colour = values.ndim == 3
    photometric = "RGB" if colour else layout.photometric
    if not colour and photometric not in ("MONOCHROME1", "MONOCHROME2"):
        photometric = "MONOCHROME2"
    key = instance_key(values, photometric)
    lut = modality_lut(file.dataset, layout.signed)
    shown = _luma(values) if colour else lut.apply(values)
    header = _pixel_header(file, layout, lut, photometric, colour)
    return DecodedInstance(key, compact(shown), header), values, layout


def instance_key(stored: NDArray[np.generic], photometric: str) -> InstanceKey:
    """Return the identity of an image: sha256 over its stored values, their range, its size and its photometric.

    Values count as little-endian 16-bit numbers where they fit, else 32-bit, so that 8-bit files keep their key when
    somebody stores them in 16 bits; whether they are signed is part of it, since -1 and 65535 have the same bits.
    """
    if np.issubdtype(stored.dtype, np.integer):
        low, high = int(stored.min()), int(stored.max())
        fitting = (kind for kind in ("<u2", "<i2", "<i4", "<i8") if _fits(low, high, kind))
        kind = next(fitting)
    else:
        kind = "<f4"
    digest = hashlib.sha256(f"{photometric} {stored.shape} {kind}\n".encode())
    digest.update(np.ascontiguousarray(stored, dtype=kind).data)
    return InstanceKey(digest.hexdigest())


def _fits(low: int, high: int, kind: str) -> bool:
    limits = np.iinfo(np.dtype(kind))
    return bool(limits.min <= low and high <= limits.max)


def _luma(values: NDArray[np.generic]) -> NDArray[np.generic]:
    weighted = np.asarray(values, dtype=np.float32) @ np.asarray(_LUMA, dtype=np.float32)
    kind = values.dtype if np.issubdtype(values.dtype, np.unsignedinteger) else np.dtype(np.uint16)
    return np.asarray(np.rint(weighted), dtype=kind)


def _pixel_header(
    file: headers.DicomHeader, layout: PixelLayout, lut: ModalityLut, photometric: str, colour: bool
) -> PixelHeader:
    dataset = file.dataset
    spacing, basis = _spacing(dataset)
    return PixelHeader(
        photometric=photometric,
        presentation_inverse=not colour and elements.text(dataset, _SHAPE).upper() == "INVERSE",
        is_colour=colour,
        bits_stored=layout.stored,
        windows=() if colour else windows_of(dataset),
        voi_luts=() if colour else _voi_luts(dataset, layout, lut),
        padding=None if colour else _padding(dataset, layout, lut),
        spacing_mm=spacing,
        spacing_basis=basis,
        value_unit=_value_unit(dataset),
        manufacturer=elements.text(dataset, _MANUFACTURER),
        model=elements.text(dataset, _MODEL),
        transfer_syntax_uid=file.transfer_syntax,
        is_lossy=file.transfer_syntax in plugins.LOSSY or elements.text(dataset, _LOSSY) == "01",
        frames=layout.frames,
    )


def windows_of(dataset: Dataset) -> tuple[Window, ...]:
    """Windows with a usable width: at least 1 for LINEAR, above 0 for the others (PS3.3 C.11.2.1.2)."""
    stated = elements.text(dataset, _FUNCTION).upper()
    function = WindowFunction(stated) if stated in WindowFunction.__members__ else WindowFunction.LINEAR
    smallest = 1.0 if function is WindowFunction.LINEAR else np.nextafter(0.0, 1.0)
    centres, widths = elements.numbers(dataset, _CENTRE), elements.numbers(dataset, _WIDTH)
    explanations = elements.texts(dataset, _EXPLANATION)
    return tuple(
        Window(centre, width, function, explanations[index] if index < len(explanations) else "")
        for index, (centre, width) in enumerate(zip(centres, widths, strict=False))
        if width >= smallest
    )


def _voi_luts(dataset: Dataset, layout: PixelLayout, lut: ModalityLut) -> tuple[VoiLut, ...]:
    # The input of the VOI LUT is the output of the modality LUT: unsigned behind a table, else possibly negative.
    signed = lut.table is None and (layout.signed or lut.intercept < 0 or lut.slope < 0)
    tables = (read_table(item, signed) for item in elements.items(dataset, _VOI_SEQUENCE))
    return tuple(_voi_lut(table) for table in tables if table is not None)


def _voi_lut(table: LookUpTable) -> VoiLut:
    return VoiLut(table.first, table.entries, (1 << table.bits) - 1, table.explanation)


def _padding(dataset: Dataset, layout: PixelLayout, lut: ModalityLut) -> tuple[float, float] | None:
    """Range of the padding values in modality units (PS3.3 C.7.5.1.1.2); stored values are masked like the pixels."""
    value = elements.integer(dataset, _PADDING)
    if value is None:
        return None
    limit = elements.integer(dataset, _PADDING_LIMIT)
    ends = np.asarray([value, value if limit is None else limit], dtype=np.int64)
    wrap = 1 << layout.stored
    ends %= wrap
    if layout.signed:
        ends = np.where(ends >= wrap // 2, ends - wrap, ends)
    mapped = lut.apply(ends)
    return float(mapped.min()), float(mapped.max())


def _spacing(dataset: Dataset) -> tuple[tuple[float, float] | None, str]:
    """Pixel spacing in millimetres (rows, columns) and what it is measured at.

    PS3.3 10.7.1.3: Pixel Spacing that differs from Imager Pixel Spacing, or names its calibration, is calibrated to
    the patient; otherwise distances are those at the detector, larger than in the patient. How it was calibrated is
    said where the header says it: by an assumed geometry, or by an object of known size (0028,0A02).
    """
    imager = _pair(elements.numbers(dataset, _IMAGER_SPACING))
    spacing = _pair(elements.numbers(dataset, _SPACING))
    if spacing is None:
        found = imager or _pair(elements.numbers(dataset, _SCANNED_SPACING))
        return found, AT_DETECTOR if found else ""
    calibration = elements.text(dataset, _CALIBRATION).upper()
    if calibration in _CALIBRATIONS:
        return spacing, f"{CALIBRATED} by {calibration.lower()}"
    calibrated = bool(calibration) or (imager is not None and not _same(spacing, imager))
    return spacing, CALIBRATED if calibrated else AT_DETECTOR


def _pair(values: tuple[float, ...]) -> tuple[float, float] | None:
    return (values[0], values[1]) if len(values) == 2 and min(values) > 0 else None


def _same(first: tuple[float, float], second: tuple[float, float]) -> bool:
    return all(abs(a - b) <= 1e-4 * b for a, b in zip(first, second, strict=True))


def _value_unit(dataset: Dataset) -> str:
    for item in elements.items(dataset, _MODALITY_SEQUENCE):
        unit = elements.text(item, _LUT_TYPE)
        return "" if unit.upper() == "US" else unit
    unit = elements.text(dataset, _RESCALE_TYPE)
    return "" if unit.upper() == "US" else unit
