"""The report of a study: one file that opens anywhere, says what it is, and lets no header do harm."""

import base64
import re
import stat
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QFileDialog

from cxr_viewer.ui import canvas_picture
from cxr_viewer.ui.workspace import Workspace
from tests.cxr_viewer.ui.desks import READER, Desk, press
from tests.factories import dicom_file, radiograph

CONTROL = Qt.KeyboardModifier.ControlModifier
HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">\u202e'


class _Page(HTMLParser):
    """Tags, their attributes and the words of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags = list[str]()
        self.attributes = list[tuple[str, str | None]]()
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words += data


def _write(desk: Desk, workspace: Workspace, path: Path) -> str:
    workspace.reports.write_report(path)
    desk.qtbot.waitUntil(lambda: str(path) in workspace.window.image_banner.text, timeout=20_000)
    return path.read_text(encoding="utf-8")


@pytest.mark.drives("study_report")
def test_the_key_asks_for_a_file_and_names_none_after_a_patient(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    press(workspace.window.image_view, Qt.Key.Key_P, CONTROL)
    [dialog] = [found for found in workspace.window.findChildren(QFileDialog) if found.isVisible()]
    assert dialog.defaultSuffix() == "html"
    [proposed] = dialog.selectedFiles()
    assert "Phantom" not in proposed


def test_the_page_tells_who_what_by_which_model_and_that_it_is_research(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    desk.trigger("accept")
    desk.trigger("reject")
    desk.trigger("outcome_opacity")
    words = _Page(_write(desk, workspace, desk.folder / "report.html")).words
    assert workspace.session.model
    assert workspace.session.thresholds
    for expected in (
        "Research use only",
        "holds data of a patient",
        "Phantom, 0",
        "P0",
        READER,
        workspace.session.model.digest,
        f"score {workspace.session.thresholds.score:g}",
        "Accepted",
        "Rejected",
        "Opacity, not signed",
        "As displayed",
    ):
        assert expected in words, expected


def test_a_signed_study_names_the_signature(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward / "0.dcm")
    desk.trigger("outcome_no_opacity")
    desk.trigger("sign_off")
    words = _Page(_write(desk, workspace, desk.folder / "report.html")).words
    assert f"No opacity, signed by {READER} on" in words
    assert "not judged" in words, "what the model showed and nobody judged is named"


def test_nothing_of_a_header_becomes_part_of_the_page(desk: Desk, tmp_path: Path) -> None:
    path = dicom_file(
        tmp_path / "hostile.dcm",
        radiograph(300, 260),
        PatientName=HOSTILE,
        PatientID=HOSTILE,
        StudyDescription=HOSTILE,
        AccessionNumber="<b>",
        SpecificCharacterSet="ISO_IR 192",
    )
    workspace = desk.open(path)
    text = _write(desk, workspace, desk.folder / "report.html")
    found = _Page(text)
    assert "script" not in found.tags
    assert found.tags.count("img") == 1
    assert not any(name.startswith("on") for name, _ in found.attributes)
    assert "<script>alert(1)</script>" in found.words, "it is shown as the text that it is"
    assert "\u202e" not in text, "no sign that turns the direction of what follows"


def test_the_page_fetches_nothing(desk: Desk, ward: Path) -> None:
    text = _write(desk, desk.open(ward), desk.folder / "report.html")
    assert "default-src 'none'" in text
    assert not re.search(r"https?://|url\(", text)
    assert all(value and value.startswith("data:") for name, value in _Page(text).attributes if name in ("src", "href"))


def _picture(text: str) -> QImage:
    [encoded] = re.findall(r'src="data:image/png;base64,([^"]+)"', text)
    picture = QImage.fromData(base64.b64decode(encoded))
    assert not picture.isNull()
    return picture


def _amber(picture: QImage) -> int:
    """Count pixels in the colour of the model's boxes."""
    scaled = picture.scaledToWidth(350)
    colours = (QColor(scaled.pixel(x, y)) for x in range(scaled.width()) for y in range(scaled.height()))
    return sum(colour.red() - colour.blue() > 80 for colour in colours)


def test_the_picture_shows_what_the_reader_sees(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    upright = _picture(_write(desk, workspace, desk.folder / "1.html"))
    assert max(upright.width(), upright.height()) == canvas_picture.LONGEST_SIDE
    assert upright.height() > upright.width()
    assert _amber(upright) > 100
    desk.trigger("hide_boxes")
    desk.trigger("turn_right")
    desk.trigger("invert")
    text = _write(desk, workspace, desk.folder / "2.html")
    turned = _picture(text)
    assert turned.width() > turned.height()
    assert _amber(turned) == 0
    assert "inverted, turned right, boxes hidden" in _Page(text).words
    before, after = (
        QColor(upright.pixel(upright.width() // 2, 30)).lightness(),
        QColor(turned.pixel(turned.width() - 30, turned.height() // 2)).lightness(),
    )
    assert (before < 128) != (after < 128)


@pytest.mark.skipif(not hasattr(stat, "S_IMODE"), reason="permissions are POSIX")
def test_the_file_is_for_this_user_only_and_whole(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    path = desk.folder / "report.html"
    path.write_text("older")
    _write(desk, workspace, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text().endswith("</html>\n")
    assert not list(desk.folder.glob("*.part"))


def test_a_place_that_cannot_be_written_is_one_sentence(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    (desk.folder / "file").touch()
    workspace.reports.write_report(desk.folder / "file" / "report.html")
    desk.qtbot.waitUntil(lambda: "could not be written" in workspace.window.image_banner.text, timeout=20_000)


def test_other_images_of_the_study_are_named_with_their_state(desk: Desk, tmp_path: Path) -> None:
    for number, view in enumerate(("PA", "LL")):
        dicom_file(
            tmp_path / "study" / f"{number}.dcm",
            radiograph(300, 260, seed=number),
            ViewPosition=view,
            StudyInstanceUID="1.2.3",
            PatientName="A^B",
            PatientID="1",
        )
    workspace = desk.open(tmp_path / "study" / "0.dcm", tmp_path / "study" / "1.dcm")
    desk.wait_until_quiet()
    words = _Page(_write(desk, workspace, desk.folder / "report.html")).words
    assert "Other images of this study" in words
    assert "LL" in words


def test_without_an_image_there_is_no_report(desk: Desk) -> None:
    window = desk.start(with_model=False).window
    assert not window.named_actions["study_report"].isEnabled()
