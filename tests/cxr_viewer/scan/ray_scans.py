"""Scans for the tests of the Ray runner: one archive, and the call that reads it with a runner."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from cxr_viewer.core.candidates import Detector
from cxr_viewer.scan.archive import ScanListeners, ScanSettings, ScanSummary, scan_archive
from cxr_viewer.scan.detection import Candidature, Detection
from cxr_viewer.scan.ray_cluster import Cluster
from cxr_viewer.scan.runner import LocalRunner, Runner
from cxr_viewer.scan.runner_ray import ClusterEnsemble, RayRunner
from cxr_viewer.scan.scanned_file import ScannedFile
from tests.factories import BUNDLE_DIGEST, RULES, THRESHOLDS, FakeDetector, dicom_file, radiograph

FILES, IMAGES = 45, 42
"""Of `written_archive`: regular files, and those that the detector reads."""


def ignore(_value: object) -> None:
    """Listen to nothing."""


def written_archive(folder: Path) -> Path:
    """Write radiographs, among them two that look alike, a lateral, a cut file, a text, a name that is no UTF-8."""
    pixels = radiograph()
    for index in range(40):
        dicom_file(folder / f"{index % 5}" / f"{index:02}.dcm", np.roll(pixels, index % 39, axis=1))
    Image.fromarray((radiograph(seed=9) >> 4).astype(np.uint8)).save(folder / "z.png")
    whole = dicom_file(folder / "lateral.dcm", radiograph(seed=5), ViewPosition="LL").read_bytes()
    (folder / "cut.dcm").write_bytes(whole[:5000])
    (folder / "notes.txt").write_text("a note", encoding="utf-8")
    shutil.copy(folder / "z.png", folder / os.fsdecode(b"\xff\xfe.png"))
    return folder


def scan(
    source: Path,
    out: Path,
    runner: Runner,
    on_file: Callable[[ScannedFile], None] = ignore,
    keep: Callable[[Candidature], None] = ignore,
) -> ScanSummary:
    """Scan with the thresholds of the fake detector."""
    out.mkdir(exist_ok=True)
    settings = ScanSettings((source,), out, THRESHOLDS, learned_from="Learned from nothing.")
    return scan_archive(settings, runner, ScanListeners(ignore, on_file, keep))


def local_runner() -> LocalRunner:
    """Return a runner of this machine alone."""
    return LocalRunner(Detection(FakeDetector(), THRESHOLDS), 1)


def ray_runner(
    join: Callable[[], Cluster], source: Path, load: Callable[[], Detector] = FakeDetector, bundle: Path | None = None
) -> RayRunner:
    """Return a runner whose workers load a fake detector; its bundle is an empty folder beside the source."""
    if bundle is None:
        bundle = source.parent / "bundle"
        bundle.mkdir(exist_ok=True)
        (bundle / "bundle.json").touch()
    ensemble = ClusterEnsemble(bundle, load, "Fake ensemble 1", BUNDLE_DIGEST, 2, 64, THRESHOLDS, RULES)
    return RayRunner(join, ensemble, THRESHOLDS, [source])
