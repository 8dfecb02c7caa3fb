"""Examples become a prepared dataset; an import that was stopped goes on where it was."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from cxr_viewer.core.geometry import Box
from cxr_viewer.core.interchange.problems import raise_if_any
from model_training import dataset_writing, import_progress
from model_training.dataset import DatasetError
from model_training.example import Example
from model_training.image_preparation import prepare_images
from model_training.import_progress import PARTIAL_PIXELS, PROGRESS, Outcome

_EDGE_TOLERANCE = 1.0  # native pixels that a box may stick out by, for rounding


def prepare(
    examples: Sequence[Example],
    out: Path,
    side: int,
    name: str,
    workers: int = 2,
    leave_out_unreadable: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
    *,
    for_testing: bool = False,
    left_out: Sequence[str] = (),
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
        for_testing: mark the dataset; a fit refuses it.
        left_out: sentences on what the labels name and ``examples`` lack, for the manifest.

    Raises:
        DatasetError: images or boxes are wrong; the first ten are named.
        FolderInUseError: the folder holds something else.
    """
    if not examples:
        raise DatasetError("There is nothing to import: no example was found.")
    asked = _digest_of_request(examples, side, for_testing, left_out)
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
        raise_if_any([*(o.problem for o in unreadable), *problems], "The import found", DatasetError)
    dataset_writing.write(out, examples, outcomes, side, name, asked, for_testing, left_out)
    return out


def _problems(examples: Sequence[Example], outcomes: Sequence[Outcome]) -> list[str]:
    """Return a sentence for every image of another size than its labels say and for every box that leaves its image."""
    return [
        problem
        for example, outcome in zip(examples, outcomes, strict=True)
        if not outcome.problem
        for problem in _problems_of(example, outcome)
    ]


def _problems_of(example: Example, outcome: Outcome) -> Iterator[str]:
    size = (outcome.rows, outcome.columns)
    if example.stated_size is not None and example.stated_size != size:
        rows, columns = example.stated_size
        yield (
            f"{example.path}: the labels say {columns} x {rows} pixels, but the image has {outcome.columns} x "
            f"{outcome.rows}; its boxes would lie elsewhere"
        )
        return
    for number, box in enumerate(example.boxes):
        if not _is_inside(box, outcome) or box.area <= 0:
            place = example.label_places[number] if example.label_places else example.source
            yield (
                f"{place}: the box {box.x1:g}, {box.y1:g} to {box.x2:g}, {box.y2:g} of {example.key} leaves its image "
                f"of {outcome.columns} x {outcome.rows} pixels or is empty"
            )


def _is_inside(box: Box, outcome: Outcome) -> bool:
    return (
        min(box.x1, box.y1) >= -_EDGE_TOLERANCE
        and box.x2 <= outcome.columns + _EDGE_TOLERANCE
        and box.y2 <= outcome.rows + _EDGE_TOLERANCE
    )


def _digest_of_request(examples: Sequence[Example], side: int, for_testing: bool, left_out: Sequence[str]) -> str:
    digest = hashlib.sha256(f"{side} {for_testing}\n".encode())
    for part in (*examples, *left_out):
        digest.update(f"{part}\n".encode())
    return digest.hexdigest()
