"""A prepared dataset: a folder with pixels at training size, memory-mapped, and what is known of every image.

``manifest.json`` names the set, its digest, where it came from and who read it; ``examples.jsonl`` has one line per
image, with UIDs and the digest of its file, in the order of ``pixels.u8``, which is (N, side, side) uint8: the
letterboxed image as the network takes it. Boxes are native pixels.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cxr_viewer.core import geometry
from cxr_viewer.detection.preprocessing import Letterbox, letterbox_of
from model_training.example import ImageClass

FORMAT = "cxr-dataset"
VERSION = 2
READABLE_VERSIONS = (1, VERSION)
"""Version 1 knew no readers, UIDs, digests of files, consensus reads and no mark "for testing": they are then empty."""

MANIFEST, EXAMPLES, PIXELS = "manifest.json", "examples.jsonl", "pixels.u8"


class DatasetError(Exception):
    """The dataset cannot be used; the message is a sentence that names the file."""


@dataclass(frozen=True, slots=True, eq=False)
class PreparedExample:
    """What is known of one prepared image.

    Attributes:
        key, person, source, image_class: as of ``Example``.
        rows, columns: of the stored image.
        boxes, hard_negatives: (N, 4) float32, native pixels.
        reader: who said what is learned, "" when unknown.
        sop_instance_uid, study_instance_uid: of the image, "" when neither its file nor its labels have them.
        image_digest: sha256 of the source file, hexadecimal.
        is_consensus: read by several readers whose agreement is the box; kept apart for tuning the size, never learned
            from and in no fold.
    """

    key: str
    person: str
    source: str
    image_class: ImageClass
    rows: int
    columns: int
    boxes: geometry.Boxes
    hard_negatives: geometry.Boxes
    reader: str = ""
    sop_instance_uid: str = ""
    study_instance_uid: str = ""
    image_digest: str = ""
    is_consensus: bool = False

    def placement(self, side: int) -> Letterbox:
        """Return where the image lies in a square of that side."""
        return letterbox_of(self.rows, self.columns, side)


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """One or several prepared datasets, opened.

    Attributes:
        name: of the set, for reports.
        side: of the prepared images.
        digest: sha256 over everything that is learned from.
        examples: in order.
        pixels: memory maps (N, side, side) uint8, one per folder, in the same order.
        for_testing: one of the folders was imported for testing only; a fit refuses it.
        part_digests: of the folders, where it was opened from several.
    """

    name: str
    side: int
    digest: str
    examples: tuple[PreparedExample, ...]
    pixels: tuple[NDArray[np.uint8], ...]
    for_testing: bool = False
    part_digests: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.examples)

    @property
    def digests(self) -> frozenset[str]:
        """Digests of the whole and of every folder: one that was learned from says that these data were seen."""
        return frozenset((self.digest, *self.part_digests))

    def image(self, index: int) -> NDArray[np.uint8]:
        """Return one prepared image, (side, side) uint8."""
        for part in self.pixels:
            if index < len(part):
                return np.asarray(part[index], dtype=np.uint8)
            index -= len(part)
        raise IndexError(index)


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Examples of one step.

    Attributes:
        pixels: (B, side, side) uint8.
        boxes, hard_negatives: per image (N, 4) float32, network pixels.
        classes: (B,) int64 of ImageClass.
        positions: (B,) positions of the samples in the run.
    """

    pixels: Tensor
    boxes: tuple[geometry.Boxes, ...]
    hard_negatives: tuple[geometry.Boxes, ...]
    classes: Tensor
    positions: tuple[int, ...]

    def to(self, device: torch.device) -> "Batch":
        """Return the batch with its tensors on a device."""
        return Batch(
            self.pixels.to(device, non_blocking=True),
            self.boxes,
            self.hard_negatives,
            self.classes.to(device, non_blocking=True),
            self.positions,
        )


def collect(dataset: Dataset, indices: Sequence[int], positions: Sequence[int]) -> Batch:
    """Return the batch of the examples at ``indices``, shown at ``positions`` of the run."""
    examples = [dataset.examples[index] for index in indices]
    placements = [example.placement(dataset.side) for example in examples]
    return Batch(
        pixels=torch.from_numpy(np.stack([dataset.image(index) for index in indices])),
        boxes=tuple(p.to_network(e.boxes) for p, e in zip(placements, examples, strict=True)),
        hard_negatives=tuple(p.to_network(e.hard_negatives) for p, e in zip(placements, examples, strict=True)),
        classes=torch.tensor([int(example.image_class) for example in examples]),
        positions=tuple(positions),
    )


def open_folders(folders: Sequence[Path]) -> Dataset:
    """Open prepared datasets as one.

    Raises:
        DatasetError: a folder is no dataset, of another version, incomplete, or of another image size than the first.
    """
    parts = [_open(folder) for folder in folders]
    sides = {part.side for part in parts}
    if len(sides) != 1:
        raise DatasetError(f"The datasets are prepared at different sizes ({sorted(sides)}); prepare them at one size.")
    if len(parts) == 1:
        return parts[0]
    return Dataset(
        name=" + ".join(part.name for part in parts),
        side=parts[0].side,
        digest=hashlib.sha256("".join(part.digest for part in parts).encode()).hexdigest(),
        examples=tuple(example for part in parts for example in part.examples),
        pixels=tuple(pixels for part in parts for pixels in part.pixels),
        for_testing=any(part.for_testing for part in parts),
        part_digests=tuple(part.digest for part in parts),
    )


def left_out_of(folder: Path) -> tuple[str, ...]:
    """Return a sentence on everything that the labels or the folder of images had and a prepared dataset lacks.

    Raises:
        DatasetError: the folder is no dataset, or of another version.
    """
    return tuple(map(str, _manifest(folder).get("left_out", ())))


def _open(folder: Path) -> Dataset:
    manifest = _manifest(folder)
    lines = (folder / EXAMPLES).read_text(encoding="utf-8").splitlines()
    count, side = int(manifest["count"]), int(manifest["side"])
    size = (folder / PIXELS).stat().st_size if (folder / PIXELS).is_file() else 0
    if len(lines) != count or size != count * side * side:
        raise DatasetError(f"The dataset {folder} is incomplete; run the import again, it goes on where it stopped.")
    pixels = np.memmap(folder / PIXELS, dtype=np.uint8, mode="r", shape=(count, side, side))
    return Dataset(
        name=str(manifest["name"]),
        side=side,
        digest=str(manifest["digest"]),
        examples=tuple(_example(line) for line in lines),
        pixels=(pixels,),
        for_testing=bool(manifest.get("for_testing", False)),
    )


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DatasetError(
            f"{folder} is no prepared dataset: it has no {MANIFEST}; make one by cxr-train import."
        ) from error
    except ValueError as error:
        raise DatasetError(f"{path} is damaged: {error}.") from error
    if manifest.get("format") != FORMAT or manifest.get("version") not in READABLE_VERSIONS:
        raise DatasetError(
            f"{path} is of an unknown format; this program reads {FORMAT} up to version {VERSION}. Make the dataset "
            "anew by cxr-train import, or take a newer release."
        )
    return manifest


def _example(line: str) -> PreparedExample:
    row = json.loads(line)
    return PreparedExample(
        key=row["key"],
        person=row["person"],
        source=row["source"],
        image_class=ImageClass(row["image_class"]),
        rows=row["rows"],
        columns=row["columns"],
        boxes=np.array(row["boxes"], dtype=np.float32).reshape(-1, 4),
        hard_negatives=np.array(row["hard_negatives"], dtype=np.float32).reshape(-1, 4),
        **{name: row[name] for name in (*_PROVENANCE, _CONSENSUS) if name in row},
    )


def line_of(example: PreparedExample) -> str:
    """Return the line of ``examples.jsonl`` for one example."""
    return _json(_learned_row(example) | {name: getattr(example, name) for name in _PROVENANCE})


def learned_line_of(example: PreparedExample) -> str:
    """Return what is learned from one example, for the digest: whoever read it, however its file is stored."""
    return _json(_learned_row(example))


def _learned_row(example: PreparedExample) -> dict[str, Any]:
    row = {
        "key": example.key,
        "person": example.person,
        "source": example.source,
        "image_class": int(example.image_class),
        "rows": example.rows,
        "columns": example.columns,
        "boxes": example.boxes.tolist(),
        "hard_negatives": example.hard_negatives.tolist(),
    }
    return row | ({_CONSENSUS: True} if example.is_consensus else {})


def _json(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


_CONSENSUS = "is_consensus"
_PROVENANCE = ("reader", "sop_instance_uid", "study_instance_uid", "image_digest")
