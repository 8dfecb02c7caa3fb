"""What the reader saw when a gesture was made: the window, and whether boxes were on the image."""

from dataclasses import dataclass

from cxr_viewer.core.findings import DisplayWindow


@dataclass(frozen=True, slots=True)
class Seen:
    """How the image is seen; the window is None where there is no display."""

    window: DisplayWindow | None = None
    are_boxes_visible: bool = True


NOT_SEEN = Seen()
"""No display tells: nothing is recorded about it."""
