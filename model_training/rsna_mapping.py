"""Reads which NIH image, and so which person, an exam of the RSNA challenge is.

Two forms: the official ``pneumonia-challenge-dataset-mappings_2018.json``, a list of objects with ``subset_img_id``
(the exam), ``img_id`` (the NIH image; the number before its underscore is the person) and UIDs; or a CSV with
``rsna_patientId`` and ``nih_image``. Such a CSV was made by comparing pixels: where its ``mse`` says that the images
differ, the row tells nothing about the person.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxr_viewer.core.interchange import csv_rows
from model_training.label_files import LabelFileError, raise_problems
from model_training.test_persons import nih_person

CSV_COLUMNS = ("rsna_patientId", "nih_image")
DIFFERENCE_COLUMN = "mse"
LARGEST_DIFFERENCE = 20.0
"""Mean squared difference of grey values above which two images are not the same. JPEG makes up to 7 (measured on all
26,684 exams), other images of a chest 73 and more."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """What the mapping says of one exam.

    Attributes:
        person: as ``test_persons.nih_person``, or "" where the row is doubtful.
        sop_instance_uid, study_instance_uid: of the RSNA's own release, "" where the mapping has none.
    """

    person: str
    sop_instance_uid: str = ""
    study_instance_uid: str = ""


def read(path: Path) -> dict[str, Mapped]:
    """Read a mapping of exams (``patientId``) to persons.

    Raises:
        LabelFileError: it cannot be read, or rows mean nothing or contradict each other; the first ten are named.
    """
    problems: list[str] = []
    mapping: dict[str, Mapped] = {}
    rows = _json_rows(path) if path.suffix == ".json" else _csv_rows(path)
    for place, exam, image, uids in rows:
        try:
            mapped = Mapped(nih_person(image.split("_")[0]) if image else "", *uids)
        except ValueError:
            problems.append(f"{place}: '{image}' is no NIH image; they are named like 00000001_000.png")
            continue
        if not exam:
            problems.append(f"{place}: the exam is empty")
        elif mapping.setdefault(exam, mapped) != mapped:
            problems.append(f"{place}: {exam} belonged to another image before")
    raise_problems(problems)
    return mapping


_Row = tuple[object, str, str, tuple[str, str]]


def _csv_rows(path: Path) -> Iterator[_Row]:
    for place, row in csv_rows.read(path, CSV_COLUMNS, LabelFileError, optional=(DIFFERENCE_COLUMN,)):
        image = row["nih_image"]
        if not image:
            raise LabelFileError(f"{place}: the image is empty.")
        yield place, row["rsna_patientId"], "" if _is_doubtful(row[DIFFERENCE_COLUMN], place) else image, ("", "")


def _is_doubtful(text: str, place: csv_rows.Place) -> bool:
    try:
        return bool(text) and not float(text) <= LARGEST_DIFFERENCE
    except ValueError as error:
        raise LabelFileError(f"{place}: the {DIFFERENCE_COLUMN} is '{text}', not a number.") from error


def _json_rows(path: Path) -> Iterator[_Row]:
    try:
        entries = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise LabelFileError(f"{path} cannot be read as JSON: {error}.") from error
    if not isinstance(entries, list):
        raise LabelFileError(f"{path} is no list of exams; the official mapping is one.")
    for number, entry in enumerate(entries, start=1):
        place = f"{path}, entry {number}"
        if not isinstance(entry, Mapping):
            raise LabelFileError(f"{place} is no object with subset_img_id and img_id.")
        uids = _text(entry, "SOPInstanceUID"), _text(entry, "StudyInstanceUID")
        image = _text(entry, "img_id")
        if not image:
            raise LabelFileError(f"{place}: img_id is missing.")
        yield place, _text(entry, "subset_img_id"), image, uids


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else ""
