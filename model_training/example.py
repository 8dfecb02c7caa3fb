"""Example: one training image with what is known about it."""

from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from cxr_viewer.core.geometry import Box
from cxr_viewer.core.interchange import rsna_csv


class ImageClass(IntEnum):
    """What is known of the whole image; the first three are the order of the global head's outputs."""

    NOT_NORMAL = 0
    """No Lung Opacity / Not Normal."""
    NORMAL = 1
    OPACITY = 2
    """Lung Opacity."""
    NO_OPACITY = 3
    """A reader found no opacity and did not say whether the image is normal."""


CLASS_NAMES = {
    ImageClass.NOT_NORMAL: rsna_csv.NOT_NORMAL,
    ImageClass.NORMAL: rsna_csv.NORMAL,
    ImageClass.OPACITY: rsna_csv.OPACITY,
}
"""Names of the RSNA class file."""


@dataclass(frozen=True, slots=True)
class Example:
    """One training image.

    Attributes:
        path: the image file.
        key: identity of the image in its source (RSNA patientId, salted InstanceKey of a correction set).
        boxes: opacities, native pixels.
        image_class: what is known of the whole image.
        person: images of one person stay in one fold; equals ``key`` when persons are unknown.
        source: name of the data set that it came from.
        hard_negatives: places where a reader rejected a detection, native pixels.
        label_places: where the boxes are written, one text per box ("labels.csv, line 12"), for messages.
        reader: who said what is learned, "" when unknown.
        sop_instance_uid, study_instance_uid: that the label files tell, for images whose own file has none.
        is_consensus: read by several readers whose agreement is the box: for tuning the size only.
        stated_size: rows and columns that the labels claim, None when they claim none; another size of the image is an
            error, since the boxes then mean other places.
    """

    path: Path
    key: str
    boxes: tuple[Box, ...]
    image_class: ImageClass
    person: str
    source: str
    hard_negatives: tuple[Box, ...] = ()
    label_places: tuple[str, ...] = ()
    reader: str = ""
    sop_instance_uid: str = ""
    study_instance_uid: str = ""
    is_consensus: bool = False
    stated_size: tuple[int, int] | None = None

    @property
    def is_positive(self) -> bool:
        return bool(self.boxes)
