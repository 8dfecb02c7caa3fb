"""The image that is shown: its pixels at every size, and the window it is seen through."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.dicom import windowing
from cxr_viewer.dicom.pixel_header import DecodedInstance, PixelHeader
from cxr_viewer.dicom.windowing import Voi
from cxr_viewer.ui.image_pyramid import ImagePyramid

_MOST_ANISOTROPIC = 8.0
_PERCENTS = np.linspace(0.0, 100.0, 1001)


@dataclass(frozen=True, slots=True, eq=False)
class DisplayedImage:
    """One decoded instance, ready to be painted.

    Attributes:
        pyramid: native pixels after the modality LUT and their halved copies.
        automatic: the window it opens with, which is also the network's.
        spread: (1001,) values, modality units, at each tenth of a percent of the pixels without padding.
    """

    key: InstanceKey
    header: PixelHeader
    pyramid: ImagePyramid
    automatic: Voi
    spread: NDArray[np.float64]

    @classmethod
    def of(cls, decoded: DecodedInstance) -> "DisplayedImage":
        """Prepare a decoded instance; costs some 20 ms for 9 megapixels, so off the GUI thread."""
        pyramid = ImagePyramid(decoded.pixels)
        pyramid.level(pyramid.level_for(0.25))
        pixels, header = decoded.pixels, decoded.header
        spread = windowing.percentiles(pixels, header, _PERCENTS)
        return cls(decoded.key, header, pyramid, windowing.automatic(pixels, header), spread)

    @property
    def nbytes(self) -> int:
        """Bytes held by its arrays."""
        return self.pyramid.nbytes + self.spread.nbytes

    @property
    def rows(self) -> int:
        """Native rows."""
        return int(self.pyramid.pixels.shape[0])

    @property
    def columns(self) -> int:
        """Native columns."""
        return int(self.pyramid.pixels.shape[1])

    @property
    def aspect(self) -> float:
        """Height of a pixel in widths of one; 1 where the header says nothing or nonsense."""
        row_mm, column_mm = self.header.spacing_mm or (1.0, 1.0)
        found = row_mm / column_mm
        return found if 1 / _MOST_ANISOTROPIC <= found <= _MOST_ANISOTROPIC else 1.0

    def rendered(self, pixels: NDArray[Any], voi: Voi, is_inverted: bool) -> NDArray[np.uint8]:
        """Return pixels of any level as 8-bit grey, (rows, columns), C-contiguous."""
        return np.ascontiguousarray(windowing.render(pixels, self.header, voi, is_inverted))

    def value_of_percent(self, percent: float) -> float:
        """Return the value below which that percentage of the pixels lies.

        Below 0 and above 100 the count goes on in hundredths of the whole range of values, so that a window wider than
        the image has a place too.
        """
        low, high = float(self.spread[0]), float(self.spread[-1])
        if percent < 0:
            return low + (high - low) * percent / 100
        if percent > 100:
            return high + (high - low) * (percent - 100) / 100
        return float(np.interp(percent, _PERCENTS, self.spread))

    def percent_of_value(self, value: float) -> float:
        """Return the percentage of the pixels below a value; the inverse of ``value_of_percent``."""
        low, high = float(self.spread[0]), float(self.spread[-1])
        span = max(high - low, 1e-6)
        if value < low:
            return 100 * (value - low) / span
        if value > high:
            return 100 + 100 * (value - high) / span
        return float(np.interp(value, self.spread, _PERCENTS))

    def clamped(self, x: float, y: float) -> tuple[float, float]:
        """Return a native point moved inside the image."""
        return min(max(x, 0.0), float(self.columns)), min(max(y, 0.0), float(self.rows))

    def value_at(self, x: float, y: float) -> float | None:
        """Return the value under a native point, modality units, or None outside the image."""
        row, column = int(np.floor(y)), int(np.floor(x))
        if 0 <= row < self.rows and 0 <= column < self.columns:
            return float(self.pyramid.pixels[row, column])
        return None
