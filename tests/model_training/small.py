"""Small inputs for tests of the training module: a dataset of bright patches, and a recipe that fits in seconds."""

import dataclasses
import hashlib
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core import geometry
from model_training import dataset, recipe, run_folder
from model_training.dataset import Dataset, PreparedExample
from model_training.dataset_detections import Found
from model_training.example import ImageClass
from model_training.recipe import Recipe
from tests.bundle_factory import TINY, random_network

SIDE = TINY.input_side
_NOTHING = np.zeros((0, 4), dtype=np.float32)


def patch_image(random: np.random.Generator, boxes: geometry.Boxes, side: int = SIDE) -> NDArray[np.uint8]:
    """Return grey noise (side, side) with brighter patches in the boxes."""
    image = random.normal(90, 12, (side, side))
    for x1, y1, x2, y2 in boxes.astype(int):
        image[y1:y2, x1:x2] += 90
    return np.clip(image, 0, 255).astype(np.uint8)


def random_box(random: np.random.Generator) -> geometry.Boxes:
    """Return one box (1, 4) that the tiny network's anchors fit."""
    corner, sides = random.integers(8, 60, 2), random.integers(32, 56, 2)
    return np.concatenate([corner, corner + sides])[None].astype(np.float32)


def write_dataset(folder: Path, count: int = 32, seed: int = 1, side: int = SIDE) -> Path:
    """Write a prepared dataset: every other image has a bright patch and a box around it."""
    random = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    lines, pixels = [], []
    for number in range(count):
        boxes = random_box(random) if number % 2 else _NOTHING
        pixels.append(patch_image(random, boxes, side))
        image_class = ImageClass.OPACITY if len(boxes) else ImageClass(number // 2 % 2)
        name = f"{folder.name}-{number}"
        lines.append(
            dataset.line_of(PreparedExample(name, name, folder.name, image_class, side, side, boxes, _NOTHING))
        )
    content = np.stack(pixels).tobytes()
    (folder / dataset.PIXELS).write_bytes(content)
    (folder / dataset.EXAMPLES).write_text("\n".join(lines) + "\n", encoding="utf-8")
    manifest = {
        "format": dataset.FORMAT,
        "version": dataset.VERSION,
        "name": folder.name,
        "side": side,
        "count": count,
        "digest": hashlib.sha256(content).hexdigest(),
    }
    (folder / dataset.MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def small_dataset(folder: Path, count: int = 32, seed: int = 1) -> Dataset:
    """Write a dataset and open it."""
    return dataset.open_folders([write_dataset(folder, count, seed)])


def small_recipe(samples: int = 96, kind: str = "one-cycle", set_name: str = "weak") -> Recipe:
    """Return the demo recipe on the tiny network: batches of 8, a checkpoint every 4 steps."""
    demo = recipe.read("demo")
    schedule = dataclasses.replace(
        demo.schedule, kind=recipe.ScheduleKind(kind), samples=samples, round_samples=32, patience=0
    )
    return dataclasses.replace(
        demo,
        network=dataclasses.replace(TINY, dropout=0.2),
        schedule=schedule,
        augmentation=dataclasses.replace(demo.augmentation, set=set_name),
        batch=dataclasses.replace(demo.batch, batch_norm_samples=64),
    )


_TRUTH = np.array([[10, 10, 50, 50]], dtype=np.float32)
_FALSE = np.array([[60, 60, 90, 90]], dtype=np.float32)


def separable(images: int = 40, seed: int = 1) -> Found:
    """Return detections of a detector that is right above a score of 0.5 and wrong below; half the images positive."""
    random = np.random.default_rng(seed)
    boxes, scores, truths = [], [], []
    for number in range(images):
        positive = number % 2 == 0
        truths.append(_TRUTH if positive else _NOTHING)
        low, high = (0.55, 0.9) if positive else (0.1, 0.45)
        boxes.append(_TRUTH if positive else _FALSE)
        scores.append(np.array([random.uniform(low, high)], dtype=np.float32))
    return Found(
        boxes=tuple(boxes),
        scores=tuple(scores),
        truths=tuple(truths),
        persons=np.arange(images) // 2,
        opacity_probability=np.array([float(own[0]) for own in scores]),
        is_positive=np.array([len(own) > 0 for own in truths]),
    )


def write_run(folder: Path, data: Dataset, fold: int | None, seed: int = 1, samples: tuple[int, ...] = (96,)) -> Path:
    """Write a finished run that nobody fitted: random weights, kept after each of ``samples``, one of two folds out."""
    folder.mkdir(parents=True)
    kept = []
    for number, count in enumerate(samples, start=1):
        name = run_folder.WEIGHTS if number == len(samples) else run_folder.kept_name(number)
        kept.append({"round": number, "step": count // 8, "samples": count, "weights": name})
        run_folder.write_weights(folder / name, random_network(TINY, seed * 10 + number))
    record = {
        "recipe": recipe.to_table(small_recipe(samples[-1])),
        "network": dataclasses.asdict(TINY),
        "dataset": data.name,
        "dataset_digest": data.digest,
        "dataset_digests": sorted(data.digests),
        "fold": fold,
        "fold_count": 2,
        "fold_seed": 42,
        "seed": seed,
        "samples": samples[-1],
        "checkpoints": kept,
    }
    (folder / run_folder.MEMBER_FILE).write_text(json.dumps(record), encoding="utf-8")
    return folder
