"""Applies the modality LUT (PS3.3 C.11.1) and reads look-up tables out of a dataset."""

from cxr_viewer.dicom import tolerance  # noqa: F401 # isort: skip  # before pydicom

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from cxr_viewer.dicom import elements

_SLOPE, _INTERCEPT = 0x00281053, 0x00281052
_MODALITY_SEQUENCE = 0x00283000
_DESCRIPTOR, _DATA, _EXPLANATION = 0x00283002, 0x00283006, 0x00283003

_LARGEST_EXACT = float(2**31 - 1)


@dataclass(frozen=True, slots=True, eq=False)
class LookUpTable:
    """First value mapped, entries (N,) uint16, bits per entry and explanation of one LUT of a dataset."""

    first: int
    entries: NDArray[np.uint16]
    bits: int
    explanation: str

    def apply(self, values: NDArray[np.generic]) -> NDArray[np.generic]:
        """Map values of any shape; those outside take the first or last entry."""
        index = np.clip(np.asarray(values, dtype=np.int64) - self.first, 0, len(self.entries) - 1)
        return self.entries[index]


def read_table(item: Dataset, signed: bool) -> LookUpTable | None:
    """Read one item of a LUT sequence, None when it is unusable.

    Args:
        item: of a Modality LUT Sequence or VOI LUT Sequence.
        signed: whether the input values are signed; the first value mapped follows them (PS3.3 C.11.1.1).
    """
    descriptor, little = elements.raw_bytes(item, _DESCRIPTOR)
    data, data_little = elements.raw_bytes(item, _DATA)
    if len(descriptor) != 6 or not data:
        return None
    order = "<" if little else ">"
    words = np.frombuffer(descriptor, f"{order}u2")
    count = int(words[0]) or 1 << 16
    signed = signed or elements.vr(item, _DESCRIPTOR) == "SS"
    first = int(words[1].astype(np.int16)) if signed else int(words[1])
    entries = _entries(data, count, "<u2" if data_little else ">u2")
    if entries.size == 0:
        return None
    # Some state more bits, or fewer, than their entries have.
    bits = min(max(int(words[2]), int(entries.max()).bit_length(), 1), 16)
    return LookUpTable(first, entries, bits, elements.text(item, _EXPLANATION))


def _entries(data: bytes, count: int, words: str) -> NDArray[np.uint16]:
    """Entries of two bytes each, or of one byte where the data have just enough of those (PS3.3 C.11.1.1.1)."""
    if len(data) >= 2 * count:
        return np.frombuffer(data, words, count).astype(np.uint16)
    if count <= len(data) <= count + 1:
        return np.frombuffer(data, np.uint8, count).astype(np.uint16)
    return np.frombuffer(data, words, len(data) // 2).astype(np.uint16)


@dataclass(frozen=True, slots=True, eq=False)
class ModalityLut:
    """The modality LUT of a dataset as a function, with what the padding and the VOI need to know about it."""

    apply: Callable[[NDArray[np.generic]], NDArray[np.generic]]
    table: LookUpTable | None
    slope: float
    intercept: float


def modality_lut(dataset: Dataset, signed: bool) -> ModalityLut:
    """Return the modality LUT of a dataset: a table, else rescale slope and intercept, else identity.

    A table wins over a rescale that stands beside it, which the standard forbids. A slope of 0 would erase the image
    and means that nobody filled it in.
    """
    for item in elements.items(dataset, _MODALITY_SEQUENCE):
        table = read_table(item, signed)
        if table is not None:
            return ModalityLut(table.apply, table, 1.0, 0.0)
    slope = elements.number(dataset, _SLOPE) or 1.0
    intercept = elements.number(dataset, _INTERCEPT) or 0.0

    def rescale(values: NDArray[np.generic]) -> NDArray[np.generic]:
        return _rescaled(values, slope, intercept)

    return ModalityLut(rescale, None, slope, intercept)


def _rescaled(values: NDArray[np.generic], slope: float, intercept: float) -> NDArray[np.generic]:
    if slope == 1.0 and intercept == 0.0:
        return values
    whole = slope == int(slope) and intercept == int(intercept) and np.issubdtype(values.dtype, np.integer)
    if whole and max(abs(slope), abs(intercept)) <= _LARGEST_EXACT:
        return np.asarray(values, dtype=np.int64) * int(slope) + int(intercept)
    return np.asarray(values, dtype=np.float64) * slope + intercept


def compact(values: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return values as uint16, int16 or int32, the first of them that holds all, else as float32."""
    if np.issubdtype(values.dtype, np.integer):
        if values.dtype in (np.uint8, np.uint16):
            return values.astype(np.uint16, copy=False)
        low, high = int(values.min()), int(values.max())
        for kind in (np.uint16, np.int16, np.int32):
            if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max:
                return values.astype(kind)
    return values.astype(np.float32)
