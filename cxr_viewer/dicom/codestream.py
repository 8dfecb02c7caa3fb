"""Reads size and depth out of JPEG, JPEG-LS and JPEG 2000 codestreams, before a decoder is let near them."""

from typing import NamedTuple

_JP2_SIGNATURE = b"\0\0\0\x0cjP  "
_SOC_SIZ = b"\xff\x4f\xff\x51"
_SOI = b"\xff\xd8"
_SOT, _SOD, _EOC = b"\xff\x90", b"\xff\x93", b"\xff\xd9"

# Start of frame: all JPEG processes but the Huffman table (C4), JPEG extensions (C8) and arithmetic table (CC), and
# JPEG-LS (F7).
_FRAME_MARKERS = frozenset(set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC} | {0xF7})
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})


class Codestream(NamedTuple):
    """Rows, columns, components and bits per component of a compressed frame."""

    rows: int
    columns: int
    components: int
    precision: int


def describe(data: bytes) -> Codestream | None:
    """Return what a compressed frame holds, None when its header cannot be read (the decoder then has the word)."""
    if data.startswith(_JP2_SIGNATURE) or data.startswith(_SOC_SIZ):
        return _jpeg_2000(data, data.find(_SOC_SIZ))
    return _jpeg(data) if data.startswith(_SOI) else None


def _jpeg_2000(data: bytes, start: int) -> Codestream | None:
    """ISO/IEC 15444-1 A.5.1: the SIZ marker segment follows the start of the codestream."""
    segment = data[start + 4 : start + 4 + 41] if start >= 0 else b""
    if len(segment) < 41:
        return None
    right, bottom, left, top = (int.from_bytes(segment[at : at + 4], "big") for at in (4, 8, 12, 16))
    components = int.from_bytes(segment[36:38], "big")
    return Codestream(bottom - top, right - left, components, (segment[38] & 0x7F) + 1)


def _jpeg(data: bytes) -> Codestream | None:
    """ISO/IEC 10918-1 B.2.2: walk the marker segments to the start of frame."""
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker in _STANDALONE:
            at += 2
            continue
        if marker in _FRAME_MARKERS:
            segment = data[at + 4 : at + 10]
            if len(segment) < 6:
                return None
            rows, columns = int.from_bytes(segment[1:3], "big"), int.from_bytes(segment[3:5], "big")
            # Zero lines means that the number follows the scan (DNL), which only the decoder finds.
            return Codestream(rows, columns, segment[5], segment[0]) if rows else None
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


def without_trailing_markers(data: bytes) -> bytes:
    """Return a JPEG 2000 codestream that ends right after its last tile-part.

    Some writers pad the frame to even length with a comment behind the tile-parts, where ISO/IEC 15444-1 A.3 allows
    none, and decoders refuse the whole image for it.
    """
    at = data.find(_SOT, max(data.find(_SOC_SIZ), 0))
    end = -1
    while at >= 0 and data[at : at + 2] == _SOT:
        length = int.from_bytes(data[at + 6 : at + 10], "big")
        if length < 14 or at + length > len(data):
            return data
        at = end = at + length
    if end < 0 or data[end : end + 2] in (b"", _EOC):
        return data
    return data[:end] + _EOC
