"""Pictures of many phantoms with their boxes in one PNG, to look at."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from model_training.phantom.phantom import Phantom

_BOX_COLOUR = (0, 190, 255)
_TEXT_COLOUR = (0, 255, 0)


def phantom_tile(phantom: Phantom, side: int) -> NDArray[np.uint8]:
    """Return a (side, side, 3) uint8 BGR picture with boxes and a line of description."""
    grey = cv2.resize(phantom.displayed(), (side, side), interpolation=cv2.INTER_AREA)
    tile = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
    scale = side / phantom.pixels.shape[0]
    for x1, y1, x2, y2 in np.round(phantom.boxes * scale).astype(int).tolist():
        cv2.rectangle(tile, (x1, y1), (x2 - 1, y2 - 1), _BOX_COLOUR, 1)
    short = {"Normal": "Normal", "Lung Opacity": "Opacity"}.get(phantom.image_class, "Not normal")
    text = f"{phantom.seed} {short} {phantom.view_position} {', '.join(phantom.distractors)}"
    cv2.putText(tile, text, (4, side - 6), cv2.FONT_HERSHEY_SIMPLEX, 0.42, _TEXT_COLOUR, 1, cv2.LINE_AA)
    return np.asarray(tile, np.uint8)


def write_contact_sheet(phantoms: Sequence[Phantom], path: Path, *, columns: int = 6, tile: int = 320) -> None:
    """Write the phantoms, row by row, into one PNG.

    Raises:
        ValueError: there is nothing to show.
        OSError: the file cannot be written.
    """
    if not phantoms:
        raise ValueError("a contact sheet needs at least one phantom")
    tiles = [phantom_tile(phantom, tile) for phantom in phantoms]
    tiles += [np.zeros((tile, tile, 3), np.uint8)] * (-len(tiles) % columns)
    rows = [np.hstack(tiles[start : start + columns]) for start in range(0, len(tiles), columns)]
    _, encoded = cv2.imencode(".png", np.vstack(rows))
    path.write_bytes(encoded.tobytes())
