"""Reads the label files of NIH ChestX-ray14 as examples: ``BBox_List_2017.csv`` and ``Data_Entry_2017.csv``.

The entry file has the text-mined labels of every image, the box file boxes of a few hundred. Which labels count as lung
opacity is a choice of the user. An image that has such a label but no box is neither positive nor negative (nothing is
known about where the opacity is) and is left out by name. "No Finding" is normal; every other image is not normal.
"""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from model_training.example import Example, ImageClass
from model_training.image_files import find
from model_training.label_files import LabelFileError, Labelled, first_of, raise_problems
from model_training.nih_labels import (
    LABELS,
    NO_FINDING,
    BoxesOfImage,
    Entry,
    contradictions,
    entries_of_boxes,
    read_boxes,
    read_entries,
)

OPACITY_LABELS = ("Pneumonia", "Infiltration", "Consolidation")
"""Labels that count as lung opacity unless the user says otherwise: what comes closest to what the RSNA's readers
boxed, opacities that may be pneumonia. Others that are dense (Atelectasis, Edema, Mass, Nodule) are "not normal"."""


def read(
    images: Path,
    boxes: Path,
    entries: Path | None = None,
    opacity_labels: Collection[str] = OPACITY_LABELS,
    source: str = "nih",
    leave_out_missing: bool = False,
) -> Labelled:
    """Return the examples of the label files, in the order of the entries, or of the boxes without entries.

    Args:
        images: folder with the images, at any depth.
        boxes: ``BBox_List_2017.csv``.
        entries: ``Data_Entry_2017.csv`` or its version of 2020, also compressed; without it only images with a box of
            an opacity can be used.
        opacity_labels: names of LABELS that count as lung opacity.
        source: name of the data set.
        leave_out_missing: go on without images that are not there.

    Raises:
        LabelFileError: rows that mean nothing or contradict each other, or missing images; the first ten are named.
    """
    unknown = sorted(set(opacity_labels) - set(LABELS))
    if unknown:
        raise LabelFileError(f"There is no label {', '.join(unknown)} in ChestX-ray14; it has {', '.join(LABELS)}.")
    problems: list[str] = []
    boxes_of = read_boxes(boxes, problems)
    entry_of = read_entries(entries, problems) if entries is not None else entries_of_boxes(boxes_of, problems)
    problems += contradictions(boxes_of, entry_of)
    files = find(images)
    left_out: list[str] = []
    missing = left_out if leave_out_missing else problems
    examples = []
    for name, entry in entry_of.items():
        known = boxes_of.get(name, BoxesOfImage()).of(opacity_labels)
        reason = _unusable(entry, known, opacity_labels, entries is not None)
        if reason:
            left_out.append(f"{entry.place}: {name} {reason}")
            continue
        try:
            path = files.of_name(name)
        except LabelFileError as error:
            problems.append(f"{entry.place}: of {name} {error}")
            continue
        if path is None:
            missing.append(f"{entry.place}: there is no image named {name} below {images}")
        else:
            examples.append(_example(name, path, entry, known, source))
    raise_problems(problems)
    others = files.others({path for name in entry_of for path in files.by_name.get(name, ())})
    warnings = _warnings(entry_of, boxes_of, opacity_labels)
    return Labelled(tuple(examples), (*left_out, *others), tuple(warnings))


def _unusable(entry: Entry, known: BoxesOfImage, opacity_labels: Collection[str], has_entries: bool) -> str:
    if known.boxes:
        return ""
    counted = sorted(entry.labels.intersection(opacity_labels))
    if counted:
        return f"has {' and '.join(counted)} but no box of it: nothing is known about where"
    return "" if has_entries else f"has boxes of {' and '.join(sorted(entry.labels))} only: no entry says the rest"


def _example(name: str, path: Path, entry: Entry, known: BoxesOfImage, source: str) -> Example:
    if known.boxes:
        image_class = ImageClass.OPACITY
    else:
        image_class = ImageClass.NORMAL if entry.labels == {NO_FINDING} else ImageClass.NOT_NORMAL
    return Example(
        path=path,
        key=Path(name).stem,
        boxes=known.boxes,
        image_class=image_class,
        person=entry.person,
        source=source,
        label_places=tuple(map(str, known.places)),
    )


def _warnings(
    entry_of: Mapping[str, Entry], boxes_of: Mapping[str, BoxesOfImage], opacity_labels: Collection[str]
) -> Iterator[str]:
    counted = {name: entry.labels.intersection(opacity_labels) for name, entry in entry_of.items()}
    boxed = {name: set(found.of(opacity_labels).labels) for name, found in boxes_of.items()}
    without = [name for name, labels in counted.items() if labels and not boxed.get(name)]
    if without:
        yield (
            f"{len(without)} images have a label that counts as opacity but no box of it ({first_of(without)}); they "
            "are no negatives and are left out."
        )
    partly = [name for name, labels in boxed.items() if labels and counted[name] - labels]
    if partly:
        yield (
            f"{len(partly)} images have boxes of some of their opacities only ({first_of(partly)}); the others, where "
            "they are elsewhere, are learned as no opacity."
        )
