"""The screen of an Xvfb server, read from the file in which it keeps it (an X window dump)."""

import struct
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

DETECTION = (0xF2, 0xB8, 0x4B)
"""Colour of the boxes that the model proposes (``cxr_viewer.ui.palette.DETECTION``)."""

_TOLERANCE = 12


def picture(dump: Path) -> NDArray[np.uint8]:
    """Return the screen as (rows, columns, 3) uint8 RGB; all black before the server has drawn."""
    data = dump.read_bytes()
    # XWDFile.h: 25 words, big-endian.
    words = struct.unpack(">25I", data[:100])
    columns, rows, bits, line, colours = words[4], words[5], words[11], words[12], words[19]
    if bits != 32:
        raise ValueError(f"{dump} has {bits} bits a pixel; start Xvfb with depth 24.")
    begin = words[0] + 12 * colours
    pixels = np.frombuffer(data, np.uint8, rows * line, begin).reshape(rows, line)[:, : 4 * columns]
    return pixels.reshape(rows, columns, 4)[:, :, 2::-1]


def save(dump: Path, png: Path) -> None:
    """Write the screen as PNG."""
    png.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.ascontiguousarray(picture(dump))).save(png)


def box_pixels(image: NDArray[np.uint8]) -> int:
    """Return how many pixels of the middle of the screen, where the radiograph is, have the colour of detections."""
    rows, columns = image.shape[:2]
    middle = image[rows // 5 : rows * 9 // 10, columns // 4 : columns * 3 // 4].astype(np.int16)
    return int((np.abs(middle - DETECTION).max(axis=2) <= _TOLERANCE).sum())


def bright_share(image: NDArray[np.uint8]) -> float:
    """Return the share of pixels that are not black."""
    return float((image.max(axis=2) > 8).mean())


def wait_for(condition: Callable[[], bool], timeout_s: float, step_s: float = 0.25) -> bool:
    """Return whether the condition came true in time."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(step_s)
    return False
