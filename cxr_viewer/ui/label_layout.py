"""Places the labels of boxes: outside the box, never over another box or label."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core.geometry import Box

LEAST_WIDTH = 60.0
"""Below this box width in the view, in logical pixels, the label vanishes."""

MOST_LABELS = 40
"""So many boxes may have a label at a time; more would be a carpet over the image, and take time to lay."""

PLACES = 8
"""Where a label is tried: twice above, below, right and left of its box."""


@dataclass(frozen=True, slots=True)
class LabelRequest:
    """A box in view coordinates and the size of its label, logical pixels."""

    box: Box
    width: float
    height: float
    is_selected: bool = False


def chosen(widths: NDArray[np.float64], selected: NDArray[np.bool_]) -> list[int]:
    """Return which boxes may have a label, in the order in which they choose its place.

    Selected boxes come first, then the wider ones, ``MOST_LABELS`` at most.

    Args:
        widths: (N,) of the boxes in the view.
        selected: (N,).
    """
    order = np.lexsort((-widths, ~selected))
    return [int(index) for index in order if widths[index] >= LEAST_WIDTH][:MOST_LABELS]


def place(
    requests: Sequence[LabelRequest],
    view_width: float,
    view_height: float,
    others: NDArray[np.float64] | None = None,
) -> list[Box | None]:
    """Return for each request where its label goes, or None when it has no place.

    Selected boxes choose first, then the wider ones; the places tried are above, below, right and left of the box.

    Args:
        others: (M, 4) boxes in view coordinates that get no label and may not be covered by one.
    """
    placed: list[Box | None] = [None] * len(requests)
    widths = np.array([request.box.width for request in requests])
    order = chosen(widths, np.array([request.is_selected for request in requests], dtype=np.bool_))
    tried = [_places(request) for request in requests]
    is_free = _is_free(requests, tried, others)
    taken: list[Box] = []
    for index in order:
        for candidate, is_clear in zip(tried[index], is_free[index], strict=True):
            if is_clear and _inside(candidate, view_width, view_height) and not _covers(candidate, taken):
                placed[index] = candidate
                taken.append(candidate)
                break
    return placed


def _is_free(
    requests: Sequence[LabelRequest], tried: list[list[Box]], others: NDArray[np.float64] | None
) -> NDArray[np.bool_]:
    """Return for each place of each request whether it covers no box but perhaps its own, (requests, places)."""
    own = np.array([_corners(request.box) for request in requests], dtype=np.float32).reshape(-1, 4)
    boxes = own if others is None else np.concatenate([own, others.astype(np.float32)])
    places = np.array([[_corners(place) for place in each] for each in tried], dtype=np.float32).reshape(-1, PLACES, 4)
    x1, y1, x2, y2 = np.ascontiguousarray(boxes.T)
    left, top, right, bottom = np.ascontiguousarray(np.moveaxis(places, 2, 0))[..., None]
    covers = left < x2
    for part in (x1 < right, top < y2, y1 < bottom):
        covers &= part
    covers[np.arange(len(requests)), :, np.arange(len(requests))] = False  # a label may touch its own box
    return np.asarray(~covers.any(axis=2))


def _covers(place: Box, labels: Sequence[Box]) -> bool:
    return any(
        place.x1 < each.x2 and each.x1 < place.x2 and place.y1 < each.y2 and each.y1 < place.y2 for each in labels
    )


def _corners(box: Box) -> tuple[float, float, float, float]:
    return box.x1, box.y1, box.x2, box.y2


def _places(request: LabelRequest) -> list[Box]:
    box, width, height = request.box, request.width, request.height
    corners = [
        (box.x1 - 1, box.y1 - height - 1),
        (box.x2 - width + 1, box.y1 - height - 1),
        (box.x1 - 1, box.y2 + 1),
        (box.x2 - width + 1, box.y2 + 1),
        (box.x2 + 2, box.y1 - 1),
        (box.x1 - width - 2, box.y1 - 1),
        (box.x2 + 2, box.y2 - height),
        (box.x1 - width - 2, box.y2 - height),
    ]
    return [Box(x, y, x + width, y + height) for x, y in corners]


def _inside(box: Box, width: float, height: float) -> bool:
    return box.x1 >= 0 and box.y1 >= 0 and box.x2 <= width and box.y2 <= height
