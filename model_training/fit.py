"""Fits one member on one fold; killed at any moment, the same command goes on from the last checkpoint.

A run is a folder: ``run.json`` (what was asked for), ``last.ckpt`` (written beside and renamed), ``metrics.csv`` (one
row per round) and, when done, ``member.safetensors`` with ``member.json``.
"""

import json
import logging
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import lightning.pytorch as lightning
import torch
from lightning.pytorch.trainer.states import TrainerStatus
from safetensors.torch import save_file
from torch import nn

from cxr_viewer import __version__
from cxr_viewer.core.whole_folder import FolderInUseError, check_is_free
from cxr_viewer.detection.bundle import network_from_content
from cxr_viewer.detection.member_files import stored_state
from cxr_viewer.detection.member_network import load_network
from cxr_viewer.detection.network_spec import NetworkSpec
from cxr_viewer.detection.retinanet import RetinaNet
from model_training import folds, recipe, starting_weights
from model_training.dataset import Dataset
from model_training.learner import Learner
from model_training.recipe import Recipe
from model_training.round_records import Checkpoint, Metrics
from model_training.run_data import RunData

RUN_FILE, CHECKPOINT, METRICS = "run.json", "last.ckpt", "metrics.csv"
WEIGHTS, MEMBER_FILE = "member.safetensors", "member.json"


class FitError(Exception):
    """The fit cannot start or go on; the message is a sentence."""


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
        accelerator, devices: Lightning's.
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
    devices: str = "auto"


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
    network_spec = _network_spec(request)
    learned, held_out = split(request.dataset, request.fold, request.fold_count, request.fold_seed)
    _claim(out, _asked(request, network_spec))
    if (out / WEIGHTS).is_file() and (out / MEMBER_FILE).is_file():
        report(f"{out / WEIGHTS} is there already; nothing to do")
        return out / WEIGHTS
    if request.threads:
        torch.set_num_threads(request.threads)
    lightning.seed_everything(request.seed, verbose=False)
    network = _network(request, network_spec, None if (out / CHECKPOINT).is_file() else report)
    data = RunData(request.dataset, request.recipe, request.seed, learned, held_out)
    learner = Learner(network.to(memory_format=torch.channels_last), request.recipe, request.seed, data)
    _train(request, learner, report)
    _renew_batch_norm(request, learner, data)
    _write_member(request, learner.network, network_spec, held_out)
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
        max_epochs=-(-steps // per_round),
        reload_dataloaders_every_n_epochs=1,
        check_val_every_n_epoch=validate_every or 1,
        limit_val_batches=1.0 if validate_every else 0,
        num_sanity_val_steps=0,
        gradient_clip_val=request.recipe.optimizer.clip_norm,
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        default_root_dir=request.out,
        callbacks=[Metrics(request.out / METRICS, steps, per_round, report), Checkpoint(checkpoint)],
    )
    with warnings.catch_warnings():
        # batches are read from a memory map in the training process on purpose
        warnings.filterwarnings("ignore", message=".*does not have many workers.*")
        # frozen batch normalisation is in evaluation mode on purpose
        warnings.filterwarnings("ignore", message=".*in eval mode at the start of training.*")
        # Lightning's way of asking for a leaf, which torch is giving up
        warnings.filterwarnings("ignore", message=r".*isinstance\(treespec, LeafSpec\).*", category=FutureWarning)
        try:
            trainer.fit(learner, ckpt_path=checkpoint if checkpoint.is_file() else None, weights_only=True)
        except SystemExit as error:  # Lightning's answer to Ctrl-C
            if trainer.state.status is TrainerStatus.INTERRUPTED:
                raise KeyboardInterrupt from error
            raise


def _renew_batch_norm(request: FitRequest, learner: Learner, data: RunData) -> None:
    """Estimate the statistics of batch normalisation anew over many images: those of small batches lag and waver."""
    layers = [module for module in learner.network.modules() if isinstance(module, nn.BatchNorm2d)]
    count = request.recipe.batch.batch_norm_samples // request.recipe.batch.size
    if not count or not layers or request.recipe.start.freeze_batch_norm:
        return
    momenta = [layer.momentum for layer in layers]
    learner.network.train()
    for layer in layers:
        layer.reset_running_stats()
        layer.momentum = None  # a plain mean over the batches
    first = request.recipe.steps
    with torch.no_grad():
        for step in range(first, first + count):
            batch = data.batch(step)
            learner.network(learner.prepare(batch.to(learner.anchors.device), augmented=True).images)
    for layer, momentum in zip(layers, momenta, strict=True):
        layer.momentum = momentum
    learner.network.eval()


def _network_spec(request: FitRequest) -> NetworkSpec:
    if request.parent is not None:
        spec = starting_weights.parent_member(request.parent, request.parent_member).spec
    elif request.recipe.network is None:
        raise FitError(
            f"The recipe '{request.recipe.name}' names no network; give the bundle to start from (--parent)."
        )
    else:
        spec = request.recipe.network
    if spec.input_side != request.dataset.side:
        raise FitError(
            f"The dataset is prepared at {request.dataset.side} pixels, the network takes {spec.input_side}; "
            f"import it with --side {spec.input_side}."
        )
    return spec


def _network(request: FitRequest, spec: NetworkSpec, report: Callable[[str], None] | None) -> RetinaNet:
    """Return the network to start from; with ``report`` None a checkpoint follows and no weights are fetched."""
    if report is None:
        network = RetinaNet(spec)
    elif request.parent is not None:
        member = starting_weights.parent_member(request.parent, request.parent_member)
        network = load_network(spec, member.weights)
        report(f"starting from member {request.parent_member} of {request.parent}")
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


def _claim(out: Path, asked: dict[str, Any]) -> None:
    """Write what was asked for, or check that the folder's run is the same one."""
    text = json.dumps(asked, indent=2, ensure_ascii=False) + "\n"
    path = out / RUN_FILE
    if path.is_file():
        if not _is_same(json.loads(path.read_text(encoding="utf-8")), json.loads(text)):
            raise FolderInUseError(f"{out} holds another run (other recipe, data, fold or seed); choose another --out.")
        return
    check_is_free(out)
    out.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _is_same(earlier: dict[str, Any], asked: dict[str, Any]) -> bool:
    """Tell whether two requests are one; a recipe key that a newer program knows has its default in an older run."""
    known = recipe.to_table(recipe.from_table(earlier["recipe"], RUN_FILE))
    return {**earlier, "recipe": json.loads(json.dumps(known))} == asked


def _write_member(request: FitRequest, network: RetinaNet, spec: NetworkSpec, held_out: list[int]) -> None:
    out = request.out
    partial = out / (WEIGHTS + ".partial")
    save_file(stored_state(network.eval()), partial)
    partial.replace(out / WEIGHTS)
    content = {
        **_asked(request, spec),
        "code_version": __version__,
        "samples": request.recipe.steps * request.recipe.batch.size,
        "held_out": len(held_out),
    }
    partial = out / (MEMBER_FILE + ".partial")
    partial.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    partial.replace(out / MEMBER_FILE)


@dataclass(frozen=True, slots=True)
class FittedMember:
    """A finished run: where its weights are and what they were made from."""

    folder: Path
    spec: NetworkSpec
    record: dict[str, Any]

    @property
    def weights(self) -> Path:
        return self.folder / WEIGHTS

    def network(self) -> RetinaNet:
        """Return the network in evaluation mode."""
        return load_network(self.spec, self.weights)


def read_member(folder: Path) -> FittedMember:
    """Return the member of a finished run.

    Raises:
        FitError: the folder holds no finished run.
    """
    try:
        record = json.loads((folder / MEMBER_FILE).read_text(encoding="utf-8"))
        spec = network_from_content(record["network"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FitError(f"{folder} holds no finished run; fit a member first (cxr-train fit).") from error
    return FittedMember(folder, spec, record)
