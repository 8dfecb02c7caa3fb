"""The CSV files of the RSNA Pneumonia Detection Challenge 2018: labels, classes and submissions, in and out.

Labels are ``patientId,x,y,width,height,Target`` with one row per box, or one row without a box and Target 0; classes
are ``patientId,class``, repeated once per box as the challenge's stage-2 file does; submissions are
``patientId,PredictionString`` with "confidence x y width height" repeated. ``patientId`` is a file stem, not a person.
"""

import csv
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cxr_viewer.core.geometry import Box
from cxr_viewer.core.interchange import csv_rows
from cxr_viewer.core.interchange.csv_rows import Place
from cxr_viewer.core.interchange.problems import raise_if_any

NORMAL = "Normal"
NOT_NORMAL = "No Lung Opacity / Not Normal"
OPACITY = "Lung Opacity"
CLASSES = (NORMAL, NOT_NORMAL, OPACITY)

LABEL_COLUMNS = ("patientId", "x", "y", "width", "height", "Target")
CLASS_COLUMNS = ("patientId", "class")
SUBMISSION_COLUMNS = ("patientId", "PredictionString")

_WHOSE = "The label files have"
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
        places: where its rows stand, one per box, or the one row without a box; () when it was not read from a file.
    """

    image_id: str
    boxes: tuple[Box, ...]
    image_class: str = ""
    places: tuple[Place, ...] = field(default=(), compare=False)


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
        RsnaCsvError: a file is missing or has other columns; a row means nothing, repeats another or contradicts it; an
            image has no class, or one that its Target contradicts. The first ten problems are named.
    """
    problems: list[str] = []
    found = _read_labels(labels, problems)
    if classes is not None:
        known = _read_classes(classes, problems)
        found = [_with_class(image, known, classes, problems) for image in found]
    raise_if_any(problems, _WHOSE, RsnaCsvError)
    return tuple(found)


def read_classes(path: Path) -> dict[str, str]:
    """Read a class file, whose images repeat once per box, as a mapping of image to class.

    Raises:
        RsnaCsvError: as ``read``; also an unknown class, or two classes for one image.
    """
    problems: list[str] = []
    classes = _read_classes(path, problems)
    raise_if_any(problems, _WHOSE, RsnaCsvError)
    return classes


def _read_labels(path: Path, problems: list[str]) -> list[LabelledImage]:
    images: dict[str, LabelledImage] = {}
    seen: dict[tuple[str, ...], Place] = {}
    for place, row in csv_rows.read(path, LABEL_COLUMNS, RsnaCsvError):
        content = tuple(row.values())
        if content in seen:
            problems.append(f"{place}: repeats {seen[content]}")
            continue
        seen[content] = place
        try:
            image = _image(row, place)
        except ValueError as error:
            problems.append(f"{place}: {error}")
            continue
        known = images.get(image.image_id)
        if known is None:
            images[image.image_id] = image
        elif known.boxes and image.boxes:
            images[image.image_id] = LabelledImage(
                image.image_id, known.boxes + image.boxes, places=known.places + image.places
            )
        else:
            problems.append(f"{place}: {image.image_id} was negative or positive already in {known.places[0]}")
    return list(images.values())


def _image(row: Mapping[str, str], place: Place) -> LabelledImage:
    if not row["patientId"]:
        raise ValueError("the patientId is empty")
    target = row["Target"].strip().removesuffix(".0")
    if target not in ("0", "1"):
        raise ValueError(f"the Target is '{row['Target']}', not 0 or 1")
    words = [row[column] for column in ("x", "y", "width", "height")]
    if target == "0":
        if any(word.strip() for word in words):
            raise ValueError("Target is 0 but there is a box")
        return LabelledImage(row["patientId"], (), places=(place,))
    return LabelledImage(row["patientId"], (box_of(words),), places=(place,))


def _with_class(image: LabelledImage, known: Mapping[str, str], classes: Path, problems: list[str]) -> LabelledImage:
    name = known.get(image.image_id, "")
    if not name:
        problems.append(f"{classes}: there is no class of {image.image_id} ({image.places[0]})")
    elif (name == OPACITY) != bool(image.boxes):
        problems.append(f"{classes}: {image.image_id} is '{name}' but its Target says otherwise ({image.places[0]})")
    return LabelledImage(image.image_id, image.boxes, name, image.places)


def _read_classes(path: Path, problems: list[str]) -> dict[str, str]:
    classes: dict[str, str] = {}
    for place, row in csv_rows.read(path, CLASS_COLUMNS, RsnaCsvError):
        name, image_class = row["patientId"], row["class"]
        if image_class not in CLASSES:
            problems.append(f"{place}: unknown class '{image_class}'")
        elif classes.setdefault(name, image_class) != image_class:
            problems.append(f"{place}: {name} had another class before")
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
    for place, row in csv_rows.read(path, SUBMISSION_COLUMNS, RsnaCsvError):
        words = row["PredictionString"].split()
        if len(words) % 5:
            raise RsnaCsvError(f"{place}: a prediction has five numbers per box, this one has {len(words)} in all.")
        groups = [words[start : start + 5] for start in range(0, len(words), 5)]
        try:
            boxes = tuple(ScoredBox(_numbers(group[:1])[0], box_of(group[1:])) for group in groups)
        except ValueError as error:
            raise RsnaCsvError(f"{place}: {error}.") from error
        predictions[row["patientId"]] = boxes
    return predictions


def box_of(words: Sequence[str]) -> Box:
    """Return the box of the words x, y, width, height.

    Raises:
        ValueError: they are not four finite numbers, or the box has no area; the message is a phrase.
    """
    x, y, width, height = _numbers(words)
    if width <= 0 or height <= 0:
        raise ValueError(f"the box is {width:g} wide and {height:g} high")
    return Box(x, y, x + width, y + height)


def _numbers(words: Sequence[str]) -> list[float]:
    try:
        values = [float(word) for word in words]
    except ValueError:
        raise ValueError(f"'{' '.join(words)}' should be {len(words)} numbers") from None
    if not all(map(math.isfinite, values)):
        raise ValueError(f"'{' '.join(words)}' should be finite numbers")
    return values


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
