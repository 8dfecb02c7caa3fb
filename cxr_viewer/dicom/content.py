"""Tells from the first bytes of a file what it holds; names and suffixes are only asked what it claims to be."""

from cxr_viewer.dicom import tolerance  # noqa: F401 # isort: skip  # before pydicom

from enum import Enum
from pathlib import Path
from typing import Literal

from pydicom.valuerep import STANDARD_VR

HEAD_BYTES = 2048
"""How much of a file `recognise` needs."""

PREAMBLE = 128
DICM = b"DICM"


class Content(Enum):
    """What a file holds; the value says it in words."""

    DICOM = "DICOM file"
    HEADLESS_DICOM = "DICOM data set without a file header"
    PNG = "PNG image"
    JPEG = "JPEG image"
    TIFF = "TIFF image"
    EMPTY = "empty file"
    HTML = "web page (HTML)"
    XML = "XML text"
    PDF = "PDF document"
    ZIP = "ZIP archive"
    GZIP = "gzip archive"
    GIF = "GIF image"
    BMP = "BMP image"
    NUMPY = "NumPy array"
    NIFTI = "NIfTI image"
    JPEG2000 = "bare JPEG 2000 image"
    EXECUTABLE = "program"
    TEXT = "text"
    UNKNOWN = "unknown content"


DICOM_CONTENTS = frozenset({Content.DICOM, Content.HEADLESS_DICOM})
RASTER_CONTENTS = frozenset({Content.PNG, Content.JPEG, Content.TIFF})

_IMAGE_SUFFIXES = frozenset({".dcm", ".dicom", ".dic", ".ima", ".png", ".jpg", ".jpeg", ".tif", ".tiff"})

_MAGIC: tuple[tuple[bytes, Content], ...] = (
    (b"\x89PNG\r\n\x1a\n", Content.PNG),
    (b"\xff\xd8\xff", Content.JPEG),
    (b"II*\0", Content.TIFF),
    (b"MM\0*", Content.TIFF),
    (b"II+\0", Content.TIFF),
    (b"MM\0+", Content.TIFF),
    (b"%PDF", Content.PDF),
    (b"PK\x03\x04", Content.ZIP),
    (b"PK\x05\x06", Content.ZIP),
    (b"\x1f\x8b", Content.GZIP),
    (b"GIF8", Content.GIF),
    (b"BM", Content.BMP),
    (b"\x93NUMPY", Content.NUMPY),
    (b"\0\0\0\x0cjP  ", Content.JPEG2000),
    (b"\xff\x4f\xff\x51", Content.JPEG2000),
    (b"\x7fELF", Content.EXECUTABLE),
    (b"MZ", Content.EXECUTABLE),
)

_VRS = frozenset(str(vr).encode() for vr in STANDARD_VR)
_LONG_VRS = frozenset({b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"})
_UNDEFINED = 0xFFFFFFFF
_FIRST_GROUPS = frozenset({0x0002, 0x0008})
_LONGEST_FIRST_ELEMENT = 4096


def recognise(head: bytes) -> Content:
    """Return what the first bytes of a file say that it holds."""
    if not head:
        return Content.EMPTY
    if head[PREAMBLE : PREAMBLE + 4] == DICM:
        # Asked before the magics: the preamble may hold a TIFF or program header of its own.
        return Content.DICOM
    if head[344:348] in (b"n+1\0", b"ni1\0"):
        return Content.NIFTI
    for magic, content in _MAGIC:
        if head.startswith(magic):
            return content
    return Content.HEADLESS_DICOM if starts_like_a_data_set(head) else _textual(head)


def claims_to_be_an_image(path: Path) -> bool:
    """Whether the suffix promises an image."""
    return path.suffix.lower() in _IMAGE_SUFFIXES


def starts_like_a_data_set(data: bytes) -> bool:
    """Whether two data elements of a DICOM or ACR-NEMA data set stand at the start, in ascending order.

    One element is not enough: random bytes and text pass as one too easily, which is why pydicom's ``force`` "reads"
    web pages.
    """
    explicit, little = encoding_of(data)
    first = _element(data, 0, explicit, little)
    if first is None or first[0] >> 16 not in _FIRST_GROUPS or first[1] - 8 > _LONGEST_FIRST_ELEMENT:
        return False
    if first[1] >= len(data):
        return False
    second = _element(data, first[1], explicit, little)
    return second is not None and first[0] < second[0]


def encoding_of(data: bytes) -> tuple[bool, bool]:
    """Guess (explicit VR, little endian) from the first element, whatever a header declares."""
    explicit = data[4:6] in _VRS
    little = int.from_bytes(data[0:2], "little") <= int.from_bytes(data[0:2], "big")
    return explicit, little


def _element(data: bytes, start: int, explicit: bool, little: bool) -> tuple[int, int] | None:
    """Return (tag, offset of the next element) of the element at an offset, None when there is none."""
    header = data[start : start + 12]
    if len(header) < 8:
        return None
    order: Literal["little", "big"] = "little" if little else "big"
    tag = int.from_bytes(header[0:2], order) << 16 | int.from_bytes(header[2:4], order)
    if not explicit:
        length, used = int.from_bytes(header[4:8], order), 8
    elif header[4:6] not in _VRS:
        return None
    elif header[4:6] in _LONG_VRS:
        length, used = int.from_bytes(header[8:12], order), 12
    else:
        length, used = int.from_bytes(header[6:8], order), 8
    if length == _UNDEFINED:
        length = 0
    return tag, start + used + length


def _textual(head: bytes) -> Content:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")) or (start.startswith(b"<") and b"<html" in start):
        return Content.HTML
    if start.startswith(b"<?xml"):
        return Content.XML
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) and len(head) % 2 == 0:
        return Content.TEXT
    printable = sum(byte in _PRINTABLE or byte >= 0x80 for byte in head)
    try:
        # The head may end within a character.
        head[: max(len(head) - 3, 1)].decode("utf-8")
    except UnicodeDecodeError:
        return Content.TEXT if head.isascii() else Content.UNKNOWN
    return Content.TEXT if printable == len(head) else Content.UNKNOWN


_PRINTABLE = frozenset(range(0x20, 0x7F)) | frozenset(b"\t\r\n\f\x1b")
