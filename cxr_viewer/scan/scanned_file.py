"""What a scan says about one file: the row of a regular file that was found, with its detections."""

import os
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

import numpy as np

from cxr_viewer.core.candidates import Detections


class Status(StrEnum):
    """What became of a file."""

    OK = "ok"
    WITHHELD = "withheld"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells without reading it whether a file is still the one that was scanned.

    Attributes:
        path: absolute, as it was found.
        size: bytes; -1 when the file could not be looked at.
        changed_ns: time of the last change, nanoseconds.
    """

    path: str
    size: int = -1
    changed_ns: int = 0

    @classmethod
    def of(cls, path: Path) -> Self:
        """Return the stamp of a file as it is now."""
        try:
            state = path.stat()
        except OSError:
            return cls(str(path))
        return cls(str(path), state.st_size, state.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class FoundBox:
    """One detection: box in native pixels of the stored image, mean score, votes."""

    x: float
    y: float
    width: float
    height: float
    score: float
    members_agreeing: int
    members: int


def found_boxes(detections: Detections) -> tuple[FoundBox, ...]:
    """Return detections as plain values, best score first."""
    rows = zip(detections.boxes, detections.scores, detections.members_agreeing, strict=True)
    return tuple(_found_box(box.astype(np.float64), float(s), int(n), detections.members) for box, s, n in rows)


def _found_box(box: np.ndarray[Any, np.dtype[np.float64]], score: float, agreeing: int, members: int) -> FoundBox:
    x1, y1, x2, y2 = (float(value) for value in box)
    return FoundBox(x1, y1, x2 - x1, y2 - y1, score, agreeing, members)


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """One file with everything the five result files say about it.

    Attributes:
        stamp: the file and its state when it was read.
        status, reason: the reason is "" for ``ok``.
        frame: 1 for an image, None for what is none.
        instance_key: "" where the pixels could not be decoded.
        presentation: sha256 of what the detector saw and of the true size, "" where it saw nothing.
        rows, columns: true size in native pixels, 0 where the pixels could not be decoded.
        opacity_probability: mean softmax of Lung Opacity, None without that head or without detection.
        top_score: best candidate before thresholds, 0 when there is none; None without detection.
        detections: best score first.
        seconds: time spent on this file, decoding and detection.
        thumbnail: data URI for the report; "" for what the report does not show.
    """

    stamp: Stamp
    status: Status
    reason: str = ""
    frame: int | None = None
    instance_key: str = ""
    sop_instance_uid: str = ""
    study_instance_uid: str = ""
    presentation: str = ""
    rows: int = 0
    columns: int = 0
    opacity_probability: float | None = None
    top_score: float | None = None
    detections: tuple[FoundBox, ...] = ()
    seconds: float = 0.0
    thumbnail: str = ""

    @property
    def name(self) -> str:
        """The file's name without its folders."""
        return os.path.basename(self.stamp.path)  # noqa: PTH119 - a path of another platform's spelling stays text

    @property
    def stem(self) -> str:
        """The name without its suffix; the last number of a name that is a UID is no suffix."""
        stem, dot, suffix = self.name.rpartition(".")
        return stem if stem and dot and not suffix.isdigit() else self.name

    def to_json(self) -> dict[str, Any]:
        """Return plain values from which ``from_json`` makes an equal row."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Return the row that ``to_json`` was asked of.

        Raises:
            KeyError, TypeError, ValueError: the values are of another form.
        """
        return cls(
            **values
            | {
                "stamp": Stamp(**values["stamp"]),
                "status": Status(values["status"]),
                "detections": tuple(FoundBox(**box) for box in values["detections"]),
            }
        )
