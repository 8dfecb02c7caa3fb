"""The grey scale that is assumed of a real radiograph, and its inverse: from displayed grey to -log attenuation."""

from dataclasses import dataclass

import numpy as np

from model_training.phantom.opacities import Mask
from model_training.phantom.soft_tissue import SOFT_TISSUE_PER_CM
from model_training.phantom.texture import Image, float32

_BEYOND = 0.08
"""How far the curve goes on beyond black and white, of black to white: a display cuts off its toe and shoulder."""
_AIR_CM = 7.5
"""Tissue that the air of one ray through clear lungs replaces, on average, so that the mediastinum absorbs more."""
_CONTRAST = 0.8, 3.0
"""Least and greatest contrast that is believed; clear lungs beside a white mediastinum have 2 to 2.5."""


@dataclass(frozen=True)
class FilmScale:
    """Displayed grey as a logistic function of the -log attenuation, like the characteristic curve of a film.

    Assumed: nobody knows what film, reader or maker did to the signal. A logistic curve (straight in the middle, with a
    toe in the black and a shoulder in the white) is what film had and makers imitate. Its contrast is taken from the
    image: the mediastinum absorbs as much more than the lungs as their air replaces of soft tissue.

    Attributes:
        contrast: slope of the logit of grey per unit of -log attenuation.
    """

    contrast: float

    @classmethod
    def of(cls, grey: Image, lungs: Mask, mediastinum: Mask) -> "FilmScale":
        """Return the scale of an image.

        Args:
            grey: (side, side) float32, 0 black to 1 white.
            lungs, mediastinum: where they are; neither is empty.
        """
        levels = [float(_logit(np.median(grey[where]))) for where in (lungs, mediastinum)]
        return cls(float(np.clip((levels[1] - levels[0]) / (SOFT_TISSUE_PER_CM * _AIR_CM), *_CONTRAST)))

    def attenuation(self, grey: Image) -> Image:
        """Return the -log attenuation of displayed grey, but for a constant."""
        return float32(_logit(grey) / self.contrast)

    def grey(self, attenuation: Image) -> Image:
        """Return the displayed grey, 0 to 1; the inverse of ``attenuation``."""
        share = 1 / (1 + np.exp(-self.contrast * attenuation))
        return float32(np.clip(share * (1 + 2 * _BEYOND) - _BEYOND, 0, 1))


def _logit(grey: Image | np.floating) -> Image:
    share = (np.asarray(grey, np.float32) + np.float32(_BEYOND)) / np.float32(1 + 2 * _BEYOND)
    return float32(np.log(share / (1 - share)))
