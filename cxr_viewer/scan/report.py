"""The report of a scan: one self-contained page, the most suspicious images first, no names of patients."""

import heapq
import html
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from cxr_viewer.scan.report_page import FOOT, HEAD
from cxr_viewer.scan.scanned_file import FoundBox, ScannedFile, Status

PICTURES = 300
"""Most images shown with a picture; a page of an archive with thumbnails of everything would not open."""

LISTED = 500
"""Most files listed one by one under what was withheld, what failed and what was skipped."""


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What the head of the page says.

    Attributes:
        bundle: name and version of the ensemble.
        learned_from: what the ensemble was trained on, a sentence; shown wherever its output is.
        device: device, engine and precision in words.
        thresholds: score, overlap and size in words.
        finished: time, in words.
        version: of the program.
    """

    bundle: str
    learned_from: str
    device: str
    thresholds: str
    finished: str
    version: str


class Report:
    """Gathers what the page shows while the scan runs; memory is bounded by PICTURES and LISTED."""

    def __init__(self, pictures: int = PICTURES, listed: int = LISTED) -> None:
        self._pictures = pictures
        self._limit = listed
        self._most_suspicious: list[tuple[float, int, ScannedFile]] = []
        self._listed: dict[Status, list[ScannedFile]] = {status: [] for status in Status}
        self._counts: Counter[Status] = Counter()
        self._detections = 0

    def wants(self, top_score: float) -> bool:
        """Whether an image with this best score would be shown as things stand, so that it needs a thumbnail."""
        shown = self._most_suspicious
        return len(shown) < self._pictures or (top_score, -self._counts.total()) > shown[0][:2]

    def add(self, scanned: ScannedFile) -> None:
        """Take in one file."""
        if scanned.status is Status.OK:
            self._add_picture(scanned)
        elif len(self._listed[scanned.status]) < self._limit:
            self._listed[scanned.status].append(scanned)
        self._counts[scanned.status] += 1
        self._detections += len(scanned.detections)

    def _add_picture(self, scanned: ScannedFile) -> None:
        score = scanned.top_score or 0.0
        if self.wants(score):
            # the number of files so far breaks ties: what was found first is shown first
            heapq.heappush(self._most_suspicious, (score, -self._counts.total(), scanned))
        if len(self._most_suspicious) > self._pictures:
            heapq.heappop(self._most_suspicious)

    def page(self, facts: ReportFacts) -> Iterator[str]:
        """Return the page piece by piece."""
        counts = self._counts
        yield HEAD.substitute(
            {name: html.escape(getattr(facts, name)) for name in facts.__slots__},
            files=counts.total(),
            ok=counts[Status.OK],
            withheld=counts[Status.WITHHELD],
            failed=counts[Status.FAILED],
            skipped=counts[Status.SKIPPED],
            detections=self._detections,
        )
        shown = [scanned for _, _, scanned in sorted(self._most_suspicious, key=lambda entry: entry[:2], reverse=True)]
        yield _shown_sentence(len(shown), counts[Status.OK])
        yield '<main id="cards">\n'
        for rank, scanned in enumerate(shown, start=1):
            yield _card(rank, scanned)
        yield "</main>\n"
        for status, title in _LISTS.items():
            yield from _list(status, title, self._listed[status], counts[status])
        yield FOOT


_LISTS = {
    Status.WITHHELD: "Withheld: readable, but not an input for this model",
    Status.FAILED: "Failed: could not be read",
    Status.SKIPPED: "Skipped: no image",
}


def _shown_sentence(shown: int, ok: int) -> str:
    if not ok:
        return '<p class="note">No image was read by the detector.</p>\n'
    if shown == ok:
        return '<p class="note">Numbered by suspicion: the best score of the ensemble.</p>\n'
    return f'<p class="note">The {shown} most suspicious of {ok} images; instances.csv has all of them.</p>\n'


def _card(rank: int, scanned: ScannedFile) -> str:
    score = scanned.top_score or 0.0
    boxes = "".join(_rectangle(box, max(scanned.rows, scanned.columns)) for box in scanned.detections)
    picture = f'<img alt="" loading="lazy" src="{scanned.thumbnail}">' if scanned.thumbnail else ""
    name = html.escape(scanned.name)
    found = len(scanned.detections)
    words = f"{found} detection{'s' if found != 1 else ''}" if found else "nothing above the threshold"
    opacity = scanned.opacity_probability
    probability = f" · opacity {opacity:.2f}" if opacity is not None else ""
    chance = "" if opacity is None else f' data-opacity="{opacity:.4f}"'
    return (
        f'<article data-rank="{rank}" data-score="{score:.4f}" data-found="{found}" data-name="{name}"'
        f'{chance}><div class="picture" style="aspect-ratio:{scanned.columns}/{scanned.rows}">'
        f'{picture}<svg viewBox="0 0 {scanned.columns} {scanned.rows}">{boxes}</svg></div>'
        f'<h2 title="{name}"><span>{rank}</span> {name}</h2>'
        f"<p><b>{score:.2f}</b> · {words}{probability}</p>"
        f'<p class="key">{scanned.instance_key[:12]} · {scanned.columns} × {scanned.rows}</p></article>\n'
    )


def _rectangle(box: FoundBox, side: int) -> str:
    stroke, text = side / 130, side / 22
    label = f"{box.score:.2f}  {box.members_agreeing}/{box.members}"
    below = box.y < 1.3 * text
    return (
        f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}"'
        f' stroke-width="{stroke:.1f}"/>'
        f'<text x="{box.x:.1f}" y="{box.y + text if below else box.y - 0.3 * text:.1f}" font-size="{text:.1f}"'
        f' stroke-width="{text / 8:.1f}">{label}</text>'
    )


def _list(status: Status, title: str, rows: list[ScannedFile], count: int) -> Iterator[str]:
    if not rows:
        return
    yield f'<details data-status="{status}"><summary>{title} ({count})</summary>\n<table>\n'
    for row in rows:
        size = f"{row.columns} × {row.rows}" if row.rows else ""
        yield f"<tr><td>{html.escape(row.name)}</td><td>{html.escape(row.reason)}</td><td>{size}</td></tr>\n"
    yield "</table>\n"
    if count > len(rows):
        yield f'<p class="note">The first {len(rows)} of {count}; instances.csv has all of them.</p>\n'
    yield "</details>\n"
