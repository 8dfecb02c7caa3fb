"""Study, Series and Instance as plain values, and how instances are put together to studies."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NewType

InstanceKey = NewType("InstanceKey", str)
"""Identity of an instance: sha256 (hex) over its stored pixels, size and photometric interpretation.

Real archives repeat and omit UIDs, and a PNG has none, so UIDs are attributes and this is identity. It is known only
after the first decoding.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One image file, as its header tells; text is "" and numbers are 0 or None where the header says nothing.

    Attributes:
        path: the file.
        is_dicom: False for PNG, JPEG and TIFF, which have no patient and no UIDs.
        rows, columns: size in native pixels.
        number_of_frames: only the first frame is ever shown.
        patient_orientation: directions of rows and columns (PS3.3 C.7.6.1.1.1), e.g. ("L", "F").
        image_descriptions: what series, protocol, processing and procedure step call the image, in this order.
        anatomic_region, view_code: meanings of the coded region and view.
        study_date, study_time, birth_date: as stored (YYYYMMDD, HHMMSS).
    """

    path: Path
    rows: int
    columns: int
    is_dicom: bool = True
    study_instance_uid: str = ""
    series_instance_uid: str = ""
    sop_instance_uid: str = ""
    sop_class_uid: str = ""
    transfer_syntax_uid: str = ""
    modality: str = ""
    body_part: str = ""
    anatomic_region: str = ""
    view_position: str = ""
    view_code: str = ""
    laterality: str = ""
    patient_orientation: tuple[str, ...] = ()
    image_type: tuple[str, ...] = ()
    presentation_intent: str = ""
    photometric: str = ""
    samples_per_pixel: int = 1
    bits_stored: int = 0
    number_of_frames: int = 1
    instance_number: int | None = None
    series_number: int | None = None
    series_description: str = ""
    image_descriptions: tuple[str, ...] = ()
    study_description: str = ""
    study_date: str = ""
    study_time: str = ""
    accession_number: str = ""
    patient_name: str = ""
    patient_id: str = ""
    birth_date: str = ""
    sex: str = ""
    age: str = ""
    species: str = ""
    burned_in: str = ""
    manufacturer: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """Instances of one series, by instance number."""

    series_instance_uid: str
    number: int | None
    modality: str
    description: str
    instances: tuple[Instance, ...]


@dataclass(frozen=True, slots=True)
class Study:
    """One examination of one patient; for images without a header, one folder of files and no patient."""

    study_instance_uid: str
    patient_name: str
    patient_id: str
    birth_date: str
    sex: str
    date: str
    time: str
    description: str
    accession_number: str
    series: tuple[Series, ...]

    @property
    def instances(self) -> tuple[Instance, ...]:
        """All instances, series by series."""
        return tuple(instance for series in self.series for instance in series.instances)


@dataclass(frozen=True, slots=True)
class UnreadableFile:
    """A file that should be an image and cannot be read; the reason says what is wrong with it."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file that is no image (text, DICOMDIR, structured report, ...); the reason says what it is."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that was found below the paths that were opened."""

    studies: tuple[Study, ...] = ()
    unreadable: tuple[UnreadableFile, ...] = ()
    skipped: tuple[SkippedFile, ...] = ()

    @property
    def instances(self) -> Iterator[Instance]:
        """All instances in the order of the studies."""
        return (instance for study in self.studies for instance in study.instances)


def group(instances: Iterable[Instance]) -> tuple[Study, ...]:
    """Put instances together to studies.

    Patients by name, then identifier; each patient's studies newest first; series by number; instances by number. The
    patient belongs to the key of a study because careless exports give many patients the same UID. Where there is no
    UID the folder takes its place.
    """
    by_study: dict[tuple[str, str, str], list[Instance]] = defaultdict(list)
    for instance in instances:
        uid = instance.study_instance_uid or f"folder {instance.path.parent}"
        by_study[instance.patient_id, instance.patient_name, uid].append(instance)
    studies = sorted((_study(members) for members in by_study.values()), key=_newest_first, reverse=True)
    return tuple(sorted(studies, key=_patient))


def _newest_first(study: Study) -> tuple[str, str]:
    return study.date, study.time


def _patient(study: Study) -> tuple[bool, str, str]:
    return not study.patient_name, study.patient_name.casefold(), study.patient_id


def _study(instances: list[Instance]) -> Study:
    by_series: dict[str, list[Instance]] = defaultdict(list)
    for instance in instances:
        by_series[instance.series_instance_uid or f"folder {instance.path.parent}"].append(instance)
    series = sorted((_series(members) for members in by_series.values()), key=_series_order)
    first = series[0].instances[0]
    folder_name = first.path.parent.name if not first.study_instance_uid else ""
    return Study(
        study_instance_uid=first.study_instance_uid,
        patient_name=first.patient_name,
        patient_id=first.patient_id,
        birth_date=first.birth_date,
        sex=first.sex,
        date=first.study_date,
        time=first.study_time,
        description=first.study_description or folder_name,
        accession_number=first.accession_number,
        series=tuple(series),
    )


def _series(instances: list[Instance]) -> Series:
    ordered = sorted(instances, key=_instance_order)
    first = ordered[0]
    return Series(
        series_instance_uid=first.series_instance_uid,
        number=first.series_number,
        modality=first.modality,
        description=first.series_description,
        instances=tuple(ordered),
    )


def _series_order(series: Series) -> tuple[bool, int, str, str]:
    return series.number is None, series.number or 0, series.series_instance_uid, str(series.instances[0].path)


def _instance_order(instance: Instance) -> tuple[bool, int, str]:
    return instance.instance_number is None, instance.instance_number or 0, str(instance.path)
