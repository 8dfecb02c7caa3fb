"""Where the image stands in the view: zoom, pan, fit and orientation as one frozen value."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core.geometry import Box
from cxr_viewer.ui.orientation import UPRIGHT, Orientation

SMALLEST_ZOOM = 0.02
LARGEST_ZOOM = 32.0


@dataclass(frozen=True, slots=True)
class ViewTransform:
    """Maps native pixels of the image to logical pixels of the view.

    Attributes:
        zoom: logical view pixels per native column.
        left, top: position in the view of the image's corner (0, 0).
        orientation: how the image is turned and mirrored about that corner.
        aspect: height of a native pixel in widths of one, so that anatomy keeps its shape on the screen.
    """

    zoom: float = 1.0
    left: float = 0.0
    top: float = 0.0
    orientation: Orientation = UPRIGHT
    aspect: float = 1.0

    @classmethod
    def fitting(
        cls,
        rows: int,
        columns: int,
        width: float,
        height: float,
        margin: float = 0.0,
        orientation: Orientation = UPRIGHT,
        aspect: float = 1.0,
    ) -> Self:
        """Return the transform that shows the whole image, centred, in a view of that size."""
        room_x, room_y = max(1.0, width - 2 * margin), max(1.0, height - 2 * margin)
        tall = rows * aspect
        across, down = (tall, columns) if orientation.is_sideways else (columns, tall)
        zoom = min(room_x / max(1, across), room_y / max(1, down))
        return cls.centred_on(columns / 2, rows / 2, zoom, width, height, orientation, aspect)

    @classmethod
    def centred_on(
        cls,
        x: float,
        y: float,
        zoom: float,
        width: float,
        height: float,
        orientation: Orientation = UPRIGHT,
        aspect: float = 1.0,
    ) -> Self:
        """Return the transform of that zoom with the native point (x, y) in the middle of the view."""
        return cls(zoom, 0.0, 0.0, orientation, aspect)._with_point_at(x, y, width / 2, height / 2)

    def to_view(self, x: float, y: float) -> tuple[float, float]:
        """Return where a native point stands in the view."""
        across, down = self.orientation.to_screen(x, y * self.aspect)
        return self.left + across * self.zoom, self.top + down * self.zoom

    def to_image(self, x: float, y: float) -> tuple[float, float]:
        """Return the native point under a point of the view."""
        across, down = self.orientation.to_native((x - self.left) / self.zoom, (y - self.top) / self.zoom)
        return across, down / self.aspect

    def box_in_view(self, box: Box) -> Box:
        """Return a native box in view coordinates."""
        return Box.spanning(self.to_view(box.x1, box.y1), self.to_view(box.x2, box.y2))

    def boxes_in_view(self, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return native boxes (N, 4) in view coordinates."""
        across, down = np.array([self.orientation.to_screen(1, 0), self.orientation.to_screen(0, 1)]) * self.zoom
        corners = boxes.reshape(-1, 2, 2) @ np.stack([across, down]) + [self.left, self.top]
        return np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)

    def panned(self, dx: float, dy: float) -> Self:
        """Return the transform moved by logical pixels."""
        return replace(self, left=self.left + dx, top=self.top + dy)

    def zoomed(self, factor: float, x: float, y: float) -> Self:
        """Return the transform zoomed about a point of the view, which keeps its native point."""
        zoom = min(max(self.zoom * factor, SMALLEST_ZOOM), LARGEST_ZOOM)
        return replace(self, zoom=zoom)._with_point_at(*self.to_image(x, y), x, y)

    def oriented(self, orientation: Orientation, x: float, y: float) -> Self:
        """Return the transform turned or mirrored about a point of the view, which keeps its native point."""
        return replace(self, orientation=orientation)._with_point_at(*self.to_image(x, y), x, y)

    def kept_in_sight(self, rows: int, columns: int, width: float, height: float) -> Self:
        """Return the transform moved so that the image cannot be lost: its middle half stays reachable."""
        image = self.box_in_view(Box(0, 0, columns, rows))
        least_x, least_y = min(width, image.width) / 4, min(height, image.height) / 4
        x1 = min(max(image.x1, least_x - image.width), width - least_x)
        y1 = min(max(image.y1, least_y - image.height), height - least_y)
        return self.panned(x1 - image.x1, y1 - image.y1)

    def _with_point_at(self, x: float, y: float, view_x: float, view_y: float) -> Self:
        """Return the transform moved so that the native point (x, y) stands at a point of the view."""
        across, down = self.orientation.to_screen(x, y * self.aspect)
        return replace(self, left=view_x - across * self.zoom, top=view_y - down * self.zoom)
