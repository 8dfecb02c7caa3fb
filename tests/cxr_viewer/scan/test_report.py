"""The report is one self-contained page, most suspicious first, escaped, bounded, and says what it must."""

import re
from html.parser import HTMLParser

import pytest

from cxr_viewer.scan.report import Report, ReportFacts
from cxr_viewer.scan.scanned_file import ScannedFile, Status
from tests.cxr_viewer.scan.scanned_files import scanned_file

FACTS = ReportFacts(
    "Demo ensemble 1", "Trained on simulated radiographs.", "CPU · OpenVINO bf16", "score 0.3", "2024", "0.1.0"
)
THUMBNAIL = "data:image/jpeg;base64,AAAA"


def _page(*rows: ScannedFile, pictures: int = 300, listed: int = 500) -> str:
    report = Report(pictures, listed)
    for row in rows:
        report.add(row)
    return "".join(report.page(FACTS))


class _Structure(HTMLParser):
    """Collects tags and checks that they are closed in order."""

    VOID = frozenset({"meta", "img", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "action", "data")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag == "rect"  # only SVG may close an element in its start tag

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_page_is_well_formed_and_asks_for_nothing_outside() -> None:
    page = _page(scanned_file(thumbnail=THUMBNAIL), scanned_file("/a/b", Status.FAILED, reason="cut"))
    structure = _Structure()
    structure.feed(page)
    assert structure.open == []
    assert structure.links == [THUMBNAIL]
    assert "http:" not in page
    assert "https:" not in page
    assert "url(" not in page


def test_most_suspicious_images_come_first_and_ties_in_order_of_finding() -> None:
    scores = {"a": 0.2, "b": 0.9, "c": 0.5, "d": 0.9, "e": 0.0}
    rows = [scanned_file(f"/x/{name}.dcm", top_score=score) for name, score in scores.items()]
    assert re.findall(r"</span> (\w)\.dcm", _page(*rows)) == ["b", "d", "c", "a", "e"]


def test_pictures_are_bounded_and_the_page_says_so() -> None:
    rows = [scanned_file(f"/x/{index}.dcm", top_score=index / 100) for index in range(100)]
    page = _page(*rows, pictures=10)
    assert re.findall(r"</span> (\d+)\.dcm", page) == [str(index) for index in range(99, 89, -1)]
    assert "The 10 most suspicious of 100 images" in page


def test_thumbnails_are_wanted_only_for_what_would_be_shown() -> None:
    report = Report(pictures=2)
    assert report.wants(0.0)
    for score in (0.5, 0.6):
        report.add(scanned_file(top_score=score))
    assert not report.wants(0.5)
    assert report.wants(0.51)


def test_notices_are_there() -> None:
    page = _page()
    assert "Research use, not a medical device." in page
    assert "Trained on simulated radiographs." in page
    assert "No image was read" in page


def test_boxes_are_drawn_in_native_pixels_with_score_and_votes() -> None:
    page = _page(scanned_file())
    assert 'viewBox="0 0 100 120"' in page
    assert re.search(r'<rect x="10.0" y="20.0" width="30.0" height="40.0"', page)
    assert "0.90  3/4" in page


def test_hostile_names_are_escaped_and_folders_not_told() -> None:
    page = _page(
        scanned_file("/patients/Doe^Jane/<script>alert(1)</script>.dcm"),
        scanned_file("/patients/Doe^Jane/b", Status.FAILED, reason='<img src="x">'),
    )
    assert "<script>alert" not in page
    assert '<img src="x">' not in page
    assert "Doe^Jane" not in page


@pytest.mark.parametrize("status", [Status.WITHHELD, Status.FAILED, Status.SKIPPED])
def test_other_files_are_listed_with_their_reason_up_to_a_bound(status: Status) -> None:
    rows = [scanned_file(f"/x/{index}", status, reason=f"reason {index}") for index in range(5)]
    page = _page(*rows, listed=3)
    assert "reason 2" in page
    assert "reason 3" not in page
    assert "The first 3 of 5" in page
