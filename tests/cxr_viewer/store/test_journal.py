"""What is appended is what stands, in every order of edits, undos, sign-offs and restarts."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cxr_viewer.core import findings
from cxr_viewer.core.findings import Finding, FindingState, FindingUid, ReadingNote, ReviewOutcome
from cxr_viewer.core.geometry import Box
from cxr_viewer.store.errors import StoreError
from cxr_viewer.store.history import Change, GestureKind, NoteChange
from cxr_viewer.store.journal import Journal
from cxr_viewer.store.records import InstanceState, KnownInstance, Place, Progress
from tests import factories
from tests.cxr_viewer.store.reading_desk import CONTEXT, KEY, ONE, OTHER, START, TWO, edit, sign


def test_a_finding_can_be_appended_whatever_stood_before(journal: Journal) -> None:
    moved = findings.adjust(ONE, Box(0, 0, 9, 9))
    journal.append_finding(KEY, ONE, "ada", CONTEXT, "Accept opacity")
    journal.append_finding(KEY, moved, "ada", CONTEXT, "Move opacity")
    assert journal.current_findings(KEY, "ada") == (moved,)
    assert journal.gestures(KEY, "ada")[1].changes == (Change(ONE, moved),)


def test_a_gesture_on_several_findings_is_one_step(journal: Journal) -> None:
    both = edit(journal, Change(None, ONE), Change(None, TWO), name="Accept all")
    journal.append_undo(both)
    assert journal.current_findings(KEY, "ada") == ()
    journal.append_redo(both)
    assert journal.current_findings(KEY, "ada") == (ONE, TWO)


def test_undo_and_redo_go_back_and_forth_to_the_beginning(journal: Journal) -> None:
    moved = findings.adjust(TWO, Box(5, 5, 9, 9))
    ids = [edit(journal, Change(None, TWO)), edit(journal, Change(TWO, moved))]
    ids.append(edit(journal, Change(moved, findings.delete(moved))))
    for gesture_id in reversed(ids):
        journal.append_undo(gesture_id, CONTEXT)
    assert journal.current_findings(KEY, "ada") == ()
    for gesture_id in ids[:2]:
        journal.append_redo(gesture_id, CONTEXT)
    assert journal.current_findings(KEY, "ada") == (moved,)
    kinds = [entry.kind for entry in journal.history(KEY)]
    assert kinds == [GestureKind.EDIT] * 3 + [GestureKind.UNDO] * 3 + [GestureKind.REDO] * 2


def test_only_the_last_change_can_be_undone(journal: Journal) -> None:
    first, second = edit(journal, Change(None, ONE)), edit(journal, Change(None, TWO))
    with pytest.raises(StoreError, match="Only the last change"):
        journal.append_undo(first)
    journal.append_undo(second)
    with pytest.raises(StoreError, match="Only the last change"):
        journal.append_undo(second)
    with pytest.raises(StoreError, match="not in the store"):
        journal.append_undo(999)
    assert len(journal.history(KEY)) == 3


def test_only_what_was_undone_last_can_be_redone(journal: Journal) -> None:
    first, second = edit(journal, Change(None, ONE)), edit(journal, Change(None, TWO))
    with pytest.raises(StoreError, match="undone last"):
        journal.append_redo(second)
    journal.append_undo(second)
    journal.append_undo(first)
    with pytest.raises(StoreError, match="undone last"):
        journal.append_redo(second)
    edit(journal, Change(None, ONE))
    with pytest.raises(StoreError, match="undone last"):
        journal.append_redo(first)


def test_undo_works_on_its_own_reader_and_instance(journal: Journal) -> None:
    mine = edit(journal, Change(None, ONE))
    edit(journal, Change(None, TWO), reader="grace")
    edit(journal, Change(None, TWO), key=OTHER)
    journal.append_undo(mine)
    assert journal.current_findings(KEY, "ada") == ()
    assert journal.current_findings(KEY, "grace") == (TWO,)


def test_a_change_from_an_outdated_window_is_refused_whole(journal_path: Path, journal: Journal) -> None:
    edit(journal, Change(None, ONE))
    with Journal.open(journal_path) as other:
        edit(other, Change(ONE, findings.adjust(ONE, Box(0, 0, 7, 7))))
    with pytest.raises(StoreError, match="changed in another window"):
        edit(journal, Change(None, TWO), Change(ONE, findings.delete(ONE)))
    assert len(journal.current_findings(KEY, "ada")) == 1
    assert len(journal.history(KEY)) == 2


def test_a_sign_off_keeps_every_field(journal: Journal) -> None:
    review = sign(journal, ReviewOutcome.UNREADABLE)
    assert journal.current_review(KEY, "ada") == review
    assert journal.current_review(KEY, "grace") is None


def test_signing_again_appends(journal: Journal) -> None:
    sign(journal, ReviewOutcome.OPACITY)
    second = sign(journal, ReviewOutcome.NO_OPACITY)
    assert journal.current_review(KEY, "ada") == second
    signed = [entry.review.outcome for entry in journal.history(KEY) if entry.review]
    assert signed == [ReviewOutcome.OPACITY, ReviewOutcome.NO_OPACITY]


def test_editing_after_the_sign_off_withdraws_it_in_the_same_gesture(journal: Journal) -> None:
    sign(journal)
    edit(journal, Change(None, ONE))
    assert journal.current_review(KEY, "ada") is None
    assert [entry.withdraws_review for entry in journal.history(KEY)] == [False, True]


def test_undo_and_redo_withdraw_a_sign_off_too(journal: Journal) -> None:
    gesture_id = edit(journal, Change(None, ONE))
    for append in (journal.append_undo, journal.append_redo):
        sign(journal)
        append(gesture_id)
        assert journal.current_review(KEY, "ada") is None


def test_a_sign_off_can_be_withdrawn_without_an_edit(journal: Journal) -> None:
    sign(journal)
    journal.append_withdrawal(KEY, "ada")
    assert journal.current_review(KEY, "ada") is None
    assert journal.history(KEY)[-1].kind is GestureKind.WITHDRAW
    with pytest.raises(StoreError, match="no sign-off"):
        journal.append_withdrawal(KEY, "ada")


def ask(journal: Journal, *, is_asked: bool = True, reader: str = "ada") -> int:
    """Ask for a second read, or take that back."""
    before = journal.current_note(KEY, reader)
    change = NoteChange(before, replace(before, needs_second_read=is_asked))
    return journal.append_changes(KEY, [], reader, CONTEXT, "Second read", change)


def test_a_comment_is_a_step_and_ends_the_sign_off(journal: Journal) -> None:
    sign(journal)
    change = NoteChange(ReadingNote(), ReadingNote("compare with the film of May"))
    gesture_id = journal.append_changes(KEY, [], "ada", CONTEXT, "Comment", change)
    assert journal.current_note(KEY, "ada") == change.after
    assert journal.current_review(KEY, "ada") is None
    assert journal.gestures(KEY, "ada")[-1].note == change
    journal.append_undo(gesture_id)
    assert journal.current_note(KEY, "ada") == ReadingNote()
    journal.append_redo(gesture_id)
    assert journal.current_note(KEY, "ada") == change.after


def test_asking_for_a_second_read_leaves_the_sign_off_alone(journal: Journal) -> None:
    review = sign(journal)
    gesture_id = ask(journal)
    assert journal.current_review(KEY, "ada") == review
    journal.append_undo(gesture_id)
    assert journal.current_review(KEY, "ada") == review
    assert not journal.current_note(KEY, "ada").needs_second_read


def test_a_second_read_is_asked_of_every_reader_until_they_sign(journal: Journal) -> None:
    sign(journal)
    ask(journal)
    mine, theirs = (journal.states([KEY], reader)[KEY] for reader in ("ada", "grace"))
    assert mine == InstanceState(Progress.SIGNED, ReviewOutcome.OPACITY, 0, needs_second_read=True)
    assert theirs == InstanceState(Progress.UNREAD, None, 0, needs_second_read=True)
    sign(journal, ReviewOutcome.NO_OPACITY, reader="grace")
    assert not journal.states([KEY], "grace")[KEY].needs_second_read
    assert journal.states([KEY], "ada")[KEY].needs_second_read, "ada takes her own mark back"
    ask(journal, is_asked=False)
    assert not journal.states([KEY], "ada")[KEY].needs_second_read


def test_a_note_from_an_outdated_window_is_refused(journal: Journal) -> None:
    ask(journal)
    with pytest.raises(StoreError, match="changed in another window"):
        journal.append_changes(KEY, [], "ada", CONTEXT, "Comment", NoteChange(ReadingNote(), ReadingNote("late")))


def test_what_was_shown_and_not_judged_is_kept_with_the_sign_off(journal: Journal) -> None:
    edit(journal, Change(None, ONE))
    left = [factories.origin(anchor_index=number) for number in (11, 12)]
    journal.append_review(KEY, findings.Review(ReviewOutcome.OPACITY, "ada", START, CONTEXT), unjudged=left)
    [signed] = journal.signed_reviews()
    assert signed.unjudged == tuple(left)
    assert [(made.gesture_id, made.context) for made in signed.made] == [(1, CONTEXT)]
    sign(journal)
    assert journal.signed_reviews()[0].unjudged == (), "only what was left by the sign-off that stands"


def test_another_readers_edit_leaves_a_sign_off_alone(journal: Journal) -> None:
    review = sign(journal)
    edit(journal, Change(None, ONE), reader="grace")
    assert journal.current_review(KEY, "ada") == review


def test_an_instance_is_remembered_where_it_was_last_seen(journal: Journal) -> None:
    edit(journal, Change(None, ONE))
    assert journal.instance(KEY) == KnownInstance(KEY)
    known = KnownInstance(KEY, 120, 100, Path("/disc/IM1"), "1.2.3", "1.2")
    journal.remember_instance(known)
    journal.remember_instance(known)
    moved = replace(known, path=Path("/archive/IM1"))
    journal.remember_instance(moved)
    assert journal.instance(KEY) == moved
    assert journal.current_findings(KEY, "ada") == (ONE,)


def test_the_place_survives_a_restart(journal_path: Path) -> None:
    place = Place(
        opened_paths=(Path("/disc"), Path("/archive/röntgen")),
        instance_key=KEY,
        path=Path("/disc/IM1"),
        zoom=1.5,
        centre=(50.25, 60.5),
        selected=FindingUid("one"),
    )
    with Journal.open(journal_path) as journal:
        journal.remember_place(Place(zoom=3.0))
        journal.remember_place(place)
    with Journal.open(journal_path) as journal:
        assert journal.place() == place


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such paths")
def test_paths_that_are_no_unicode_are_remembered(journal: Journal) -> None:
    odd = Path(os.fsdecode(b"/disc/r\xf6ntgen.dcm"))
    journal.remember_place(Place((odd,), path=odd))
    journal.remember_instance(KnownInstance(KEY, path=odd))
    assert journal.place() == Place((odd,), path=odd)
    assert journal.instance(KEY) == KnownInstance(KEY, path=odd)


def test_two_programs_read_and_write_the_same_store(journal_path: Path, journal: Journal) -> None:
    edit(journal, Change(None, ONE))
    with Journal.open(journal_path, create=False) as export:
        assert export.current_findings(KEY, "ada") == (ONE,)
        sign(journal)
        assert len(export.signed_reviews()) == 1


def test_an_error_inside_a_gesture_leaves_nothing_of_it(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    sign(journal)

    def fail(*_values: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(journal, "_append_review_revision", fail)
    with pytest.raises(KeyboardInterrupt):
        edit(journal, Change(None, ONE))
    assert journal.current_findings(KEY, "ada") == ()
    assert journal.current_review(KEY, "ada") is not None
    monkeypatch.undo()
    edit(journal, Change(None, ONE))
    assert [finding.uid for finding in journal.current_findings(KEY, "ada")] == ["one"]


def test_findings_of_numpy_numbers_are_stored_as_numbers(journal: Journal) -> None:
    box = Box(*np.array([10, 20, 40, 60], dtype=np.float32))  # as careless callers pass them
    edit(journal, Change(None, Finding(FindingUid("n"), FindingState.ADDED, box)))
    (stored,) = journal.current_findings(KEY, "ada")
    assert stored.box == Box(10, 20, 40, 60)
    assert type(stored.box.x1) is float
