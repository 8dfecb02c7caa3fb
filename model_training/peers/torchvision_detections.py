"""Detections of torchvision's RetinaNet over a prepared dataset, in the form that every metric here takes."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from cxr_viewer.core import geometry
from cxr_viewer.detection import preprocessing
from model_training.dataset import Dataset
from model_training.dataset_detections import Found
from model_training.example import ImageClass
from model_training.peers.torchvision_retinanet import TorchvisionRetinaNet
from model_training.prediction import DEFAULT_RULES


def detect(
    network: TorchvisionRetinaNet, dataset: Dataset, on_progress: Callable[[int, int], None] | None = None
) -> Found:
    """Return the peer's detections, native pixels, under the relative rule that all rows of a study share.

    Args:
        network: in evaluation mode, on its device.
        dataset: prepared at the network's side.
        on_progress: told (done, of).
    """
    boxes, scores = [], []
    for index in range(len(dataset)):
        own_boxes, own_scores = _detect_one(network, dataset, index)
        boxes.append(own_boxes)
        scores.append(own_scores)
        if on_progress is not None:
            on_progress(index + 1, len(dataset))
    _, persons = np.unique([example.person for example in dataset.examples], return_inverse=True)
    return Found(
        boxes=tuple(boxes),
        scores=tuple(scores),
        truths=tuple(example.boxes for example in dataset.examples),
        persons=persons.astype(np.int64),
        opacity_probability=None,
        is_positive=np.array([example.image_class is ImageClass.OPACITY for example in dataset.examples]),
    )


def _detect_one(
    network: TorchvisionRetinaNet, dataset: Dataset, index: int
) -> tuple[geometry.Boxes, NDArray[np.float32]]:
    example = dataset.examples[index]
    image = torch.from_numpy(preprocessing.network_input(dataset.image(index)))
    with torch.inference_mode():
        boxes, scores = network.detect(image.to(next(network.parameters()).device))
    kept = scores >= DEFAULT_RULES.relative * scores.max() if len(scores) else scores > 0
    native = example.placement(dataset.side).to_native(boxes[kept].cpu().numpy())
    return geometry.clip(native, example.rows, example.columns), scores[kept].cpu().numpy()
