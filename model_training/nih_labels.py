"""Reads the rows of the label files of NIH ChestX-ray14: ``BBox_List_2017.csv`` and ``Data_Entry_2017.csv``."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cxr_viewer.core.geometry import Box
from cxr_viewer.core.interchange import csv_rows, rsna_csv
from cxr_viewer.core.interchange.csv_rows import Place
from model_training.label_files import LabelFileError
from model_training.test_persons import nih_person

NO_FINDING = "No Finding"
LABELS = (
    "Atelectasis", "Cardiomegaly", "Consolidation", "Edema", "Effusion", "Emphysema", "Fibrosis", "Hernia",
    "Infiltration", "Mass", "Nodule", "Pleural_Thickening", "Pneumonia", "Pneumothorax",
)  # fmt: skip
"""The labels of the entry file; the box file says Infiltrate for Infiltration."""

BOX_COLUMNS = ("Image Index", "Finding Label", "Bbox [x", "y", "w", "h]")
"""The header says "Bbox [x,y,w,h]" without quotation marks, so that its brackets are parts of column names."""

ENTRY_COLUMNS = ("Image Index", "Finding Labels", "Patient ID")
_SPELLINGS = {"Infiltrate": "Infiltration"}


@dataclass(frozen=True, slots=True)
class BoxesOfImage:
    """Boxes of one image: what each is of, where it is, and where it is written."""

    labels: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()
    places: tuple[Place, ...] = ()

    def plus(self, label: str, box: Box, place: Place) -> "BoxesOfImage":
        """Return these boxes and one more."""
        return BoxesOfImage((*self.labels, label), (*self.boxes, box), (*self.places, place))

    def of(self, labels: Collection[str]) -> "BoxesOfImage":
        """Return the boxes that are of one of the labels."""
        kept = [row for row in zip(self.labels, self.boxes, self.places, strict=True) if row[0] in labels]
        return BoxesOfImage(*(tuple(column) for column in zip(*kept, strict=True))) if kept else BoxesOfImage()


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of one image as a whole: its labels, whose it is, and where it is written."""

    labels: frozenset[str]
    person: str
    place: Place


def read_boxes(path: Path, problems: list[str]) -> dict[str, BoxesOfImage]:
    """Return the boxes of every image that has some; rows that mean nothing go to ``problems``.

    Raises:
        LabelFileError: the file cannot be read or lacks a column.
    """
    found: dict[str, BoxesOfImage] = {}
    seen: dict[tuple[str, ...], Place] = {}
    for place, row in csv_rows.read(path, BOX_COLUMNS, LabelFileError):
        name, label, *words = row.values()
        label = _SPELLINGS.get(label, label)
        first = seen.setdefault(tuple(row.values()), place)
        try:
            if first != place:
                raise ValueError(f"repeats {first}")
            if not name or label not in LABELS:
                raise ValueError(f"there is no label '{label}'" if name else "the image is empty")
            box = rsna_csv.box_of(words)
        except ValueError as error:
            problems.append(f"{place}: {error}")
            continue
        found[name] = found.get(name, BoxesOfImage()).plus(label, box, place)
    return found


def read_entries(path: Path, problems: list[str]) -> dict[str, Entry]:
    """Return the entry of every image; rows that mean nothing go to ``problems``.

    Raises:
        LabelFileError: the file cannot be read or lacks a column.
    """
    entries: dict[str, Entry] = {}
    for place, row in csv_rows.read(path, ENTRY_COLUMNS, LabelFileError):
        name = row["Image Index"]
        labels = frozenset(row["Finding Labels"].split("|"))
        try:
            if name in entries:
                raise ValueError(f"{name} is there already ({entries[name].place})")
            if not name:
                raise ValueError("the image is empty")
            _check_labels(labels)
            entries[name] = Entry(labels, nih_person(row["Patient ID"]), place)
        except ValueError as error:
            problems.append(f"{place}: {error}")
    return entries


def _check_labels(labels: frozenset[str]) -> None:
    unknown = sorted(labels - {NO_FINDING, *LABELS})
    if unknown:
        raise ValueError(f"there is no label '{unknown[0]}'")
    if NO_FINDING in labels and len(labels) > 1:
        raise ValueError(f"{NO_FINDING} stands beside findings")


def contradictions(boxes_of: Mapping[str, BoxesOfImage], entry_of: Mapping[str, Entry]) -> Iterator[str]:
    """Yield a sentence on every box that its image's entry knows nothing of."""
    for name, found in boxes_of.items():
        entry = entry_of.get(name)
        for label, place in zip(found.labels, found.places, strict=True):
            if entry is None:
                yield f"{place}: there is no entry of {name}"
            elif label not in entry.labels:
                yield f"{place}: the box is of {label}, which {name} has not ({entry.place})"


def entries_of_boxes(boxes_of: Mapping[str, BoxesOfImage], problems: list[str]) -> dict[str, Entry]:
    """Return what the box file alone says: labels of the boxes, and the person by the image's name."""
    entries = {}
    for name, found in boxes_of.items():
        try:
            person = nih_person(name.split("_")[0])
        except ValueError:
            problems.append(f"{found.places[0]}: '{name}' is no NIH image; they are named like 00000001_000.png")
            continue
        entries[name] = Entry(frozenset(found.labels), person, found.places[0])
    return entries
