"""The whole window: opening, judging, undoing, signing, closing and opening again."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cxr_viewer.core.findings import FindingState, ReviewOutcome
from cxr_viewer.core.geometry import Box
from cxr_viewer.store.journal import Journal
from cxr_viewer.store.records import Progress
from cxr_viewer.ui.model_state import Stage
from tests.cxr_viewer.ui.desks import READER, Desk, press
from tests.factories import dicom_file, radiograph


def test_first_image_is_shown_with_its_detections(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    assert workspace.flow.shown == ward / "0.dcm"
    assert len(workspace.session.detections) == 2
    assert desk.stage() is Stage.DONE
    assert len(workspace.window.image_view.boxes) == 2
    desk.wait_until_quiet()
    assert [entry.title for entry in workspace.worklist.entries] == ["Phantom, 0", "Phantom, 1", "Phantom, 2"]
    assert all(entry.thumbnail is not None for entry in workspace.worklist.entries)


def test_every_gesture_is_in_the_journal_before_the_next(desk: Desk, ward: Path) -> None:
    session = desk.open(ward).session
    assert session.reading
    key = session.reading.key
    desk.trigger("accept")
    desk.trigger("reject")
    session.add(key, Box(10, 10, 60, 80))
    with Journal.open(desk.store) as journal:
        stored = journal.current_findings(key, READER)
    assert [finding.state for finding in stored] == [
        FindingState.ACCEPTED,
        FindingState.REJECTED,
        FindingState.ADDED,
    ]
    assert stored == session.findings


def test_closing_and_opening_again_brings_image_findings_verdict_and_undo_back(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    desk.trigger("next_instance")
    desk.wait_for_detections()
    assert workspace.flow.shown == ward / "1.dcm"
    desk.trigger("accept")
    finding = workspace.session.findings[0]
    assert workspace.session.reading
    workspace.session.adjust(workspace.session.reading.key, finding.uid, finding.box.moved(5, 5))
    desk.trigger("outcome_opacity")
    desk.trigger("undo")
    before = workspace.session.findings
    workspace.session.select(finding.uid)
    desk.close()

    again = desk.start()
    with desk.qtbot.waitSignal(again.settled, timeout=20_000):
        assert again.opening.open_last()
    desk.wait_for_detections()
    assert again.flow.shown == ward / "1.dcm"
    assert again.session.findings == before
    assert again.session.selected == finding.uid
    assert desk.outcome() is None
    assert again.session.undo_text == "Move opacity"
    assert again.session.redo_text == "Verdict: Opacity"
    desk.trigger("redo")
    assert desk.outcome() is ReviewOutcome.OPACITY
    desk.trigger("undo")
    desk.trigger("undo")
    assert desk.states() == [FindingState.ACCEPTED]
    desk.trigger("undo")
    assert desk.states() == []


def test_signing_goes_on_to_the_next_image_and_marks_the_row(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    desk.trigger("outcome_no_opacity")
    desk.trigger("sign_off")
    desk.wait_for_detections()
    assert workspace.flow.shown == ward / "1.dcm"
    first = workspace.worklist.entry(ward / "0.dcm")
    assert first
    assert (first.state.progress, first.line, first.glyph) == (Progress.SIGNED, "no opacity", "✓")


def test_unjudged_detections_stay_unjudged_when_signed(desk: Desk, ward: Path) -> None:
    session = desk.open(ward).session
    desk.trigger("outcome_no_opacity")
    desk.trigger("sign_off")
    with Journal.open(desk.store) as journal:
        [signed] = journal.signed_reviews()
    assert signed.findings == ()
    assert signed.review.context.thresholds == session.thresholds


def test_withheld_image_shows_no_boxes_until_they_are_asked_for_and_that_is_kept(desk: Desk, tmp_path: Path) -> None:
    path = dicom_file(tmp_path / "lateral.dcm", radiograph(300, 260), ViewPosition="LL")
    workspace = desk.open(path)
    assert desk.stage() is Stage.WITHHELD
    assert "lateral" in workspace.window.gate_banner.text
    assert list(workspace.window.image_view.boxes) == []
    desk.trigger("show_anyway")
    desk.wait_for_detections()
    assert len(workspace.window.image_view.boxes) == 2
    assert workspace.session.reading
    with Journal.open(desk.store) as journal:
        names = [entry.name for entry in journal.history(workspace.session.reading.key)]
    assert names == ["Show boxes of a withheld image"]
    desk.trigger("undo")
    assert list(workspace.window.image_view.boxes) == []
    assert desk.stage() is Stage.WITHHELD


def test_unwritable_store_is_said_at_once_and_blocks_edits(desk: Desk, ward: Path) -> None:
    desk.store.mkdir()
    workspace = desk.open(ward)
    assert "Nothing can be saved" in workspace.window.store_banner.text
    assert not workspace.window.named_actions["accept"].isEnabled()
    assert not workspace.session.can_edit
    desk.store.rmdir()
    desk.trigger("retry_store")
    assert workspace.window.store_banner.text == ""
    desk.trigger("accept")
    assert desk.states() == [FindingState.ACCEPTED]


def test_wrong_path_is_one_plain_sentence_in_the_window(desk: Desk, tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    sentence = desk.open(missing).window.start_page.sentence
    assert sentence == f"{missing} does not exist. Choose another folder or file."


def test_empty_folder_is_one_plain_sentence_in_the_window(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "notes.txt").write_text("nothing", encoding="utf-8")
    workspace = desk.open(tmp_path / "empty")
    assert workspace.window.start_page.sentence.startswith(f"There is no radiograph in {tmp_path / 'empty'}")


def test_unreadable_file_is_a_grey_row_with_its_reason(desk: Desk, ward: Path) -> None:
    (ward / "9.dcm").write_bytes(b"")
    workspace = desk.open(ward)
    desk.wait_until_quiet()
    entry = workspace.worklist.entry(ward / "9.dcm")
    assert entry
    assert not entry.is_readable
    workspace.flow.open(ward / "9.dcm")
    assert entry.reason in workspace.window.image_banner.text
    assert workspace.flow.shown == ward / "0.dcm", "the image on the screen stays"


def test_closed_window_leaves_nothing_running(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    desk.close()
    assert workspace.session.journal is None


def test_letters_act_on_the_image_and_not_in_the_search_box(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    search = workspace.window.worklist._search
    search.setFocus()
    QTest.keyClicks(search, "xd")
    assert search.text() == "xd"
    assert desk.states() == []
    assert workspace.flow.shown == ward / "0.dcm"
    workspace.window.image_view.setFocus()
    press(workspace.window.image_view, Qt.Key.Key_X)
    assert desk.states() == [FindingState.REJECTED]
