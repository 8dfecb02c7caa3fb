"""From a file to what the detector shall see: header, gate, decoding, windowing. Runs beside the detector."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core import gate
from cxr_viewer.core.studies import Instance, SkippedFile, UnreadableFile
from cxr_viewer.dicom import windowing
from cxr_viewer.dicom.catalogue import read_header
from cxr_viewer.dicom.errors import CONTENT_ERRORS, DicomReadError
from cxr_viewer.dicom.pixel_header import DecodedInstance
from cxr_viewer.scan.scanned_file import ScannedFile, Stamp, Status

Decode = Callable[[Path], DecodedInstance]


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A file before detection.

    Attributes:
        scanned: its row; complete unless there is an image.
        image: (rows, columns) uint8 for the detector, None when it shall not see this file.
    """

    scanned: ScannedFile
    image: NDArray[np.uint8] | None = None


def prepare(path: Path, decode: Decode) -> Prepared:
    """Read one file; whatever is wrong with it becomes its status and reason.

    Args:
        path: a regular file.
        decode: decodes the first frame elsewhere, raises DicomReadError.
    """
    begun = time.perf_counter()
    prepared = _prepare(path, decode)
    seconds = time.perf_counter() - begun
    return replace(prepared, scanned=replace(prepared.scanned, seconds=seconds))


def _prepare(path: Path, decode: Decode) -> Prepared:
    stamp = Stamp.of(path)
    header = read_header(path)
    if isinstance(header, SkippedFile):
        return Prepared(ScannedFile(stamp, Status.SKIPPED, header.reason))
    if isinstance(header, UnreadableFile):
        return Prepared(ScannedFile(stamp, Status.FAILED, header.reason, frame=1))
    named = ScannedFile(
        stamp,
        Status.FAILED,
        frame=1,
        sop_instance_uid=header.sop_instance_uid,
        study_instance_uid=header.study_instance_uid,
    )
    try:
        return _decoded(named, header, decode(path))
    except DicomReadError as error:
        return Prepared(replace(named, reason=str(error)))
    except CONTENT_ERRORS as error:  # a header whose values make no sense together, found while windowing
        return Prepared(replace(named, reason=f"could not be prepared for display: {error}"))


def _decoded(named: ScannedFile, header: Instance, decoded: DecodedInstance) -> Prepared:
    rows, columns = decoded.pixels.shape[:2]
    known = replace(named, instance_key=decoded.key, rows=rows, columns=columns)
    for verdict in (
        gate.header_verdict(header),
        gate.pixel_verdict(rows=rows, columns=columns, is_colour=decoded.header.is_colour),
    ):
        if verdict.withheld:
            return Prepared(replace(known, status=Status.WITHHELD, reason=verdict.reason))
    image = windowing.presentation(decoded)
    return Prepared(replace(known, status=Status.OK, presentation=_digest(image)), image)


def _digest(image: NDArray[np.uint8]) -> str:
    return sha256(repr(image.shape).encode() + image.tobytes()).hexdigest()
