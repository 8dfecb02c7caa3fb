"""What hostile files might make a child do while it prepares them, told by their name; children import it by name."""

import os
import time
from pathlib import Path

import numpy as np

from cxr_viewer.scan import preparation
from cxr_viewer.scan.preparation import Prepared


def prepare(path: Path, side: int) -> Prepared:
    """Prepare a file, or do what its name says."""
    match path.name:
        case "crash":
            os._exit(11)
        case "hang":
            time.sleep(600)
        case "memory":
            np.ones(600 << 20, np.uint8)
        case "unexpected":
            raise LookupError(path)
    return preparation.prepare(path, side)
