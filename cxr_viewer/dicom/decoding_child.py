"""What the child processes of `decoding.DecodingPool` do; the parent imports this module too, and so nothing heavy.

A child imports the decoders when it starts, before its memory is limited.
"""

import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core import found_text
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.dicom.pixel_header import PixelHeader

DEFAULT_THREADS = 2
"""Of a JPEG 2000 decoder: it gains little from more, and the other workers need the other cores."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a child sends: the pixels themselves, or None when they lie in the shared memory that the parent named."""

    key: InstanceKey
    header: PixelHeader
    shape: tuple[int, ...]
    dtype: str
    pixels: NDArray[np.generic] | None


def decode(path: str, frame: int, name: str) -> Answer:
    """Decode one frame of a file into new shared memory of this name, or for the pipe where the name is "".

    Raises:
        DicomReadError: as `pixels.decode` does.
    """
    from cxr_viewer.dicom import pixels

    decoded = pixels.decode(Path(path), frame)
    values = decoded.pixels
    answer = Answer(decoded.key, decoded.header, values.shape, values.dtype.str, None if name else values)
    if name:
        memory = SharedMemory(name, create=True, size=max(values.nbytes, 1))
        try:
            np.ndarray(values.shape, values.dtype, buffer=memory.buf)[...] = values
        finally:
            memory.close()
    return answer


def read_headers(paths: Sequence[str]) -> list[str]:
    """Return what each file is by its header, as `found_text` writes it; never raises for what a file holds."""
    from cxr_viewer.dicom.catalogue import read_header

    return [found_text.written(read_header(Path(path))) for path in paths]


def listed_by(path: str) -> list[str]:
    """Return the files that a file lists when it is a DICOMDIR."""
    from cxr_viewer.dicom import media_directory

    return [str(listed) for listed in media_directory.listed_by(Path(path))]


def idle() -> None:
    """Give a child something to do, so that it starts."""


def prepare(memory_limit: int, threads: int) -> None:
    """Make this process a child that decodes: import the decoders, then limit its memory."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from cxr_viewer.dicom import catalogue, pixels, plugins  # noqa: F401

    plugins.use_threads(threads)
    _limit_memory(memory_limit)


def _limit_memory(memory_limit: int) -> None:
    """Limit the address space to what the process has now (libraries reserve much of it) plus the limit."""
    if sys.platform == "win32":
        return
    import resource  # POSIX only

    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        used = pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        used = 0
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = used + memory_limit
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (allowed, hard))
