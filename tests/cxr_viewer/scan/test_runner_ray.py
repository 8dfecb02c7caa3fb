"""Whatever arrives from workers, in whatever order and how often: every file has one row. No cluster is needed here."""

import shutil
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pyarrow as pa
import pytest

from cxr_viewer.core.candidates import DetectorError
from cxr_viewer.scan import runner_ray
from cxr_viewer.scan.ray_cluster import Cluster
from cxr_viewer.scan.ray_errors import RunnerError
from cxr_viewer.scan.ray_shares import Shares
from cxr_viewer.scan.ray_stages import Detecting, Outcome, Preparing, outcomes_of
from cxr_viewer.scan.ray_stream import DetectingArguments
from cxr_viewer.scan.resume import LEDGER
from cxr_viewer.scan.runner_ray import RayRunner
from cxr_viewer.scan.scanned_file import ScannedFile, Status
from tests.cxr_viewer.scan.ray_scans import FILES, IMAGES, local_runner, ray_runner, scan, written_archive
from tests.cxr_viewer.scan.test_archive import comparable, table
from tests.factories import FakeDetector

Outcomes = list[tuple[int, Outcome]]


class _Workers:
    """Does in this process what workers do, and delivers it as badly as a cluster may.

    Attributes:
        passes: outcomes of each pass.
        lost: names of files whose worker is lost each time.
    """

    def __init__(self) -> None:
        self.passes: list[Outcomes] = []
        self.lost: set[str] = set()

    def outcomes(
        self, tables: Sequence[pa.Table], side: int, detecting: DetectingArguments, shares: Shares, alone: bool
    ) -> Iterator[tuple[int, Outcome]]:
        """Yield outcomes, last block first and each one twice; blocks that hold a lost file do not come."""
        assert (shares.preparing, shares.detecting) == (2, 1)
        assert alone == bool(self.passes)
        prepare, detect = Preparing(side), Detecting(*detecting)
        done: Outcomes = []
        self.passes.append(done)
        try:
            for table in reversed(tables):
                found = detect(prepare(table))
                columns = {name: found.column(name).to_pylist() for name in ("place", "file")}
                names = {Path(outcome.prepared.scanned.stamp.path).name for _, outcome in outcomes_of(columns)}
                if not names & self.lost:
                    done += outcomes_of(columns)
        finally:
            prepare._pool.close()
        yield from done
        yield from done


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> _Workers:
    """Workers in the place of a cluster's."""
    workers = _Workers()
    monkeypatch.setattr(runner_ray, "outcomes", workers.outcomes)
    monkeypatch.setattr(runner_ray, "check_nodes", lambda *_: None)
    return workers


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of everything that may lie in one."""
    return written_archive(tmp_path_factory.mktemp("archive"))


@pytest.fixture(scope="module")
def here(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of this machine alone."""
    out = tmp_path_factory.mktemp("here")
    scan(archive, out, local_runner())
    return out


def _runner(archive: Path, load: object = FakeDetector) -> RayRunner:
    assert callable(load)
    return ray_runner(lambda: Cluster(1, 3, 0), archive, load)


def test_what_comes_in_any_order_and_twice_is_in_the_tables_once(
    workers: _Workers, archive: Path, here: Path, tmp_path: Path
) -> None:
    seen: list[str] = []
    scan(archive, tmp_path / "out", _runner(archive), on_file=lambda scanned: seen.append(scanned.stamp.path))
    assert len(seen) == len(set(seen)) == FILES
    assert comparable(tmp_path / "out") == comparable(here)
    assert (tmp_path / "out" / LEDGER).read_bytes().count(b"\n") == FILES + 1


def test_a_lost_file_costs_one_row_and_its_neighbours_are_sent_again(
    workers: _Workers, archive: Path, here: Path, tmp_path: Path
) -> None:
    workers.lost = {"07.dcm"}
    scan(archive, tmp_path / "out", _runner(archive))
    assert (len(workers.passes[0]), len(workers.passes[1])) == (FILES - 16, 15)
    before = {row["path"]: row["status"] for row in table(here / "instances.csv")}
    rows = {row["path"]: row for row in table(tmp_path / "out" / "instances.csv")}
    (lost,) = [path for path, row in rows.items() if row["status"] != before[path]]
    assert Path(lost).name == "07.dcm"
    assert (rows[lost]["status"], rows[lost]["frame"]) == ("failed", "1")
    assert rows[lost]["reason"] == "could not be read: its worker on the cluster was lost each time"
    workers.lost = set()
    workers.passes = []
    summary = scan(archive, tmp_path / "out", _runner(archive))  # a failure is tried again
    assert summary.reused == FILES - 2
    assert comparable(tmp_path / "out") == comparable(here)


def test_a_cluster_that_finishes_nothing_ends_the_scan(workers: _Workers, archive: Path, tmp_path: Path) -> None:
    workers.lost = {path.name for path in archive.rglob("*")}
    with pytest.raises(RunnerError, match="lost its workers again and again"):
        scan(archive, tmp_path / "out", _runner(archive))
    assert len(workers.passes) == 1


@pytest.mark.parametrize("is_begun_here", [True, False])
def test_a_scan_goes_on_with_the_other_runner(
    workers: _Workers, archive: Path, here: Path, tmp_path: Path, is_begun_here: bool
) -> None:
    def stop(scanned: ScannedFile) -> None:
        if scanned.name == "20.dcm":
            raise KeyboardInterrupt

    first, second = (local_runner(), _runner(archive)) if is_begun_here else (_runner(archive), local_runner())
    with pytest.raises(KeyboardInterrupt):
        scan(archive, tmp_path / "out", first, on_file=stop)
    assert [path.name for path in (tmp_path / "out").iterdir()] == [LEDGER]
    assert 0 < scan(archive, tmp_path / "out", second).reused <= FILES - 1
    assert comparable(tmp_path / "out") == comparable(here)


def test_what_is_known_needs_no_cluster(archive: Path, here: Path, tmp_path: Path) -> None:
    source, out = tmp_path / "archive", tmp_path / "out"
    shutil.copytree(archive, source)
    (source / "cut.dcm").unlink()  # failures are tried again

    def join() -> Cluster:
        raise AssertionError("a cluster is joined for nothing")

    scan(source, out, local_runner())
    runner = ray_runner(join, source)
    summary = scan(source, out, runner)
    assert summary.reused == summary.counts.total() == FILES - 1
    assert (runner.summary["nodes"], runner.facts.device) == (0, "no device was needed")


def test_an_archive_that_moved_is_not_read_by_detectors_again(
    workers: _Workers, archive: Path, here: Path, tmp_path: Path
) -> None:
    shutil.copytree(archive, tmp_path / "moved")
    shutil.copytree(here, tmp_path / "out")
    refusing = partial(FakeDetector, error=DetectorError("was asked"))
    summary = scan(tmp_path / "moved", tmp_path / "out", _runner(tmp_path / "moved", refusing))
    assert (summary.counts[Status.OK], summary.reused) == (IMAGES, IMAGES)
    first, second = ((out / "submission.csv").read_bytes() for out in (tmp_path / "out", here))
    assert first == second


def test_first_bits_that_two_images_share_cost_a_second_look_and_no_mistake(
    workers: _Workers, archive: Path, here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cxr_viewer.scan.resume.Ledger.presentations", lambda _: ["f" * 64])
    monkeypatch.setattr(Detecting, "_is_known", lambda detecting, file: len(detecting._known) > 0)
    scan(archive, tmp_path / "out", _runner(archive))
    assert len(workers.passes[1]) == IMAGES
    assert comparable(tmp_path / "out") == comparable(here)


@pytest.mark.parametrize(
    ("load", "sentence"),
    [
        (partial(FakeDetector, error=DetectorError("The GPU ran out of memory.")), r"^The GPU ran out of memory\.$"),
        (partial(FakeDetector, digest="c" * 64), "another bundle at the same path"),
    ],
)
def test_a_detector_that_refuses_ends_the_scan_in_words_and_leaves_the_ledger(
    load: object, sentence: str, workers: _Workers, archive: Path, tmp_path: Path
) -> None:
    with pytest.raises(DetectorError, match=sentence):
        scan(archive, tmp_path / "out", _runner(archive, load))
    assert [path.name for path in (tmp_path / "out").iterdir()] == [LEDGER]
