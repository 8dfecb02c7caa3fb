"""Where the image stands in the view: zoom, pan and fit as one frozen value."""

from dataclasses import dataclass, replace
from typing import Self

from cxr_viewer.core.geometry import Box

SMALLEST_ZOOM = 0.02
LARGEST_ZOOM = 32.0


@dataclass(frozen=True, slots=True)
class ViewTransform:
    """Maps native pixels of the image to logical pixels of the view.

    Attributes:
        zoom: logical view pixels per native pixel.
        left, top: position in the view of the image's corner (0, 0).
    """

    zoom: float = 1.0
    left: float = 0.0
    top: float = 0.0

    @classmethod
    def fitting(cls, rows: int, columns: int, width: float, height: float, margin: float = 0.0) -> Self:
        """Return the transform that shows the whole image, centred, in a view of that size."""
        room_x, room_y = max(1.0, width - 2 * margin), max(1.0, height - 2 * margin)
        zoom = min(room_x / max(1, columns), room_y / max(1, rows))
        return cls(zoom, (width - columns * zoom) / 2, (height - rows * zoom) / 2)

    @classmethod
    def centred_on(cls, x: float, y: float, zoom: float, width: float, height: float) -> Self:
        """Return the transform of that zoom with the native point (x, y) in the middle of the view."""
        return cls(zoom, width / 2 - x * zoom, height / 2 - y * zoom)

    def to_view(self, x: float, y: float) -> tuple[float, float]:
        """Return where a native point stands in the view."""
        return self.left + x * self.zoom, self.top + y * self.zoom

    def to_image(self, x: float, y: float) -> tuple[float, float]:
        """Return the native point under a point of the view."""
        return (x - self.left) / self.zoom, (y - self.top) / self.zoom

    def box_in_view(self, box: Box) -> Box:
        """Return a native box in view coordinates."""
        return Box(*self.to_view(box.x1, box.y1), *self.to_view(box.x2, box.y2))

    def panned(self, dx: float, dy: float) -> Self:
        """Return the transform moved by logical pixels."""
        return replace(self, left=self.left + dx, top=self.top + dy)

    def zoomed(self, factor: float, x: float, y: float) -> Self:
        """Return the transform zoomed about a point of the view, which keeps its native point."""
        zoom = min(max(self.zoom * factor, SMALLEST_ZOOM), LARGEST_ZOOM)
        native_x, native_y = self.to_image(x, y)
        return replace(self, zoom=zoom, left=x - native_x * zoom, top=y - native_y * zoom)

    def kept_in_sight(self, rows: int, columns: int, width: float, height: float) -> Self:
        """Return the transform moved so that the image cannot be lost: its middle half stays reachable."""
        least_x, least_y = min(width, columns * self.zoom) / 4, min(height, rows * self.zoom) / 4
        left = min(max(self.left, least_x - columns * self.zoom), width - least_x)
        top = min(max(self.top, least_y - rows * self.zoom), height - least_y)
        return replace(self, left=left, top=top)
