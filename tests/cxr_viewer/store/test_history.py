"""The undo stack that a history leaves behind."""

from datetime import UTC, datetime

import pytest

from cxr_viewer.core.findings import Finding, FindingUid, ReadingContext
from cxr_viewer.core.geometry import Box
from cxr_viewer.store.history import Change, GestureKind, HistoryEntry, undo_stack
from tests import factories

FIRST = factories.finding(uid="one")
SECOND = factories.finding(uid="two")


def entry(gesture_id: int, kind: GestureKind = GestureKind.EDIT, target_id: int | None = None) -> HistoryEntry:
    changes = (Change(None, FIRST),) if kind is GestureKind.EDIT else ()
    moment = datetime(2024, 1, 1, tzinfo=UTC)
    return HistoryEntry(
        gesture_id, "ada", kind, f"gesture {gesture_id}", target_id, moment, "1", ReadingContext(), changes, None, False
    )


def stack_of(*entries: HistoryEntry) -> list[tuple[int, bool]]:
    return [(gesture.gesture_id, gesture.is_undone) for gesture in undo_stack(entries)]


def test_edits_stack_up() -> None:
    assert stack_of(entry(1), entry(2)) == [(1, False), (2, False)]


def test_undone_edits_can_be_redone() -> None:
    undone = (entry(1), entry(2), entry(3, GestureKind.UNDO, 2), entry(4, GestureKind.UNDO, 1))
    assert stack_of(*undone) == [(1, True), (2, True)]
    assert stack_of(*undone, entry(5, GestureKind.REDO, 1)) == [(1, False), (2, True)]


def test_a_new_edit_drops_what_was_undone() -> None:
    assert stack_of(entry(1), entry(2), entry(3, GestureKind.UNDO, 2), entry(4)) == [(1, False), (4, False)]


def test_a_sign_off_is_not_on_the_undo_stack_and_drops_nothing_from_it() -> None:
    signed = (entry(1), entry(2, GestureKind.UNDO, 1), entry(3, GestureKind.SIGN), entry(4, GestureKind.WITHDRAW))
    assert stack_of(*signed) == [(1, True)]


def test_a_gesture_keeps_its_name_and_changes() -> None:
    (gesture,) = undo_stack([entry(1)])
    assert (gesture.name, gesture.changes) == ("gesture 1", (Change(None, FIRST),))


def test_the_reverse_of_a_change_takes_it_back() -> None:
    moved = Finding(FindingUid("one"), FIRST.state, Box(0, 0, 5, 5), FIRST.origin)
    assert Change(FIRST, moved).reverse == Change(moved, FIRST)
    assert Change(None, FIRST).reverse.uid == "one"


@pytest.mark.parametrize(("before", "after"), [(None, None), (FIRST, SECOND)])
def test_a_change_is_about_one_finding(before: Finding | None, after: Finding | None) -> None:
    with pytest.raises(ValueError, match="one finding"):
        Change(before, after)
