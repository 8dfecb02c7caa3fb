"""What a hostile file might make a child do; a module of its own because children import it by name."""

import os
import sys
import time
from multiprocessing.shared_memory import SharedMemory

import numpy as np


def crash_with_memory(name: str) -> None:
    """Make the shared memory that the parent named, then die over it."""
    if name:
        SharedMemory(name, create=True, size=1000).close()
    os._exit(11)


def never_finish(name: str) -> None:
    """Hang."""
    while True:
        time.sleep(1)


def lose_the_thread(name: str) -> None:
    """Raise what nobody expects."""
    raise LookupError(name)


def take_memory(size: int, name: str) -> int:
    """Allocate and touch memory."""
    return int(np.ones(size, np.uint8).sum())


def loaded_modules() -> list[str]:
    """Names of the modules that the child has imported."""
    return sorted(name for name in sys.modules if name != __name__)
