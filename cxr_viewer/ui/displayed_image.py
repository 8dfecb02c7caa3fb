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


@dataclass(frozen=True, slots=True, eq=False)
class DisplayedImage:
    """One decoded instance, ready to be painted.

    Attributes:
        pyramid: native pixels after the modality LUT and their halved copies.
        automatic: the window it opens with, which is also the network's.
    """

    key: InstanceKey
    header: PixelHeader
    pyramid: ImagePyramid
    automatic: Voi

    @classmethod
    def of(cls, decoded: DecodedInstance) -> "DisplayedImage":
        """Prepare a decoded instance; costs some 20 ms for 9 megapixels, so off the GUI thread."""
        pyramid = ImagePyramid(decoded.pixels)
        pyramid.level(pyramid.level_for(0.25))
        return cls(decoded.key, decoded.header, pyramid, windowing.automatic(decoded.pixels, decoded.header))

    @property
    def rows(self) -> int:
        """Native rows."""
        return int(self.pyramid.pixels.shape[0])

    @property
    def columns(self) -> int:
        """Native columns."""
        return int(self.pyramid.pixels.shape[1])

    def rendered(self, pixels: NDArray[Any], voi: Voi, is_inverted: bool) -> NDArray[np.uint8]:
        """Return pixels of any level as 8-bit grey, (rows, columns), C-contiguous."""
        return np.ascontiguousarray(windowing.render(pixels, self.header, voi, is_inverted))

    def value_at(self, x: float, y: float) -> float | None:
        """Return the value under a native point, modality units, or None outside the image."""
        row, column = int(np.floor(y)), int(np.floor(x))
        if 0 <= row < self.rows and 0 <= column < self.columns:
            return float(self.pyramid.pixels[row, column])
        return None
