"""A reader who does anything in any order with a real session and journal, and an account of what must come of it.

The account is independent of the undo stack under test: it keeps a picture of the record after every step, so that undo
must give back exactly the picture before, and redo the one after (last in, first out).
"""

from collections.abc import Callable
from dataclasses import replace

from cxr_viewer.core.candidates import Thresholds
from cxr_viewer.core.findings import FindingState, ReviewOutcome
from cxr_viewer.core.geometry import Box
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.store.journal import Journal
from cxr_viewer.ui.instance_record import InstanceRecord
from cxr_viewer.ui.review_session import ReviewSession
from tests.cxr_viewer.ui.readings import reading
from tests.factories import candidates

READER = "ada"
Gesture = tuple[str, int]
"""Name of a method of ``RandomReader`` and a number that decides the rest."""

GESTURES = (
    "accept", "accept_with_label", "adjust", "nudge", "add", "reject", "reject_with_reason", "delete", "duplicate",
    "label", "describe", "comment_on_image", "second_read", "verdict", "show_anyway", "sign", "withdraw", "undo",
    "redo", "move_sliders", "open_again",
)  # fmt: skip

_BOXES = ((20, 40, 100, 150), (150, 40, 240, 150), (30, 200, 90, 280), (22, 44, 104, 156))
_SCORES = ((0.9, 0.8), (0.6, 0.5), (0.2, 0.1), (0.5, 0.4))
_READING = reading()
_CANDIDATES = candidates(_BOXES, _SCORES, 300, 260)


class RandomReader:
    """Makes gestures by number, and checks after each what the session, the account and the journal say.

    Attributes:
        pictures: the record after each step that stands or was undone, the start first.
        position: the picture that holds now.
    """

    def __init__(self, session: ReviewSession, key: InstanceKey, second: Journal) -> None:
        """Begin a new instance.

        Args:
            second: another connection to the session's journal, as another program has it.
        """
        self.session, self.key, self.second = session, key, second
        self.reading = replace(_READING, image=replace(_READING.image, key=key))
        self._open()
        self.pictures = [self.picture()]
        self.position = 0

    def picture(self) -> str:
        """Return everything that steps change, exact to the last bit of every number."""
        session = self.session
        record = session._record
        assert record is not None
        return repr((record.findings, record.note, record.outcome, record.is_shown_anyway))

    def do(self, gesture: Gesture) -> None:
        """Make one gesture and check it."""
        name, number = gesture
        uids = [shown.uid for shown in self.session.overlay_boxes()]
        uids += [f.uid for f in self.session.findings if f.state is FindingState.REJECTED]
        self.session.select(uids[number % len(uids)] if uids else "")
        steps = len(self.session.steps)
        act: Callable[[int], None] = getattr(self, name)
        act(number)
        if name not in ("undo", "redo") and len(self.session.steps) == steps + 1:
            del self.pictures[self.position + 1 :]
            self.pictures.append(self.picture())
            self.position += 1
        self.check()

    def check(self) -> None:
        """Check that undo stack, account and journal agree, and that opening again gives the same."""
        session, record = self.session, self.session._record
        assert record is not None
        assert session.store_error == ""
        assert self.picture() == self.pictures[self.position]
        assert len(session.steps) == self.position
        again = InstanceRecord(self.second, self.key, READER)
        assert again.findings == record.findings
        assert (again.note, again.review, again.outcome) == (record.note, record.review, record.outcome)
        assert (again.steps, again.undo_text, again.redo_text) == (record.steps, record.undo_text, record.redo_text)
        assert again.is_shown_anyway == record.is_shown_anyway

    def undo_all(self) -> None:
        """Undo every step, checking each."""
        while self.session.undo_text:
            self.undo(0)
            self.check()
        assert self.position == 0

    def redo_all(self, steps: int) -> None:
        """Redo so many steps, checking each."""
        for _ in range(steps):
            self.redo(0)
            self.check()

    # -- gestures ------------------------------------------------------------------------------------------------

    def accept(self, _number: int) -> None:
        self.session.accept()

    def accept_with_label(self, number: int) -> None:
        self.session.accept(("consolidation", "effusion")[number % 2], ("", "left base")[number // 2 % 2])

    def adjust(self, number: int) -> None:
        x, y = number % 97 + number / 7919, number % 89 + number / 104729
        self.session.adjust(self.key, self.session.selected, Box(x, y, x + 10 + number % 61, y + 10 + number % 53))

    def nudge(self, number: int) -> None:
        finding = self.session.selected_finding()
        if finding and finding.is_asserted:
            self.session.adjust(self.key, finding.uid, finding.box.moved(number % 3 - 1, number // 3 % 3 - 1))

    def add(self, number: int) -> None:
        self.session.add(self.key, Box(number % 83 / 1, number % 79 / 1, 90 + number % 71 / 3, 90 + number % 67 / 7))

    def reject(self, _number: int) -> None:
        self.session.reject()

    def reject_with_reason(self, number: int) -> None:
        self.session.reject(("device", "bone", "known_scar")[number % 3])

    def delete(self, _number: int) -> None:
        self.session.delete()

    def duplicate(self, _number: int) -> None:
        self.session.duplicate()

    def label(self, number: int) -> None:
        self.session.label(("", "opacity", "atelectasis", "nodule_or_mass")[number % 4])

    def describe(self, number: int) -> None:
        self.session.describe(self.key, self.session.selected, "other", ("", "röntgen\n'", "x" * 50)[number % 3])

    def comment_on_image(self, number: int) -> None:
        self.session.comment_on_image(self.key, ("", "compare with May", "seen twice")[number % 3])

    def second_read(self, _number: int) -> None:
        signed = self.session.review
        self.session.set_second_read(not self.session.note.needs_second_read)
        assert self.session.review == signed

    def verdict(self, number: int) -> None:
        self.session.set_outcome(list(ReviewOutcome)[number % 3])

    def show_anyway(self, _number: int) -> None:
        self.session.show_anyway()

    def sign(self, _number: int) -> None:
        if self.session.sign_off():
            assert self.session.review is not None

    def withdraw(self, _number: int) -> None:
        self.session.withdraw()

    def undo(self, _number: int) -> None:
        self.session.undo()
        self.position = max(0, self.position - 1)

    def redo(self, _number: int) -> None:
        self.session.redo()
        self.position = min(len(self.pictures) - 1, self.position + 1)

    def move_sliders(self, number: int) -> None:
        self.session.set_thresholds(Thresholds(0.05 + number % 9 / 10, number % 5 / 10))

    def open_again(self, _number: int) -> None:
        self._open()

    def _open(self) -> None:
        self.session.begin(self.reading)
        self.session.show_candidates(self.key, _CANDIDATES)
