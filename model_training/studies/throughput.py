"""Images per second of a fit, against a plain fp32 eager loop over the same batches in the same run."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch

from cxr_viewer.core.whole_folder import check_is_free
from cxr_viewer.detection.retinanet import RetinaNet
from model_training import fit, losses, round_tables
from model_training.dataset import Dataset
from model_training.fit import FitRequest
from model_training.learner import Learner
from model_training.recipe import Recipe, ScheduleKind
from model_training.run_data import RunData
from model_training.run_folder import METRICS
from model_training.studies import tables

TABLE, RUNS = "throughput.md", "runs"


@dataclass(frozen=True, slots=True)
class ThroughputRequest:
    """What is measured.

    Attributes:
        out: new folder.
        recipes: each with a network; their weights are random here, pretrained ones are as fast.
        dataset: prepared at the networks' side.
        steps: of each measurement, after as many that warm up.
        threads: processor threads.
        accelerator: Lightning's.
    """

    out: Path
    recipes: tuple[Recipe, ...]
    dataset: Dataset
    steps: int = 20
    threads: int = 1
    accelerator: str = "auto"


@dataclass(frozen=True, slots=True)
class Throughput:
    """Speeds of one recipe.

    Attributes:
        recipe: its name.
        batch: images per step.
        fitted: images per second of the fit, after the warm-up.
        data_share: share of that time that passed in waiting for batches.
        plain: images per second of the plain loop.
        plain_data_share: share of that time that passed in making batches and moving them.
        device: where both ran.
    """

    recipe: str
    batch: int
    fitted: float
    data_share: float
    plain: float
    plain_data_share: float
    device: str


def run(request: ThroughputRequest, report: Callable[[str], None]) -> Path:
    """Measure all recipes and return the file with the table.

    Raises:
        FolderInUseError: ``out`` holds an earlier measurement.
    """
    check_is_free(request.out / RUNS)  # a fit that goes on would not be timed from its start
    measured = []
    for recipe in request.recipes:
        prepared = _measurable(recipe, request.steps)
        fitted, share = _fit(request, prepared, report)
        plain, plain_share, device = _plain_loop(request, prepared)
        measured.append(Throughput(recipe.name, recipe.batch.size, fitted, share, plain, plain_share, device))
        report(f"{recipe.name}: {fitted:.1f} images/s, plain {plain:.1f}")
    return write(request.out, measured, request.steps)


def _measurable(recipe: Recipe, steps: int) -> Recipe:
    """Return the recipe from random weights, with one round that warms up (and compiles) and one that is measured."""
    size = recipe.batch.size
    schedule = replace(
        recipe.schedule,
        kind=ScheduleKind.CONSTANT,
        samples=2 * steps * size,
        round_samples=steps * size,
        validate_every=0,
        keep=1,
    )
    return replace(
        recipe,
        schedule=schedule,
        start=replace(recipe.start, pretrained=False),
        batch=replace(recipe.batch, batch_norm_samples=0),
    )


def _fit(request: ThroughputRequest, recipe: Recipe, report: Callable[[str], None]) -> tuple[float, float]:
    """Return images per second of the second round, and the share of its time that waited for data."""
    out = request.out / RUNS / recipe.name
    asked = FitRequest(recipe, request.dataset, out, threads=request.threads, accelerator=request.accelerator)
    fit.run(asked, report)
    warm, timed = round_tables.read(out / METRICS)
    seconds = float(timed["seconds"]) - float(warm["seconds"])
    images = int(timed["samples"]) - int(warm["samples"])
    return images / max(seconds, 1e-9), float(timed["data_share"])


def _plain_loop(request: ThroughputRequest, recipe: Recipe) -> tuple[float, float, str]:
    """Return images per second of fp32 eager steps, the share that made batches, and the device's name."""
    assert recipe.network is not None
    device = torch.device("cuda" if torch.cuda.is_available() and request.accelerator != "cpu" else "cpu")
    torch.manual_seed(1)
    network = RetinaNet(recipe.network).to(device).train()
    if recipe.start.freeze_batch_norm:
        network.freeze_batch_norm()
    data = RunData(request.dataset, recipe, 1, range(len(request.dataset)), [])
    learner = Learner(network, recipe, 1, data).to(device)
    optimizer = torch.optim.AdamW(network.parameters(), lr=recipe.optimizer.learning_rate)
    spent = waited = 0.0
    for step in range(2 * request.steps):
        began = _now(device)
        batch = data.batch(step).to(device)
        fetched = _now(device)
        prepared = learner.prepare(batch, augmented=True)
        output = network(prepared.images.contiguous())
        found = losses.detection(
            output.class_logits,
            output.box_deltas,
            output.global_logits,
            prepared.targets,
            prepared.classes,
            recipe.loss,
        )
        optimizer.zero_grad()
        torch.autograd.backward(found.total)
        torch.nn.utils.clip_grad_norm_(network.parameters(), recipe.optimizer.clip_norm)
        optimizer.step()
        if step >= request.steps:
            waited += fetched - began
            spent += _now(device) - began
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "processor"
    return request.steps * recipe.batch.size / spent, waited / spent, name


def _now(device: torch.device) -> float:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()


def write(out: Path, measured: list[Throughput], steps: int) -> Path:
    """Write the table in Markdown and JSON, and return the first."""
    head = ["recipe", "batch", "images/s", "waiting for data", "plain fp32 eager, images/s", "its data", "ratio", "on"]
    lines = [
        [
            own.recipe,
            str(own.batch),
            f"{own.fitted:.1f}",
            f"{100 * own.data_share:.1f} %",
            f"{own.plain:.1f}",
            f"{100 * own.plain_data_share:.1f} %",
            f"{own.fitted / own.plain:.2f}",
            own.device,
        ]
        for own in measured
    ]
    text = f"{steps} steps each, after {steps} that warm up; augmentation is part of every step."
    tables.write_text(out / TABLE, ["# Training throughput", "", text, "", *tables.markdown(head, lines)])
    content = [asdict(own) for own in measured]
    tables.write_json(out / "throughput.json", content)
    return out / TABLE
