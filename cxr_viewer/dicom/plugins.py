"""imagecodecs and pylibjpeg-rle as decoder plugins of pydicom, and which of them decodes which transfer syntax.

Only permissively licensed decoders are used, and always by name: whatever else is installed beside (GDCM,
pylibjpeg-libjpeg) is never asked. What the plugin protocol of pydicom 3 wants of a module is `is_available`,
`DECODER_DEPENDENCIES` and a function ``(bytes, DecodeRunner) -> bytes``.
"""

from cxr_viewer.dicom import tolerance  # noqa: F401 # isort: skip  # before pydicom

import itertools
import struct
import threading

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom import uid
from pydicom.pixels.decoders.base import Decoder, DecodeRunner, get_decoder
from rle.utils import decode_frame as decode_rle

from cxr_viewer.dicom import decoding_child
from cxr_viewer.dicom.codestream import describe, without_trailing_markers
from cxr_viewer.dicom.errors import DicomReadError

NAME = "imagecodecs"
RLE_NAME = "pylibjpeg-rle"

JPEG = frozenset({uid.JPEGBaseline8Bit, uid.JPEGExtended12Bit, uid.JPEGLossless, uid.JPEGLosslessSV1})
JPEG_LS = frozenset({uid.JPEGLSLossless, uid.JPEGLSNearLossless})
JPEG_2000 = frozenset({uid.JPEG2000Lossless, uid.JPEG2000})
HTJ2K = frozenset({uid.HTJ2KLossless, uid.HTJ2KLosslessRPCL, uid.HTJ2K})
SYNTAXES = JPEG | JPEG_LS | JPEG_2000 | HTJ2K

LOSSY = frozenset({uid.JPEGBaseline8Bit, uid.JPEGExtended12Bit, uid.JPEGLSNearLossless, uid.JPEG2000, uid.HTJ2K})
"""Decoders may overshoot the stored bits by a step here, so values are clipped to them and never masked."""

NATIVE = frozenset(
    {
        uid.ImplicitVRLittleEndian,
        uid.ExplicitVRLittleEndian,
        uid.ExplicitVRBigEndian,
        uid.DeflatedExplicitVRLittleEndian,
    }
)

DECODER_DEPENDENCIES = {
    **{syntax: ("imagecodecs>=2026.3.6",) for syntax in SYNTAXES},
    uid.RLELossless: ("pylibjpeg-rle>=2.1",),
}

_threads = decoding_child.DEFAULT_THREADS
_registering = threading.Lock()  # adding a plugin is not thread-safe


def use_threads(count: int) -> None:
    """Set how many threads a JPEG 2000 decoder of this process may use."""
    global _threads
    _threads = count


def is_available(syntax: str) -> bool:
    """Whether the plugin decodes a transfer syntax (part of pydicom's plugin protocol)."""
    return syntax in DECODER_DEPENDENCIES


def decoder_of(transfer_syntax: str) -> tuple[Decoder, str]:
    """Return pydicom's decoder for a transfer syntax and the name of the plugin to use, "" for uncompressed ones.

    Raises:
        DicomReadError: nothing here decodes it.
    """
    syntax = uid.UID(transfer_syntax)
    if syntax in DECODER_DEPENDENCIES:
        decoder = get_decoder(syntax)
        name, function = (RLE_NAME, decode_rle_frame) if syntax == uid.RLELossless else (NAME, decode_frame)
        with _registering:
            if name not in decoder.available_plugins:
                decoder.add_plugin(name, (__name__, function.__name__))
        return decoder, name
    if syntax in NATIVE:
        return get_decoder(syntax), ""
    name = syntax.name if syntax.name != syntax else "unknown"
    raise DicomReadError(f"no decoder for its transfer syntax {transfer_syntax} ({name})")


def decode_frame(source: bytes, runner: DecodeRunner) -> bytes:
    """Decode one frame; tell the runner the sample size and colour space that came out."""
    values = _decoded(source, runner)
    if runner.samples_per_pixel == 3:
        runner.set_option("photometric_interpretation", "RGB")
        runner.set_option("planar_configuration", 0)
    runner.set_option("bits_allocated", 8 * values.dtype.itemsize)
    return values.tobytes()


def decode_rle_frame(source: bytes, runner: DecodeRunner) -> bytes:
    """Decode one RLE frame (PS3.5 annex G), whose samples come out one plane after the other."""
    expected = runner.samples_per_pixel * runner.bits_allocated // 8
    header = struct.unpack("<16I", source[:64]) if len(source) >= 64 else (0,) * 16
    count, offsets = header[0], header[1 : 1 + expected]
    ascending = all(first < second for first, second in itertools.pairwise(offsets))
    # Checked here because the decoder behind does not survive offsets that lie.
    if count != expected or not offsets or offsets[0] < 64 or not ascending or offsets[-1] >= len(source):
        raise DicomReadError(f"the RLE data are damaged: {count} segments where {expected} are needed")
    runner.set_option("planar_configuration", 1)
    return bytes(decode_rle(source, runner.rows * runner.columns, runner.bits_allocated, "<"))


def _decoded(source: bytes, runner: DecodeRunner) -> NDArray[np.generic]:
    stream = describe(source)
    expected = (runner.rows, runner.columns, runner.samples_per_pixel)
    if stream is not None and stream[:3] != expected:
        raise DicomReadError(
            f"the header says {runner.columns} x {runner.rows} pixels of {runner.samples_per_pixel} sample(s), the "
            f"compressed data hold {stream[1]} x {stream[0]} of {stream[2]}"
        )
    if runner.transfer_syntax in JPEG:
        return np.asarray(imagecodecs.jpeg8_decode(source))
    if runner.transfer_syntax in JPEG_LS:
        return np.asarray(imagecodecs.jpegls_decode(source))
    if runner.transfer_syntax in HTJ2K:
        return np.asarray(imagecodecs.htj2k_decode(source))
    try:
        return np.asarray(imagecodecs.jpeg2k_decode(source, numthreads=_threads))
    except RuntimeError:
        mended = without_trailing_markers(source)
        if mended == source:
            raise
        return np.asarray(imagecodecs.jpeg2k_decode(mended, numthreads=_threads))
