"""The network that a learner's present weights make, as it is kept and published."""

import torch

from cxr_viewer.detection.retinanet import RetinaNet
from model_training import batch_norm
from model_training.learner import Learner


def finished_network(learner: Learner) -> RetinaNet:
    """Return a copy of the judged network, in evaluation mode, on the learner's device.

    Where the recipe asks for it, batch normalisation is estimated anew on what would be shown after the last step. The
    learner itself stays as it is.
    """
    device = learner.anchors.device
    network = RetinaNet(learner.network.spec)
    network.load_state_dict(learner.judged.state_dict())
    network = network.to(device).to(memory_format=torch.channels_last).eval()
    recipe = learner.recipe
    count = recipe.batch.batch_norm_samples // recipe.batch.size
    if count and not recipe.start.freeze_batch_norm:
        torch.manual_seed(learner.seed)  # dropout
        batches = (learner.data.batch(step).to(device) for step in range(recipe.steps, recipe.steps + count))
        batch_norm.renew(network, (learner.prepare(batch, augmented=True).images for batch in batches))
    return network
