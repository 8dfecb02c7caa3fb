"""Places the labels of boxes: outside the box, never over another box or label."""

from collections.abc import Sequence
from dataclasses import dataclass

from cxr_viewer.core.geometry import Box

LEAST_WIDTH = 60.0
"""Below this box width in the view, in logical pixels, the label vanishes."""


@dataclass(frozen=True, slots=True)
class LabelRequest:
    """A box in view coordinates and the size of its label, logical pixels."""

    box: Box
    width: float
    height: float
    is_selected: bool = False


def place(requests: Sequence[LabelRequest], view_width: float, view_height: float) -> list[Box | None]:
    """Return for each request where its label goes, or None when it has no place.

    Selected boxes choose first, then the wider ones; the places tried are above, below, right and left of the box.
    """
    placed: list[Box | None] = [None] * len(requests)
    order = sorted(range(len(requests)), key=lambda i: (not requests[i].is_selected, -requests[i].box.width))
    taken: list[Box] = []
    for index in order:
        request = requests[index]
        if request.box.width < LEAST_WIDTH:
            continue
        others = [other.box for i, other in enumerate(requests) if i != index]
        for candidate in _places(request):
            if _inside(candidate, view_width, view_height) and not any(
                _overlap(candidate, obstacle) for obstacle in (*others, *taken)
            ):
                placed[index] = candidate
                taken.append(candidate)
                break
    return placed


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


def _overlap(first: Box, second: Box) -> bool:
    return first.x1 < second.x2 and second.x1 < first.x2 and first.y1 < second.y2 and second.y1 < first.y2
