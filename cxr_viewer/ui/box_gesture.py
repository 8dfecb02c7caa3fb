"""One gesture with a box, from press to release, bound to the image it began on."""

from dataclasses import replace
from typing import Self

from cxr_viewer.core.geometry import Box
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.ui import box_grip
from cxr_viewer.ui.box_grip import Grip
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.overlay import Kind, OverlayBox

_DRAWN_UID = "drawn"


class BoxGesture:
    """Drawing a new box, or moving or resizing one; nothing is changed before the button is released."""

    def __init__(
        self, image: DisplayedImage, start: tuple[float, float], shown: OverlayBox | None, grip: Grip | None
    ) -> None:
        self.key: InstanceKey = image.key
        self._rows, self._columns = image.rows, image.columns
        self._start = self._end = start
        self._shown, self._grip = shown, grip

    @classmethod
    def drawing(cls, image: DisplayedImage, start: tuple[float, float]) -> Self:
        """Begin a new box at a native point."""
        return cls(image, start, None, None)

    @classmethod
    def changing(cls, image: DisplayedImage, shown: OverlayBox, grip: Grip, start: tuple[float, float]) -> Self:
        """Take hold of a box at a native point."""
        return cls(image, start, shown, grip)

    @property
    def is_drawing(self) -> bool:
        """Whether a new box is drawn."""
        return self._shown is None

    @property
    def uid(self) -> str:
        """uid of the box that is changed."""
        return self._shown.uid if self._shown else _DRAWN_UID

    @property
    def has_changed(self) -> bool:
        """Whether the hand moved at all."""
        return self._start != self._end

    @property
    def box(self) -> Box | None:
        """The box as it would be on release; None for a drawn one that is too thin."""
        if self._shown is None or self._grip is None:
            return box_grip.drawn(self._start, self._end, self._rows, self._columns)
        dx, dy = self._end[0] - self._start[0], self._end[1] - self._start[1]
        return box_grip.dragged(self._shown.box, self._grip, dx, dy, self._rows, self._columns)

    def follow(self, point: tuple[float, float]) -> None:
        """Follow the hand to a native point."""
        self._end = point

    def preview(self, boxes: tuple[OverlayBox, ...]) -> tuple[OverlayBox, ...]:
        """Return the boxes as they look during the gesture."""
        box = self.box
        if box is None:
            return boxes
        if self.is_drawing:
            return (*boxes, OverlayBox(_DRAWN_UID, Kind.ADDED, box, "", is_selected=True))
        return tuple(replace(shown, box=box) if shown.uid == self.uid else shown for shown in boxes)
