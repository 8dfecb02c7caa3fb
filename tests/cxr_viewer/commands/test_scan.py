"""cxr-scan keeps its contract: options, exit codes, one sentence for every error, files, interruption and resuming."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from cxr_viewer import detection
from cxr_viewer.commands import scan as command
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.detection.fallback import FallbackDetector
from cxr_viewer.scan.results import RESULT_FILES
from cxr_viewer.scan.resume import LEDGER
from cxr_viewer.store.candidate_cache import CandidateCache
from cxr_viewer.store.file_stamp import FileStamp
from cxr_viewer.store.journal import Journal
from cxr_viewer.store.locations import default_cache_path
from tests.factories import FakeDetector, dicom_file, lost_gpu, radiograph

PROGRAM = [sys.executable, "-c", "from cxr_viewer.commands.scan import main; main()"]


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command.app, [str(argument) for argument in arguments])


def _rows(out: Path, name: str = "instances.csv") -> list[dict[str, str]]:
    with (out / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Two radiographs and a text."""
    folder = tmp_path / "archive"
    for index in range(2):
        dicom_file(folder / f"{index}.dcm", radiograph(seed=index), SOPInstanceUID=f"1.2.{index}")
    (folder / "notes.txt").write_text("a note", encoding="utf-8")
    return folder


def test_help_and_version_are_quick_and_load_nothing_heavy() -> None:
    heavy = "{'numpy', 'pydicom', 'openvino', 'torch', 'PIL', 'sqlalchemy', 'PySide6'} & set(sys.modules)"
    for option in ("--help", "--version"):
        script = (
            "import sys\nfrom cxr_viewer.commands.scan import app\n"
            f"try:\n    app([{option!r}])\nexcept SystemExit as ending:\n"
            f"    print('heavy:', sorted({heavy}), ending.code)"
        )
        ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        assert ran.stdout.endswith("heavy: [] 0\n"), ran.stdout
        assert "not a medical device" in ran.stdout.replace("\n", " ")


def test_scan_writes_the_five_files_and_says_what_came_of_it(
    archive: Path, bundle_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    ran = _run(
        archive, "--out", out, "--bundle", bundle_folder, "--score", "0.05", "--precision", "fp32", "--workers", "1"
    )
    assert ran.exit_code == 0, ran.output
    assert "3 files: 2 ok, 0 withheld, 0 failed, 1 skipped" in ran.stdout
    assert {path.name for path in out.iterdir()} == {*RESULT_FILES, LEDGER}
    assert [(Path(row["path"]).name, row["status"]) for row in _rows(out)] == [
        ("0.dcm", "ok"),
        ("1.dcm", "ok"),
        ("notes.txt", "skipped"),
    ]
    detections = _rows(out, "detections.csv")
    assert detections
    assert all(float(row["score"]) >= 0.05 and row["members"] == "2" for row in detections)
    summary = json.loads((out / "scan.json").read_text(encoding="utf-8"))
    assert summary["thresholds"] == {"score": 0.05, "overlap": 0.05, "size": "mean"}
    assert (summary["backend"], summary["precision"], summary["workers"]) == ("OpenVINO", "fp32", 1)
    assert summary["bundle"]["id"] == "tiny 0"
    assert "nothing: random weights" in (out / "report.html").read_text(encoding="utf-8")


def test_relative_paths_become_absolute_and_links_are_kept(
    archive: Path, bundle_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to(archive)
    assert _run("link/0.dcm", "--out", "out", "--bundle", bundle_folder).exit_code == 0
    assert [row["path"] for row in _rows(tmp_path / "out")] == [str(tmp_path / "link" / "0.dcm")]


def test_empty_folder_is_done_with_header_only_tables(bundle_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = _run(tmp_path / "empty", "--out", tmp_path / "out", "--bundle", bundle_folder)
    assert ran.exit_code == 0
    assert _rows(tmp_path / "out") == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["no-such-path"], "no-such-path does not exist"),
        (["{archive}", "--ray-address", "auto"], "add --runner ray"),
        (["{archive}", "--runner", "ray", "--ray-address", "ray://host:10001"], "start the scan on a machine of"),
        (["{archive}", "--store", "postgresql://somebody:secret@host/db"], "PostgreSQL"),
        (["{archive}", "--store", "mysql://host/db"], "must be a file"),
        (["{archive}", "--score", "2"], "score threshold must lie between"),
        (["{archive}", "--overlap", "0.9"], "overlap threshold must lie between"),
        (["{archive}", "--size", "big"], "'mean' or a number"),
        (["{archive}", "--out", "{archive}"], "is not empty"),
        (["{archive}", "--out", "{archive}", "--resume"], "no scan to resume"),
        (["{archive}", "--out", "{archive}/0.dcm"], "is a file"),
    ],
)
def test_wrong_call_is_one_sentence_and_exit_2(
    arguments: list[str], sentence: str, archive: Path, bundle_folder: Path, tmp_path: Path
) -> None:
    named = [argument.format(archive=archive) for argument in arguments]
    out = [] if "--out" in named else ["--out", str(tmp_path / "out")]
    ran = _run(*named, *out, "--bundle", bundle_folder)
    assert ran.exit_code == 2, ran.output
    assert sentence in ran.stderr
    assert ran.stderr.startswith("cxr-scan: ")
    assert ran.stderr.count("\n") == 1
    assert "secret" not in ran.stderr


@pytest.mark.parametrize(
    "arguments", [[], ["{archive}"], ["{archive}", "--out", "o", "--device", "tpu"], ["--nonsense"]]
)
def test_malformed_call_is_exit_2(arguments: list[str], archive: Path) -> None:
    assert _run(*(argument.format(archive=archive) for argument in arguments)).exit_code == 2


def test_bundle_with_a_changed_byte_is_one_sentence_and_exit_1(
    archive: Path, bundle_folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(bundle_folder, tmp_path / "bundle")
    weights = next((tmp_path / "bundle").glob("*.safetensors"))
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    ran = _run(archive, "--out", tmp_path / "out", "--bundle", tmp_path / "bundle")
    assert ran.exit_code == 1
    assert weights.name in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_store_of_a_newer_version_is_one_sentence_and_exit_1(
    archive: Path, bundle_folder: Path, tmp_path: Path
) -> None:
    import sqlite3

    store = tmp_path / "journal.sqlite"
    Journal.open(store).close()
    with sqlite3.connect(store) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    ran = _run(archive, "--out", tmp_path / "out", "--bundle", bundle_folder, "--store", store)
    assert ran.exit_code == 1
    assert "newer" in ran.stderr
    assert ran.stderr.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_full_disk_is_one_sentence_and_exit_1(archive: Path, bundle_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "report.html.partial").symlink_to("/dev/full")
    (out / LEDGER).touch()
    ran = _run(archive, "--out", out, "--bundle", bundle_folder, "--resume")
    assert ran.exit_code == 1, ran.output
    assert "disk is full" in ran.stderr
    assert "Traceback" not in ran.output
    ran = _run(archive, "--out", out, "--bundle", bundle_folder, "--resume")
    assert ran.exit_code == 0, ran.output


def test_store_gives_the_viewer_candidates_and_instances(archive: Path, bundle_folder: Path, tmp_path: Path) -> None:
    store = tmp_path / "store" / "journal.sqlite"
    ran = _run(archive, "--out", tmp_path / "out", "--bundle", bundle_folder, "--store", f"sqlite:///{store}")
    assert ran.exit_code == 0, ran.output
    digest = json.loads((tmp_path / "out" / "scan.json").read_text(encoding="utf-8"))["bundle"]["digest"]
    row = _rows(tmp_path / "out")[0]
    key = InstanceKey(row["instance_key"])
    path = Path(row["path"])
    with Journal.open(store) as journal:
        known = journal.instance(key)
    assert known is not None
    assert (known.path, known.rows, known.columns, known.sop_instance_uid) == (path, 256, 224, "1.2.0")
    with CandidateCache(default_cache_path()) as cache:
        kept = cache.get(key, digest)
        files = cache.known_files([FileStamp.of(path)])
    assert kept is not None
    assert f"{kept.top_score:.4f}" == row["top_score"]
    assert files[path].instance_key == key


def test_without_store_nothing_is_written_but_the_results(
    archive: Path, bundle_folder: Path, tmp_path: Path, user_folder: Path
) -> None:
    before = {path for path in tmp_path.rglob("*") if not path.is_relative_to(user_folder)}
    assert _run(archive, "--out", tmp_path / "out", "--bundle", bundle_folder).exit_code == 0
    written = {path for path in tmp_path.rglob("*") if not path.is_relative_to(user_folder)} - before
    assert all(path.is_relative_to(tmp_path / "out") for path in written)
    assert all("xdg_cache_home" in path.parts for path in user_folder.rglob("*") if path.is_file())


@pytest.fixture
def long_archive(tmp_path: Path) -> Path:
    """Many different small radiographs, so that a scan can be stopped in the middle."""
    folder = tmp_path / "long"
    pixels = radiograph()
    for index in range(120):
        dicom_file(folder / f"{index:03}.dcm", np.roll(pixels, index, axis=1))
    return folder


def _start(*arguments: str | Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [*PROGRAM, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        start_new_session=True,
    )


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def _until(deadline_s: float) -> Iterator[None]:
    end = time.monotonic() + deadline_s
    while time.monotonic() < end:
        yield
        time.sleep(0.01)


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGKILL])
def test_stopped_scan_is_resumed_to_the_same_results(
    kind: signal.Signals, long_archive: Path, bundle_folder: Path, tmp_path: Path
) -> None:
    arguments = [str(long_archive), "--bundle", str(bundle_folder), "--score", "0.05", "--workers", "1"]
    out = tmp_path / "out"
    with _start(*arguments, "--out", out) as process:
        for _ in _until(60):
            if _lines(out / LEDGER) > 5 or process.poll() is not None:
                break
        if kind is signal.SIGINT:
            os.killpg(process.pid, kind)  # what a terminal does: every process of the scan is told
        else:
            process.kill()
        _, errors = process.communicate(timeout=60)
    if kind is signal.SIGINT:
        assert process.returncode == 130, errors
        assert "interrupted" in errors
        assert "Traceback" not in errors
        assert [path.name for path in out.iterdir()] == [LEDGER]
    done = _lines(out / LEDGER) - 1
    assert 5 <= done < 120

    ran = _run(*arguments, "--out", out, "--resume")
    assert ran.exit_code == 0, ran.output
    assert json.loads((out / "scan.json").read_text(encoding="utf-8"))["counts"]["reused"] >= done - 1
    whole = tmp_path / "whole"
    assert _run(*arguments, "--out", whole).exit_code == 0
    for name in ("detections.csv", "submission.csv"):
        assert (out / name).read_bytes() == (whole / name).read_bytes()
    first, second = ([{**row, "seconds": ""} for row in _rows(folder)] for folder in (out, whole))
    assert first == second


def test_a_lost_gpu_is_told_beside_the_result(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detection, "load_detector", lambda *_, **__: FallbackDetector(lost_gpu(1), FakeDetector))
    ran = _run(archive, "--out", tmp_path / "out")
    assert ran.exit_code == 0
    assert "cxr-scan: The GPU ran out of memory. The CPU goes on; no image is lost." in ran.stderr
    assert [row["status"] for row in _rows(tmp_path / "out")] == ["ok", "ok", "skipped"]
