"""The stages of a scan as workers of Ray Data: tables of paths become tables of prepared files, those become outcomes.

Both use what the scan on one machine uses, `preparation.prepare` in a child process and `detection.Detection`. Tables
hold a file's place in the order and a pickle. No exception of these workers leaves them with a path in it, because Ray
writes exceptions into its logs.
"""

import os
import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cxr_viewer.core.candidates import Detector, DetectorError, NetworkInput, Thresholds
from cxr_viewer.detection.bundle import BundleError
from cxr_viewer.dicom.decoding import DecodingPool
from cxr_viewer.dicom.errors import DicomReadError
from cxr_viewer.scan.detection import Candidature, Detection
from cxr_viewer.scan.preparation import Prepared, failed, prepare
from cxr_viewer.scan.scanned_file import Stamp

_NO_SQUARE = np.zeros((0, 0), np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What became of one file on the cluster.

    Attributes:
        prepared: the file before detection; its network input is emptied of pixels, which have done their work.
        read: what the detector found, None when it did not see the file.
        device: the detector's device in words, "" when it did not see the file.
        notice: why that is another device than the wanted one, "" when it is not.
        refusal: why the detector cannot run, a sentence; "" when it can.
    """

    prepared: Prepared
    read: Candidature | None = None
    device: str = ""
    notice: str = ""
    refusal: str = ""


def table_of(places: Sequence[int], values: Sequence[bytes]) -> pa.Table:
    """Return what travels between the stages."""
    return pa.table({"place": pa.array(places, pa.int64()), "file": pa.array(values, pa.large_binary())})


def _rows(table: pa.Table) -> tuple[list[int], list[bytes]]:
    return table.column("place").to_pylist(), table.column("file").to_pylist()


class Preparing:
    """Reads files, given as encoded paths, in a child process of its own: what kills the child costs one row.

    Args:
        side: of the detector's square, in pixels.
    """

    def __init__(self, side: int) -> None:
        self._side = side
        self._pool = DecodingPool(1, threads=1)

    def __call__(self, table: pa.Table) -> pa.Table:
        """Return the files of a table, prepared."""
        places, names = _rows(table)
        paths = [Path(os.fsdecode(name)) for name in names]
        children = [self._pool.call(prepare, path, self._side) for path in paths]
        files = []
        for path, child in zip(paths, children, strict=True):
            try:
                file = child.result()
            except DicomReadError as error:  # the child died over it, took too long or too much memory
                file = failed(Stamp.of(path), str(error))
            files.append(pickle.dumps(file))
        return table_of(places, files)


class Detecting:
    """Holds a detector and reads prepared files with it.

    Args:
        load: loads the detector on this node.
        digest: of the bundle that the scan was begun with.
        thresholds: what makes a detection of a candidate.
        known: (N,) uint64 sorted, `presentation_number` of images that an earlier run has read.
    """

    def __init__(
        self, load: Callable[[], Detector], digest: str, thresholds: Thresholds, known: NDArray[np.uint64]
    ) -> None:
        # Ray allows a worker the threads of the processors that it reserved; this one has its node to itself.
        os.environ.pop("OMP_NUM_THREADS", None)
        self._known = known
        self._detection: Detection | None = None
        self._refusal = ""
        try:
            detector = load()
        except (BundleError, DetectorError) as error:
            self._refusal = str(error)
            return
        if detector.digest != digest:
            self._refusal = (
                "A node of the cluster has another bundle at the same path; put one on a shared file system."
            )
            return
        self._detection = Detection(detector, thresholds)

    def __call__(self, table: pa.Table) -> pa.Table:
        """Return the outcomes of a table of prepared files."""
        places, values = _rows(table)
        files: list[Prepared] = [pickle.loads(value) for value in values]
        return table_of(places, [pickle.dumps(outcome) for outcome in self._outcomes(files)])

    def _outcomes(self, files: list[Prepared]) -> list[Outcome]:
        seen = [
            index for index, file in enumerate(files) if file.network_input is not None and not self._is_known(file)
        ]
        reads: dict[int, Candidature] = {}
        refusal = self._refusal if seen else ""
        if self._detection is not None:
            try:
                reads = dict(zip(seen, self._read(self._detection, [files[index] for index in seen]), strict=True))
            except DetectorError as error:
                refusal = str(error)
        return [self._outcome(file, reads.get(index), refusal) for index, file in enumerate(files)]

    def _outcome(self, file: Prepared, read: Candidature | None, refusal: str) -> Outcome:
        if read is None or self._detection is None:
            return Outcome(_emptied(file), refusal=refusal)
        detector = self._detection.detector
        return Outcome(_emptied(file), read, detector.device, detector.notice, refusal)

    def _read(self, detection: Detection, files: list[Prepared]) -> list[Candidature]:
        size = detection.detector.batch_size
        batches = [files[start : start + size] for start in range(0, len(files), size)]
        with ThreadPoolExecutor(detection.detector.calls_at_once, thread_name_prefix="detect") as threads:
            return list(chain.from_iterable(threads.map(detection.run, batches)))

    def _is_known(self, file: Prepared) -> bool:
        number = presentation_number(file.scanned.presentation)
        index = int(np.searchsorted(self._known, number))
        return index < len(self._known) and bool(self._known[index] == number)


def presentation_number(presentation: str) -> np.uint64:
    """Return the first 64 bits of a digest of what the detector sees."""
    return np.uint64(int(presentation[:16], 16))


def _emptied(file: Prepared) -> Prepared:
    seen = file.network_input
    return file if seen is None else replace(file, network_input=NetworkInput(_NO_SQUARE, seen.rows, seen.columns))


def outcomes_of(batch: dict[str, Any]) -> list[tuple[int, Outcome]]:
    """Return places and outcomes of a batch as the driver receives it, columns as arrays."""
    return [(int(place), pickle.loads(value)) for place, value in zip(batch["place"], batch["file"], strict=True)]
