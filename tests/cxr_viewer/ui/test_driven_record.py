"""Labels, comments, reasons, second read and signature, driven by their own keys on a whole window."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QWidget

from cxr_viewer.core.findings import Finding, FindingState, ReadingNote, ReviewOutcome
from cxr_viewer.store.journal import Journal
from cxr_viewer.ui.worklist_rows import StateFilter
from cxr_viewer.ui.workspace import Workspace
from tests.cxr_viewer.ui.desks import READER, Desk, drag, press

ALT = Qt.KeyboardModifier.AltModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


def _stored(desk: Desk) -> tuple[Finding, ...]:
    """Return the findings of the image on the screen as another program reads them from the journal."""
    assert desk.workspace
    reading = desk.workspace.session.reading
    assert reading
    with Journal.open(desk.store, create=False) as journal:
        return journal.current_findings(reading.key, READER)


def _type(widget: QWidget, text: str) -> None:
    QTest.keyClicks(widget, text)


@pytest.mark.drives("label_consolidation", "label_effusion", "label_none", "undo")
def test_a_digit_with_alt_accepts_and_labels_in_one_step(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    view, session = workspace.window.image_view, workspace.session
    press(view, Key.Key_2, ALT)
    assert [(f.state, f.label) for f in _stored(desk)] == [(FindingState.ACCEPTED, "consolidation")]
    assert session.steps == ("Accept as consolidation",)
    session.select(session.findings[0].uid)
    press(view, Key.Key_5, ALT)
    assert [f.label for f in _stored(desk)] == ["effusion"]
    assert session.undo_text == "Label as effusion"
    assert any(shown.label == "effusion · accepted" for shown in view.boxes)
    rows = workspace.window.finding_panel.model.rows
    assert [row.title for row in rows if row.uid == session.selected] == ["Effusion · accepted"]
    press(view, Key.Key_0, ALT)
    assert [f.label for f in _stored(desk)] == [""]
    for _ in range(2):
        press(view, Key.Key_Z, CONTROL)
    assert [f.label for f in _stored(desk)] == ["consolidation"]


@pytest.mark.drives("label_opacity", "label_atelectasis", "label_nodule_or_mass", "label_other")
def test_every_label_has_its_digit(desk: Desk, ward: Path) -> None:
    view = desk.open(ward).window.image_view
    assert desk.workspace
    desk.workspace.session.select("detection:7")
    for key, code in ((Key.Key_1, "opacity"), (Key.Key_3, "atelectasis"), (Key.Key_4, "nodule_or_mass")):
        press(view, key, ALT)
        desk.workspace.session.select(desk.workspace.session.findings[0].uid)
        assert _stored(desk)[0].label == code
    press(view, Key.Key_6, ALT)
    assert _stored(desk)[0].label == "other"
    assert desk.outcome() is None, "no digit chose a verdict"


@pytest.mark.drives("describe")
def test_the_editor_at_the_box_takes_every_letter_and_enter_keeps(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    view, session, editor = workspace.window.image_view, workspace.session, workspace.record.editor
    press(view, Key.Key_Return)
    session.select(session.findings[0].uid)
    before = workspace.flow.shown
    press(view, Key.Key_E)
    assert editor.isVisible()
    assert editor.comment.hasFocus()
    _type(editor.comment, "dab/.\\ x wieo Bz 12")  # letters that are keys of the window everywhere else
    press(editor.comment, Key.Key_2, ALT)
    assert _stored(desk)[0].comment == "", "nothing is kept while it is typed"
    press(editor.comment, Key.Key_Return)
    assert not editor.isVisible()
    assert view.hasFocus()
    [finding] = _stored(desk)
    assert (finding.label, finding.comment) == ("consolidation", "dab/.\\ x wieo Bz 12")
    assert session.steps == ("Accept opacity", "Describe opacity"), "one step for both"
    assert workspace.flow.shown == before
    assert (view.is_inverted, session.note.needs_second_read, session.outcome) == (False, False, None)
    assert "“dab" in view.words_of(finding.uid)


def test_escape_leaves_the_editor_and_nothing_changed(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    view, session, editor = workspace.window.image_view, workspace.session, workspace.record.editor
    press(view, Key.Key_E)
    _type(editor.comment, "never mind")
    press(editor.comment, Key.Key_Escape)
    assert not editor.isVisible()
    assert (session.findings, session.steps) == ((), ())
    press(view, Key.Key_E)
    assert editor.comment.text() == ""
    press(editor.comment, Key.Key_Return)
    assert session.findings == (), "nothing typed accepts nothing"


def test_describing_a_detection_accepts_it(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    editor = workspace.record.editor
    press(workspace.window.image_view, Key.Key_E)
    _type(editor.comment, "left base")
    press(editor.comment, Key.Key_Return)
    assert [(f.state, f.comment) for f in _stored(desk)] == [(FindingState.ACCEPTED, "left base")]
    assert len(workspace.session.steps) == 1


def test_a_click_on_another_image_keeps_what_was_typed_on_the_first(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    view, session, editor = workspace.window.image_view, workspace.session, workspace.record.editor
    press(view, Key.Key_Return)
    session.select(session.findings[0].uid)
    press(view, Key.Key_E)
    _type(editor.comment, "typed here")
    rows = workspace.window.worklist.list
    place = rows.visualRect(rows.model().index(1, 0)).center()
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=place)
    desk.wait_for_detections()
    assert workspace.flow.shown == ward / "1.dcm"
    assert session.findings == ()
    press(view, Key.Key_A)
    desk.wait_for_detections()
    assert [f.comment for f in _stored(desk)] == ["typed here"]


def test_closing_the_window_keeps_what_was_typed(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    press(workspace.window.image_view, Key.Key_E)
    _type(workspace.record.editor.comment, "last words")
    assert workspace.session.reading
    key = workspace.session.reading.key
    desk.close()
    with Journal.open(desk.store) as journal:
        assert [f.comment for f in journal.current_findings(key, READER)] == ["last words"]


def _reasons(desk: Desk, workspace: Workspace) -> QMenu:
    """Open the menu of reasons by its key and return it."""
    with desk.qtbot.waitSignal(workspace.record.menu_shown) as shown:
        press(workspace.window.image_view, Key.Key_X, SHIFT)
    assert shown.args
    menu = shown.args[0]
    assert isinstance(menu, QMenu)
    assert menu.isVisible()
    return menu


@pytest.mark.drives("reject_because")
def test_a_digit_in_the_menu_of_reasons_rejects_with_its_code(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    press(_reasons(desk, workspace), Key.Key_3)
    assert [(f.state, f.reason) for f in _stored(desk)] == [(FindingState.REJECTED, "bone")]
    rows = workspace.window.finding_panel.model.rows
    assert [row.title for row in rows if row.title.startswith("Rejected")] == ["Rejected: rib or bone"]
    workspace.session.select(workspace.session.findings[0].uid)
    press(_reasons(desk, workspace), Key.Key_1)
    assert [f.reason for f in _stored(desk)] == ["device"], "a reason can be changed"
    press(_reasons(desk, workspace), Key.Key_Escape)
    assert [f.reason for f in _stored(desk)] == ["device"]


@pytest.mark.drives("duplicate")
def test_duplicating_makes_a_finding_of_ones_own_beside_it(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    view, session = workspace.window.image_view, workspace.session
    press(view, Key.Key_B)
    drag(view, (60, 200), (140, 280))
    press(view, Key.Key_5, ALT)
    [first] = session.findings
    press(view, Key.Key_D, CONTROL)
    assert desk.states() == [FindingState.ADDED, FindingState.ADDED]
    copy = session.findings[1]
    assert session.selected == copy.uid
    assert (copy.label, copy.origin) == ("effusion", None)
    assert copy.uid != first.uid
    assert copy.box == first.box.moved(12, 12)
    assert workspace.flow.shown == ward / "0.dcm", "D with Ctrl is not D"
    press(view, Key.Key_Z, CONTROL)
    assert desk.states() == [FindingState.ADDED]


@pytest.mark.drives("comment_image", "sign_here", "withdraw")
def test_a_comment_on_the_image_goes_into_the_signature(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    window, session = workspace.window, workspace.session
    view, line = window.image_view, window.verdict_panel.comment
    press(view, Key.Key_E, SHIFT)
    assert line.hasFocus()
    _type(line, "compare with May x")
    press(line, Key.Key_Return)
    assert view.hasFocus()
    assert session.note.comment == "compare with May x"
    assert session.steps == ("Comment on image",)
    press(view, Key.Key_3, CONTROL)
    press(view, Key.Key_Slash)
    assert session.reading
    with Journal.open(desk.store) as journal:
        review = journal.current_review(session.reading.key, READER)
    assert review
    assert (review.outcome, review.comment) == (ReviewOutcome.UNREADABLE, "compare with May x")
    assert workspace.flow.shown == ward / "0.dcm", "it stays"
    assert not window.named_actions["sign_here"].isEnabled()
    press(view, Key.Key_Period)
    assert session.review is None
    assert session.outcome is ReviewOutcome.UNREADABLE
    assert not window.named_actions["withdraw"].isEnabled()


def test_escape_in_the_comment_puts_the_old_one_back(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    view, line = workspace.window.image_view, workspace.window.verdict_panel.comment
    press(view, Key.Key_E, SHIFT)
    _type(line, "first")
    press(line, Key.Key_Return)
    press(view, Key.Key_E, SHIFT)
    _type(line, "second")
    press(line, Key.Key_Escape)
    assert line.text() == "first"
    assert view.hasFocus()
    assert workspace.session.steps == ("Comment on image",)


@pytest.mark.drives("second_read", "undo", "redo")
def test_a_second_read_is_asked_for_taken_back_and_survives(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    window, session = workspace.window, workspace.session
    view, panel = window.image_view, window.worklist
    press(view, Key.Key_3, CONTROL)
    press(view, Key.Key_Slash)
    press(view, Key.Key_Backslash)
    assert session.note == ReadingNote("", True)
    assert session.review is not None, "the signature stays"
    entry = workspace.worklist.entry(ward / "0.dcm")
    assert entry
    assert (entry.glyph, entry.line) == ("◆", "2nd read asked · unreadable")
    panel.set_filter(StateFilter.SECOND_READ)
    panel.refresh_counts()
    assert window.verdict_panel.second_read.isChecked()
    assert [button.text() for button in panel.findChildren(type(window.verdict_panel.sign)) if "2nd" in button.text()]
    press(view, Key.Key_Z, CONTROL)
    assert (session.note.needs_second_read, entry.glyph) == (False, "✓")
    press(view, Key.Key_Y, CONTROL)
    desk.close()
    again = desk.open(ward)
    assert again.session.note == ReadingNote("", True)
    assert again.session.undo_text == "Ask for a second read"
    press(again.window.image_view, Key.Key_Backslash)
    assert again.session.note == ReadingNote()
    assert again.session.undo_text == "No second read needed"


def test_the_window_in_force_and_what_was_visible_are_kept_with_each_gesture(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    view, session = workspace.window.image_view, workspace.session
    press(view, Key.Key_Return)
    press(view, Key.Key_1)
    press(view, Key.Key_I)
    press(view, Key.Key_O)
    press(view, Key.Key_3, CONTROL)
    assert session.reading
    with Journal.open(desk.store) as journal:
        first, second = (entry.context for entry in journal.history(session.reading.key, READER))
    assert first.window
    assert second.window
    assert (first.window.name, first.window.is_inverted, first.is_model_visible) == ("as opened", False, True)
    assert (second.window.name, second.window.is_inverted, second.is_model_visible) == ("Lung", True, False)
    assert second.window.width == getattr(view.voi, "width", None)


def test_what_was_shown_and_not_judged_is_recorded_when_signing(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    view, session = workspace.window.image_view, workspace.session
    press(view, Key.Key_Return)
    waiting = session.unjudged()
    assert len(waiting) == 1
    press(view, Key.Key_1, CONTROL)
    press(view, Key.Key_Slash)
    with Journal.open(desk.store) as journal:
        [signed] = journal.signed_reviews()
    assert signed.unjudged == waiting


def test_boxes_that_were_never_on_the_screen_were_not_left_unjudged(desk: Desk, ward: Path) -> None:
    workspace = desk.start()
    workspace.window.named_actions["hide_boxes"].setChecked(True)
    with desk.qtbot.waitSignal(workspace.settled, timeout=20_000):
        workspace.opening.open((ward,))
    desk.wait_for_detections()
    assert len(workspace.session.detections) == 2
    assert workspace.session.unjudged() == ()
    workspace.window.named_actions["hide_boxes"].setChecked(False)
    assert len(workspace.session.unjudged()) == 2
