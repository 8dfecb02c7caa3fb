"""Examples become a prepared dataset; an import that was stopped goes on where it was."""

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from cxr_viewer import __version__
from cxr_viewer.core import geometry
from model_training import import_progress
from model_training.dataset import EXAMPLES, FORMAT, MANIFEST, PIXELS, VERSION, DatasetError, PreparedExample, line_of
from model_training.example import Example
from model_training.image_preparation import prepare_images
from model_training.import_progress import PARTIAL_PIXELS, PROGRESS, Outcome

_NAMED_PROBLEMS = 10
_EDGE_TOLERANCE = 1.0  # native pixels that a box may stick out by, for rounding


def prepare(
    examples: Sequence[Example],
    out: Path,
    side: int,
    name: str,
    workers: int = 2,
    leave_out_unreadable: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Write the prepared dataset and return its folder.

    Args:
        examples: what to prepare, in the order of the dataset.
        out: a new folder, or one that holds the same import, unfinished or done.
        side: of the prepared images in pixels.
        name: of the dataset, for reports.
        workers: processes; 0 works in this one.
        leave_out_unreadable: go on without images that cannot be read (the manifest names them).
        on_progress: told (done, of).

    Raises:
        DatasetError: images or boxes are wrong; the first ten are named.
        FolderInUseError: the folder holds something else.
    """
    if not examples:
        raise DatasetError("There is nothing to import: no example was found.")
    asked = _digest_of_request(examples, side)
    if import_progress.is_done(out, asked):
        return out
    done = import_progress.begin(out, asked, len(examples), side)
    with (out / PROGRESS).open("a", encoding="utf-8") as stream:
        paths = [example.path for example in examples]
        todo = [index for index in range(len(examples)) if index not in done]
        for outcome in prepare_images(paths, todo, out / PARTIAL_PIXELS, side, workers):
            done[outcome.index] = outcome
            import_progress.log(stream, outcome)
            if on_progress is not None:
                on_progress(len(done), len(examples))
    outcomes = [done[index] for index in range(len(examples))]
    problems = _problems(examples, outcomes)
    unreadable = [outcome for outcome in outcomes if outcome.problem]
    if problems or (unreadable and not leave_out_unreadable):
        import_progress.forget_problems(out / PROGRESS, outcomes, asked)
        raise DatasetError(_sentence([*(o.problem for o in unreadable), *problems]))
    _finish(out, examples, outcomes, side, name, asked)
    return out


def _problems(examples: Sequence[Example], outcomes: Sequence[Outcome]) -> list[str]:
    """Return a sentence for every box that leaves its image."""
    found = []
    for example, outcome in zip(examples, outcomes, strict=True):
        if outcome.problem:
            continue
        for number, box in enumerate(example.boxes):
            inside = (
                min(box.x1, box.y1) >= -_EDGE_TOLERANCE
                and box.x2 <= outcome.columns + _EDGE_TOLERANCE
                and box.y2 <= outcome.rows + _EDGE_TOLERANCE
            )
            if not inside or box.area <= 0:
                place = example.label_places[number] if example.label_places else example.source
                found.append(
                    f"{place}: the box {box.x1:g}, {box.y1:g} to {box.x2:g}, {box.y2:g} of {example.key} leaves its "
                    f"image of {outcome.columns} x {outcome.rows} pixels or is empty"
                )
    return found


def _sentence(problems: Sequence[str]) -> str:
    more = f"\n… and {len(problems) - _NAMED_PROBLEMS} more" if len(problems) > _NAMED_PROBLEMS else ""
    return f"The import found {len(problems)} problems:\n" + "\n".join(problems[:_NAMED_PROBLEMS]) + more


def _finish(
    out: Path, examples: Sequence[Example], outcomes: Sequence[Outcome], side: int, name: str, asked: str
) -> None:
    kept = [outcome for outcome in outcomes if not outcome.problem]
    if not kept:
        raise DatasetError("None of the images can be read; there is nothing to learn from.")
    lines = [line_of(_prepared(examples[outcome.index], outcome)) for outcome in kept]
    if len(kept) < len(outcomes):
        store = np.memmap(out / PARTIAL_PIXELS, dtype=np.uint8, mode="r+", shape=(len(outcomes), side, side))
        for place, outcome in enumerate(kept):
            store[place] = store[outcome.index]
        store.flush()
        del store
        with (out / PARTIAL_PIXELS).open("r+b") as stream:
            stream.truncate(len(kept) * side * side)
    (out / EXAMPLES).write_text("\n".join(lines) + "\n", encoding="utf-8")
    digest = _file_digest(out / PARTIAL_PIXELS, "\n".join(lines))
    (out / PARTIAL_PIXELS).replace(out / PIXELS)
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "name": name,
        "side": side,
        "count": len(kept),
        "digest": digest,
        "asked": asked,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "code_version": __version__,
        "left_out": [outcome.problem for outcome in outcomes if outcome.problem],
    }
    partial = out / (MANIFEST + ".partial")
    partial.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    partial.replace(out / MANIFEST)
    (out / PROGRESS).unlink()


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
    )


def _digest_of_request(examples: Sequence[Example], side: int) -> str:
    digest = hashlib.sha256(f"{side}\n".encode())
    for example in examples:
        digest.update(f"{example}\n".encode())
    return digest.hexdigest()


def _file_digest(path: Path, head: str) -> str:
    digest = hashlib.sha256(head.encode())
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
