"""Reads archives on a Ray cluster: Ray Data runs the stages on all nodes, this process settles the rows.

Exactly once: Ray does again what a lost worker had in hand, and may do more than once what nobody has lost. What
arrives here is settled when its place in the order is still empty, and dropped otherwise. What never arrives, because
its worker was lost again and again, is sent once more, each file alone; what is then missing is one failed row a file.
"""

import os
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core.candidates import Detector, DetectorError, SelectionRules, Thresholds
from cxr_viewer.scan.ordered_rows import OrderedRows
from cxr_viewer.scan.preparation import failed
from cxr_viewer.scan.ray_cluster import Cluster
from cxr_viewer.scan.ray_errors import RunnerError
from cxr_viewer.scan.ray_nodes import check_nodes
from cxr_viewer.scan.ray_shares import Shares, shared_out
from cxr_viewer.scan.ray_stages import Outcome, presentation_number, table_of
from cxr_viewer.scan.ray_stream import outcomes
from cxr_viewer.scan.scanned_file import ScannedFile, Stamp
from cxr_viewer.scan.settling import Settling

_FILES_AT_ONCE = 16
"""Files that travel together: what a lost worker costs, and several batches of a GPU. At most some 5 MB."""

_LOST = "could not be read: its worker on the cluster was lost each time"


@dataclass(frozen=True, slots=True)
class ClusterEnsemble:
    """The ensemble as its bundle describes it, and how a worker loads it.

    Attributes:
        folder: of the bundle, absolute; the same on all nodes.
        load: picklable; loads the detector.
        wants_gpu: True to reserve a GPU for each detector, False to reserve none, None for what the cluster has.
    """

    folder: Path
    load: Callable[[], Detector]
    name: str
    digest: str
    members: int
    input_side: int
    thresholds: Thresholds
    rules: SelectionRules
    learned_from: str = ""
    wants_gpu: bool | None = None


class RayRunner:
    """One scan on a cluster.

    Args:
        join: joins a cluster, when there is something to do; whoever gave it leaves the cluster.
        ensemble: what reads.
        thresholds: what makes a detection of a candidate.
        paths: what is scanned, absolute.
        workers: processes that prepare, at most; None for all processors that the detectors leave.
    """

    def __init__(
        self,
        join: Callable[[], Cluster],
        ensemble: ClusterEnsemble,
        thresholds: Thresholds,
        paths: Sequence[Path],
        workers: int | None = None,
    ) -> None:
        self._join = join
        self._ensemble = ensemble
        self._thresholds = thresholds
        self._paths = paths
        self._workers = workers
        self._shares = Shares()
        self._devices: set[str] = set()
        self._notices: set[str] = set()

    @property
    def facts(self) -> "EnsembleFacts":
        """The ensemble, with the devices that have read so far."""
        device = ", ".join(sorted(self._devices)) or "no device was needed"
        return EnsembleFacts(self._ensemble, device, " ".join(sorted(self._notices)))

    @property
    def thresholds(self) -> Thresholds:
        """What makes a detection of a candidate in this scan."""
        return self._thresholds

    @property
    def summary(self) -> Mapping[str, object]:
        """The name of this runner, nodes and workers; none of them when there was nothing to do."""
        shares = self._shares
        workers = {"workers": shares.preparing, "detectors": shares.detecting, "nodes": shares.nodes}
        return {"runner": "ray", **workers, **({"fell_back": self.facts.notice} if self._notices else {})}

    def rows(self, files: Sequence[Path], settling: Settling) -> Generator[ScannedFile, None, None]:
        """Yield the row of every file once, in the order of ``files``; what is yielded has been settled.

        Raises:
            DetectorError: an engine failed.
            RunnerError: the cluster cannot be joined or went away; a node lacks the program, the bundle or the paths.
            OSError: the disk is full or not writable.
        """
        ordered = OrderedRows(settling.ledger)
        for place, path in enumerate(files):
            stamp = Stamp.of(path)
            if settling.unchanged(stamp) is not None:
                ordered.put(place, settling.ledger.where(stamp) or 0)
        yield from ordered.ready()
        known = np.sort(np.array([presentation_number(each) for each in settling.ledger.presentations()], np.uint64))
        for files_at_once, skip in ((_FILES_AT_ONCE, known), (1, known[:0])):
            missing = [place for place in range(len(files)) if place not in ordered]
            for place, outcome in self._outcomes(files, missing, files_at_once, skip):
                if place not in ordered and self._settle(outcome, settling):
                    ordered.put(place, settling.ledger.newest)
                    yield from ordered.ready()
            if len(missing) > files_at_once and all(place not in ordered for place in missing):
                raise RunnerError("The cluster lost its workers again and again before one had finished a file.")
        for place in range(len(files)):
            if place not in ordered:
                settling.prepared(failed(Stamp.of(files[place]), _LOST))
                ordered.put(place, settling.ledger.newest)
        yield from ordered.ready()

    def _ready_shares(self) -> Shares:
        """Join the cluster, once, and share out its processors."""
        if not self._shares.nodes:
            cluster = self._join()
            check_nodes(self._ensemble.folder, self._paths)
            self._shares = shared_out(cluster, self._ensemble.wants_gpu, self._workers)
        return self._shares

    def _settle(self, outcome: Outcome, settling: Settling) -> bool:
        if outcome.refusal:
            raise DetectorError(outcome.refusal)
        if settling.prepared(outcome.prepared) is not None:
            return True
        if outcome.read is None:  # taken for an image of an earlier run by its digest's first bits
            return False
        settling.detected(outcome.read)
        self._devices.add(outcome.device)
        self._notices |= {outcome.notice} - {""}
        return True

    def _outcomes(
        self, files: Sequence[Path], places: Sequence[int], files_at_once: int, known: NDArray[np.uint64]
    ) -> Iterator[tuple[int, Outcome]]:
        if not places:
            return
        shares, ensemble = self._ready_shares(), self._ensemble
        blocks = [places[start : start + files_at_once] for start in range(0, len(places), files_at_once)]
        tables = [table_of(block, [os.fsencode(files[place]) for place in block]) for block in blocks]
        detecting = (ensemble.load, ensemble.digest, self._thresholds, known)
        yield from outcomes(tables, ensemble.input_side, detecting, shares, alone=files_at_once == 1)


@dataclass(frozen=True, slots=True)
class EnsembleFacts:
    """What the results say of the ensemble."""

    ensemble: ClusterEnsemble
    device: str
    notice: str

    @property
    def learned_from(self) -> str:
        """What it was trained on."""
        return self.ensemble.learned_from

    @property
    def name(self) -> str:
        """Name and version of the bundle."""
        return self.ensemble.name

    @property
    def digest(self) -> str:
        """sha256 of the bundle."""
        return self.ensemble.digest

    @property
    def members(self) -> int:
        """Number of networks."""
        return self.ensemble.members

    @property
    def thresholds(self) -> Thresholds:
        """The bundle's default thresholds."""
        return self.ensemble.thresholds

    @property
    def rules(self) -> SelectionRules:
        """The bundle's fixed selection rules."""
        return self.ensemble.rules
