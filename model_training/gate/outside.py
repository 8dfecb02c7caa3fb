"""Pictures of every kind that the gate shall withhold, by name and seed."""

import cv2
import numpy as np
from numpy.typing import NDArray

from model_training.gate.body_parts import BODY_PARTS
from model_training.gate.damage import DAMAGES
from model_training.gate.drawings import DRAWINGS
from model_training.gate.radiographs import boxed, frame, take

KINDS: tuple[str, ...] = (*DAMAGES, *BODY_PARTS, *DRAWINGS)
"""Names of all kinds: damaged phantoms, other parts of the body, pictures that are no radiographs."""

_INVERTED_SHARE = 0.15
"""Of the pictures that are no phantoms: their polarity tells nothing."""


def draw(kind: str, rng: np.random.Generator, side: int, phantom: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture of a kind as the network gets it, (side, side) uint8.

    Args:
        kind: of KINDS.
        rng: everything random about it.
        side: of the network input.
        phantom: (side, side) uint8, the chest that is damaged; other kinds do not use it.
    """
    cv2.setNumThreads(1)
    if kind in DAMAGES:
        return boxed(DAMAGES[kind](rng, phantom), side)
    if kind in BODY_PARTS:
        image = take(rng, side, kind)
    else:
        image = frame(rng, np.asarray(np.clip(np.round(DRAWINGS[kind](rng, side) * 255), 0, 255), np.uint8))
    return boxed(255 - image if rng.random() < _INVERTED_SHARE else image, side)
