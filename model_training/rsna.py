"""Reads the RSNA Pneumonia Detection Challenge's label files (facts section 9) as examples.

``patientId`` names an exam and is the image file's stem; the class file repeats it once per box; persons come from the
RSNA-to-NIH mapping. The exams of stage 2 that stage 1 has no labels of were its test set, read by three readers: their
boxes are where the readers agree, smaller than those of one reader, so they are kept apart for tuning the size.
Whatever is wrong in a row is named with file and line; nothing is dropped in silence.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cxr_viewer.core.interchange import rsna_csv
from cxr_viewer.core.interchange.rsna_csv import LabelledImage, RsnaCsvError
from model_training import rsna_mapping
from model_training.example import CLASS_NAMES, Example, ImageClass
from model_training.image_files import ImageFiles, find
from model_training.label_files import LEAK, LabelFileError, Labelled, first_of, raise_problems
from model_training.rsna_mapping import Mapped

_CLASS_OF = {name: image_class for image_class, name in CLASS_NAMES.items()}


@dataclass(frozen=True, slots=True)
class Exam:
    """One exam of the label files.

    Attributes:
        labels: its boxes and class, with their places.
        mapped: what the mapping says of it; None when it says nothing.
        is_consensus: read by several readers.
    """

    labels: LabelledImage
    mapped: Mapped | None = None
    is_consensus: bool = False

    @property
    def person(self) -> str:
        """Return the person, or the exam itself when the person is unknown."""
        return (self.mapped.person if self.mapped is not None else "") or self.labels.image_id

    @property
    def image_class(self) -> ImageClass:
        """Return the class; without a class file a negative exam is just that."""
        if self.labels.boxes:
            return ImageClass.OPACITY
        return _CLASS_OF.get(self.labels.image_class, ImageClass.NO_OPACITY)


def read_exams(
    labels: Path, classes: Path | None = None, mapping: Path | None = None, stage1_labels: Path | None = None
) -> tuple[Exam, ...]:
    """Return the exams of the label files, in their order.

    Args:
        labels: ``stage_2_train_labels.csv``, the file of stage 1, or one of their form.
        classes: ``stage_2_detailed_class_info.csv`` or one of its form.
        mapping: of exams to persons, see ``rsna_mapping``.
        stage1_labels: ``stage_1_train_labels.csv``: exams of ``labels`` that it lacks were read by consensus.

    Raises:
        LabelFileError: rows that mean nothing or contradict each other; the first ten are named.
    """
    try:
        images = rsna_csv.read(labels, classes)
        stage1 = None if stage1_labels is None else {image.image_id for image in rsna_csv.read(stage1_labels)}
    except RsnaCsvError as error:
        raise LabelFileError(str(error)) from error
    if stage1 is not None and not any(image.image_id in stage1 for image in images):
        raise LabelFileError(f"{stage1_labels} has none of the exams of {labels}; it is not the stage-1 file of them.")
    persons = {} if mapping is None else rsna_mapping.read(mapping)
    return tuple(
        Exam(image, persons.get(image.image_id), stage1 is not None and image.image_id not in stage1)
        for image in images
    )


def read(
    images: Path,
    labels: Path,
    classes: Path | None = None,
    mapping: Path | None = None,
    stage1_labels: Path | None = None,
    source: str = "rsna",
    leave_out_missing: bool = False,
    persons_are_exams: bool = False,
) -> Labelled:
    """Return the examples of the label files, in their order.

    Args:
        images: folder with one image per exam, named for it (or for its SOP Instance UID in the mapping), at any depth.
        labels, classes, mapping, stage1_labels: as of ``read_exams``.
        source: name of the data set.
        leave_out_missing: go on without exams that have no image.
        persons_are_exams: every exam is known to be of another person (phantoms): no warning.

    Raises:
        LabelFileError: as ``read_exams``, and exams without an image.
    """
    exams = read_exams(labels, classes, mapping, stage1_labels)
    files = find(images)
    problems: list[str] = []
    missing: list[str] = []
    examples = []
    for exam in exams:
        place = exam.labels.places[0]
        try:
            path = _image_of(exam, files)
        except LabelFileError as error:
            problems.append(f"{place}: of {exam.labels.image_id} {error}")
            continue
        if path is None:
            missing.append(f"{place}: there is no image named {exam.labels.image_id} below {images}")
        else:
            examples.append(_example(exam, path, source))
    raise_problems(problems if leave_out_missing else [*problems, *missing])
    warnings = [*_warnings_on_classes(exams, classes)]
    if not persons_are_exams:
        warnings += _warnings_on_persons(exams, mapping)
    others = files.others({example.path for example in examples})
    unknown = 0 if persons_are_exams else sum(example.person == example.key for example in examples)
    return Labelled(tuple(examples), (*missing, *others), tuple(warnings), unknown)


def _image_of(exam: Exam, files: ImageFiles) -> Path | None:
    found = files.of_stem(exam.labels.image_id)
    if found is None and exam.mapped is not None and exam.mapped.sop_instance_uid:
        found = files.of_stem(exam.mapped.sop_instance_uid)  # the RSNA's own release names files so
    return found


def _example(exam: Exam, path: Path, source: str) -> Example:
    labels = exam.labels
    return Example(
        path=path,
        key=labels.image_id,
        boxes=labels.boxes,
        image_class=exam.image_class,
        person=exam.person,
        source=source,
        label_places=tuple(map(str, labels.places)) if labels.boxes else (),
        sop_instance_uid=exam.mapped.sop_instance_uid if exam.mapped is not None else "",
        study_instance_uid=exam.mapped.study_instance_uid if exam.mapped is not None else "",
        is_consensus=exam.is_consensus,
    )


def _warnings_on_classes(exams: Sequence[Exam], classes: Path | None) -> Iterator[str]:
    if classes is None:
        return
    known = {exam.labels.image_id for exam in exams}
    unlabelled = [name for name in rsna_csv.read_classes(classes) if name not in known]
    if unlabelled:
        yield f"{classes} has {len(unlabelled)} exams that the labels lack ({first_of(unlabelled)}); they are not used."


def _warnings_on_persons(exams: Sequence[Exam], mapping: Path | None) -> tuple[str, ...]:
    if mapping is None:
        return (f"Without a mapping the persons are unknown: every exam counts as a person of its own; {LEAK}.",)
    absent = [exam.labels.image_id for exam in exams if exam.mapped is None]
    doubtful = [exam.labels.image_id for exam in exams if exam.mapped is not None and not exam.mapped.person]
    reasons = {
        f"{len(absent)} exams are not in {mapping}": absent,
        f"for {len(doubtful)} exams {mapping} names an image that differs from theirs": doubtful,
    }
    return tuple(
        f"The person is unknown: {reason} ({first_of(names)}). Each counts as a person of its own; {LEAK}."
        for reason, names in reasons.items()
        if names
    )
