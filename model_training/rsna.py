"""Reads the RSNA Pneumonia Detection Challenge's label files (facts section 9) as examples.

``patientId`` names an exam and is the image file's stem; the class file repeats it once per box; persons come from the
RSNA-to-NIH mapping. Whatever is wrong in a row is named with file and line; nothing is dropped in silence.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cxr_viewer.core.geometry import Box
from cxr_viewer.core.interchange.rsna_csv import CLASS_COLUMNS, LABEL_COLUMNS
from model_training.example import CLASS_NAMES, Example, ImageClass

MAPPING_COLUMNS = ("rsna_patientId", "nih_image")
IMAGE_ENDINGS = (".dcm", ".png", ".jpg", ".jpeg", ".tif", ".tiff")
_CLASS_OF = {name: image_class for image_class, name in CLASS_NAMES.items()}
_NAMED_PROBLEMS = 10


class RsnaError(Exception):
    """The label files cannot be used; the message names files and lines."""


@dataclass(frozen=True, slots=True)
class _Exam:
    is_positive: bool
    boxes: tuple[Box, ...]
    places: tuple[str, ...]


def read(
    images: Path, labels: Path, classes: Path | None = None, mapping: Path | None = None, source: str = "rsna"
) -> list[Example]:
    """Return the examples of the label files, in their order.

    Args:
        images: folder with one image per exam, named for it, at any depth.
        labels: ``stage_2_train_labels.csv`` or one of its form.
        classes: ``stage_2_detailed_class_info.csv`` or one of its form; without it a negative exam is just that.
        mapping: CSV with ``rsna_patientId`` and ``nih_image``: the number before the underscore is the person.
        source: name of the data set.

    Raises:
        RsnaError: rows that contradict each other or the files; the first ten are named.
    """
    problems: list[str] = []
    exams = _read_labels(labels, problems)
    class_of = _read_classes(classes, problems) if classes is not None else {}
    persons = _read_mapping(mapping, problems) if mapping is not None else {}
    files = _image_files(images)
    examples = []
    for exam_id, exam in exams.items():
        if exam_id not in files:
            place = exam.places[0] if exam.places else labels
            problems.append(f"{place}: there is no image named {exam_id} below {images}")
            continue
        examples.append(
            Example(
                path=files[exam_id],
                key=exam_id,
                boxes=exam.boxes,
                image_class=_class_of(exam_id, exam, class_of, classes, problems),
                person=persons.get(exam_id, exam_id),
                source=source,
                label_places=exam.places if exam.boxes else (),
            )
        )
    if problems:
        more = f"\n… and {len(problems) - _NAMED_PROBLEMS} more" if len(problems) > _NAMED_PROBLEMS else ""
        raise RsnaError(
            f"The label files have {len(problems)} problems:\n" + "\n".join(problems[:_NAMED_PROBLEMS]) + more
        )
    return examples


def _class_of(
    exam_id: str, exam: _Exam, class_of: Mapping[str, ImageClass], classes: Path | None, problems: list[str]
) -> ImageClass:
    if classes is None:
        return ImageClass.OPACITY if exam.is_positive else ImageClass.NO_OPACITY
    image_class = class_of.get(exam_id)
    if image_class is None:
        problems.append(f"{classes}: there is no class of {exam_id}")
        return ImageClass.NO_OPACITY
    if (image_class is ImageClass.OPACITY) != exam.is_positive:
        problems.append(f"{classes}: {exam_id} is '{CLASS_NAMES[image_class]}' but its Target says otherwise")
    return image_class


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (place, row) of a CSV file.

    Raises:
        RsnaError: the file cannot be read or lacks a column.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream)
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            if missing:
                raise RsnaError(
                    f"{path}, line 1: the column '{missing[0]}' is missing; the columns are {', '.join(columns)}."
                )
            for row in reader:
                yield f"{path}, line {reader.line_num}", {key: row[key] or "" for key in columns}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise RsnaError(f"{path} cannot be read as CSV: {error}.") from error


def _read_labels(path: Path, problems: list[str]) -> dict[str, _Exam]:
    exams: dict[str, _Exam] = {}
    seen: dict[tuple[str, ...], str] = {}
    for place, row in _rows(path, LABEL_COLUMNS):
        content = tuple(row.values())
        if content in seen:
            problems.append(f"{place}: repeats {seen[content]}")
            continue
        seen[content] = place
        try:
            exam = _exam(row, place)
        except ValueError as error:
            problems.append(f"{place}: {error}")
            continue
        known = exams.get(row["patientId"])
        if known is None:
            exams[row["patientId"]] = exam
        elif known.is_positive and exam.is_positive:
            exams[row["patientId"]] = _Exam(True, known.boxes + exam.boxes, known.places + exam.places)
        else:
            problems.append(f"{place}: {row['patientId']} was negative or positive already in {known.places[0]}")
    return exams


def _exam(row: Mapping[str, str], place: str) -> _Exam:
    if not row["patientId"]:
        raise ValueError("the patientId is empty")
    target = row["Target"].strip().removesuffix(".0")
    if target not in ("0", "1"):
        raise ValueError(f"the Target is '{row['Target']}', not 0 or 1")
    texts = [row[column] for column in ("x", "y", "width", "height")]
    if target == "0":
        if any(texts):
            raise ValueError("Target is 0 but there is a box")
        return _Exam(False, (), (place,))
    try:
        x, y, width, height = (float(text) for text in texts)
    except ValueError:
        raise ValueError("Target is 1 but the box is not four numbers") from None
    if not (width > 0 and height > 0):
        raise ValueError(f"the box is {width:g} wide and {height:g} high")
    return _Exam(True, (Box(x, y, x + width, y + height),), (place,))


def _read_classes(path: Path, problems: list[str]) -> dict[str, ImageClass]:
    classes: dict[str, ImageClass] = {}
    for place, row in _rows(path, CLASS_COLUMNS):
        image_class = _CLASS_OF.get(row["class"])
        if image_class is None:
            problems.append(f"{place}: unknown class '{row['class']}'")
        elif classes.setdefault(row["patientId"], image_class) is not image_class:
            problems.append(f"{place}: {row['patientId']} had another class before")
    return classes


def _read_mapping(path: Path, problems: list[str]) -> dict[str, str]:
    persons: dict[str, str] = {}
    for place, row in _rows(path, MAPPING_COLUMNS):
        person = f"nih-{row['nih_image'].split('_')[0]}"
        if persons.setdefault(row["rsna_patientId"], person) != person:
            problems.append(f"{place}: {row['rsna_patientId']} belonged to another person before")
    return persons


def _image_files(folder: Path) -> dict[str, Path]:
    """Return image files below a folder by stem; DICOM goes before other forms of the same name."""
    if not folder.is_dir():
        raise RsnaError(f"There is no folder {folder}.")
    found: dict[str, Path] = {}
    for ending in reversed(IMAGE_ENDINGS):
        found.update({path.stem: path for path in sorted(folder.rglob(f"*{ending}"))})
    return found
