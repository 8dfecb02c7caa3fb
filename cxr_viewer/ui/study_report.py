"""The report of one study as a page: every text of a header or a reader is escaped, nothing is fetched."""

import html
from collections.abc import Iterable
from dataclasses import dataclass
from string import Template

_KEPT = "\n\u200c\u200d"
"""Line ends, and the joiners that some scripts write names with; what turns the direction of a line is left out."""

Line = tuple[str, str]
"""What, and its words; lines without words are left out."""


@dataclass(frozen=True, slots=True)
class ReportFinding:
    """One row of the table of boxes.

    Attributes:
        box: x, y, width, height in native pixels of the stored image, in words.
    """

    what: str
    detail: str
    box: str


@dataclass(frozen=True, slots=True)
class StudyReport:
    """What the page says.

    Attributes:
        patient, acquisition, reading, model: lines of four boxes.
        verdict: in words, with who signed and when, or that nobody did.
        findings: what the reader asserts or rejected.
        unjudged: detections on the screen that the reader did not judge.
        picture_words: how the picture is seen.
        others: the other images of the study, each with its view and how far it is read.
    """

    title: str
    patient: tuple[Line, ...]
    acquisition: tuple[Line, ...]
    reading: tuple[Line, ...]
    model: tuple[Line, ...]
    verdict: str
    comment: str
    findings: tuple[ReportFinding, ...]
    unjudged: tuple[ReportFinding, ...]
    picture_words: str
    others: tuple[Line, ...]
    made: str


def page(report: StudyReport, picture: str) -> str:
    """Return the report as one HTML page.

    Args:
        picture: a ``data:`` address of the picture, "" for none.
    """
    shown = f'<img alt="The radiograph as displayed" src="{html.escape(picture)}">' if picture else "<p>No picture.</p>"
    comment = f"<p class='comment'>{_text(report.comment)}</p>" if report.comment else ""
    return _PAGE.substitute(
        title=_text(report.title),
        patient=_lines("Patient", report.patient),
        acquisition=_lines("Image", report.acquisition),
        reading=_lines("Reading", report.reading),
        model=_lines("Model", report.model),
        verdict=_text(report.verdict),
        comment=comment,
        findings=_table("Findings of the reader", report.findings, "The reader drew and accepted no box."),
        unjudged=_table("Boxes of the model that were not judged", report.unjudged, ""),
        picture=shown,
        picture_words=_text(report.picture_words),
        others=_lines("Other images of this study", report.others) if report.others else "",
        made=_text(report.made),
    )


def _text(words: str) -> str:
    """Return text that is safe anywhere in the page; what cannot be seen is taken out, line ends stay."""
    visible = "".join(letter for letter in words if letter.isprintable() or letter in _KEPT)
    return html.escape(visible).replace("\n", "<br>")


def _lines(title: str, lines: Iterable[Line]) -> str:
    rows = "".join(f"<tr><th>{_text(name)}</th><td>{_text(words)}</td></tr>" for name, words in lines if words)
    return f"<div class='lines'><h2>{_text(title)}</h2><table>{rows}</table></div>" if rows else ""


def _table(title: str, rows: tuple[ReportFinding, ...], empty: str) -> str:
    if not rows:
        return f"<h2>{_text(title)}</h2><p>{_text(empty)}</p>" if empty else ""
    body = "".join(
        f"<tr><td>{number}</td><td><b>{_text(row.what)}</b></td><td>{_text(row.detail)}</td><td>{_text(row.box)}</td></tr>"
        for number, row in enumerate(rows, start=1)
    )
    head = "<tr><th></th><th>What</th><th>Size and origin</th><th>x, y, width, height (native pixels)</th></tr>"
    return f"<h2>{_text(title)}</h2><table class='findings'>{head}{body}</table>"


_PAGE = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>Report – research use, not a medical device</title>
<style>
body { margin: 0 auto; max-width: 980px; padding: 24px; background: #ffffff; color: #1b222b;
  font: 15px/1.45 system-ui, "Segoe UI", "Noto Sans", sans-serif; }
h1 { margin: 0 0 4px; font-size: 22px; overflow-wrap: anywhere; }
h2 { margin: 20px 0 4px; font-size: 15px; }
.notice, .patient-data { margin: 10px 0; padding: 8px 12px; border: 1px solid #8a5a00; border-radius: 6px;
  background: #fff3d6; color: #5f3e00; }
.boxes { display: grid; grid-template-columns: repeat(auto-fit, minmax(280px, 1fr)); gap: 0 28px; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: 3px 10px 3px 0; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { width: 34%; font-weight: 400; color: #57606a; }
.findings th { width: auto; } .findings td, .findings th { border-bottom: 1px solid #cbd3dc; }
.verdict { font-size: 18px; font-weight: 600; }
.comment { border-left: 3px solid #cbd3dc; padding-left: 10px; }
.picture p { margin: 6px 0; } img { max-width: 100%; background: #000000; }
.caption, .foot { color: #57606a; font-size: 13px; }
@media print { body { padding: 0; max-width: none; } .picture, .lines, table { break-inside: avoid; } }
</style>
</head>
<body>
<h1>$title</h1>
<p class="notice">Research use only. This is not a medical device, and this page is no medical report.</p>
<p class="patient-data">This page holds data of a patient: keep it where such data may be, and nowhere else.</p>
<h2>Verdict</h2>
<p class="verdict">$verdict</p>
$comment
<div class="picture"><p>$picture</p><p class="caption">$picture_words</p></div>
$findings
$unjudged
<div class="boxes">$patient$acquisition$reading$model$others</div>
<p class="foot">$made</p>
</body>
</html>
""")
