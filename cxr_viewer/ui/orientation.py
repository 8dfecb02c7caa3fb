"""How the image is turned and mirrored on the screen; a matter of the view alone, native coordinates never change."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.ui.box_grip import Grip

_COSINES = (1, 0, -1, 0)
_SINES = (0, 1, 0, -1)
_TURNED = ("", "turned right", "upside down", "turned left")


@dataclass(frozen=True, slots=True)
class Orientation:
    """One of the eight ways to lay an image on a screen: mirrored left to right first, then turned clockwise.

    Attributes:
        quarter_turns: clockwise, 0 to 3.
    """

    quarter_turns: int = 0
    is_mirrored: bool = False

    @property
    def is_sideways(self) -> bool:
        """Whether rows of the image run up and down on the screen."""
        return self.quarter_turns % 2 == 1

    @property
    def words(self) -> str:
        """How the corner of the view says it, "" for upright."""
        if self.is_mirrored and self.quarter_turns == 2:
            return "mirrored top to bottom"
        return ", ".join(part for part in ("mirrored" if self.is_mirrored else "", _TURNED[self.quarter_turns]) if part)

    # -- what the reader asks for, as seen on the screen -----------------------------------------------------------

    def turned_right(self) -> Self:
        """Return the orientation a quarter clockwise from this one."""
        return type(self)((self.quarter_turns + 1) % 4, self.is_mirrored)

    def turned_left(self) -> Self:
        """Return the orientation a quarter counter-clockwise from this one."""
        return type(self)((self.quarter_turns - 1) % 4, self.is_mirrored)

    def flipped_across(self) -> Self:
        """Return the orientation with left and right of the screen exchanged."""
        return type(self)(-self.quarter_turns % 4, not self.is_mirrored)

    def flipped_down(self) -> Self:
        """Return the orientation with top and bottom of the screen exchanged."""
        return type(self)((2 - self.quarter_turns) % 4, not self.is_mirrored)

    # -- there and back --------------------------------------------------------------------------------------------

    def to_screen(self, dx: float, dy: float) -> tuple[float, float]:
        """Return a native step as a step on the screen."""
        cosine, sine = _COSINES[self.quarter_turns], _SINES[self.quarter_turns]
        across = -dx if self.is_mirrored else dx
        return cosine * across - sine * dy, sine * across + cosine * dy

    def to_native(self, dx: float, dy: float) -> tuple[float, float]:
        """Return a step on the screen as a native step."""
        cosine, sine = _COSINES[self.quarter_turns], _SINES[self.quarter_turns]
        across, down = cosine * dx + sine * dy, cosine * dy - sine * dx
        return (-across if self.is_mirrored else across), down

    def seen(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Return pixels (rows, columns) as they lie on the screen, sideways (columns, rows); a view, no copy."""
        return np.rot90(pixels[:, ::-1] if self.is_mirrored else pixels, -self.quarter_turns)

    def grip_on_screen(self, grip: Grip) -> Grip:
        """Return where a native part of a box is seen."""
        return _moved(grip, self.to_screen)

    def native_grip(self, grip: Grip) -> Grip:
        """Return the native part of a box that is seen there."""
        return _moved(grip, self.to_native)


UPRIGHT = Orientation()


def _moved(grip: Grip, step: Callable[[float, float], tuple[float, float]]) -> Grip:
    if grip is Grip.BODY:
        return grip
    left, top, right, bottom = grip.value
    across, down = step(right - left, bottom - top)
    return Grip((int(across < 0), int(down < 0), int(across > 0), int(down > 0)))
