"""Candidates as compact bytes and back, bit for bit; no pickle, so that a foreign file can do no harm."""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core.candidates import MAXIMUM_CANDIDATES, Candidates
from cxr_viewer.core.gate import GateScore

_MAGIC = b"CXC2"  # entries of CXC1 lack the gate's score: they are refused and computed anew
_HEADER = struct.Struct("<4sIIIIBdBdd")
"""Magic, candidates, members, rows, columns, has probability, probability, has gate, gate's score and limit."""

_MAXIMUM_MEMBERS = 10_000  # a damaged header must not ask for gigabytes


def encode(candidates: Candidates) -> bytes:
    """Return candidates as bytes: a header, then the arrays, little-endian, bytes of equal rank together, deflated."""
    probability = candidates.opacity_probability
    header = _HEADER.pack(
        _MAGIC,
        len(candidates),
        candidates.members,
        candidates.rows,
        candidates.columns,
        probability is not None,
        0.0 if probability is None else probability,
        candidates.gate is not None,
        0.0 if candidates.gate is None else candidates.gate.score,
        0.0 if candidates.gate is None else candidates.gate.limit,
    )
    words = [np.ascontiguousarray(candidates.anchor_index, dtype="<i4").view("<u4")[:, None]]
    for array in (
        candidates.centre,
        candidates.log_size_mean,
        candidates.log_size_low,
        candidates.log_size_high,
        candidates.member_scores,
    ):
        words.append(np.ascontiguousarray(array, dtype="<f4").view("<u4"))
    table = np.concatenate(words, axis=1)
    # exponents beside exponents: neighbouring candidates share them, so they deflate; level 1 is as small and quick
    planes = np.ascontiguousarray(table.T).view(np.uint8).reshape(-1, 4).T
    return header + zlib.compress(planes.tobytes(), level=1)


def decode(content: bytes) -> Candidates:
    """Return the candidates that ``encode`` was given; raises ValueError when the bytes are damaged."""
    try:
        magic, count, members, rows, columns, has_probability, probability, *gate = _HEADER.unpack_from(content)
    except struct.error as error:
        raise ValueError("The header of cached candidates is cut.") from error
    if magic != _MAGIC or count > MAXIMUM_CANDIDATES or members > _MAXIMUM_MEMBERS:
        raise ValueError("The header of cached candidates is damaged.")
    words = _inflate(content[_HEADER.size :], count, 9 + members)
    numbers = words.view("<f4")
    return Candidates(
        anchor_index=np.ascontiguousarray(words[:, 0].view("<i4"), dtype=np.int32),
        centre=_floats(numbers[:, 1:3]),
        log_size_mean=_floats(numbers[:, 3:5]),
        log_size_low=_floats(numbers[:, 5:7]),
        log_size_high=_floats(numbers[:, 7:9]),
        member_scores=_floats(numbers[:, 9:]),
        rows=rows,
        columns=columns,
        opacity_probability=probability if has_probability else None,
        gate=GateScore(gate[1], gate[2]) if gate[0] else None,
    )


def _inflate(deflated: bytes, count: int, columns: int) -> NDArray[np.uint32]:
    expected = count * columns * 4
    try:
        inflater = zlib.decompressobj()
        content = inflater.decompress(deflated, expected + 1)
    except zlib.error as error:
        raise ValueError("Cached candidates are damaged.") from error
    if len(content) != expected or not inflater.eof:
        raise ValueError("Cached candidates have the wrong length.")
    planes = np.frombuffer(content, dtype=np.uint8).reshape(4, -1)
    table: NDArray[np.uint32] = np.ascontiguousarray(planes.T).view("<u4").reshape(columns, count)
    return np.ascontiguousarray(table.T)


def _floats(numbers: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.ascontiguousarray(numbers, dtype=np.float32)
