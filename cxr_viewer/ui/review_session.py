"""The review session: the one live, mutable object behind the window."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from cxr_viewer.core import findings as edits
from cxr_viewer.core.candidates import Candidates, Thresholds
from cxr_viewer.core.findings import (
    Finding,
    FindingState,
    Origin,
    ReadingNote,
    Review,
    ReviewOutcome,
)
from cxr_viewer.core.geometry import Box
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.store.errors import StoreError
from cxr_viewer.store.history import Change
from cxr_viewer.ui import overlay, session_boxes, undo_steps
from cxr_viewer.ui.display_probe import Seen
from cxr_viewer.ui.instance_record import InstanceRecord
from cxr_viewer.ui.model_facts import ModelFacts
from cxr_viewer.ui.reading import Reading, known_instance
from cxr_viewer.ui.session_state import SessionState
from cxr_viewer.ui.word_lists import words

if TYPE_CHECKING:
    from cxr_viewer.store.journal import Journal


class ReviewSession(SessionState):
    """What the reader sees and says about the current instance; every gesture is durable before it shows."""

    def __init__(
        self,
        open_journal: "Callable[[], Journal]",
        reader: str,
        parent: QObject | None = None,
        *,
        opens_later: bool = False,
    ) -> None:
        """Open the journal; when that fails with StoreError, ``store_error`` says why and edits are blocked.

        With ``opens_later`` it is not opened before ``retry_store``: its libraries take long to import.
        """
        super().__init__(reader, parent)
        self._open_journal = open_journal
        self._was_opinion_seen = False
        if not opens_later:
            self._guard(self._open_store)

    # -- what arrives --------------------------------------------------------------------------------------------

    def begin(self, reading: Reading, selected: str = "") -> None:
        """Make another instance the current one, with the findings that the journal holds of it."""
        self._reading, self._record = reading, None
        self._opinion.candidates = None
        self._is_blocked = False
        self._was_opinion_seen = False
        self._selected = selected
        if self._journal:
            self._guard(self._open_record)
        self._reselect()
        self.instance_changed.emit()
        self._announce_all()

    def use_reader(self, reader: str) -> None:
        """Go on as another reader; the instance on the screen has to be begun again."""
        self.reader = reader

    def block(self) -> None:
        """Take no gestures until the next ``begin``: another image was asked for."""
        self._is_blocked = True
        self.review_changed.emit()

    def unblock(self) -> None:
        """Take gestures again: the image that was asked for cannot be shown."""
        self._is_blocked = False
        self.review_changed.emit()

    def end(self) -> None:
        """Show no instance."""
        self._reading, self._record = None, None
        self._opinion.candidates = None
        self._selected = ""
        self._reselect()
        self.instance_changed.emit()
        self._announce_all()

    def use_model(self, model: ModelFacts | None, thresholds: Thresholds | None = None) -> None:
        """Use another model, with its own thresholds unless others are remembered for it."""
        self._opinion.use(model, thresholds)
        self._reselect()
        self.model_changed.emit()
        self.thresholds_changed.emit()
        self.detections_changed.emit()

    def use_device(self, device: str) -> None:
        """Note on which device the model runs now."""
        model = self._opinion.model
        if model is not None and model.device != device:
            self._opinion.model = replace(model, device=device)
            self.device_changed.emit()

    def show_candidates(self, key: InstanceKey, candidates: Candidates | None) -> None:
        """Take the ensemble's answer for an instance; it is drawn only if that instance is still shown."""
        if self._reading is None or key != self._reading.key:
            return
        self._opinion.candidates = candidates
        self._reselect()
        if not self._selected:
            self.select(self._opinion.best_uid)
        self.notice_display()
        self.detections_changed.emit()
        self.review_changed.emit()

    def use_display(self, look: Callable[[], Seen]) -> None:
        """Take what tells how the image is seen at the moment of a gesture."""
        self._look = look

    def notice_display(self) -> None:
        """Keep in mind that the model's boxes were on the screen: what was never seen was never left unjudged."""
        self._was_opinion_seen |= self.context.is_model_visible is not False and self.candidates is not None

    # -- the sliders ---------------------------------------------------------------------------------------------

    def set_thresholds(self, thresholds: Thresholds) -> None:
        """Move the sliders: detections are selected anew among the candidates, without the network."""
        if thresholds != self._opinion.thresholds and self._opinion.model:
            self._opinion.thresholds = thresholds
            self._reselect()
            self.thresholds_changed.emit()
            self.detections_changed.emit()
            self.advice_changed.emit()

    # -- verbs ---------------------------------------------------------------------------------------------------

    def select(self, uid: str) -> None:
        """Choose a box."""
        if uid != self._selected:
            self._selected = uid
            self.selection_changed.emit()

    def select_next(self, step: int = 1) -> None:
        """Choose the next box by area, largest first."""
        uids = [shown.uid for shown in overlay.by_area(self._cyclable())]
        if uids:
            position = uids.index(self._selected) + step if self._selected in uids else (0 if step > 0 else -1)
            self.select(uids[position % len(uids)])

    def accept(self, label: str = "", comment: str = "") -> None:
        """Take the chosen detection over as a finding, described or not; a rejected one becomes accepted."""
        name = undo_steps.accept_step(words().label_words(label))
        if origin := self._selected_origin():
            finding = edits.describe(edits.accept(origin), label, comment)
            self._perform(name, Change(None, finding), then=self._choose_after(finding))
            return
        finding_now = self.selected_finding()
        if finding_now and finding_now.state is FindingState.REJECTED and finding_now.origin:
            again = edits.accept_again(finding_now, label)
            self._perform(name, Change(finding_now, again))

    def reject(self, reason: str = "") -> None:
        """Say that there is no opacity in the chosen box; a box of the reader's own is removed."""
        if origin := self._selected_origin():
            finding = edits.reject(origin, reason)
            self._perform(undo_steps.REJECT, Change(None, finding), then=self._choose_after(finding))
            return
        finding_now = self.selected_finding()
        if finding_now and (finding_now.state is not FindingState.REJECTED or finding_now.reason != reason):
            after = edits.delete(finding_now, reason)
            name = undo_steps.REJECT if finding_now.origin else undo_steps.DELETE
            self._perform(name, Change(finding_now, after))

    def delete(self) -> None:
        """Remove the chosen box of the reader's own; anything of the model's origin is rejected, never erased."""
        self.reject()

    def adjust(self, key: InstanceKey, uid: str, box: Box) -> None:
        """Move or resize a finding of the instance with that key."""
        finding = next((finding for finding in self.findings if finding.uid == uid), None)
        if finding and self._is_current(key) and box != finding.box:
            self._perform(undo_steps.MOVE, Change(finding, edits.adjust(finding, box)))

    def add(self, key: InstanceKey, box: Box) -> None:
        """Add a finding that the model did not show, on the instance with that key."""
        if self._is_current(key):
            finding = edits.add(box)
            self._perform(undo_steps.ADD, Change(None, finding), then=lambda: self.select(finding.uid))

    def label(self, code: str) -> None:
        """Say what kind of opacity the chosen box is; a detection, or a rejected box, is accepted by it."""
        finding = self.selected_finding()
        if finding is None or not finding.is_asserted:
            self.accept(code)
        elif self._reading:
            self.describe(self._reading.key, finding.uid, code, finding.comment)

    def describe(self, key: InstanceKey, uid: str, label: str, comment: str) -> None:
        """Change label and comment of a finding of the instance with that key."""
        finding = next((finding for finding in self.findings if finding.uid == uid and finding.is_asserted), None)
        if finding and self._is_current(key) and (label, comment) != (finding.label, finding.comment):
            after = edits.describe(finding, label, comment)
            name = undo_steps.description_step(finding, after, words().label_words(label))
            self._perform(name, Change(finding, after))

    def duplicate(self) -> None:
        """Make another finding of the chosen one, a little beside it, and choose it."""
        finding, reading = self.selected_finding(), self._reading
        if finding and reading and finding.is_asserted:
            beside = session_boxes.beside(finding.box, reading.image.rows, reading.image.columns)
            copy = edits.duplicate(finding, beside)
            self._perform(undo_steps.DUPLICATE, Change(None, copy), then=lambda: self.select(copy.uid))

    def comment_on_image(self, key: InstanceKey, comment: str) -> None:
        """Change what is said of the instance with that key as a whole; it goes into the review."""
        if self._is_current(key) and comment != self.note.comment:
            self._perform(undo_steps.COMMENT_ON_IMAGE, note=replace(self.note, comment=comment))

    def set_second_read(self, is_needed: bool) -> None:
        """Ask for another reader, or take that back; a signature that stands is not touched."""
        if is_needed is not self.note.needs_second_read:
            name = undo_steps.ASK_SECOND_READ if is_needed else undo_steps.NO_SECOND_READ
            self._perform(name, note=replace(self.note, needs_second_read=is_needed))

    def set_outcome(self, outcome: ReviewOutcome) -> None:
        """Choose the verdict; it is kept as a step, so it survives the end of the program and can be undone."""
        if outcome is not self.outcome:
            self._perform(undo_steps.verdict_step(outcome))
        else:
            self.review_changed.emit()

    def show_anyway(self) -> None:
        """Ask for the model's boxes on a withheld image; the journal keeps that it was asked."""
        if not self.is_shown_anyway:
            self._perform(undo_steps.SHOW_ANYWAY)

    def undo(self) -> None:
        """Take the last gesture on this instance back."""
        record = self._record
        if record and self._may_edit() and self._guard(lambda: record.undo(self.context)):
            self._after_edit()

    def redo(self) -> None:
        """Make the gesture again that was taken back last."""
        record = self._record
        if record and self._may_edit() and self._guard(lambda: record.redo(self.context)):
            self._after_edit()

    def sign_off(self) -> bool:
        """Sign the verdict; returns whether the signature is in the journal (see ``verdict_rules``)."""
        record, outcome = self._record, self.outcome
        if not record or not self._may_edit():
            return False
        if self.review is not None:
            return True
        advice = self.advice
        if outcome is None or not advice.can_sign:
            self.edit_refused.emit(advice.text)
            return False
        review = Review(outcome, self.reader, edits.now(), self.context, self.note.comment)
        if not self._guard(lambda: record.sign(review, self.unjudged())):
            return False
        self._announce_saved()
        return True

    def withdraw(self) -> None:
        """Withdraw the signature; boxes and verdict stay, and the instance is in progress again."""
        record = self._record
        is_signed = self.review is not None
        if record and is_signed and self._may_edit() and self._guard(lambda: record.withdraw(self.context)):
            self._announce_saved()

    def unjudged(self) -> tuple[Origin, ...]:
        """Return the detections that were shown and wait for a judgement; none when none was ever on the screen."""
        self.notice_display()
        model, waiting = self._opinion.model, self._opinion.detections
        if model is None or not self._was_opinion_seen:
            return ()
        return tuple(edits.origin_of(waiting, row, model.digest) for row in range(len(waiting)))

    def retry_store(self) -> None:
        """Try the store again after it could not be opened or written."""
        self._store_error = ""
        if self._guard(self._open_store) and self._reading:
            self._guard(self._open_record)
        self.store_changed.emit()
        self._reselect()
        self._announce_all()

    def close_store(self) -> None:
        """Close the journal; nothing can be edited any more."""
        self.end()
        if self._journal:
            self._journal.close()
            self._journal = None

    # -- boxes for the view --------------------------------------------------------------------------------------

    def overlay_boxes(self) -> tuple[overlay.OverlayBox, ...]:
        """Return the boxes to draw: findings, unjudged detections, and a rejected one only while it is chosen."""
        return session_boxes.boxes_of(self._opinion.detections, self.findings, self._selected)

    # -- inside --------------------------------------------------------------------------------------------------

    def _open_store(self) -> None:
        """Open the journal, or see by a harmless write that the open one can be written."""
        if self._journal is None:
            self._journal = self._open_journal()
        else:
            self._journal.remember_place(self._journal.place())

    def _open_record(self) -> None:
        assert self._journal
        assert self._reading
        self._journal.remember_instance(known_instance(self._reading))
        self._record = InstanceRecord(self._journal, self._reading.key, self.reader)

    def _perform(
        self, name: str, *changes: Change, then: Callable[[], None] | None = None, note: ReadingNote | None = None
    ) -> None:
        record = self._record
        if not record or not self._may_edit():
            return
        if self._guard(lambda: record.perform(name, changes, self.context, note)):
            self._after_edit(then)

    def _after_edit(self, then: Callable[[], None] | None = None) -> None:
        self._reselect()
        if then:
            then()
        elif self._selected and self._selected not in {shown.uid for shown in self.overlay_boxes()}:
            self.select("")
        self.findings_changed.emit()
        self.detections_changed.emit()
        self._announce_saved()

    def _announce_saved(self) -> None:
        self.review_changed.emit()
        self.saved.emit(edits.now())

    def _announce_all(self) -> None:
        for signal in (self.findings_changed, self.detections_changed, self.selection_changed, self.review_changed):
            signal.emit()

    def _guard(self, write: Callable[[], None]) -> bool:
        """Do something with the store; when it fails, say so and block edits."""
        try:
            write()
        except StoreError as error:
            self._store_error = str(error)
            self.store_changed.emit()
            self.review_changed.emit()
            return False
        return True

    def _may_edit(self) -> bool:
        if self._store_error:
            self.edit_refused.emit(self._store_error)
        return self.can_edit

    def _is_current(self, key: InstanceKey) -> bool:
        """Whether a gesture that began on an instance may still be made."""
        return self._reading is not None and key == self._reading.key

    def _reselect(self) -> None:
        """Select the detections among the candidates, without those the reader judged already."""
        self._opinion.select(self.findings)

    def _selected_origin(self) -> Origin | None:
        row, model = self.selected_detection(), self._opinion.model
        if row is None or model is None:
            return None
        return edits.origin_of(self._opinion.detections, row, model.digest)

    def _choose_after(self, finding: Finding) -> Callable[[], None]:
        """Return what chooses the next detection to judge, or the finding itself when none is left."""

        def choose() -> None:
            self.select(self._opinion.best_uid or (finding.uid if finding.is_asserted else ""))

        return choose

    def _cyclable(self) -> tuple[overlay.OverlayBox, ...]:
        return tuple(shown for shown in self.overlay_boxes() if shown.kind is not overlay.Kind.REJECTED)
