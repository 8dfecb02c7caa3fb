"""Pictures of simulated chests without disease, whose lungs are known: stand-ins for real normal radiographs."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from model_training.phantom.bones import bone_attenuation
from model_training.phantom.exposure import expose, grey_scale, sample_technique
from model_training.phantom.opacities import Mask
from tests.model_training.phantom.drawn_chests import chest

SIDE = 256


def clear_chest(seed: int) -> tuple[NDArray[np.uint8], tuple[Mask, Mask]]:
    """Return (SIDE, SIDE) uint8 as displayed, and the parts of both lungs that neither heart nor mediastinum hides."""
    drawn = chest(seed, SIDE)
    rng = np.random.default_rng(seed)
    attenuation = drawn.attenuation + bone_attenuation(rng, drawn.thorax, drawn.projection, drawn.heart)
    technique = sample_technique(rng, "PA")
    grey = grey_scale(expose(rng, attenuation, technique, drawn.projection), technique)
    hidden = np.maximum(drawn.heart, drawn.mediastinum) > 0.5
    right, left = ((lung > 0.5) & ~hidden for lung in drawn.lungs)
    return np.asarray(np.round(np.clip(grey, 0, 1) * 255), np.uint8), (right, left)


def write_clear_chest(path: Path, seed: int) -> Path:
    """Write the picture as a PNG file."""
    assert cv2.imwrite(str(path), clear_chest(seed)[0])
    return path
