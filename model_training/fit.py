"""Fits one member on one fold; killed at any moment, the same command goes on from the last checkpoint.

A run is a folder: ``run.json`` (what was asked for), ``last.ckpt`` (written beside and renamed), ``metrics.csv`` (one
row per round), ``checkpoints`` (weights of earlier rounds that are kept) and, when done, ``member.safetensors`` with
``member.json``.
"""

import logging
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import lightning.pytorch as lightning
import torch

from cxr_viewer import __version__
from cxr_viewer.detection.member_network import load_network
from cxr_viewer.detection.network_spec import NetworkSpec
from cxr_viewer.detection.retinanet import RetinaNet
from model_training import folds, recipe, run_folder, starting_weights
from model_training.dataset import Dataset
from model_training.finished_network import finished_network
from model_training.interruption import interruptible
from model_training.learner import Learner
from model_training.recipe import Recipe
from model_training.round_records import Checkpoint, KeptWeights, Metrics, kept_content
from model_training.run_data import RunData
from model_training.run_folder import CHECKPOINT, METRICS, WEIGHTS, FitError


@dataclass(frozen=True, slots=True)
class FitRequest:
    """What one fit is asked for.

    Attributes:
        recipe: configuration.
        dataset: opened dataset.
        out: the run's folder.
        fold: which fold is left out; None learns from everything.
        fold_count, fold_seed: how folds are dealt.
        seed: of initialisation, order, augmentation and dropout.
        parent: folder of the bundle whose member is the start, or None.
        parent_member: its number, from 1.
        encoder_weights: local file with the encoder's pretrained weights, or None.
        threads: processor threads; 0 leaves it to torch.
        accelerator, devices: Lightning's; the order of examples is that of one process, so one device.
    """

    recipe: Recipe
    dataset: Dataset
    out: Path
    fold: int | None = None
    fold_count: int = folds.FOLD_COUNT
    fold_seed: int = 42
    seed: int = 1
    parent: Path | None = None
    parent_member: int = 1
    encoder_weights: Path | None = None
    threads: int = 1
    accelerator: str = "auto"
    devices: str = "1"


def run(request: FitRequest, report: Callable[[str], None]) -> Path:
    """Fit one member, or go on with a fit that was interrupted; return the file with its weights.

    Args:
        request: what is asked for.
        report: told one line per round.

    Raises:
        FitError: dataset, recipe and parent do not fit together.
        FolderInUseError: the folder holds something else.
        KeyboardInterrupt: the fit was interrupted; the same call goes on.
    """
    out = request.out
    spec = _network_spec(request)
    learned, held_out = split(request.dataset, request.fold, request.fold_count, request.fold_seed)
    asked = _asked(request, spec)
    run_folder.check(out, asked)
    if run_folder.is_done(out):
        report(f"{out / WEIGHTS} is there already; nothing to do")
        return out / WEIGHTS
    if request.threads:
        torch.set_num_threads(request.threads)
    lightning.seed_everything(request.seed, verbose=False)
    network = _network(request, spec)
    run_folder.begin(out, asked)
    data = RunData(request.dataset, request.recipe, request.seed, learned, held_out)
    learner = Learner(network.to(memory_format=torch.channels_last), request.recipe, request.seed, data)
    _train(request, learner, report)
    record = {
        **asked,
        "code_version": __version__,
        "samples": request.recipe.steps * request.recipe.batch.size,
        "held_out": len(held_out),
        "checkpoints": kept_content(request.recipe),
    }
    run_folder.write_member(out, finished_network(learner), record)
    return out / WEIGHTS


def split(dataset: Dataset, fold: int | None, count: int, seed: int) -> tuple[list[int], list[int]]:
    """Return the indices that are learned from and those that are held out.

    Raises:
        FitError: there is no such fold.
    """
    if fold is None:
        return list(range(len(dataset))), []
    if not 0 <= fold < count:
        raise FitError(f"There is no fold {fold}: folds are numbered 0 to {count - 1}.")
    persons = [example.person for example in dataset.examples]
    of = folds.assign(persons, [int(example.image_class) for example in dataset.examples], count, seed)
    return [i for i in range(len(of)) if of[i] != fold], [i for i in range(len(of)) if of[i] == fold]


def _train(request: FitRequest, learner: Learner, report: Callable[[str], None]) -> None:
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    steps, per_round = request.recipe.steps, request.recipe.round_steps
    validate_every = request.recipe.schedule.validate_every
    checkpoint = request.out / CHECKPOINT
    trainer = lightning.Trainer(
        accelerator=request.accelerator,
        devices=request.devices,
        precision="bf16-mixed" if request.recipe.batch.precision == "bf16" else "32-true",
        max_epochs=request.recipe.rounds,
        reload_dataloaders_every_n_epochs=1,
        check_val_every_n_epoch=validate_every or 1,
        limit_val_batches=1.0 if validate_every else 0,
        num_sanity_val_steps=0,
        gradient_clip_val=request.recipe.optimizer.clip_norm,
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        default_root_dir=request.out,
        callbacks=[
            Metrics(request.out / METRICS, steps, per_round, report),
            KeptWeights(request.out, request.recipe),
            Checkpoint(checkpoint),
        ],
    )
    with warnings.catch_warnings():
        # batches are read from a memory map in the training process on purpose
        warnings.filterwarnings("ignore", message=".*does not have many workers.*")
        # frozen batch normalisation is in evaluation mode on purpose
        warnings.filterwarnings("ignore", message=".*in eval mode at the start of training.*")
        # Lightning's way of asking for a leaf, which torch is giving up
        warnings.filterwarnings("ignore", message=r".*isinstance\(treespec, LeafSpec\).*", category=FutureWarning)
        with interruptible():
            trainer.fit(learner, ckpt_path=checkpoint if checkpoint.is_file() else None, weights_only=True)
    learner.to(trainer.strategy.root_device)  # Lightning takes it off


def _network_spec(request: FitRequest) -> NetworkSpec:
    if request.parent is not None:
        spec = starting_weights.parent_member(request.parent, request.parent_member).spec
    elif request.recipe.network is not None:
        spec = request.recipe.network
    else:
        raise FitError(
            f"The recipe '{request.recipe.name}' names no network; give the bundle to start from (--parent)."
        )
    if spec.input_side != request.dataset.side:
        raise FitError(
            f"The dataset is prepared at {request.dataset.side} pixels, the network takes {spec.input_side}; "
            f"import it with --side {spec.input_side}."
        )
    return spec


def _network(request: FitRequest, spec: NetworkSpec) -> RetinaNet:
    """Return the network to start from; where a checkpoint follows, no weights are fetched."""
    if (request.out / CHECKPOINT).is_file():
        network = RetinaNet(spec)
    elif request.parent is not None:
        network = load_network(spec, starting_weights.parent_member(request.parent, request.parent_member).weights)
    elif request.encoder_weights is not None:
        network = RetinaNet(spec)
        starting_weights.load_encoder(network, request.encoder_weights)
    elif request.recipe.start.pretrained:
        network = starting_weights.pretrained(spec)
    else:
        network = RetinaNet(spec)
    return network.freeze_batch_norm() if request.recipe.start.freeze_batch_norm else network


def _asked(request: FitRequest, spec: NetworkSpec) -> dict[str, Any]:
    return {
        "recipe": recipe.to_table(request.recipe),
        "network": asdict(spec),
        "dataset": request.dataset.name,
        "dataset_digest": request.dataset.digest,
        "fold": request.fold,
        "fold_count": request.fold_count,
        "fold_seed": request.fold_seed,
        "seed": request.seed,
        "parent": starting_weights.digest_of(request.parent) if request.parent else None,
        "parent_member": request.parent_member if request.parent else None,
    }
