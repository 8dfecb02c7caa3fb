"""PNG, JPEG and TIFF: header and pixels, by content and not by name.

Orientation tags (EXIF) are ignored on purpose: boxes live in the pixels as stored.
"""

from dataclasses import dataclass
from pathlib import Path

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cxr_viewer.dicom.content import Content
from cxr_viewer.dicom.errors import CONTENT_ERRORS, DicomReadError
from cxr_viewer.dicom.size_limits import refuse_implausible_size

_WHITE_IS_ZERO = 0  # TIFF 6.0, PhotometricInterpretation (262)
_PALETTE = 3
_PHOTOMETRIC_TAG = 262
_FORMATS = ("PNG", "JPEG", "TIFF", "MPO")  # MPO: JPEG with further pictures behind the first


@dataclass(frozen=True, slots=True)
class RasterHeader:
    """What the header of a raster file says.

    Attributes:
        rows, columns: size in pixels.
        samples: channels, alpha included.
        bits: per sample.
        photometric: MONOCHROME1 (TIFF "white is zero"), MONOCHROME2 or RGB.
        frames: pages of a TIFF; the first is the image.
    """

    rows: int
    columns: int
    samples: int
    bits: int
    photometric: str
    frames: int


def read_header(path: Path) -> RasterHeader:
    """Read the header of a PNG, JPEG or TIFF.

    Raises:
        DicomReadError: it is damaged, or claims a size that no radiograph has.
    """
    try:
        with Image.open(path, formats=_FORMATS) as image:
            columns, rows = image.size
            samples = len(image.getbands())
            bits = _BITS.get(image.mode, 8)
            grey = samples == 1 and image.mode != "P"
            inverted = grey and getattr(image, "tag_v2", {}).get(_PHOTOMETRIC_TAG) == _WHITE_IS_ZERO
            frames = int(getattr(image, "n_frames", 1)) if image.format == "TIFF" else 1
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DicomReadError("it claims more pixels than any radiograph has") from error
    except CONTENT_ERRORS as error:
        raise DicomReadError("it begins like a PNG, JPEG or TIFF image, but its header is damaged") from error
    refuse_implausible_size(rows, columns)
    photometric = ("MONOCHROME1" if inverted else "MONOCHROME2") if grey else "RGB"
    return RasterHeader(rows, columns, samples, bits, photometric, frames)


_BITS = {"1": 1, "I;16": 16, "I;16B": 16, "I;16L": 16, "I": 32, "F": 32}


def decode(path: Path, content: Content) -> NDArray[np.generic]:
    """Decode the first image of a file: (rows, columns), or (rows, columns, 3) when it has colour to show.

    Alpha is dropped, and channels that are all equal are one grey image: public archives store some of their
    radiographs as RGB or RGBA.

    Raises:
        DicomReadError: the pixels cannot be decoded.
    """
    header = read_header(path)
    try:
        values = _decoded(path, content)
    except CONTENT_ERRORS as error:
        raise DicomReadError(f"its pixels cannot be decoded ({error})") from error
    if values.shape[:2] != (header.rows, header.columns):
        raise DicomReadError(
            f"its header says {header.columns} x {header.rows} pixels, the data hold "
            f"{values.shape[1]} x {values.shape[0]}"
        )
    return grey_where_equal(values.view(np.uint8) if values.dtype == np.bool_ else values)


def _decoded(path: Path, content: Content) -> NDArray[np.generic]:
    data = path.read_bytes()
    if content is Content.TIFF:
        with Image.open(path, formats=_FORMATS) as image:
            photometric = getattr(image, "tag_v2", {}).get(_PHOTOMETRIC_TAG)
            if photometric == _PALETTE:
                return np.asarray(image.convert("RGB"))
        values = imagecodecs.tiff_decode(data)
        separate = values.ndim == 3 and values.shape[0] in (3, 4) and values.shape[2] > 4
        return np.moveaxis(values, 0, -1) if separate else np.asarray(values)
    decoder = imagecodecs.png_decode if content is Content.PNG else imagecodecs.jpeg8_decode
    return np.asarray(decoder(data))


def grey_where_equal(values: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return (rows, columns) where the colour channels are equal, else the three of them."""
    if values.ndim == 2:
        return values
    channels = values.shape[2]
    if channels < 3:
        return np.ascontiguousarray(values[:, :, 0])
    red, green, blue = values[:, :, 0], values[:, :, 1], values[:, :, 2]
    if np.array_equal(red, green) and np.array_equal(green, blue):
        return np.ascontiguousarray(red)
    return np.ascontiguousarray(values[:, :, :3])
