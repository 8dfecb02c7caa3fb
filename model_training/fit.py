"""Fits one member on one fold; killed at any moment, the same command goes on from the last checkpoint.

A run is a folder: ``run.json`` (what was asked for), ``last.ckpt`` (written beside and renamed), ``metrics.csv`` and
``thresholds.csv`` (a row per round; the second one where a fold is validated), ``curves.png``, ``checkpoints`` (weights
of earlier rounds that are kept) and, when done, ``member.safetensors`` with ``member.json``.
"""

import logging
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import lightning.pytorch as lightning
import torch
from lightning.fabric.utilities.exceptions import MisconfigurationException

from cxr_viewer import __version__
from cxr_viewer.detection.member_network import load_network
from cxr_viewer.detection.network_spec import NetworkSpec
from cxr_viewer.detection.retinanet import RetinaNet
from model_training import folds, recipe, run_folder, starting_weights, test_persons
from model_training.compilation import compile_in_place
from model_training.dataset import Dataset
from model_training.finished_network import finished_network
from model_training.interruption import interruptible
from model_training.learner import Learner
from model_training.recipe import Recipe
from model_training.round_records import Checkpoint, KeptWeights, Metrics, kept_content
from model_training.run_data import RunData
from model_training.run_folder import CHECKPOINT, METRICS, WEIGHTS, FitError
from model_training.run_progress import RunProgress
from model_training.test_persons import PersonList
from model_training.training_ranges import of_dataset


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
        threads: processor threads of each process; 0 leaves it to torch.
        accelerator, devices, nodes, strategy: Lightning's; several processes share every step.
        compiler: backend of torch.compile where the recipe compiles; "" takes the one for GPUs, there alone.
        test_persons: who is for testing only, or None.
        with_progress_bar: show one on stderr.
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
    nodes: int = 1
    strategy: str = "auto"
    compiler: str = ""
    test_persons: PersonList | None = None
    with_progress_bar: bool = False


def run(request: FitRequest, report: Callable[[str], None]) -> Path:
    """Fit one member, or go on with a fit that was interrupted; return the file with its weights.

    With several processes each one calls it; the first alone writes and reports.

    Args:
        request: what is asked for.
        report: told one line per round.

    Raises:
        FitError: dataset, recipe, parent and devices do not fit together.
        PersonListError: the dataset is for testing, or holds persons who are.
        FolderInUseError: the folder holds something else.
        KeyboardInterrupt: the fit was interrupted; the same call goes on.
    """
    test_persons.refuse_to_learn(request.dataset, request.test_persons)
    out = request.out
    spec = _network_spec(request)
    learned, held_out = split(request.dataset, request.fold, request.fold_count, request.fold_seed)
    asked = _asked(request, spec)
    trainer = trainer_of(request, report)
    if trainer.is_global_zero:
        run_folder.check(out, asked)
    else:
        report = _say_nothing
    if run_folder.is_done(out):
        report(f"{out / WEIGHTS} is there already; nothing to do")
        return out / WEIGHTS
    if request.threads:
        torch.set_num_threads(request.threads)
    lightning.seed_everything(request.seed, verbose=False)
    network = _network(request, spec).to(memory_format=torch.channels_last)
    if request.recipe.batch.compile:
        compile_in_place(network, trainer.strategy.root_device, request.compiler, report)
    if trainer.is_global_zero:
        run_folder.begin(out, asked)
    learner = Learner(
        network, request.recipe, request.seed, RunData(request.dataset, request.recipe, request.seed, learned, held_out)
    )
    train(trainer, learner, out / CHECKPOINT)
    if trainer.is_global_zero:
        record = {
            **asked,
            "dataset_digests": sorted(request.dataset.digests),
            "training_range": asdict(of_dataset(request.dataset)),
            "code_version": __version__,
            "samples": request.recipe.steps * request.recipe.batch.size,
            "held_out": len(held_out),
            "checkpoints": kept_content(request.recipe),
        }
        run_folder.write_member(out, finished_network(learner), record)
        report(f"member in {out / WEIGHTS}")
    return out / WEIGHTS


def split(dataset: Dataset, fold: int | None, count: int, seed: int) -> tuple[list[int], list[int]]:
    """Return the indices that are learned from and those that are held out; consensus reads are neither.

    Raises:
        FitError: there is no such fold, or nothing to learn from.
    """
    usable = [index for index, example in enumerate(dataset.examples) if not example.is_consensus]
    if not usable:
        raise FitError(f"The dataset {dataset.name} holds nothing to learn from: consensus reads are for tuning only.")
    if fold is None:
        return usable, []
    if not 0 <= fold < count:
        raise FitError(f"There is no fold {fold}: folds are numbered 0 to {count - 1}.")
    persons = [dataset.examples[index].person for index in usable]
    of = folds.assign(persons, [int(dataset.examples[index].image_class) for index in usable], count, seed)
    pairs = list(zip(usable, of.tolist(), strict=True))
    return [index for index, own in pairs if own != fold], [index for index, own in pairs if own == fold]


def trainer_of(request: FitRequest, report: Callable[[str], None]) -> lightning.Trainer:
    """Return Lightning's trainer, which knows how many processes there will be.

    Raises:
        FitError: there are no such devices, or they cannot share a step evenly.
    """
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    asked = request.recipe
    validate_every = asked.schedule.validate_every
    bar = [RunProgress(asked.steps)] if request.with_progress_bar else []
    try:
        trainer = lightning.Trainer(
            accelerator=request.accelerator,
            devices=request.devices,
            num_nodes=request.nodes,
            strategy=request.strategy,
            precision="bf16-mixed" if asked.batch.precision == "bf16" else "32-true",
            max_epochs=asked.rounds,
            reload_dataloaders_every_n_epochs=1,
            check_val_every_n_epoch=validate_every or 1,
            limit_val_batches=1.0 if validate_every else 0,
            num_sanity_val_steps=0,
            gradient_clip_val=asked.optimizer.clip_norm,
            use_distributed_sampler=False,  # which example is shown where is the run's own rule
            logger=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            default_root_dir=request.out,
            callbacks=[
                *bar,
                Metrics(request.out / METRICS, asked.steps, asked.round_steps, report),
                KeptWeights(request.out, asked),
                Checkpoint(request.out / CHECKPOINT),
            ],
        )
    except (ValueError, MisconfigurationException) as error:
        raise FitError(f"Lightning cannot run on these devices: {error}") from error
    if asked.batch.size % trainer.world_size:
        raise FitError(
            f"{trainer.world_size} processes cannot share steps of {asked.batch.size} images evenly; take another "
            "number of --devices or --nodes, or another batch size in the recipe."
        )
    return trainer


def train(trainer: lightning.Trainer, learner: Learner, checkpoint: Path) -> None:
    """Let a learner learn, from its checkpoint on where there is one; it stays on the training device."""
    with warnings.catch_warnings():
        # frozen batch normalisation is in evaluation mode on purpose
        warnings.filterwarnings("ignore", message=".*in eval mode at the start of training.*")
        # Lightning's way of asking for a leaf, which torch is giving up
        warnings.filterwarnings("ignore", message=r".*isinstance\(treespec, LeafSpec\).*", category=FutureWarning)
        with interruptible():
            trainer.fit(learner, ckpt_path=checkpoint if checkpoint.is_file() else None, weights_only=True)
    learner.to(trainer.strategy.root_device)  # Lightning takes it off


def _say_nothing(_line: str) -> None:
    """Stand for the report in processes beside the first."""


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
