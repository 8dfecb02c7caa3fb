"""The whole window: opening, judging, undoing, signing, closing and opening again."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QLineEdit, QListView, QScrollBar

from cxr_viewer.core.findings import FindingState, ReviewOutcome
from cxr_viewer.core.gate import GateScore
from cxr_viewer.core.geometry import Box
from cxr_viewer.core.studies import Instance
from cxr_viewer.detection import BundleError
from cxr_viewer.store.journal import Journal
from cxr_viewer.store.records import Progress
from cxr_viewer.ui.image_view import ImageView
from cxr_viewer.ui.model_facts import LoadedModel
from cxr_viewer.ui.model_state import Stage
from cxr_viewer.ui.worklist_entry import WorklistEntry
from cxr_viewer.ui.worklist_model import ENTRY
from tests.cxr_viewer.ui.desks import READER, Desk, press
from tests.factories import FakeDetector, dicom_file, radiograph


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


def test_an_image_that_the_models_own_gate_withholds_is_handled_like_any_withheld_one(desk: Desk, ward: Path) -> None:
    desk.detector = FakeDetector(gate=GateScore(0.91, 0.8))
    workspace = desk.open(ward / "0.dcm")
    window = workspace.window
    assert desk.stage() is Stage.WITHHELD
    assert list(window.image_view.boxes) == []
    assert "does not look like a frontal chest radiograph (gate score 0.91, limit 0.80)" in window.gate_banner.text
    entry = workspace.worklist.entry(ward / "0.dcm")
    assert entry
    assert (entry.glyph, entry.top_score) == ("⊘", None)
    desk.trigger("show_anyway")
    desk.wait_for_detections()
    assert len(window.image_view.boxes) == 2
    assert window.gate_banner.text.startswith("Shown because you asked, though the model is withheld")
    desk.trigger("undo")
    desk.wait_for_detections()
    assert desk.stage() is Stage.WITHHELD
    assert list(window.image_view.boxes) == []


def test_another_model_judges_a_withheld_image_anew(desk: Desk, ward: Path) -> None:
    desk.detector = FakeDetector(gate=GateScore(0.91, 0.8))
    workspace = desk.open(ward / "0.dcm")
    assert desk.stage() is Stage.WITHHELD
    desk.detector = FakeDetector(digest="c" * 64)
    workspace.models.load(desk.folder / "other")
    desk.qtbot.waitUntil(lambda: desk.stage() is Stage.DONE, timeout=20_000)
    assert len(workspace.window.image_view.boxes) == 2
    entry = workspace.worklist.entry(ward / "0.dcm")
    assert entry
    assert entry.glyph == "○"


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
    search = workspace.window.worklist.search
    search.setFocus()
    QTest.keyClicks(search, "xd")
    assert search.text() == "xd"
    assert desk.states() == []
    assert workspace.flow.shown == ward / "0.dcm"
    workspace.window.image_view.setFocus()
    press(workspace.window.image_view, Qt.Key.Key_X)
    assert desk.states() == [FindingState.REJECTED]


def test_known_candidates_are_shown_when_the_model_comes_after_the_image(desk: Desk, ward: Path) -> None:
    desk.open(ward)
    desk.wait_until_quiet()
    desk.close()
    workspace = desk.open(ward, with_model=False)
    assert desk.stage() is Stage.NO_MODEL
    with desk.qtbot.waitSignal(workspace.session.model_changed):
        workspace.models.load(ward)
    desk.wait_for_detections()
    assert len(workspace.session.detections) == 2
    assert workspace.flow.model_state.seconds is None, "they came from the cache"


def test_refused_bundle_is_said_and_the_model_in_use_stays(
    desk: Desk, ward: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = desk.open(ward)

    def refuse(_folder: Path) -> LoadedModel:
        raise BundleError("bundle.json was changed after it was published.")

    monkeypatch.setattr(workspace.models, "_load_model", refuse)
    with desk.qtbot.waitSignal(workspace.runner.model_refused):
        workspace.models.load(ward)
    assert "was changed after it was published. The model in use stays." in workspace.window.image_banner.text
    assert len(workspace.window.image_view.boxes) == 2


def test_two_copies_of_an_image_share_findings_and_are_read_once(desk: Desk, ward: Path) -> None:
    (ward / "copy").mkdir()
    (ward / "0copy.dcm").write_bytes((ward / "0.dcm").read_bytes())
    workspace = desk.open(ward)
    desk.wait_until_quiet()
    desk.trigger("accept")
    found = workspace.session.findings
    desk.trigger("next_instance")
    desk.wait_for_detections()
    assert workspace.flow.shown == ward / "0copy.dcm"
    assert workspace.session.findings == found


def test_first_image_that_can_be_shown_is_opened(desk: Desk, ward: Path) -> None:
    whole = (ward / "0.dcm").read_bytes()
    (ward / "0.dcm").write_bytes(whole[: len(whole) // 2])
    workspace = desk.open(ward)
    assert workspace.flow.shown == ward / "1.dcm"


def test_signed_correction_leaves_from_the_menu_as_a_set(desk: Desk, ward: Path, tmp_path: Path) -> None:
    workspace = desk.open(ward)
    desk.trigger("accept")
    desk.trigger("outcome_opacity")
    desk.trigger("sign_off")
    desk.wait_for_detections()
    with desk.qtbot.waitSignal(workspace.export.written, timeout=20_000):
        workspace.export.write(tmp_path / "out")
    assert (tmp_path / "out" / "manifest.json").is_file()
    assert "1 review of 1 image written" in workspace.window.image_banner.text


def test_every_control_has_a_name_for_a_screen_reader(desk: Desk, ward: Path) -> None:
    window = desk.open(ward).window
    kinds = (QAbstractButton, QAbstractSlider, QLineEdit, QListView, ImageView)
    nameless = [
        widget
        for kind in kinds
        for widget in window.findChildren(kind)
        if not isinstance(widget, QScrollBar)
        and not widget.objectName().startswith("qt_")
        and not (widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text()))
        and widget.isVisibleTo(window)
    ]
    assert [f"{type(widget).__name__} {widget.objectName()}" for widget in nameless] == []


def test_narrow_window_folds_the_worklist_to_thumbnails_and_back(desk: Desk, ward: Path) -> None:
    window = desk.open(ward).window
    wide = window.worklist.width()
    window.resize(1100, 800)
    desk.qtbot.waitUntil(lambda: window.worklist.width() < 120)
    window.resize(1600, 1000)
    desk.qtbot.waitUntil(lambda: window.worklist.width() == wide)


def test_both_themes_can_be_put_on_a_running_window(desk: Desk, ward: Path) -> None:
    window = desk.open(ward).window
    for name in ("theme_light", "theme_dark"):
        desk.trigger(name)
        assert not window.grab().isNull()


def test_index_never_moves_the_selection(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    desk.trigger("next_instance")
    desk.wait_for_detections()
    before = workspace.window.worklist.list.currentIndex().data(ENTRY).path
    extra = dicom_file(ward.parent / "later.dcm", radiograph(300, 260, seed=9))
    workspace.indexer.found.emit([WorklistEntry.of_instance(Instance(path=extra, rows=300, columns=260))])
    assert workspace.window.worklist.list.currentIndex().data(ENTRY).path == before
    assert workspace.flow.shown == before
