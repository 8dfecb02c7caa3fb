"""What is drawn over the image: boxes with their kind and label, as plain values."""

from dataclasses import dataclass
from enum import Enum, auto

from cxr_viewer.core.geometry import Box


class Kind(Enum):
    """Whose box it is; each kind has its own line and colour, never colour alone."""

    DETECTION = auto()
    FINDING = auto()
    ADDED = auto()
    REJECTED = auto()
    OTHER = auto()
    """Another reader's; it cannot be chosen or changed."""


@dataclass(frozen=True, slots=True)
class OverlayBox:
    """One box over the image, native pixels.

    Attributes:
        uid: the finding's uid, or ``detection:<anchor index>``.
        inner, outer: 20th and 80th percentile sizes of the members, or None.
    """

    uid: str
    kind: Kind
    box: Box
    label: str
    is_selected: bool = False
    inner: Box | None = None
    outer: Box | None = None

    @property
    def is_editable(self) -> bool:
        """Whether the reader may take it by its handles: findings that are asserted."""
        return self.kind in (Kind.FINDING, Kind.ADDED)


DETECTION_PREFIX = "detection:"


def detection_uid(anchor_index: int) -> str:
    """Return the name of a detection among the boxes of one image."""
    return f"{DETECTION_PREFIX}{anchor_index}"


def anchor_of(uid: str) -> int | None:
    """Return the anchor index of a detection's name, None for the name of anything else."""
    prefix, separator, number = uid.partition(":")
    return int(number) if f"{prefix}{separator}" == DETECTION_PREFIX and number.isdigit() else None


def under_point(boxes: tuple[OverlayBox, ...], x: float, y: float, margin: float) -> list[OverlayBox]:
    """Return the boxes at a native point, smallest first, so that a small box inside a large one can be reached."""
    hits = [
        shown
        for shown in boxes
        if shown.box.x1 - margin <= x <= shown.box.x2 + margin and shown.box.y1 - margin <= y <= shown.box.y2 + margin
    ]
    return sorted(hits, key=lambda shown: shown.box.area)


def by_area(boxes: tuple[OverlayBox, ...]) -> list[OverlayBox]:
    """Return the boxes largest first: the order of Tab."""
    return sorted(boxes, key=lambda shown: (-shown.box.area, shown.uid))
