"""The report's sorting and filters do in a real browser what their words say."""

import dataclasses
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from cxr_viewer.scan.report import Report
from cxr_viewer.scan.scanned_file import FoundBox, Status
from tests.cxr_viewer.scan.scanned_files import scanned_file
from tests.cxr_viewer.scan.test_report import FACTS

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs chromium")

BOX = FoundBox(10, 20, 30, 40, 0.9, 3, 4)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of four images and three files that are none."""
    report = Report()
    for name, score, opacity, found in (
        ("film 10.dcm", 0.9, 0.2, 1),
        ("film 9.dcm", 0.8, 0.9, 0),
        ("Ward A.png", 0.4, 0.5, 3),
        ("ward b.png", 0.1, 0.7, 0),
    ):
        row = scanned_file(f"/x/{name}", top_score=score, detections=(BOX,) * found)
        report.add(dataclasses.replace(row, opacity_probability=opacity))
    report.add(scanned_file("/x/side.dcm", Status.WITHHELD, reason="lateral view"))
    report.add(scanned_file("/x/cut.dcm", Status.FAILED, reason="the pixel data are cut off"))
    report.add(scanned_file("/x/ward.txt", Status.SKIPPED, reason="no image: text"))
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text("".join(report.page(FACTS)), encoding="utf-8")
    return path


def _shown(page: Path, state: str) -> tuple[list[str], list[str], str]:
    """Return the names of the images and the files listed that a reader sees, in order, and what the page counts."""
    assert BROWSER is not None
    ran = subprocess.run(
        [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", f"{page.as_uri()}#{state}"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={"HOME": str(page.parent), "PATH": "/usr/bin:/bin"},
    )
    articles = re.findall(r"<article[^>]*>.*?</article>", ran.stdout, re.DOTALL)
    names = [re.search(r"</span> ([^<]*)<", each) for each in articles if " hidden" not in each.partition(">")[0]]
    listed = []
    for head, body in re.findall(r"<details([^>]*)>(.*?)</details>", ran.stdout, re.DOTALL):
        if "hidden" not in head:
            listed += re.findall(r"<tr><td>([^<]*)<", body)
    counted = re.search(r'<output id="shown"[^>]*>([^<]*)<', ran.stdout)
    assert counted is not None
    return [name.group(1) for name in names if name is not None], listed, counted.group(1)


@pytest.mark.parametrize(
    ("state", "images", "listed"),
    [
        ("", ["film 10.dcm", "film 9.dcm", "Ward A.png", "ward b.png"], ["side.dcm", "cut.dcm", "ward.txt"]),
        ("sort=name", ["film 9.dcm", "film 10.dcm", "Ward A.png", "ward b.png"], ["side.dcm", "cut.dcm", "ward.txt"]),
        ("sort=opacity&kind=found", ["Ward A.png", "film 10.dcm"], []),
        ("sort=found&least=0.3", ["Ward A.png", "film 10.dcm", "film 9.dcm"], ["side.dcm", "cut.dcm", "ward.txt"]),
        ("text=WARD", ["Ward A.png", "ward b.png"], ["ward.txt"]),
        ("kind=failed", [], ["cut.dcm"]),
    ],
)
def test_what_is_asked_for_is_shown_in_the_order_asked_for(
    state: str, images: list[str], listed: list[str], page: Path
) -> None:
    assert _shown(page, state) == (images, listed, f"{len(images)} of 4 images")


def test_what_matches_nothing_is_said(page: Path) -> None:
    assert _shown(page, "text=nobody")[:2] == ([], [])
