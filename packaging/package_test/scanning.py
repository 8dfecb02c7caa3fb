"""The frozen `cxr-scan` against the one that runs from the checkout."""

import csv
import os
import subprocess
import sys
from pathlib import Path

from installers import program
from package_test.clean_root import USER, CleanRoot
from package_test.report import Report

_UNFROZEN = "from cxr_viewer.commands.scan import main; main()"
# The arithmetic that "auto" takes follows from a measurement, which need not come out alike twice.
_SETTINGS = ["--precision", "fp32"]


def check(report: Report, root: CleanRoot, images: Path, inside: str, work: Path) -> str:
    """Scan a folder both ways and compare; return the file, as it is named inside, with the surest detection.

    Args:
        images: the folder on this machine; ``inside`` is its name in the clean root.
        work: where the unfrozen results go.
    """
    out = work / "scan"
    command = [sys.executable, "-c", _UNFROZEN, str(images), "--out", str(out), *_SETTINGS]
    subprocess.run(command, cwd=program.ROOT, env=os.environ | {"PYTHONPATH": str(program.ROOT)}, check=True)
    frozen = root.run(f"cxr-scan {inside} --out ~/scan {' '.join(_SETTINGS)}", USER)
    if not report.check("the frozen cxr-scan reads the folder", frozen.returncode == 0, frozen.stderr[-2000:]):
        return ""
    folder = root.folder / "home" / USER / "scan"
    for name in ("detections.csv", "instances.csv"):
        ours = _rows(out / name, str(images))
        theirs = _rows(folder / name, inside)
        wrong = different(ours, theirs)
        report.check(f"its {name} is that of the unfrozen one ({len(ours) - 1} rows)", not wrong, wrong)
    detections = _rows(folder / "detections.csv", inside)
    report.check("there are detections to compare", len(detections) > 1)
    path, score = detections[0].index("path"), detections[0].index("score")
    changed = [*detections[:-1], [*detections[-1][:score], "0.0001", *detections[-1][score + 1 :]]]
    lacking = detections[:-1]
    report.check("a changed score is noticed", bool(different(detections, changed)))
    report.check("a row that lacks is noticed", bool(different(detections, lacking)))
    best = max(detections[1:], key=lambda row: float(row[score]), default=None)
    return f"{inside}{best[path]}" if best is not None else ""


def different(ours: list[list[str]], theirs: list[list[str]]) -> str:
    """Return in what two tables differ first, "" when they are equal."""
    if len(ours) != len(theirs):
        return f"{len(ours)} and {len(theirs)} rows"
    return next((f"{one} / {other}" for one, other in zip(ours, theirs, strict=True) if one != other), "")


def _rows(path: Path, root: str) -> list[list[str]]:
    """Return a table without where the images lie and how long they took."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    untimed = [index for index, name in enumerate(rows[0]) if name != "seconds"]
    return [[row[index].removeprefix(root) for index in untimed] for row in rows]
