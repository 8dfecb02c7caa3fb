"""Tries every decoder that the program promises, on a tiny ramp in each transfer syntax, in the decoding children."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import uid

from cxr_viewer.dicom.errors import DicomReadError
from cxr_viewer.dicom.pixel_header import DecodedInstance
from cxr_viewer.dicom.plugins import DECODER_DEPENDENCIES, LOSSY, NATIVE
from cxr_viewer.dicom.transfer_syntax import short_name
from cxr_viewer.program.check import Check, Outcome, told_error

ROWS, COLUMNS = 48, 64
PICTURES = ("png", "jpg", "tif")
_LOSSY_SHARE = 1 / 64
"""Of the range of values: a lossy codec of high quality changes a smooth ramp by less."""

Decode = Callable[[Path], DecodedInstance]


def promised() -> tuple[str, ...]:
    """Return the names of the files, one of each kind that the program promises to open."""
    return (*(f"{syntax}.dcm" for syntax in sorted({*NATIVE, *DECODER_DEPENDENCIES})), *(f"ramp.{e}" for e in PICTURES))


def ramp(bits: int) -> NDArray[np.unsignedinteger[Any]]:
    """Return values (48, 64) that rise from the upper left to the lower right over the whole range."""
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    values: NDArray[np.int64] = (x + y) * ((1 << bits) - 1) // (ROWS + COLUMNS - 2)
    return values.astype(np.uint16) if bits > 8 else values.astype(np.uint8)


def check_decoders(decode: Decode, folder: Path) -> Check:
    """Decode every file; blocks, so call it on a pool thread."""
    problems = {name: problem for name in promised() if (problem := _problem(decode, folder / name))}
    count = len(promised())
    if problems:
        words = "; ".join(dict.fromkeys(f"{kind_of(name)}: {problem}" for name, problem in problems.items()))
        return Check("Decoders", Outcome.FAILS, f"{count - len(problems)} of {count} kinds of files. {words}")
    kinds = ", ".join(dict.fromkeys(kind_of(name) for name in promised()))
    return Check("Decoders", Outcome.WORKS, f"all {count} kinds of files ({kinds})")


def kind_of(name: str) -> str:
    """Return what the kind of one of the files is called."""
    stem, _, ending = name.rpartition(".")
    return short_name(stem) if ending == "dcm" else {"png": "PNG", "jpg": "JPEG picture", "tif": "TIFF"}[ending]


def _problem(decode: Decode, path: Path) -> str:
    """Return why a file does not come out as it should, "" when it does."""
    if not path.is_file():
        return "the file for the test is missing; install the program again"
    try:
        values = decode(path).pixels
    except DicomReadError as error:
        return told_error(error, path)
    expected = ramp(8 if path.stem in (uid.JPEGBaseline8Bit, "ramp") else 12)
    if values.shape != expected.shape:
        return "it came out in another size"
    is_lossy = path.stem in LOSSY or path.suffix == ".jpg"
    allowed = float(expected.max()) * _LOSSY_SHARE if is_lossy else 0.0
    wrong = float(np.abs(values.astype(float) - expected).max())
    return f"its values are wrong by {wrong:g}" if wrong > allowed else ""
