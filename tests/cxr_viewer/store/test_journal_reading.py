"""What the journal answers: findings, reviews, worklist states, undo stack, history, what an export needs."""

from datetime import timedelta
from pathlib import Path

from cxr_viewer import __version__
from cxr_viewer.core import findings
from cxr_viewer.core.findings import Review, ReviewOutcome
from cxr_viewer.core.geometry import Box
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.store.history import Change, GestureKind
from cxr_viewer.store.journal import Journal
from cxr_viewer.store.records import InstanceState, KnownInstance, Place, Progress
from tests import factories
from tests.cxr_viewer.store.reading_desk import CONTEXT, KEY, ONE, OTHER, START, TWO, edit, sign


def test_a_new_journal_holds_nothing(journal: Journal) -> None:
    assert journal.current_findings(KEY, "ada") == ()
    assert journal.current_review(KEY, "ada") is None
    assert journal.history(KEY) == ()
    assert journal.instance(KEY) is None
    assert journal.place() == Place()
    assert journal.signed_reviews() == ()


def test_findings_keep_every_field_and_the_order_in_which_they_were_made(journal: Journal) -> None:
    rejected = findings.reject(factories.origin(anchor_index=9), "rib crossing")
    for finding in (ONE, TWO, rejected):
        edit(journal, Change(None, finding))
    moved = findings.adjust(ONE, Box(0.1, 0.2, 30.3, 40.4))
    edit(journal, Change(ONE, moved))
    assert journal.current_findings(KEY, "ada") == (moved, TWO, rejected)


def test_readers_and_instances_do_not_mix(journal: Journal) -> None:
    edit(journal, Change(None, ONE))
    edit(journal, Change(None, TWO), reader="grace")
    edit(journal, Change(None, TWO), key=OTHER)
    assert journal.current_findings(KEY, "ada") == (ONE,)
    assert journal.current_findings(KEY, "grace") == (TWO,)
    assert [entry.reader for entry in journal.history(KEY)] == ["ada", "grace"]
    assert [entry.reader for entry in journal.history(KEY, "grace")] == ["grace"]


def test_history_tells_who_did_what_when_with_which_model(journal: Journal) -> None:
    gesture_id = edit(journal, Change(None, ONE), name="Accept opacity")
    review = sign(journal)
    first, second = journal.history(KEY)
    assert first.gesture_id == gesture_id
    assert (first.kind, first.name, first.reader) == (GestureKind.EDIT, "Accept opacity", "ada")
    assert (first.made_at, first.app_version, first.context) == (START, __version__, CONTEXT)
    assert (first.changes, first.review, first.target_id) == ((Change(None, ONE),), None, None)
    assert (second.kind, second.name, second.review) == (GestureKind.SIGN, "Sign off", review)
    assert second.gesture_id > first.gesture_id


def test_the_undo_stack_survives_a_restart(journal_path: Path) -> None:
    with Journal.open(journal_path) as journal:
        first = edit(journal, Change(None, ONE), name="Accept opacity")
        second = edit(journal, Change(None, TWO), name="Add opacity")
        journal.append_undo(second)
    with Journal.open(journal_path) as journal:
        stack = journal.gestures(KEY, "ada")
        assert [(gesture.gesture_id, gesture.name, gesture.is_undone) for gesture in stack] == [
            (first, "Accept opacity", False),
            (second, "Add opacity", True),
        ]
        journal.append_redo(second)
        assert journal.current_findings(KEY, "ada") == (ONE, TWO)
        journal.append_undo(second)
        journal.append_undo(first)
        assert journal.current_findings(KEY, "ada") == ()


def test_worklist_states_count_what_the_reader_asserts(journal: Journal) -> None:
    third = InstanceKey("c" * 64)
    edit(journal, Change(None, ONE), Change(None, findings.reject(factories.origin())), Change(None, TWO))
    edit(journal, Change(None, ONE), key=OTHER)
    sign(journal, key=OTHER)
    assert journal.states([third, KEY, OTHER], "ada") == {
        third: InstanceState(),
        KEY: InstanceState(Progress.IN_PROGRESS, None, 2),
        OTHER: InstanceState(Progress.SIGNED, ReviewOutcome.OPACITY, 1),
    }
    assert journal.states([KEY], "grace") == {KEY: InstanceState(Progress.UNREAD)}
    assert journal.states([], "ada") == {}


def test_worklist_states_of_a_whole_archive_come_at_once(journal: Journal) -> None:
    keys = [InstanceKey(f"{index:064x}") for index in range(50_000)]
    edit(journal, Change(None, ONE), key=keys[40_000])
    states = journal.states(keys, "ada")
    assert len(states) == 50_000
    assert [key for key, state in states.items() if state.progress is Progress.IN_PROGRESS] == [keys[40_000]]


def test_signed_reviews_come_with_findings_instance_and_beginning(journal: Journal) -> None:
    known = KnownInstance(KEY, 120, 100, Path("/disc/IM1"), "1.2.3", "1.2")
    journal.remember_instance(known)
    edit(journal, Change(None, ONE))
    edit(journal, Change(None, TWO))
    edit(journal, Change(None, ONE), key=OTHER)  # not signed, does not leave
    review = sign(journal)
    (signed,) = journal.signed_reviews()
    assert (signed.instance, signed.review, signed.findings, signed.begun_at) == (known, review, (ONE, TWO), START)


def test_what_was_withdrawn_is_not_signed(journal: Journal) -> None:
    sign(journal)
    edit(journal, Change(None, ONE))
    assert journal.signed_reviews() == ()
    sign(journal)
    assert [signed.findings for signed in journal.signed_reviews()] == [(ONE,)]


def test_signed_reviews_are_chosen_by_reader_and_time(journal: Journal) -> None:
    for hour, (key, reader) in enumerate([(KEY, "ada"), (KEY, "grace"), (OTHER, "ada")]):
        review = Review(ReviewOutcome.NO_OPACITY, reader, START + timedelta(hours=hour))
        journal.append_review(key, review)
    assert [signed.instance.instance_key for signed in journal.signed_reviews("ada")] == [KEY, OTHER]
    late = journal.signed_reviews(since=START + timedelta(hours=1))
    assert [(signed.instance.instance_key, signed.review.reader) for signed in late] == [(KEY, "grace"), (OTHER, "ada")]
    assert journal.signed_reviews("grace", START + timedelta(hours=2)) == ()
    assert journal.signed_reviews("ada")[0].findings == ()
