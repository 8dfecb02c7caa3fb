"""Names of a graph's outputs: what ``graphs`` writes and the OpenVINO engine reads."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.detection.merging import MemberOutput

INPUT = "image"
SCORES = "scores"
BOX_DELTAS = "box_deltas"
CLASS_PROBABILITIES = "class_probabilities"
FEATURES = "features"


def member_output(outputs: Mapping[str, NDArray[np.float32]]) -> MemberOutput:
    """Return the outputs of a graph for one image (batch axis dropped, copied out of the engine's memory)."""
    classes = outputs.get(CLASS_PROBABILITIES)
    return MemberOutput(
        scores=np.array(outputs[SCORES][0], dtype=np.float32),
        box_deltas=np.array(outputs[BOX_DELTAS][0], dtype=np.float32),
        class_probabilities=None if classes is None else np.array(classes[0], dtype=np.float32),
        features=np.array(outputs[FEATURES][0], dtype=np.float32),
    )
