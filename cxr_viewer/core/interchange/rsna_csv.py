"""The CSV files of the RSNA Pneumonia Detection Challenge 2018: labels, classes and submissions, in and out.

Labels are ``patientId,x,y,width,height,Target`` with one row per box, or one row without a box and Target 0; classes
are ``patientId,class``, repeated once per box as the challenge's stage-2 file does; submissions are
``patientId,PredictionString`` with "confidence x y width height" repeated. ``patientId`` is a file stem, not a person.
"""

import csv
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cxr_viewer.core.geometry import Box

NORMAL = "Normal"
NOT_NORMAL = "No Lung Opacity / Not Normal"
OPACITY = "Lung Opacity"
CLASSES = (NORMAL, NOT_NORMAL, OPACITY)

LABEL_COLUMNS = ("patientId", "x", "y", "width", "height", "Target")
CLASS_COLUMNS = ("patientId", "class")
SUBMISSION_COLUMNS = ("patientId", "PredictionString")

_GRID = 1024  # corners are written on a grid of 1/1024 pixel: binary fractions, so that x + width is exact


class RsnaCsvError(Exception):
    """A CSV that is not of the challenge's form; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class LabelledImage:
    """One image of the challenge's form.

    Attributes:
        image_id: the stem of its file.
        boxes: opacities in native pixels; none means Target 0.
        image_class: one of CLASSES, or "" where only labels were read.
    """

    image_id: str
    boxes: tuple[Box, ...]
    image_class: str = ""


@dataclass(frozen=True, slots=True)
class ScoredBox:
    """One predicted box of a submission; native pixels."""

    score: float
    box: Box


def on_grid(box: Box) -> Box:
    """Return the box with its corners moved to the grid that the files are written on (1/1024 pixel)."""
    x1, y1, x2, y2 = (round(value * _GRID) / _GRID for value in (box.x1, box.y1, box.x2, box.y2))
    return Box(x1, y1, x2, y2)


def write_labels(path: Path, images: Iterable[LabelledImage]) -> None:
    """Write the label file; boxes are put on the grid of ``on_grid``."""
    _write(path, LABEL_COLUMNS, (row for image in images for row in _label_rows(image)))


def write_classes(path: Path, images: Iterable[LabelledImage]) -> None:
    """Write the class file, a row per box as the challenge does.

    Raises:
        RsnaCsvError: an image has no class of CLASSES.
    """
    images = list(images)
    for image in images:
        if image.image_class not in CLASSES:
            raise RsnaCsvError(f"Image {image.image_id} has no class of the challenge ({image.image_class!r}).")
    _write(path, CLASS_COLUMNS, ((i.image_id, i.image_class) for i in images for _ in range(max(1, len(i.boxes)))))


def _label_rows(image: LabelledImage) -> Iterator[tuple[str, ...]]:
    if not image.boxes:
        yield (image.image_id, "", "", "", "", "0")
    for box in map(on_grid, image.boxes):
        yield (image.image_id, repr(box.x1), repr(box.y1), repr(box.width), repr(box.height), "1")


def read(labels: Path, classes: Path | None = None) -> tuple[LabelledImage, ...]:
    """Read a label file, and its class file where given, in the order of the labels.

    Raises:
        RsnaCsvError: a file is missing, has other columns, or a row means nothing.
    """
    boxes: dict[str, list[Box]] = {}
    for line, row in _read(labels, LABEL_COLUMNS):
        found = boxes.setdefault(row["patientId"], [])
        target = row["Target"].strip()
        if target not in ("0", "1", "0.0", "1.0"):
            raise RsnaCsvError(f"{labels}, line {line}: Target is {target!r}, not 0 or 1.")
        if float(target) == 1:
            found.append(_box([row["x"], row["y"], row["width"], row["height"]], f"{labels}, line {line}"))
    known = {} if classes is None else read_classes(classes)
    return tuple(LabelledImage(name, tuple(found), known.get(name, "")) for name, found in boxes.items())


def read_classes(path: Path) -> dict[str, str]:
    """Read a class file, whose images repeat once per box, as a mapping of image to class.

    Raises:
        RsnaCsvError: as ``read``; also an unknown class, or two classes for one image.
    """
    classes: dict[str, str] = {}
    for line, row in _read(path, CLASS_COLUMNS):
        name, image_class = row["patientId"], row["class"]
        if image_class not in CLASSES:
            raise RsnaCsvError(f"{path}, line {line}: {image_class!r} is no class of the challenge.")
        if classes.setdefault(name, image_class) != image_class:
            raise RsnaCsvError(f"{path}, line {line}: image {name} has two classes.")
    return classes


def prediction_string(boxes: Sequence[ScoredBox]) -> str:
    """Return "confidence x y width height" of each box, scores with four decimals, boxes with two."""
    return " ".join(
        f"{each.score:.4f} {each.box.x1:.2f} {each.box.y1:.2f} {each.box.width:.2f} {each.box.height:.2f}"
        for each in boxes
    )


def write_submission(path: Path, predictions: Mapping[str, Sequence[ScoredBox]]) -> None:
    """Write a submission: every image has a row, also when nothing was found in it."""
    _write(path, SUBMISSION_COLUMNS, ((name, prediction_string(boxes)) for name, boxes in predictions.items()))


def read_submission(path: Path) -> dict[str, tuple[ScoredBox, ...]]:
    """Read a submission.

    Raises:
        RsnaCsvError: the file is missing, has other columns, or a prediction is not five numbers per box.
    """
    predictions = {}
    for line, row in _read(path, SUBMISSION_COLUMNS):
        words, where = row["PredictionString"].split(), f"{path}, line {line}"
        if len(words) % 5:
            raise RsnaCsvError(f"{where}: a prediction has five numbers per box, this one has {len(words)} in all.")
        groups = [words[start : start + 5] for start in range(0, len(words), 5)]
        predictions[row["patientId"]] = tuple(ScoredBox(_numbers(g[:1], where)[0], _box(g[1:], where)) for g in groups)
    return predictions


def _box(words: Sequence[str], where: str) -> Box:
    x, y, width, height = _numbers(words, where)
    if width <= 0 or height <= 0:
        raise RsnaCsvError(f"{where}: the box has no area ({width:g} x {height:g}).")
    return Box(x, y, x + width, y + height)


def _numbers(words: Sequence[str], where: str) -> list[float]:
    try:
        values = [float(word) for word in words]
    except ValueError as error:
        raise RsnaCsvError(f"{where}: {' '.join(words)!r} should be numbers.") from error
    if not all(map(math.isfinite, values)):
        raise RsnaCsvError(f"{where}: {' '.join(words)!r} should be finite numbers.")
    return values


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def _read(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            missing = [column for column in columns if column not in (reader.fieldnames or [])]
            if missing:
                raise RsnaCsvError(f"{path} has no column {', '.join(missing)}.")
            for row in reader:
                yield reader.line_num, row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise RsnaCsvError(f"{path} cannot be read: {error}.") from error
