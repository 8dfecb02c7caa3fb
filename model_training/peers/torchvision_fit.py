"""Fits torchvision's RetinaNet in a run folder of its own: resumable, with the curves of every other run."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import lightning.pytorch as lightning
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from model_training import batch_norm, recipe, run_folder
from model_training.fit import FitRequest, split, train, trainer_of
from model_training.peers.torchvision_learner import TorchvisionLearner
from model_training.peers.torchvision_retinanet import TorchvisionRetinaNet
from model_training.run_data import RunData
from model_training.run_folder import CHECKPOINT, WEIGHTS, FitError


def run(request: FitRequest, report: Callable[[str], None]) -> Path:
    """Fit the peer, or go on with a fit that was interrupted; return the file with its weights (fp32).

    Args:
        request: recipe (with a network), dataset, fold, seed, device; it starts from scratch.
        report: told one line per round.

    Raises:
        FitError: the recipe names no network.
        FolderInUseError: the folder holds something else.
    """
    spec = request.recipe.network
    if spec is None:
        raise FitError(f"The recipe '{request.recipe.name}' names no network.")
    out = request.out
    asked = _asked(request)
    run_folder.check(out, asked)
    if (out / WEIGHTS).is_file():
        report(f"{out / WEIGHTS} is there already; nothing to do")
        return out / WEIGHTS
    trainer = trainer_of(request, report)
    if request.threads:
        torch.set_num_threads(request.threads)
    lightning.seed_everything(request.seed, verbose=False)
    learned, held_out = split(request.dataset, request.fold, request.fold_count, request.fold_seed)
    data = RunData(request.dataset, request.recipe, request.seed, learned, held_out)
    network = TorchvisionRetinaNet(spec).to(memory_format=torch.channels_last)
    learner = TorchvisionLearner(network, request.recipe, request.seed, data)
    run_folder.begin(out, asked)
    train(trainer, learner, out / CHECKPOINT)
    fitted = _finished(learner, data)
    partial = out / (WEIGHTS + ".partial")
    save_file({name: value.cpu().contiguous() for name, value in fitted.state_dict().items()}, partial)
    partial.replace(out / WEIGHTS)
    return out / WEIGHTS


def load(request: FitRequest, device: str = "cpu") -> TorchvisionRetinaNet:
    """Return the fitted peer of a finished run, in evaluation mode, on "cpu", "cuda" or "auto" (what there is)."""
    assert request.recipe.network is not None
    network = TorchvisionRetinaNet(request.recipe.network)
    network.load_state_dict(load_file(request.out / WEIGHTS))
    place = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
    return network.eval().to(place)


def _finished(learner: TorchvisionLearner, data: RunData) -> nn.Module:
    """Return the judged network in evaluation mode, its statistics estimated anew as for every other run."""
    batch, first, device = learner.recipe.batch, learner.recipe.steps, learner.anchors.device
    steps = range(first, first + batch.batch_norm_samples // batch.size)
    images = (learner.prepare(data.batch(step).to(device), augmented=True).images for step in steps)
    batch_norm.renew(learner.judged, images)
    return learner.judged.eval()


def _asked(request: FitRequest) -> dict[str, Any]:
    assert request.recipe.network is not None
    return {
        "recipe": recipe.to_table(request.recipe),
        "network": asdict(request.recipe.network),
        "peer": "torchvision RetinaNet",
        "dataset": request.dataset.name,
        "dataset_digest": request.dataset.digest,
        "fold": request.fold,
        "fold_count": request.fold_count,
        "fold_seed": request.fold_seed,
        "seed": request.seed,
    }
