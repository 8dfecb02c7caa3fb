"""The reader's assertions: which edit leads to which state, whatever the order."""

from datetime import UTC, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxr_viewer.core import findings
from cxr_viewer.core.candidates import Thresholds
from cxr_viewer.core.findings import Finding, FindingError, FindingState, Origin
from cxr_viewer.core.geometry import Box
from cxr_viewer.core.suppression import select
from tests import factories

numbers = st.floats(0, 4000)
boxes = st.builds(Box, numbers, numbers, numbers, numbers)
starts = st.sampled_from(
    [
        findings.accept(factories.origin()),
        findings.reject(factories.origin(), "rib crossing"),
        findings.add(factories.BOX),
    ]
)
edits = st.lists(st.one_of(boxes, st.just("delete"), st.just("delete, because")), max_size=8)


def edited(finding: Finding, edit: Box | str) -> Finding:
    if isinstance(edit, Box):
        return findings.adjust(finding, edit)
    return findings.delete(finding, "vessel" if edit.endswith("because") else "")


def test_accepting_takes_the_box_as_it_is_shown() -> None:
    origin = factories.origin()
    finding = findings.accept(origin)
    assert (finding.state, finding.box, finding.origin) == (FindingState.ACCEPTED, origin.shown_box, origin)
    assert finding.is_asserted


def test_rejecting_says_where_and_why() -> None:
    finding = findings.reject(factories.origin(), "rib crossing")
    assert (finding.state, finding.box, finding.reason) == (FindingState.REJECTED, factories.BOX, "rib crossing")
    assert not finding.is_asserted


def test_adding_has_no_origin() -> None:
    finding = findings.add(factories.BOX)
    assert (finding.state, finding.origin) == (FindingState.ADDED, None)
    assert finding.is_asserted


def test_a_moved_box_of_the_model_is_adjusted_and_keeps_its_origin() -> None:
    accepted = findings.accept(factories.origin())
    moved = findings.adjust(accepted, Box(1, 2, 3, 4))
    assert (moved.state, moved.box, moved.origin) == (FindingState.ADJUSTED, Box(1, 2, 3, 4), accepted.origin)


def test_a_moved_box_of_the_reader_stays_added() -> None:
    assert findings.adjust(findings.add(factories.BOX), Box(1, 2, 3, 4)).state is FindingState.ADDED


def test_deleting_a_box_of_the_model_rejects_it_where_the_model_showed_it() -> None:
    moved = findings.adjust(findings.accept(factories.origin()), Box(1, 2, 3, 4))
    deleted = findings.delete(moved, "vessel")
    assert (deleted.state, deleted.box, deleted.reason) == (FindingState.REJECTED, factories.BOX, "vessel")


def test_deleting_a_box_of_the_reader_removes_it_and_it_cannot_be_adjusted_then() -> None:
    removed = findings.delete(findings.add(factories.BOX))
    assert removed.state is FindingState.REMOVED
    assert not removed.is_asserted
    with pytest.raises(FindingError, match="undo the removal"):
        findings.adjust(removed, Box(1, 2, 3, 4))


def test_drawing_over_a_rejected_box_asserts_it_again_without_the_reason() -> None:
    again = findings.adjust(findings.reject(factories.origin(), "vessel"), Box(1, 2, 3, 4))
    assert (again.state, again.reason) == (FindingState.ADJUSTED, "")


@given(starts, edits)
def test_no_order_of_edits_leaves_the_rules(start: Finding, steps: list[Box | str]) -> None:
    finding = start
    for step in steps:
        if finding.state is FindingState.REMOVED and isinstance(step, Box):
            with pytest.raises(FindingError):
                findings.adjust(finding, step)
            continue
        finding = edited(finding, step)
        assert finding.uid == start.uid
        assert finding.origin == start.origin
        is_readers_own = finding.state in (FindingState.ADDED, FindingState.REMOVED)
        assert is_readers_own == (finding.origin is None)
        assert finding.is_asserted == (finding.state not in (FindingState.REJECTED, FindingState.REMOVED))
        if isinstance(step, Box):
            assert finding.box == step
        if finding.state is FindingState.REJECTED:
            assert finding.origin is not None
            assert finding.box == finding.origin.shown_box
        elif finding.is_asserted and isinstance(step, Box):
            assert finding.reason == ""


@given(starts, edits)
def test_an_edit_leaves_the_finding_before_it_as_it_was(start: Finding, steps: list[Box | str]) -> None:
    states = [start]
    for step in steps:
        if states[-1].state is not FindingState.REMOVED:
            states.append(edited(states[-1], step))
    replayed = [start]
    for step in steps:
        if replayed[-1].state is not FindingState.REMOVED:
            replayed.append(edited(replayed[-1], step))
    assert states == replayed


def test_the_origin_of_a_detection_holds_what_training_needs() -> None:
    shown = select(factories.candidates(), Thresholds(0.3, 0.1, 1.0), factories.RULES)
    origin = findings.origin_of(shown, 0, factories.BUNDLE_DIGEST)
    assert origin == Origin(
        bundle_digest=factories.BUNDLE_DIGEST,
        anchor_index=7,
        shown_box=Box.from_row(shown.boxes[0]),
        mean_box=Box.from_row(shown.mean_boxes[0]),
        score=float(shown.scores[0]),
        members_agreeing=2,
        members=2,
    )
    assert origin.shown_box.area < origin.mean_box.area
    values = (origin.anchor_index, origin.score, origin.members_agreeing, origin.members)
    assert [type(value) for value in values] == [int, float, int, int]


def test_identities_differ_and_times_are_in_utc() -> None:
    assert len({findings.new_uid() for _ in range(1000)}) == 1000
    assert findings.now().utcoffset() == timedelta(0)
    assert findings.now().tzinfo is UTC
