"""On a real cluster of this machine: the results of one machine, killed workers, nothing of the files in its logs."""

import os
import signal
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import ray

from cxr_viewer.scan import ray_stream
from cxr_viewer.scan.detection import Candidature
from cxr_viewer.scan.ray_cluster import Cluster, ray_cluster
from cxr_viewer.scan.ray_errors import RunnerError
from cxr_viewer.scan.ray_nodes import check_nodes
from cxr_viewer.scan.scanned_file import ScannedFile
from tests.cxr_viewer.scan.ray_detectors import POISON, PoisonedDetector
from tests.cxr_viewer.scan.ray_processes import foreign_connections, ray_processes, workers
from tests.cxr_viewer.scan.ray_scans import FILES, IMAGES, local_runner, ray_runner, scan, written_archive
from tests.cxr_viewer.scan.test_archive import comparable, table
from tests.factories import FakeDetector, dicom_file, radiograph

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(sys.platform != "linux", reason="looks for workers in /proc"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:ray.data.context"),  # of its own defaults
]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One cluster for all tests, with one worker for each stage; it leaves neither files nor processes."""
    cache = tmp_path_factory.mktemp("cache")
    with ray_cluster(None, 2, cache) as cluster:
        session = Path(ray._private.worker._global_node.get_session_dir_path())
        yield cluster
    assert not session.exists()
    assert list(cache.iterdir()) == []
    assert ray_processes() == []


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of everything that may lie in one."""
    return written_archive(tmp_path_factory.mktemp("archive"))


def test_killed_workers_are_replaced_and_the_results_are_those_of_one_machine(
    cluster: Cluster, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cxr_viewer.scan.runner_ray._FILES_AT_ONCE", 3)
    killed: list[int] = []
    seen: list[str] = []
    kept: list[Candidature] = []

    def kill(scanned: ScannedFile) -> None:
        seen.append(scanned.stamp.path)
        if len(seen) in (1, 10):
            killed.append(workers("Preparing" if len(seen) == 1 else "Detecting")[0])
            os.kill(killed[-1], signal.SIGKILL)

    slow = partial(FakeDetector, seconds=0.02)
    runner = ray_runner(lambda: cluster, archive, slow)
    summary = scan(archive, tmp_path / "out", runner, on_file=kill, keep=kept.append)
    assert len(killed) == 2
    assert len(seen) == len(set(seen)) == summary.counts.total() == FILES
    assert len(kept) == IMAGES
    assert all(each.candidates.top_score == each.scanned.top_score for each in kept)

    scan(archive, tmp_path / "here", local_runner())
    assert comparable(tmp_path / "out") == comparable(tmp_path / "here")
    pages = [(tmp_path / name / "report.html").read_text(encoding="utf-8") for name in ("out", "here")]
    first, second = (page[page.index('<main id="cards">') :] for page in pages)
    assert first == second
    assert runner.summary == {"runner": "ray", "workers": 1, "detectors": 1, "nodes": 1}
    assert runner.facts.device == "CPU · test"


def test_a_file_that_kills_its_worker_each_time_costs_one_row(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ray_stream._STAGE, "max_task_retries", 0)  # a worker takes seconds to start
    source = tmp_path / "archive"
    for index in range(4):
        dicom_file(source / f"{index}.dcm", radiograph(seed=index))
    dicom_file(source / "poison.dcm", radiograph(*POISON))
    scan(source, tmp_path / "out", ray_runner(lambda: cluster, source, PoisonedDetector))
    rows = {Path(row["path"]).name: row for row in table(tmp_path / "out" / "instances.csv")}
    assert len(rows) == 5
    assert [name for name, row in rows.items() if row["status"] != "ok"] == ["poison.dcm"]
    assert rows["poison.dcm"]["status"] == "failed"
    assert "worker on the cluster was lost" in rows["poison.dcm"]["reason"]


def test_nobody_outside_is_told_of_a_scan(cluster: Cluster, archive: Path, tmp_path: Path) -> None:
    from ray._common.usage import usage_lib

    assert not usage_lib.usage_stats_enabled()
    found: list[str] = []

    def look(_scanned: ScannedFile) -> None:
        found.extend(foreign_connections())

    source = archive / "1"
    scan(source, tmp_path / "out", ray_runner(lambda: cluster, source), on_file=look)
    assert len(table(tmp_path / "out" / "instances.csv")) == 8
    assert found == []


def test_nodes_that_cannot_see_the_bundle_or_the_files_are_named(
    cluster: Cluster, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bundle.json").touch()
    check_nodes(tmp_path, [archive])
    with pytest.raises(RunnerError, match=r"Node .* has no model bundle at .*elsewhere"):
        check_nodes(tmp_path / "elsewhere", [archive])
    with pytest.raises(RunnerError, match=r"Node .* cannot see .*nothing here"):
        check_nodes(tmp_path, [archive, tmp_path / "nothing here"])
    monkeypatch.setattr("cxr_viewer.scan.ray_nodes.__version__", "99.0")
    with pytest.raises(RunnerError, match=r"has cxr-viewer .*, and this machine 99\.0; install the same version"):
        check_nodes(tmp_path, [archive])


def test_nothing_of_the_files_is_in_the_logs_of_the_cluster(cluster: Cluster, archive: Path) -> None:
    """Stands behind the tests that have done everything which might be logged."""
    session = Path(ray._private.worker._global_node.get_session_dir_path())
    logs = [path for path in session.rglob("*") if path.is_file()]
    assert len(logs) > 5
    for path in logs:
        content = path.read_bytes()
        assert archive.name.encode() not in content, path
        assert b".dcm" not in content, path


def test_a_cluster_that_is_not_there_is_a_sentence(cluster: Cluster, tmp_path: Path) -> None:
    with (
        pytest.raises(RunnerError, match=r"^The Ray cluster at 127\.0\.0\.1:1 could not be joined: "),
        ray_cluster("127.0.0.1:1", 1, tmp_path),
    ):
        pass
