"""Has the C library give the memory of images back to the system as soon as they are dropped.

glibc raises the size from which a block is mapped on its own with every large block that is freed, up to 32 MiB. From
then on images lie in the heaps of the threads that decoded them, whose gaps are never given back: measured, memory grew
by 77 MiB over 200 images of 8 MB. A fixed limit ends that (mallopt(3), M_MMAP_THRESHOLD).
"""

import ctypes
import platform

_M_MMAP_THRESHOLD = -3
_LIMIT = 1 << 20
"""Bytes: from here on a block is one of its own; images are larger, and nothing that is made often is."""


def give_back_at_once() -> bool:
    """Fix the limit for this process; returns whether the C library knows it (glibc does, others need not)."""
    if platform.libc_ver()[0] != "glibc":
        return False
    return bool(ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LIMIT))
