"""Radiographs of other parts of the body by name, drawn as attenuation.

They go through the same exposure as the phantoms, so that texture and grey scale tell nothing and the shapes all.
"""

from collections.abc import Callable, Mapping

import numpy as np

from model_training.gate.heads import head, teeth
from model_training.gate.limbs import hand, limb, shoulder
from model_training.gate.side_views import lateral_chest, spine
from model_training.gate.trunks import abdomen, breast, hips
from model_training.phantom.raster import Projection
from model_training.phantom.texture import Image

Draw = Callable[[np.random.Generator, Projection], Image]

BODY_PARTS: Mapping[str, Draw] = {
    "limb": limb,
    "hips": hips,
    "abdomen": abdomen,
    "hand": hand,
    "head": head,
    "spine": spine,
    "lateral chest": lateral_chest,
    "shoulder": shoulder,
    "teeth": teeth,
    "breast": breast,
}
