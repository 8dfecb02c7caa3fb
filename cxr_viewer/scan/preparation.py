"""From a file to what the detector shall see: header, gate, decoding, windowing, letterbox. Runs wholly in a child.

Whatever a hostile file does while it is read, it does there; and since everything that needs the pixels at full size
happens there too, only small values travel back.
"""

import time
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from cxr_viewer.core import gate
from cxr_viewer.core.candidates import NetworkInput
from cxr_viewer.core.studies import Instance, SkippedFile, UnreadableFile
from cxr_viewer.detection import preprocessing
from cxr_viewer.dicom import pixels, windowing
from cxr_viewer.dicom.catalogue import read_header
from cxr_viewer.dicom.errors import CONTENT_ERRORS, DicomReadError
from cxr_viewer.dicom.pixel_header import DecodedInstance
from cxr_viewer.scan.scanned_file import ScannedFile, Stamp, Status
from cxr_viewer.scan.thumbnail import data_uri


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A file before detection; small, so that it can travel between processes and machines.

    Attributes:
        scanned: its row, with a thumbnail; complete unless there is a network input.
        network_input: for the detector, None when it shall not see this file.
    """

    scanned: ScannedFile
    network_input: NetworkInput | None = None


def prepare(path: Path, side: int) -> Prepared:
    """Read one file; whatever is wrong with it becomes its status and reason.

    Args:
        path: a regular file.
        side: of the square that the detector takes, in pixels.
    """
    begun = time.perf_counter()
    prepared = _prepare(path, side)
    seconds = time.perf_counter() - begun
    return replace(prepared, scanned=replace(prepared.scanned, seconds=seconds))


def failed(stamp: Stamp, reason: str) -> Prepared:
    """Return the row of a file that should be an image and cannot be read."""
    return Prepared(ScannedFile(stamp, Status.FAILED, reason, frame=1))


def _prepare(path: Path, side: int) -> Prepared:
    stamp = Stamp.of(path)
    header = read_header(path)
    if isinstance(header, SkippedFile):
        return Prepared(ScannedFile(stamp, Status.SKIPPED, header.reason))
    if isinstance(header, UnreadableFile):
        return failed(stamp, header.reason)
    named = ScannedFile(
        stamp,
        Status.FAILED,
        frame=1,
        sop_instance_uid=header.sop_instance_uid,
        study_instance_uid=header.study_instance_uid,
    )
    try:
        decoded = pixels.decode(path)
    except DicomReadError as error:
        return Prepared(replace(named, reason=f"could not be decoded: {error}"))
    try:
        return _decoded(named, header, decoded, side)
    except CONTENT_ERRORS as error:  # a header whose values make no sense together, found while windowing
        return Prepared(replace(named, reason=f"could not be prepared for display: {error}"))


def _decoded(named: ScannedFile, header: Instance, decoded: DecodedInstance, side: int) -> Prepared:
    rows, columns = decoded.pixels.shape[:2]
    known = replace(named, instance_key=decoded.key, rows=rows, columns=columns)
    for verdict in (
        gate.header_verdict(header),
        gate.pixel_verdict(rows=rows, columns=columns, is_colour=decoded.header.is_colour),
    ):
        if verdict.withheld:
            return Prepared(replace(known, status=Status.WITHHELD, reason=verdict.reason))
    image = windowing.presentation(decoded)
    network_input = preprocessing.prepared(image, side)
    ready = replace(known, status=Status.OK, presentation=_digest(network_input), thumbnail=_thumbnail(network_input))
    return Prepared(ready, network_input)


def _thumbnail(network_input: NetworkInput) -> str:
    """Return the picture in the square: what the detector saw, and a tenth of the work that the full image costs."""
    square = network_input.square
    placement = preprocessing.letterbox_of(network_input.rows, network_input.columns, len(square))
    return data_uri(placement.picture(square))


def _digest(network_input: NetworkInput) -> str:
    """Return the identity of what the detector sees: the square, and the native size that boxes are told in."""
    size = f"{network_input.rows} {network_input.columns} {len(network_input.square)}\n".encode()
    return sha256(size + network_input.square.tobytes()).hexdigest()
