"""Where a box is taken hold of, and what becomes of it when the hand moves."""

from enum import Enum

from cxr_viewer.core.geometry import Box

SMALLEST_SIDE = 4.0
"""Native pixels; a box cannot be made thinner, and a drawn one that is thinner was a slip of the hand."""


class Grip(Enum):
    """Part of a box: which of its sides follow the hand (left, top, right, bottom)."""

    BODY = (1, 1, 1, 1)
    TOP_LEFT = (1, 1, 0, 0)
    TOP = (0, 1, 0, 0)
    TOP_RIGHT = (0, 1, 1, 0)
    RIGHT = (0, 0, 1, 0)
    BOTTOM_RIGHT = (0, 0, 1, 1)
    BOTTOM = (0, 0, 0, 1)
    BOTTOM_LEFT = (1, 0, 0, 1)
    LEFT = (1, 0, 0, 0)


HANDLES = tuple(grip for grip in Grip if grip is not Grip.BODY)


def handle_position(box: Box, grip: Grip) -> tuple[float, float]:
    """Return the point of a handle on the outline of a box."""
    left, top, right, bottom = grip.value
    x = box.x1 if left and not right else box.x2 if right and not left else (box.x1 + box.x2) / 2
    y = box.y1 if top and not bottom else box.y2 if bottom and not top else (box.y1 + box.y2) / 2
    return x, y


def grip_at(box: Box, x: float, y: float, reach: float) -> Grip | None:
    """Return what a hand at (x, y) takes of a box: the nearest handle within ``reach``, else the body, else None."""
    distances = [
        (max(abs(x - handle_x), abs(y - handle_y)), grip)
        for grip in HANDLES
        for handle_x, handle_y in [handle_position(box, grip)]
    ]
    distance, grip = min(distances, key=lambda pair: pair[0])
    if distance <= reach:
        return grip
    inside = box.x1 <= x <= box.x2 and box.y1 <= y <= box.y2
    return Grip.BODY if inside else None


def dragged(box: Box, grip: Grip, dx: float, dy: float, rows: int, columns: int) -> Box:
    """Return the box after its grip moved by (dx, dy) native pixels; it stays inside the image and keeps an area."""
    if grip is Grip.BODY:
        dx = min(max(dx, -box.x1), columns - box.x2)
        dy = min(max(dy, -box.y1), rows - box.y2)
        return box.moved(dx, dy)
    left, top, right, bottom = grip.value
    x1 = min(max(box.x1 + dx * left, 0.0), box.x2 - SMALLEST_SIDE) if left else box.x1
    y1 = min(max(box.y1 + dy * top, 0.0), box.y2 - SMALLEST_SIDE) if top else box.y1
    x2 = max(min(box.x2 + dx * right, columns), box.x1 + SMALLEST_SIDE) if right else box.x2
    y2 = max(min(box.y2 + dy * bottom, rows), box.y1 + SMALLEST_SIDE) if bottom else box.y2
    return Box(x1, y1, x2, y2)


def drawn(first: tuple[float, float], second: tuple[float, float], rows: int, columns: int) -> Box | None:
    """Return the box spanned by two native points, inside the image; None when it is too thin to be meant."""
    box = Box.spanning(first, second).clipped(rows, columns)
    return box if box.width >= SMALLEST_SIDE and box.height >= SMALLEST_SIDE else None
