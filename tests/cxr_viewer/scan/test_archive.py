"""A scan reads everything below its paths in order, survives poison and interruption, and goes on where it stopped."""

import csv
import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cxr_viewer.core.candidates import Detector, DetectorError
from cxr_viewer.core.suppression import select
from cxr_viewer.detection.fallback import FallbackDetector
from cxr_viewer.dicom import pixels, windowing
from cxr_viewer.scan.archive import ScanListeners, ScanSettings, ScanSummary, engine_words, scan_archive
from cxr_viewer.scan.detection import Candidature, Detection
from cxr_viewer.scan.results import RESULT_FILES
from cxr_viewer.scan.resume import LEDGER, OutFolderError
from cxr_viewer.scan.runner import LocalRunner
from cxr_viewer.scan.scanned_file import ScannedFile, Status
from tests.factories import THRESHOLDS, FakeDetector, dicom_file, lost_gpu, radiograph


def _ignore(_value: object) -> None:
    pass


def scan(
    source: Path,
    out: Path,
    detector: Detector | None = None,
    on_file: Callable[[ScannedFile], None] = _ignore,
    keep: Callable[[Candidature], None] = _ignore,
) -> ScanSummary:
    """Scan with one worker and the fake detector."""
    out.mkdir(exist_ok=True)
    settings = ScanSettings((source,), out, THRESHOLDS, learned_from="Learned from nothing.")
    runner = LocalRunner(Detection(detector or FakeDetector(), THRESHOLDS), workers=1)
    return scan_archive(settings, runner, ScanListeners(_ignore, on_file, keep))


def table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def comparable(out: Path) -> list[object]:
    """Return the results without what differs between runs: times."""
    rows = [{**row, "seconds": ""} for row in table(out / "instances.csv")]
    return [rows, (out / "detections.csv").read_bytes(), (out / "submission.csv").read_bytes()]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight files: five readable radiographs, a lateral, a cut file, a text."""
    folder = tmp_path_factory.mktemp("archive")
    for index in range(4):
        dicom_file(folder / f"patient {index}" / f"{index}.dcm", radiograph(seed=index))
    Image.fromarray((radiograph(seed=9) >> 4).astype(np.uint8)).save(folder / "z.png")
    whole = dicom_file(folder / "patient 0" / "lateral.dcm", radiograph(seed=5), ViewPosition="LL").read_bytes()
    (folder / "patient 1" / "cut.dcm").write_bytes(whole[:5000])
    (folder / "patient 2" / "notes.txt").write_text("a note", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def results(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of an undisturbed scan of the archive."""
    out = tmp_path_factory.mktemp("results")
    scan(archive, out)
    return out


def test_every_file_has_one_row_in_the_order_of_finding(archive: Path, results: Path) -> None:
    rows = table(results / "instances.csv")
    files = sorted(str(path) for path in archive.rglob("*") if path.is_file())
    assert sorted(row["path"] for row in rows) == files
    assert Counter(row["status"] for row in rows) == {"ok": 5, "withheld": 1, "failed": 1, "skipped": 1}
    assert all(row["reason"] for row in rows if row["status"] != "ok")
    assert {path.name for path in results.iterdir()} == {*RESULT_FILES, LEDGER}


def test_detections_are_what_detector_and_selection_say(archive: Path, results: Path) -> None:
    path = archive / "patient 3" / "3.dcm"
    detector = FakeDetector()
    candidates = detector.detect(windowing.presentation(pixels.decode(path)))
    expected = select(candidates, THRESHOLDS, detector.rules)
    rows = [row for row in table(results / "detections.csv") if row["path"] == str(path)]
    assert len(rows) == len(expected) == 2
    for row, box, score in zip(rows, expected.boxes.tolist(), expected.scores.tolist(), strict=True):
        shown = [float(row[name]) for name in ("x", "y", "width", "height", "score")]
        assert shown == pytest.approx([box[0], box[1], box[2] - box[0], box[3] - box[1], score], abs=0.006)
    row = next(row for row in table(results / "instances.csv") if row["path"] == str(path))
    assert row["top_score"] == f"{candidates.top_score:.4f}"
    assert row["opacity_probability"] == "0.2500"
    assert (row["rows"], row["columns"], row["detections"]) == ("256", "224", "2")


def test_summary_tells_bundle_thresholds_engine_and_counts(results: Path) -> None:
    summary = json.loads((results / "scan.json").read_text(encoding="utf-8"))
    assert summary["bundle"] == {
        "id": "Fake ensemble 1",
        "digest": "b" * 64,
        "learned_from": "Learned from nothing.",
    }
    assert summary["thresholds"] == {"score": 0.3, "overlap": 0.1, "size": "mean"}
    assert (summary["device"], summary["backend"], summary["runner"]) == ("CPU", "test", "local")
    assert summary["counts"] == {
        "files": 8,
        "ok": 5,
        "withheld": 1,
        "failed": 1,
        "skipped": 1,
        "detections": len(table(results / "detections.csv")),
        "reused": 0,
    }
    assert "not a medical device" in summary["notice"]


def test_summary_tells_where_the_time_went(archive: Path, results: Path, tmp_path: Path) -> None:
    timings = json.loads((results / "scan.json").read_text(encoding="utf-8"))["timings"]
    assert timings["files_per_second"] == pytest.approx(8 / timings["total_seconds"], rel=0.05)
    assert timings["seconds_per_preparation"] == pytest.approx(timings["preparation_seconds"] / 8, abs=1e-3)
    assert timings["seconds_per_detection"] == pytest.approx(timings["detection_seconds"] / 5, abs=1e-3)
    assert 0 < timings["writing_seconds"] < timings["total_seconds"]
    shutil.copytree(results, tmp_path / "out")
    scan(archive, tmp_path / "out")  # all but the failed one is taken over
    timings = json.loads((tmp_path / "out" / "scan.json").read_text(encoding="utf-8"))["timings"]
    assert timings["files_per_second"] == pytest.approx(1 / timings["total_seconds"], rel=0.05)
    assert timings["seconds_per_detection"] is None


def test_report_shows_a_picture_of_every_image_and_no_patient(results: Path) -> None:
    page = (results / "report.html").read_text(encoding="utf-8")
    assert page.count('src="data:image/jpeg;base64,') == 5
    assert "Learned from nothing." in page
    assert "Invented" not in page


def test_order_does_not_depend_on_the_run(archive: Path, results: Path, tmp_path: Path) -> None:
    scan(archive, tmp_path / "again")
    assert comparable(tmp_path / "again") == comparable(results)


def test_interrupted_scan_goes_on_without_reading_twice(archive: Path, results: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done: list[ScannedFile] = []

    def stop_at_third(scanned: ScannedFile) -> None:
        done.append(scanned)
        if sum(row.status is Status.OK for row in done) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan(archive, out, on_file=stop_at_third)
    assert [path.name for path in out.iterdir()] == [LEDGER]
    lines = [json.loads(line) for line in (out / LEDGER).read_bytes().splitlines()[1:]]
    statuses = Counter(line["status"] for line in lines)
    assert statuses["ok"] >= 3
    detector = FakeDetector()
    summary = scan(archive, out, detector)
    assert len(detector.shapes) == 5 - statuses["ok"]
    assert summary.reused == sum(statuses.values()) - statuses["failed"]
    assert comparable(out) == comparable(results)
    page = (out / "report.html").read_text(encoding="utf-8")
    assert page.count('src="data:image/jpeg;base64,') == 5


def test_archive_that_moved_is_not_read_by_the_detector_again(archive: Path, results: Path, tmp_path: Path) -> None:
    shutil.copytree(archive, tmp_path / "moved")
    (tmp_path / "moved" / "patient 1" / "1.dcm").unlink()
    dicom_file(tmp_path / "moved" / "new.dcm", radiograph(seed=77))
    shutil.copytree(results, tmp_path / "out")
    detector = FakeDetector()
    scan(tmp_path / "moved", tmp_path / "out", detector)
    assert len(detector.shapes) == 1
    rows = {Path(row["path"]).name: row for row in table(tmp_path / "out" / "instances.csv")}
    assert "1.dcm" not in rows
    assert rows["new.dcm"]["status"] == rows["2.dcm"]["status"] == "ok"
    before = {Path(row["path"]).name: row for row in table(results / "instances.csv")}
    assert rows["2.dcm"]["top_score"] == before["2.dcm"]["top_score"]


def test_file_that_was_replaced_is_read_again(archive: Path, results: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    dicom_file(source / "a.dcm", radiograph(seed=1))
    scan(source, tmp_path / "out")
    dicom_file(source / "a.dcm", radiograph(seed=2))
    scan(source, tmp_path / "out")
    (row,) = table(tmp_path / "out" / "instances.csv")
    assert row["instance_key"] == pixels.decode(source / "a.dcm").key


def test_equal_pixels_under_another_window_are_read_by_the_detector_again(tmp_path: Path) -> None:
    first, second = (
        dicom_file(
            tmp_path / name / "image.dcm",
            WindowCenter=2048,
            WindowWidth=width,
            SOPInstanceUID=f"1.2.{number}",  # of one length, as made-up ones are not
            SeriesInstanceUID="1.3",
            StudyInstanceUID="1.4",
        )
        for number, (name, width) in enumerate((("a", 5000), ("b", 9000)))
    )
    assert pixels.decode(first).key == pixels.decode(second).key
    assert first.stat().st_size == second.stat().st_size
    scan(first.parent, tmp_path / "out")
    detector = FakeDetector()
    scan(second.parent, tmp_path / "out", detector)
    assert len(detector.shapes) == 1


def test_other_thresholds_cannot_be_mixed_in(archive: Path, results: Path, tmp_path: Path) -> None:
    shutil.copytree(results, tmp_path / "out")
    with pytest.raises(OutFolderError, match="another bundle"):
        scan(archive, tmp_path / "out", FakeDetector(digest="c" * 64))


def test_detector_that_fails_ends_the_scan_and_leaves_the_ledger(archive: Path, tmp_path: Path) -> None:
    with pytest.raises(DetectorError, match="out of memory"):
        scan(archive, tmp_path / "out", FakeDetector(error=DetectorError("out of memory")))
    assert [path.name for path in (tmp_path / "out").iterdir()] == [LEDGER]


def test_candidates_are_handed_on_for_every_image_that_was_read(archive: Path, tmp_path: Path) -> None:
    kept: list[Candidature] = []
    scan(archive, tmp_path / "out", keep=kept.append)
    assert len(kept) == 5
    assert all(each.candidates.top_score == each.scanned.top_score for each in kept)


def test_results_below_the_scanned_folder_are_not_scanned(tmp_path: Path) -> None:
    dicom_file(tmp_path / "a.dcm")
    scan(tmp_path, tmp_path / "out")
    scan(tmp_path, tmp_path / "out")
    assert [Path(row["path"]).name for row in table(tmp_path / "out" / "instances.csv")] == ["a.dcm"]


def test_empty_folder_gives_tables_with_headers_only(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    summary = scan(tmp_path / "empty", tmp_path / "out")
    assert summary.counts.total() == 0
    assert table(tmp_path / "out" / "instances.csv") == []


@pytest.mark.parametrize(
    ("device", "words"),
    [
        ("CPU · OpenVINO bf16 · 2 cores", ("CPU", "OpenVINO", "bf16")),
        ("NVIDIA H200 · torch fp32", ("NVIDIA H200", "torch", "fp32")),
        ("CPU", ("CPU", "", "")),
    ],
)
def test_engine_words_are_device_engine_and_precision(device: str, words: tuple[str, str, str]) -> None:
    assert engine_words(device) == words


def test_a_gpu_that_is_lost_on_the_way_costs_no_file(archive: Path, tmp_path: Path) -> None:
    scan(archive, tmp_path / "cpu")
    detector = FallbackDetector(lost_gpu(2), FakeDetector)
    scan(archive, tmp_path / "lost", detector)
    assert comparable(tmp_path / "lost") == comparable(tmp_path / "cpu")
    told = json.loads((tmp_path / "lost" / "scan.json").read_text(encoding="utf-8"))
    assert told["device"] == "CPU"
    assert told["fell_back"].startswith("The GPU ran out of memory. The CPU goes on")
    assert "fell_back" not in json.loads((tmp_path / "cpu" / "scan.json").read_text(encoding="utf-8"))
