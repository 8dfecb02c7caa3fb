"""Boxes that somebody else drew, from an RSNA CSV or a COCO JSON file, each with the place where it stands."""

from dataclasses import dataclass
from pathlib import Path

from cxr_viewer.core.geometry import Box
from cxr_viewer.core.interchange import coco, rsna_csv
from cxr_viewer.core.interchange.coco import CocoError
from cxr_viewer.core.interchange.rsna_csv import RsnaCsvError

BoxesError = (RsnaCsvError, CocoError)
"""What reading may raise: sentences that name the file and the lines."""


@dataclass(frozen=True, slots=True)
class ForeignBox:
    """One box, native pixels.

    Attributes:
        kind: what the file calls it, "" for a lung opacity.
        place: file and line, or file and annotation.
    """

    box: Box
    kind: str
    place: str


@dataclass(frozen=True, slots=True)
class ForeignImage:
    """One image of a file.

    Attributes:
        name: what the file calls it: a file name or stem, or a SOP Instance UID.
        boxes: none means that somebody looked and drew nothing.
        place: where the image stands first.
        size: rows and columns that the file says, None where it does not.
    """

    name: str
    boxes: tuple[ForeignBox, ...]
    place: str
    size: tuple[int, int] | None = None


def read(path: Path) -> tuple[ForeignImage, ...]:
    """Read a file by its ending: ``.json`` is COCO, all else an RSNA label table.

    Raises:
        RsnaCsvError, CocoError: the file cannot be read, or rows of it mean nothing; the first ten are named.
    """
    return _read_coco(path) if path.suffix.lower() == ".json" else _read_rsna(path)


def _read_rsna(path: Path) -> tuple[ForeignImage, ...]:
    return tuple(
        ForeignImage(
            image.image_id,
            tuple(ForeignBox(box, "", str(place)) for box, place in zip(image.boxes, image.places, strict=False)),
            str(image.places[0]),
        )
        for image in rsna_csv.read(path)
    )


def _read_coco(path: Path) -> tuple[ForeignImage, ...]:
    return tuple(
        ForeignImage(
            image.file_name,
            tuple(
                ForeignBox(
                    each.box,
                    "" if each.category == coco.OPACITY else each.category,
                    f"{path}, annotation {each.annotation_id}",
                )
                for each in image.boxes
            ),
            f"{path}, image {image.file_name}",
            (image.rows, image.columns),
        )
        for image in coco.read(path)
    )
