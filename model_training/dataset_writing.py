"""Puts the parts of a prepared dataset together once every image is decoded; the manifest comes last."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from cxr_viewer import __version__
from cxr_viewer.core import geometry
from model_training.dataset import (
    EXAMPLES,
    FORMAT,
    MANIFEST,
    PIXELS,
    VERSION,
    DatasetError,
    PreparedExample,
    learned_line_of,
    line_of,
)
from model_training.example import Example
from model_training.import_progress import PARTIAL_PIXELS, PROGRESS, Outcome


def write(
    out: Path,
    examples: Sequence[Example],
    outcomes: Sequence[Outcome],
    side: int,
    name: str,
    asked: str,
    for_testing: bool,
    left_out: Sequence[str],
) -> None:
    """Turn the unfinished import in ``out`` into a prepared dataset.

    Args:
        out: the folder, with the pixels of all outcomes.
        examples, outcomes: in one order.
        side: of the prepared images in pixels.
        name: of the dataset.
        asked: digest of the request, by which the same import is known again.
        for_testing: marks the dataset.
        left_out: sentences on what the labels name and the dataset lacks.

    Raises:
        DatasetError: no image can be read.
    """
    kept = [outcome for outcome in outcomes if not outcome.problem]
    if not kept:
        raise DatasetError("None of the images can be read; there is nothing to learn from.")
    prepared = [_prepared(examples[outcome.index], outcome) for outcome in kept]
    if len(kept) < len(outcomes):
        _close_gaps(out / PARTIAL_PIXELS, [outcome.index for outcome in kept], len(outcomes), side)
    (out / EXAMPLES).write_text("\n".join(map(line_of, prepared)) + "\n", encoding="utf-8")
    digest = _digest(out / PARTIAL_PIXELS, "\n".join(map(learned_line_of, prepared)))
    (out / PARTIAL_PIXELS).replace(out / PIXELS)
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "name": name,
        "side": side,
        "count": len(prepared),
        "digest": digest,
        "asked": asked,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "code_version": __version__,
        "for_testing": for_testing,
        **_counts(prepared),
        "left_out": [*left_out, *(outcome.problem for outcome in outcomes if outcome.problem)],
    }
    partial = out / (MANIFEST + ".partial")
    partial.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    partial.replace(out / MANIFEST)
    (out / PROGRESS).unlink()


def _counts(prepared: Sequence[PreparedExample]) -> dict[str, Any]:
    """Return what the manifest says of all examples together; the names of sources and readers with their images."""
    return {
        "sources": Counter(example.source for example in prepared),
        "readers": Counter(example.reader for example in prepared if example.reader),
        "persons": len({example.person for example in prepared}),
        "consensus": sum(example.is_consensus for example in prepared),
    }


def _close_gaps(path: Path, kept: Sequence[int], count: int, side: int) -> None:
    """Move the pixels of what is kept together and cut the file."""
    store = np.memmap(path, dtype=np.uint8, mode="r+", shape=(count, side, side))
    for place, index in enumerate(kept):
        store[place] = store[index]
    store.flush()
    del store
    with path.open("r+b") as stream:
        stream.truncate(len(kept) * side * side)


def _prepared(example: Example, outcome: Outcome) -> PreparedExample:
    def clipped(boxes: geometry.Boxes) -> geometry.Boxes:
        return geometry.clip(boxes, outcome.rows, outcome.columns)

    return PreparedExample(
        key=example.key,
        person=example.person,
        source=example.source,
        image_class=example.image_class,
        rows=outcome.rows,
        columns=outcome.columns,
        boxes=clipped(geometry.stack(example.boxes)),
        hard_negatives=clipped(geometry.stack(example.hard_negatives)),
        reader=example.reader,
        sop_instance_uid=outcome.sop_instance_uid or example.sop_instance_uid,
        study_instance_uid=outcome.study_instance_uid or example.study_instance_uid,
        image_digest=outcome.image_digest,
        is_consensus=example.is_consensus,
    )


def _digest(path: Path, head: str) -> str:
    digest = hashlib.sha256(head.encode())
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
