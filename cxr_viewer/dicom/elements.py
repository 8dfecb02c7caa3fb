"""Reads single values out of a dataset without trusting its VRs, its character sets or its lengths."""

from cxr_viewer.dicom import tolerance  # noqa: F401 # isort: skip  # before pydicom

import math
import re
import struct
from collections.abc import Sequence

from pydicom.charset import decode_bytes, python_encoding
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset

from cxr_viewer.dicom.errors import CONTENT_ERRORS

_BINARY_NUMBERS = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "FL": "f", "FD": "d", "UV": "Q", "SV": "q"}
_ESCAPE = b"\x1b"
_DELIMITERS = {ord(sign) for sign in "\\^=\r\n\f"}
SPECIFIC_CHARACTER_SET = 0x00080005


def text(dataset: Dataset, tag: int) -> str:
    """Return the value as text, several values joined by a backslash, "" when there is none."""
    raw = _bytes(dataset, tag)
    return "" if raw is None else _decode(raw, dataset).strip(" \0\t\r\n")


def texts(dataset: Dataset, tag: int) -> tuple[str, ...]:
    """Return the values as texts, () when there is none."""
    joined = text(dataset, tag)
    return tuple(part.strip(" \0") for part in joined.split("\\")) if joined else ()


def numbers(dataset: Dataset, tag: int) -> tuple[float, ...]:
    """Return the finite numbers of a value, whether stored as binary or as text; () where one cannot be read."""
    raw = _bytes(dataset, tag)
    if not raw:
        return ()
    element = _element(dataset, tag)
    code = _BINARY_NUMBERS.get(_vr(element, tag))
    if code:
        found = _binary_numbers(raw, code, _is_little(element))
        if found:
            return found
    return _text_numbers(raw)


def number(dataset: Dataset, tag: int) -> float | None:
    """Return the first number of a value, None when there is none."""
    found = numbers(dataset, tag)
    return found[0] if found else None


def integer(dataset: Dataset, tag: int) -> int | None:
    """Return the first number of a value as an integer, None when there is none or it has a fraction."""
    found = number(dataset, tag)
    return int(found) if found is not None and found == int(found) else None


def items(dataset: Dataset, tag: int) -> Sequence[Dataset]:
    """Return the items of a sequence, () when there is none or it cannot be parsed."""
    try:
        value: object = dataset[tag].value if tag in dataset else None
    except CONTENT_ERRORS:
        return ()
    if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
        return ()
    return [item for item in value if isinstance(item, Dataset)]


def raw_bytes(dataset: Dataset, tag: int) -> tuple[bytes, bool]:
    """Return a value as stored and whether it is little endian; (b"", True) when there is none."""
    return _bytes(dataset, tag) or b"", _is_little(_element(dataset, tag))


def vr(dataset: Dataset, tag: int) -> str:
    """Return the VR that the file states, else the dictionary's, "UN" when nobody knows."""
    return _vr(_element(dataset, tag), tag)


def _vr(element: object, tag: int) -> str:
    stated = getattr(element, "VR", None)
    if stated and stated != "UN":
        return str(stated)
    try:
        return str(dictionary_VR(tag)).split(" or ")[0]
    except KeyError:
        return "UN"


def legal_character_set(raw: bytes) -> bytes:
    """Return a Specific Character Set of the same length that pydicom takes without complaint: blank when unknown."""
    mended = re.sub(rb"ISO[- ]IR", b"ISO_IR", raw)
    names = [name.strip(b" \0").decode("ascii", "replace") for name in mended.split(b"\\")]
    extended = all(name.startswith("ISO 2022") for name in names[1:])
    first_fits = len(names) == 1 or not names[0] or names[0].startswith("ISO 2022")
    known = all(name in python_encoding for name in names)
    return mended if known and extended and first_fits else b" " * len(raw)


def _element(dataset: Dataset, tag: int) -> RawDataElement | DataElement | None:
    return dataset.get_item(tag) if tag in dataset else None


def _is_little(element: RawDataElement | DataElement | None) -> bool:
    return element.is_little_endian if isinstance(element, RawDataElement) else True


def _bytes(dataset: Dataset, tag: int) -> bytes | None:
    element = _element(dataset, tag)
    if isinstance(element, RawDataElement):
        return element.value
    value: object = element.value if element is not None else None
    if element is None or value is None:
        return None
    if isinstance(value, bytes):
        return value
    values = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    if element.VR in _BINARY_NUMBERS:
        return struct.pack(f"<{len(values)}{_BINARY_NUMBERS[element.VR]}", *values)
    return "\\".join(str(part) for part in values).encode("utf-8", "surrogateescape")


def _binary_numbers(raw: bytes, code: str, little: bool) -> tuple[float, ...]:
    size = struct.calcsize(code)
    if len(raw) % size:
        return ()
    values = struct.unpack(f"{'<' if little else '>'}{len(raw) // size}{code}", raw)
    return values if all(math.isfinite(value) for value in values) else ()


def _text_numbers(raw: bytes) -> tuple[float, ...]:
    found = []
    for part in raw.decode("ascii", "replace").strip(" \0").split("\\"):
        try:
            # A decimal comma is illegal but unmistakable.
            value = float(part.strip(" \0").replace(",", "."))
        except ValueError:
            return ()
        if not math.isfinite(value):
            return ()
        found.append(value)
    return tuple(found)


def _decode(raw: bytes, dataset: Dataset) -> str:
    if raw.isascii() and _ESCAPE not in raw:
        return raw.decode("ascii")
    encodings = _encodings(dataset)
    if len(encodings) > 1 or _ESCAPE in raw:
        try:
            return decode_bytes(raw, encodings, _DELIMITERS)
        except CONTENT_ERRORS:
            pass
    for encoding in dict.fromkeys((*encodings, "utf-8")):
        try:
            return raw.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("latin-1")


def _encodings(dataset: Dataset) -> list[str]:
    value = getattr(_element(dataset, SPECIFIC_CHARACTER_SET), "value", None)
    names = value.decode("ascii", "replace") if isinstance(value, bytes) else "\\".join(_as_list(value))
    known = [python_encoding.get(name.strip(" \0"), "") for name in names.split("\\")]
    return [encoding for encoding in known if encoding] or ["iso8859"]


def _as_list(value: object) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else [str(part) for part in value] if isinstance(value, Sequence) else []
