"""Small chests for the tests of the parts that are drawn into one."""

import numpy as np

from model_training.phantom.phantom import place_patient
from model_training.phantom.soft_tissue import Chest, build_chest
from model_training.phantom.thorax import ViewPosition, sample_thorax


def chest(seed: int = 0, side: int = 192, view: ViewPosition = "PA", distractors: tuple[str, ...] = ()) -> Chest:
    """Return one chest on a square detector of `side` pixels."""
    rng = np.random.default_rng(seed)
    thorax = sample_thorax(rng, view, distractors)
    return build_chest(rng, thorax, place_patient(rng, thorax, side))
