"""Small pictures for the report: what the detector saw, as a data URI."""

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

THUMBNAIL_SIDE = 320
"""Longest side in pixels: sharp enough to judge where a box lies, about 10 kB."""

_QUALITY = 80


def data_uri(image: NDArray[np.uint8]) -> str:
    """Return a JPEG of an image (rows, columns) uint8, its longest side at most THUMBNAIL_SIDE pixels."""
    small = Image.fromarray(image)
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.BOX, reducing_gap=1.0)
    stream = io.BytesIO()
    small.save(stream, "JPEG", quality=_QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode("ascii")
