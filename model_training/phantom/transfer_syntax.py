"""Lossless encodings of a phantom's pixels, by the names the command line uses."""

from collections.abc import Callable
from typing import Literal, get_args

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

TransferSyntax = Literal["explicit", "rle", "jpeg-lossless", "jpeg-ls", "jpeg-2000"]
TRANSFER_SYNTAXES: tuple[TransferSyntax, ...] = get_args(TransferSyntax)

UIDS: dict[TransferSyntax, UID] = {
    "explicit": ExplicitVRLittleEndian,
    "rle": RLELossless,
    "jpeg-lossless": JPEGLosslessSV1,
    "jpeg-ls": JPEGLSLossless,
    "jpeg-2000": JPEG2000Lossless,
}


def _jpeg_lossless(pixels: NDArray[np.uint16], bits: int) -> bytes:
    # not imagecodecs.ljpeg_encode: it uses predictor 6, which .70 (first-order prediction) does not allow
    return bytes(imagecodecs.jpeg8_encode(pixels, lossless=True, predictor=1, bitspersample=bits))


def _jpeg_ls(pixels: NDArray[np.uint16], bits: int) -> bytes:
    return bytes(imagecodecs.jpegls_encode(pixels, level=0))


def _jpeg_2000(pixels: NDArray[np.uint16], bits: int) -> bytes:
    return bytes(
        imagecodecs.jpeg2k_encode(pixels, level=0, codecformat="j2k", bitspersample=bits, reversible=True, mct=False)
    )


_ENCODERS: dict[TransferSyntax, Callable[[NDArray[np.uint16], int], bytes]] = {
    "jpeg-lossless": _jpeg_lossless,
    "jpeg-ls": _jpeg_ls,
    "jpeg-2000": _jpeg_2000,
}


def set_pixels(dataset: Dataset, pixels: NDArray[np.uint16], transfer_syntax: TransferSyntax) -> None:
    """Put (rows, columns) stored values into a dataset with file meta and image pixel module, encoded without loss."""
    dataset.file_meta.TransferSyntaxUID = UIDS[transfer_syntax]
    if transfer_syntax in _ENCODERS:
        stream = _ENCODERS[transfer_syntax](pixels, int(dataset.BitsStored))
        dataset.PixelData = encapsulate([stream])
        dataset["PixelData"].VR = "OB"
        dataset["PixelData"].is_undefined_length = True
    elif transfer_syntax == "rle":
        dataset.compress(RLELossless, pixels, generate_instance_uid=False)
    else:
        dataset.PixelData = pixels.astype("<u2", copy=False).tobytes()
        dataset["PixelData"].VR = "OW"
