"""The verbs of the session, over a real journal."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cxr_viewer.core.candidates import Thresholds
from cxr_viewer.core.findings import Finding, FindingState, ReviewOutcome
from cxr_viewer.core.geometry import Box
from cxr_viewer.store.errors import StoreError
from cxr_viewer.store.journal import Journal
from cxr_viewer.ui.overlay import Kind
from cxr_viewer.ui.review_session import ReviewSession
from tests.cxr_viewer.ui.readings import KEY, OTHER_KEY, model, reading
from tests.factories import candidates

BOXES = ((20, 40, 100, 150), (150, 40, 240, 150), (30, 200, 90, 280))
SCORES = ((0.9, 0.8), (0.6, 0.5), (0.2, 0.1))


@pytest.fixture
def session(qtbot: QtBot, tmp_path: Path) -> Iterator[ReviewSession]:
    made = ReviewSession(lambda: Journal.open(tmp_path / "journal.sqlite"), "ada")
    made.use_model(model())
    made.begin(reading())
    made.show_candidates(KEY, candidates(BOXES, SCORES, 300, 260))
    yield made
    made.close_store()


def _states(session: ReviewSession) -> list[FindingState]:
    return [finding.state for finding in session.findings]


def _stored(session: ReviewSession) -> tuple[Finding, ...]:
    assert session.journal
    return session.journal.current_findings(KEY, "ada")


def test_best_detection_is_chosen_when_candidates_arrive(session: ReviewSession) -> None:
    assert session.selected == "detection:7"
    assert session.selected_detection() == 0


def test_accepting_goes_on_to_the_next_detection(session: ReviewSession) -> None:
    session.accept()
    assert _states(session) == [FindingState.ACCEPTED]
    assert session.selected == "detection:8"
    session.accept()
    assert session.selected == session.findings[1].uid, "when none is left the finding itself is chosen"


def test_rejected_detection_stays_hidden_when_the_score_threshold_drops(session: ReviewSession) -> None:
    session.reject("rib")
    assert session.findings[0].reason == "rib"
    session.set_thresholds(Thresholds(0.05, 0.1))
    assert list(session.detections.anchor_index) == [8, 9]
    assert all(shown.kind is not Kind.REJECTED for shown in session.overlay_boxes())


def test_rejected_box_is_drawn_only_while_it_is_chosen(session: ReviewSession) -> None:
    session.reject()
    session.select(session.findings[0].uid)
    assert [shown.kind for shown in session.overlay_boxes()].count(Kind.REJECTED) == 1


def test_rejected_finding_can_be_accepted_again(session: ReviewSession) -> None:
    session.reject("rib")
    session.select(session.findings[0].uid)
    session.accept()
    assert (_states(session), session.findings[0].reason) == ([FindingState.ACCEPTED], "")


def test_deleting_an_accepted_box_rejects_it_and_deleting_an_own_box_removes_it(session: ReviewSession) -> None:
    session.accept()
    session.add(KEY, Box(5, 5, 50, 60))
    session.delete()
    assert _states(session) == [FindingState.ACCEPTED]
    session.select(session.findings[0].uid)
    session.delete()
    assert _states(session) == [FindingState.REJECTED]
    assert [finding.state for finding in _stored(session)] == [FindingState.REJECTED, FindingState.REMOVED]


def test_a_moved_box_is_adjusted_and_keeps_where_it_came_from(session: ReviewSession) -> None:
    session.accept()
    [before] = session.findings
    session.adjust(KEY, before.uid, before.box.moved(7, -3))
    [after] = session.findings
    assert (after.uid, after.state, after.box) == (before.uid, FindingState.ADJUSTED, before.box.moved(7, -3))
    assert after.origin == before.origin


def test_a_gesture_that_began_on_another_instance_changes_nothing(session: ReviewSession) -> None:
    session.accept()
    before = session.findings
    session.add(OTHER_KEY, Box(5, 5, 50, 60))
    session.adjust(OTHER_KEY, before[0].uid, Box(1, 1, 50, 50))
    assert session.findings == before == _stored(session)


def test_no_gesture_is_taken_while_the_next_image_is_on_its_way(session: ReviewSession) -> None:
    session.block()
    session.accept()
    session.set_outcome(ReviewOutcome.OPACITY)
    assert session.sign_off() is False
    assert (session.findings, session.outcome) == ((), None)
    session.unblock()
    session.accept()
    assert _states(session) == [FindingState.ACCEPTED]


def test_late_candidates_of_another_instance_are_not_drawn(session: ReviewSession) -> None:
    session.begin(reading(OTHER_KEY))
    session.show_candidates(KEY, candidates(BOXES, SCORES, 300, 260))
    assert session.candidates is None
    assert len(session.detections) == 0


def test_verdict_is_a_step_that_can_be_undone_and_survives(session: ReviewSession) -> None:
    session.set_outcome(ReviewOutcome.OPACITY)
    session.set_outcome(ReviewOutcome.UNREADABLE)
    session.undo()
    assert session.outcome is ReviewOutcome.OPACITY
    session.begin(reading())
    assert session.outcome is ReviewOutcome.OPACITY
    assert session.redo_text == "Verdict: Unreadable"


def test_nothing_is_signed_without_a_verdict_or_against_the_boxes(session: ReviewSession, qtbot: QtBot) -> None:
    for outcome, text in ((None, "Is that your verdict"), (ReviewOutcome.OPACITY, "no box says where")):
        if outcome:
            session.set_outcome(outcome)
        with qtbot.waitSignal(session.edit_refused) as said:
            assert session.sign_off() is False
        assert said.args
        assert text in said.args[0]
    session.accept()
    session.set_outcome(ReviewOutcome.NO_OPACITY)
    assert session.sign_off() is False
    assert session.review is None
    session.set_outcome(ReviewOutcome.OPACITY)
    assert session.sign_off() is True


def test_a_change_after_signing_withdraws_the_signature_and_keeps_the_verdict(session: ReviewSession) -> None:
    session.accept()
    session.set_outcome(ReviewOutcome.OPACITY)
    assert session.sign_off()
    [finding] = session.findings
    session.adjust(KEY, finding.uid, finding.box.moved(1, 1))
    assert (session.review, session.outcome) == (None, ReviewOutcome.OPACITY)
    assert session.journal
    assert session.journal.current_review(KEY, "ada") is None


def test_signature_holds_model_and_sliders_in_force(session: ReviewSession) -> None:
    session.set_thresholds(Thresholds(0.4, 0.2, 1.1))
    session.set_outcome(ReviewOutcome.UNREADABLE)
    assert session.sign_off()
    assert session.journal
    review = session.journal.current_review(KEY, "ada")
    assert review
    assert review.context.thresholds == Thresholds(0.4, 0.2, 1.1)
    assert review.context.bundle_digest == model().digest


def test_a_failing_store_blocks_edits_and_changes_nothing(
    session: ReviewSession, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> int:
        raise StoreError("The store could not be written: the disk is full.")

    assert session.journal
    with monkeypatch.context() as patched:
        patched.setattr(type(session.journal), "append_changes", refuse)
        with qtbot.waitSignal(session.store_changed):
            session.accept()
    assert session.findings == ()
    assert "disk is full" in session.store_error
    assert not session.can_edit
    session.retry_store()
    assert session.store_error == ""
    session.accept()
    assert _stored(session) == session.findings


def test_tab_goes_through_the_boxes_by_area(session: ReviewSession) -> None:
    session.add(KEY, Box(0, 0, 250, 250))
    added = session.selected
    session.select_next(1)
    assert session.selected == "detection:8"
    session.select_next(1)
    assert session.selected == "detection:7"
    session.select_next(1)
    assert session.selected == added
    session.select_next(-1)
    assert session.selected == "detection:7"


def _any_box(chance: random.Random) -> Box:
    x, y = chance.uniform(0, 150), chance.uniform(0, 150)
    return Box(x, y, x + chance.uniform(10, 90), y + chance.uniform(10, 90))


def _act(session: ReviewSession, chance: random.Random) -> None:
    """Do something a reader might do."""
    session.select(chance.choice([shown.uid for shown in session.overlay_boxes()] or [""]))
    gestures: list[Callable[[], None]] = [
        lambda: session.add(KEY, _any_box(chance)),
        session.accept,
        lambda: session.reject(chance.choice(["", "rib"])),
        lambda: session.set_outcome(chance.choice(list(ReviewOutcome))),
        session.undo,
    ]
    if session.findings:
        gestures.append(lambda: session.adjust(KEY, chance.choice(session.findings).uid, _any_box(chance)))
    chance.choice(gestures)()


@pytest.mark.parametrize("seed", range(8))
def test_undoing_all_gives_the_start_and_redoing_all_the_end(session: ReviewSession, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(30):
        _act(session, chance)
    end, outcome, steps = session.findings, session.outcome, session.steps
    while session.undo_text:
        session.undo()
        assert tuple(f for f in _stored(session) if f.state is not FindingState.REMOVED) == session.findings
    assert (session.findings, session.outcome) == ((), None)
    for _ in steps:
        session.redo()
    assert set(session.findings) == set(end)
    assert session.outcome is outcome
