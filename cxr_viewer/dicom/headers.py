"""Reads a DICOM file up to its pixel data: quickly, in bounded memory, and whatever the file declares about itself."""

from cxr_viewer.dicom import tolerance  # noqa: F401 # isort: skip  # before pydicom

import io
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.filereader import data_element_generator
from pydicom.tag import BaseTag
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ExplicitVRLittleEndian
from pydicom.uid import ImplicitVRLittleEndian as ImplicitLittle

from cxr_viewer.dicom import elements
from cxr_viewer.dicom.content import DICM, PREAMBLE, encoding_of, starts_like_a_data_set
from cxr_viewer.dicom.errors import CONTENT_ERRORS, DicomReadError

FIRST_READ = 256 * 1024
"""Bytes that hold the header of nearly every radiograph: one read."""

LARGEST_HEADER = 64 * 1024 * 1024
"""More than this before the pixel data is no header (the largest seen carry embedded files of some megabytes)."""

LARGEST_INFLATED = 192 * 1024 * 1024
"""A deflated data set that grows beyond this is a bomb."""

LARGEST_FILE = 1024 * 1024 * 1024
"""Pixel data are read into memory as a whole when they are compressed."""

UNDEFINED_LENGTH = 0xFFFFFFFF
PIXEL_DATA, FLOAT_PIXEL_DATA, DOUBLE_PIXEL_DATA = 0x7FE00010, 0x7FE00008, 0x7FE00009

_TRANSFER_SYNTAX, _MEDIA_STORAGE_CLASS = 0x00020010, 0x00020002
_LONGEST_CHARACTER_SET = 256
_PIXEL_TAGS = frozenset({PIXEL_DATA, FLOAT_PIXEL_DATA, DOUBLE_PIXEL_DATA})


@dataclass(frozen=True, slots=True)
class PixelElement:
    """Where the pixel data of a file stand: tag, VR, stated length and offset of the value in the data set's stream."""

    tag: int
    vr: str | None
    length: int
    offset: int


@dataclass(frozen=True, slots=True)
class DicomHeader:
    """Everything before the pixel data.

    Attributes:
        path: the file.
        dataset: the elements, still raw; read them with `cxr_viewer.dicom.elements`.
        transfer_syntax: UID as declared, or by the encoding found where the file declares none.
        media_class: SOP class of the file meta information, "" without one.
        explicit, little_endian: how the data set is really encoded.
        pixel: the pixel data, None when the file ends before them.
        damage: what is wrong with the data set in words, "" when it is whole.
        size: bytes of the stream that holds the data set: the file, or what inflates out of it.
    """

    path: Path
    dataset: Dataset
    transfer_syntax: str
    media_class: str
    explicit: bool
    little_endian: bool
    pixel: PixelElement | None
    damage: str
    size: int

    @property
    def is_deflated(self) -> bool:
        """Whether the data set is compressed as a whole."""
        return self.transfer_syntax == DeflatedExplicitVRLittleEndian

    @property
    def available_pixel_bytes(self) -> int:
        """Bytes of pixel data that the file really holds."""
        if self.pixel is None:
            return 0
        held = max(self.size - self.pixel.offset, 0)
        return held if self.pixel.length == UNDEFINED_LENGTH else min(held, self.pixel.length)

    def read_pixel_bytes(self, count: int) -> bytes:
        """Return at most `count` bytes of the pixel data's value, as stored."""
        if self.pixel is None:
            return b""
        count = min(count, self.available_pixel_bytes)
        if count > LARGEST_FILE:
            raise DicomReadError(f"the pixel data are larger than {LARGEST_FILE >> 20} MB")
        if self.is_deflated:
            return _inflated(self.path.read_bytes(), _meta_of(self.path)[1], self.pixel.offset + count)[
                self.pixel.offset :
            ]
        with self.path.open("rb") as file:
            file.seek(self.pixel.offset)
            return file.read(count)


def read(path: Path, wanted: Iterable[int] | None = None) -> DicomHeader:
    """Read the header of a DICOM file, with or without preamble and file meta information.

    Args:
        path: a file that `content.recognise` took for DICOM.
        wanted: tags to keep; None keeps everything.

    Raises:
        DicomReadError: nothing in it can be read as DICOM.
        OSError: the file cannot be opened.
    """
    tags = None if wanted is None else tuple(BaseTag(tag) for tag in wanted)
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(FIRST_READ)
        header = _parse(path, head, size, tags)
        if header.pixel is None and size > len(head):
            head += file.read(LARGEST_HEADER - len(head))
            header = _parse(path, head, size, tags)
    return header


def _meta_of(path: Path) -> tuple[Dataset, int]:
    with path.open("rb") as file:
        return _meta(file.read(FIRST_READ))


def _meta(data: bytes) -> tuple[Dataset, int]:
    """Return the file meta information and where the data set begins."""
    start = PREAMBLE + len(DICM) if data[PREAMBLE : PREAMBLE + 4] == DICM else 0
    if data[start : start + 2] != b"\x02\x00":
        return Dataset(), start
    stream = io.BytesIO(data)
    stream.seek(start)
    explicit, _ = encoding_of(data[start : start + 8])
    found, _, _ = _elements(stream, explicit, True, None, last=0x0002FFFF)
    return found, stream.tell()


def _parse(path: Path, data: bytes, size: int, tags: tuple[BaseTag, ...] | None) -> DicomHeader:
    meta, start = _meta(data)
    declared = elements.text(meta, _TRANSFER_SYNTAX)
    if declared == DeflatedExplicitVRLittleEndian:
        # Pixels included, so that the size is known; the whole is bounded.
        packed = path.read_bytes() if size > len(data) else data
        data = _inflated(packed, start, LARGEST_INFLATED)
        start, size = 0, len(data)
    body = data[start : start + 4096]
    if not body:
        raise DicomReadError("the file ends after its first bytes: there is no data set in it")
    if start > 0 and not meta and not starts_like_a_data_set(body):
        raise DicomReadError("it carries the mark of a DICOM file, but what follows is no DICOM data")
    explicit, little = encoding_of(body)
    stream = io.BytesIO(data)
    stream.seek(start)
    dataset, pixel, damage = _elements(stream, explicit, little, tags)
    return DicomHeader(
        path=path,
        dataset=dataset,
        transfer_syntax=declared or _syntax_of(explicit, little),
        media_class=elements.text(meta, _MEDIA_STORAGE_CLASS),
        explicit=explicit,
        little_endian=little,
        pixel=pixel,
        damage=damage,
        size=size,
    )


def _syntax_of(explicit: bool, little: bool) -> str:
    if not little:
        return str(ExplicitVRBigEndian)
    return str(ExplicitVRLittleEndian if explicit else ImplicitLittle)


def _inflated(packed: bytes, start: int, limit: int) -> bytes:
    """Return at most `limit` bytes of a raw deflate stream (PS3.5 A.5)."""
    try:
        data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed[start:], limit + 1)
    except zlib.error as error:
        raise DicomReadError("the deflated data set cannot be inflated") from error
    if limit >= LARGEST_INFLATED and len(data) > limit:
        raise DicomReadError(f"the deflated data set grows beyond {LARGEST_INFLATED >> 20} MB")
    return data[:limit]


def _elements(
    stream: io.BytesIO, explicit: bool, little: bool, tags: tuple[BaseTag, ...] | None, last: int = 0x7FE00010
) -> tuple[Dataset, PixelElement | None, str]:
    """Read elements up to the pixel data or past `last`; return them, the pixel element and what is damaged."""
    found: dict[BaseTag, DataElement | RawDataElement] = {}
    pixel: list[PixelElement] = []

    def at_the_end(tag: BaseTag, vr: str | None, length: int) -> bool:
        if tag == elements.SPECIFIC_CHARACTER_SET and length <= _LONGEST_CHARACTER_SET:
            _mend_character_set(stream, length)
        if tag in _PIXEL_TAGS:
            pixel.append(PixelElement(int(tag), vr, length, stream.tell()))
        return tag in _PIXEL_TAGS or tag > last

    damage = ""
    try:
        for element in data_element_generator(
            stream, not explicit, little, stop_when=at_the_end, specific_tags=list(tags) if tags else None
        ):
            if isinstance(element, RawDataElement) and _is_cut(element):
                damage = "the file is cut off in its header"
                break
            found[element.tag] = element
    except CONTENT_ERRORS:
        damage = "its header is damaged"
    end = stream.tell()
    if not pixel and end > stream.seek(0, io.SEEK_END):
        # Elements that nobody asked for are jumped over, and the jump may lead behind the end.
        damage = damage or "the file is cut off in its header"
    stream.seek(end)
    dataset = Dataset(found)
    dataset.set_original_encoding(not explicit, little)
    return dataset, pixel[0] if pixel else None, damage


def _mend_character_set(stream: io.BytesIO, length: int) -> None:
    """Replace an unknown character set in place: pydicom warns about it while reading, far from where it matters."""
    at = stream.tell()
    raw = stream.read(length)
    stream.seek(at)
    legal = elements.legal_character_set(raw)
    if legal != raw:
        # Writing copies the buffer, so it is done for the illegal ones only.
        stream.write(legal)
        stream.seek(at)


def _is_cut(element: RawDataElement) -> bool:
    defined = element.length != UNDEFINED_LENGTH
    return defined and element.value is not None and len(element.value) < element.length
