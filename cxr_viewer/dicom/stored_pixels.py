"""Decodes the first frame of a DICOM file to its stored values, with every claim of the header checked beforehand."""

from cxr_viewer.dicom import tolerance  # noqa: F401 # isort: skip  # before pydicom

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import uid
from pydicom.encaps import get_frame
from pydicom.pixels.processing import apply_color_lut

from cxr_viewer.dicom import elements, plugins
from cxr_viewer.dicom.errors import CONTENT_ERRORS, DicomReadError
from cxr_viewer.dicom.headers import DOUBLE_PIXEL_DATA, FLOAT_PIXEL_DATA, LARGEST_FILE, UNDEFINED_LENGTH, DicomHeader
from cxr_viewer.dicom.raster import grey_where_equal
from cxr_viewer.dicom.size_limits import refuse_implausible_size

_SAMPLES, _PHOTOMETRIC, _PLANAR, _FRAMES = 0x00280002, 0x00280004, 0x00280006, 0x00280008
_ROWS, _COLUMNS = 0x00280010, 0x00280011
_ALLOCATED, _STORED, _HIGH_BIT, _REPRESENTATION = 0x00280100, 0x00280101, 0x00280102, 0x00280103
_OFFSETS, _LENGTHS = 0x7FE00001, 0x7FE00002

_FLOAT_BITS = {FLOAT_PIXEL_DATA: 32, DOUBLE_PIXEL_DATA: 64}
_KEYWORDS = {FLOAT_PIXEL_DATA: "FloatPixelData", DOUBLE_PIXEL_DATA: "DoubleFloatPixelData"}


@dataclass(frozen=True, slots=True)
class PixelLayout:
    """What the header says about the pixels, checked for plausibility and completed where it may be silent."""

    rows: int
    columns: int
    samples: int
    photometric: str
    planar: int
    frames: int
    allocated: int
    stored: int
    high_bit: int
    signed: bool
    keyword: str

    @property
    def frame_bytes(self) -> int:
        """Bytes of one uncompressed frame."""
        samples = 2 if self.photometric == "YBR_FULL_422" else self.samples
        return (self.rows * self.columns * samples * self.allocated + 7) // 8


def layout_of(header: DicomHeader) -> PixelLayout:
    """Read the layout of the pixels.

    Raises:
        DicomReadError: something that cannot be guessed is missing or impossible.
    """
    dataset = header.dataset
    rows, columns = elements.integer(dataset, _ROWS), elements.integer(dataset, _COLUMNS)
    if rows is None or columns is None:
        names = (("Rows", rows), ("Columns", columns), ("Pixel Data", header.pixel))
        missing = ", ".join(name for name, value in names if value is None)
        raise DicomReadError(_because(f"its header has no {missing}", header))
    refuse_implausible_size(rows, columns)
    tag = header.pixel.tag if header.pixel is not None else 0
    samples = elements.integer(dataset, _SAMPLES) or 1
    allocated = _FLOAT_BITS.get(tag) or _allocated(header, rows * columns * samples)
    stored = elements.integer(dataset, _STORED) or allocated
    if samples not in (1, 3) or not 0 < stored <= allocated:
        raise DicomReadError(
            f"its header claims {samples} samples per pixel with {stored} of {allocated} bits, which no image has"
        )
    high_bit = elements.integer(dataset, _HIGH_BIT)
    usable = high_bit is not None and stored - 1 <= high_bit < allocated
    return PixelLayout(
        rows=rows,
        columns=columns,
        samples=samples,
        photometric=elements.text(dataset, _PHOTOMETRIC).upper() or ("MONOCHROME2" if samples == 1 else "RGB"),
        planar=elements.integer(dataset, _PLANAR) or 0,
        frames=max(elements.integer(dataset, _FRAMES) or 1, 1),
        allocated=allocated,
        stored=stored,
        high_bit=high_bit if usable and high_bit is not None else stored - 1,
        signed=elements.integer(dataset, _REPRESENTATION) == 1,
        keyword=_KEYWORDS.get(tag, "PixelData"),
    )


def _allocated(header: DicomHeader, samples: int) -> int:
    """Bits Allocated, or what the length of uncompressed pixel data leaves as the only possibility."""
    stated = elements.integer(header.dataset, _ALLOCATED)
    if stated is None and header.pixel is not None and header.pixel.length != UNDEFINED_LENGTH:
        stated = {samples: 8, 2 * samples: 16}.get(header.pixel.length - header.pixel.length % 2)
    if stated is None:
        raise DicomReadError(_because("its header has no Bits Allocated", header))
    if stated not in (1, 8, 16, 32, 64):
        raise DicomReadError(f"its header claims {stated} bits per stored value, which cannot be decoded")
    return stated


def pixel_problem(header: DicomHeader, layout: PixelLayout) -> str:
    """Return what is wrong with the pixel data as far as it shows without decoding, "" when nothing is."""
    size = f"{layout.columns} x {layout.rows}"
    if header.pixel is None:
        return _because(f"its header announces {size} pixels, but there is no pixel data", header)
    available = header.available_pixel_bytes
    if available == 0:
        return f"its header announces {size} pixels, but the pixel data are empty"
    if header.transfer_syntax in plugins.NATIVE:
        if header.pixel.length == UNDEFINED_LENGTH:
            return "its pixel data are compressed, but its transfer syntax says that they are not"
        if available < layout.frame_bytes:
            return f"the pixel data are cut off: {available} of {layout.frame_bytes} bytes for {size} pixels"
    return ""


def _because(problem: str, header: DicomHeader) -> str:
    return f"{problem} ({header.damage})" if header.damage else problem


def decode_frame(header: DicomHeader, frame: int = 1) -> tuple[NDArray[np.generic], PixelLayout]:
    """Decode one frame.

    Args:
        header: of the file, read with all its tags.
        frame: counted from 1.

    Returns:
        The stored values, masked to the bits stored and with the right sign: (rows, columns); or (rows, columns, 3)
        RGB for an image that has colour. And the layout.

    Raises:
        DicomReadError: with a phrase that names what is wrong.
    """
    layout = layout_of(header)
    problem = pixel_problem(header, layout)
    if problem:
        raise DicomReadError(problem)
    if not 1 <= frame <= layout.frames:
        raise DicomReadError(f"it has {layout.frames} frame(s), so no frame {frame}")
    try:
        values = _decoded(header, layout, frame - 1)
    except DicomReadError:
        raise
    except CONTENT_ERRORS as error:
        raise DicomReadError(f"its pixel data are damaged: {_cause(error)}") from error
    if layout.photometric == "PALETTE COLOR":
        values = _through_palette(values, header)
    return grey_where_equal(values), layout


def _cause(error: BaseException) -> str:
    """The decoder's own words on one line; pydicom wraps them in a list of plugins."""
    if isinstance(error, MemoryError):
        return "it needs more memory than is allowed"
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = lines[-1] if lines else type(error).__name__
    for name in (plugins.NAME, plugins.RLE_NAME):
        said = said.removeprefix(f"{name}: ")
    return said[:200]


def _decoded(header: DicomHeader, layout: PixelLayout, index: int) -> NDArray[np.generic]:
    native = header.transfer_syntax in plugins.NATIVE
    # Which of the uncompressed syntaxes it is follows from the bytes found, not from what is declared.
    syntax = header.transfer_syntax
    if native:
        syntax = str(uid.ExplicitVRLittleEndian if header.little_endian else uid.ExplicitVRBigEndian)
    decoder, plugin = plugins.decoder_of(syntax)
    source = _native_source(header, layout, index) if native else _first_frame_source(header, layout, index)
    options: dict[str, Any] = {
        "transfer_syntax_uid": uid.UID(syntax),
        "rows": layout.rows,
        "columns": layout.columns,
        "samples_per_pixel": layout.samples,
        "photometric_interpretation": _colour_space(source, layout) if not native else layout.photometric,
        "planar_configuration": layout.planar,
        "pixel_representation": int(layout.signed),
        "bits_allocated": layout.allocated,
        "bits_stored": layout.stored,
        "number_of_frames": 1,
        "pixel_keyword": layout.keyword,
        "pixel_vr": (header.pixel.vr if header.pixel is not None else None) or "OW",
        "correct_unused_bits": False,
    }
    values, _ = decoder.as_array(source, index=0, raw=layout.samples == 1, decoding_plugin=plugin, **options)
    return _without_unused_bits(values, header.transfer_syntax, layout)


def _native_source(header: DicomHeader, layout: PixelLayout, index: int) -> bytes:
    if layout.allocated == 1:
        # Frames of single bits do not begin on a byte; only the first one does.
        return header.read_pixel_bytes(layout.frame_bytes)
    data = header.read_pixel_bytes((index + 1) * layout.frame_bytes + 1)[index * layout.frame_bytes :]
    if len(data) < layout.frame_bytes:
        raise DicomReadError(f"the pixel data are cut off: {len(data)} of {layout.frame_bytes} bytes of the frame")
    return data[: layout.frame_bytes + layout.frame_bytes % 2]


def _first_frame_source(header: DicomHeader, layout: PixelLayout, index: int) -> bytes:
    """Return one compressed frame, encapsulated alone (PS3.5 A.4)."""
    encapsulated = header.read_pixel_bytes(LARGEST_FILE)
    offsets, _ = elements.raw_bytes(header.dataset, _OFFSETS)
    lengths, _ = elements.raw_bytes(header.dataset, _LENGTHS)
    table = (offsets, lengths) if offsets and lengths else None
    frame = get_frame(encapsulated, index, number_of_frames=layout.frames, extended_offsets=table)
    padded = frame + b"\0" * (len(frame) % 2)
    return b"\xfe\xff\x00\xe0\0\0\0\0\xfe\xff\x00\xe0" + len(padded).to_bytes(4, "little") + padded


def _colour_space(source: bytes, layout: PixelLayout) -> str:
    """What a compressed colour frame says of itself: pydicom complains where header and JFIF marker differ."""
    return "YBR_FULL" if layout.samples == 3 and b"JFIF\0" in source[:64] else layout.photometric


def _without_unused_bits(values: NDArray[np.generic], transfer_syntax: str, layout: PixelLayout) -> NDArray[np.generic]:
    """Keep the bits stored, sign included; what stands in the others (overlays, junk) is no pixel (PS3.5 8.1.1)."""
    if not np.issubdtype(values.dtype, np.integer) or layout.allocated == 1 or layout.stored == layout.allocated:
        return values
    low = -(1 << (layout.stored - 1)) if layout.signed else 0
    high = low + (1 << layout.stored) - 1
    if transfer_syntax in plugins.LOSSY and not (layout.signed and values.min() >= 0 and values.max() > high):
        return np.asarray(np.clip(values, low, high))
    # What is left: signed values that a codestream without signs holds as large ones, and values of lossless files.
    bits = 8 * values.dtype.itemsize
    if transfer_syntax in plugins.NATIVE:
        values = np.left_shift(values, bits - 1 - layout.high_bit)
    else:
        values = np.left_shift(values, bits - layout.stored)
    return np.asarray(np.right_shift(values, bits - layout.stored))


def _through_palette(values: NDArray[np.generic], header: DicomHeader) -> NDArray[np.generic]:
    try:
        return np.asarray(apply_color_lut(values, header.dataset))
    except CONTENT_ERRORS:
        # The colours of an image without a usable palette are lost; its indices still show what it is.
        return values
