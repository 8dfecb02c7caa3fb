"""Reads COCO object-detection JSON as examples.

Which categories count as lung opacity is the user's choice. An image without a box of them is a negative of which
nobody said whether it is normal, as in the files that ``cxr-export`` writes.
"""

from collections.abc import Collection, Sequence
from pathlib import Path

from cxr_viewer.core.interchange import coco, csv_rows
from cxr_viewer.core.interchange.coco import CocoError, LabelledImage
from model_training.example import Example, ImageClass
from model_training.image_files import find
from model_training.label_files import LEAK, LabelFileError, Labelled, first_of, raise_problems

PERSON_COLUMNS = ("file_name", "person")


def read(
    images: Path,
    annotations: Path,
    categories: Collection[str] = (coco.OPACITY,),
    persons: Path | None = None,
    source: str = "coco",
    leave_out_missing: bool = False,
    leave_out_unannotated: bool = False,
) -> Labelled:
    """Return the examples of the annotation file, in the order of its images.

    Args:
        images: folder with the images: at the paths that the file gives, or anywhere below with that name.
        annotations: the JSON file.
        categories: names of the categories that count as lung opacity.
        persons: CSV with ``file_name`` and ``person``.
        source: name of the data set.
        leave_out_missing: go on without images that are not there.
        leave_out_unannotated: an image without any annotation was not looked at, and is no negative.

    Raises:
        LabelFileError: the files mean nothing or contradict each other, or images are missing; the first ten are named.
    """
    found = _annotated(annotations, categories)
    person_of = {} if persons is None else _read_persons(persons)
    files = find(images)
    problems: list[str] = []
    left_out: list[str] = []
    missing = left_out if leave_out_missing else problems
    examples = []
    for image in found:
        place = f"{annotations}, image {image.file_name}"
        if reason := _unusable(image, leave_out_unannotated):
            left_out.append(f"{place}: {reason}")
            continue
        try:
            path = files.of_name(image.file_name)
        except LabelFileError as error:
            problems.append(f"{place}: {error}")
            continue
        if path is None:
            missing.append(f"{place}: there is no image of that name below {images}")
        else:
            person = person_of.get(image.file_name, image.file_name)
            examples.append(_example(image, path, annotations, categories, person, source))
    raise_problems(problems)
    named = {Path(image.file_name).name for image in found}
    others = files.others({path for name in named for path in files.by_name.get(name, ())})
    unknown = [example.key for example in examples if example.key not in person_of]
    return Labelled(tuple(examples), (*left_out, *others), _warnings(unknown, persons), len(unknown))


def _annotated(annotations: Path, categories: Collection[str]) -> tuple[LabelledImage, ...]:
    try:
        document = coco.read_whole(annotations)
    except CocoError as error:
        raise LabelFileError(str(error)) from error
    unknown = [name for name in categories if name not in document.categories]
    if unknown:
        raise LabelFileError(
            f"{annotations} has no category {', '.join(unknown)}; it has {', '.join(document.categories)}. Say by "
            "--category which of them count as lung opacity."
        )
    return document.images


def _unusable(image: LabelledImage, leave_out_unannotated: bool) -> str:
    if image.crowds:
        return f"{image.crowds} of its annotations are crowds, which have no box of one opacity"
    if leave_out_unannotated and not image.boxes:
        return "it has no annotation"
    return ""


def _example(
    image: LabelledImage, path: Path, annotations: Path, categories: Collection[str], person: str, source: str
) -> Example:
    own = [each for each in image.boxes if each.category in categories]
    return Example(
        path=path,
        key=image.file_name,
        boxes=tuple(each.box for each in own),
        image_class=ImageClass.OPACITY if own else ImageClass.NO_OPACITY,
        person=person,
        source=source,
        label_places=tuple(f"{annotations}, annotation {each.annotation_id}" for each in own),
        stated_size=(image.rows, image.columns),
    )


def _read_persons(path: Path) -> dict[str, str]:
    problems: list[str] = []
    persons: dict[str, str] = {}
    for place, row in csv_rows.read(path, PERSON_COLUMNS, LabelFileError):
        name, person = row["file_name"], row["person"].strip()
        if not name or not person:
            problems.append(f"{place}: the {'person' if name else 'file_name'} is empty")
        elif persons.setdefault(name, person) != person:
            problems.append(f"{place}: {name} belonged to another person before")
    raise_problems(problems)
    return persons


def _warnings(unknown: Sequence[str], persons: Path | None) -> tuple[str, ...]:
    if persons is None:
        return (f"Without a file of persons they are unknown: every image counts as a person of its own; {LEAK}.",)
    if not unknown:
        return ()
    return (
        f"The person is unknown: {len(unknown)} images are not in {persons} ({first_of(unknown)}). Each counts as a "
        f"person of its own; {LEAK}.",
    )
