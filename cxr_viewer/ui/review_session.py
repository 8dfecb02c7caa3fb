"""The review session: the one live, mutable object behind the window."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal

from cxr_viewer.core import findings as edits
from cxr_viewer.core import matching, suppression
from cxr_viewer.core.candidates import Candidates, Detections, Thresholds, no_detections
from cxr_viewer.core.findings import (
    Finding,
    FindingState,
    FindingUid,
    Origin,
    ReadingContext,
    Review,
    ReviewOutcome,
)
from cxr_viewer.core.gate import GateVerdict
from cxr_viewer.core.geometry import Box
from cxr_viewer.core.studies import Instance, InstanceKey
from cxr_viewer.store.errors import StoreError
from cxr_viewer.store.history import Change
from cxr_viewer.store.journal import Journal
from cxr_viewer.store.records import KnownInstance
from cxr_viewer.ui import overlay, undo_steps, verdict_rules
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.instance_record import InstanceRecord
from cxr_viewer.ui.model_facts import ModelFacts
from cxr_viewer.ui.verdict_rules import VerdictAdvice


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """The instance on the screen: header, pixels, and whether the gate withholds the model."""

    instance: Instance
    image: DisplayedImage
    verdict: GateVerdict

    @property
    def key(self) -> InstanceKey:
        """Identity of the instance."""
        return self.image.key


class ReviewSession(QObject):
    """What the reader sees and says about the current instance; every gesture is durable before it shows."""

    instance_changed = Signal()
    detections_changed = Signal()
    findings_changed = Signal()
    selection_changed = Signal()
    thresholds_changed = Signal()
    review_changed = Signal()
    model_changed = Signal()
    edit_refused = Signal(str)
    """A sentence: why a gesture did nothing."""
    saved = Signal(object)
    """Time (datetime, UTC) of the last durable write."""
    store_changed = Signal()
    """The store became unwritable or writable again; ``store_error`` says which."""

    def __init__(self, open_journal: Callable[[], Journal], reader: str, parent: QObject | None = None) -> None:
        """Open the journal; when that fails with StoreError, ``store_error`` says why and edits are blocked."""
        super().__init__(parent)
        self._open_journal = open_journal
        self._journal: Journal | None = None
        self.reader = reader
        self._store_error = ""
        self._reading: Reading | None = None
        self._record: InstanceRecord | None = None
        self._model: ModelFacts | None = None
        self._thresholds: Thresholds | None = None
        self._candidates: Candidates | None = None
        self._detections = no_detections(0)
        self._selected = ""
        self._is_blocked = False
        self._guard(self._open_store)

    # -- what holds now ------------------------------------------------------------------------------------------

    @property
    def journal(self) -> Journal | None:
        """The store, None when it could not be opened."""
        return self._journal

    @property
    def store_error(self) -> str:
        """Why nothing can be written, "" when all is well."""
        return self._store_error

    @property
    def reading(self) -> Reading | None:
        """The instance on the screen."""
        return self._reading

    @property
    def model(self) -> ModelFacts | None:
        """The model in use."""
        return self._model

    @property
    def thresholds(self) -> Thresholds | None:
        """The sliders; None without a model."""
        return self._thresholds

    @property
    def candidates(self) -> Candidates | None:
        """What the ensemble found on this instance, before thresholds."""
        return self._candidates

    @property
    def detections(self) -> Detections:
        """The detections that still wait for the reader's judgement."""
        return self._detections

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The reader's findings but for removed ones."""
        found = self._record.findings if self._record else ()
        return tuple(finding for finding in found if finding.state is not FindingState.REMOVED)

    @property
    def selected(self) -> str:
        """uid of the chosen box, "" for none."""
        return self._selected

    @property
    def outcome(self) -> ReviewOutcome | None:
        """The verdict chosen or signed."""
        return self._record.outcome if self._record else None

    @property
    def review(self) -> Review | None:
        """The signature that stands."""
        return self._record.review if self._record else None

    @property
    def is_shown_anyway(self) -> bool:
        """Whether the reader asked for the boxes of a withheld image."""
        return bool(self._record and self._record.is_shown_anyway)

    @property
    def undo_text(self) -> str:
        """What undo would take back, "" for nothing."""
        return self._record.undo_text if self._record else ""

    @property
    def redo_text(self) -> str:
        """What redo would do again, "" for nothing."""
        return self._record.redo_text if self._record else ""

    @property
    def steps(self) -> tuple[str, ...]:
        """Names of the steps that can be undone, oldest first."""
        return self._record.steps if self._record else ()

    @property
    def can_edit(self) -> bool:
        """Whether gestures are taken: an image is there, the store can be written, and no other image was asked for."""
        return self._record is not None and not self._store_error and not self._is_blocked

    @property
    def advice(self) -> VerdictAdvice:
        """What is said beside the verdict."""
        asserted = sum(finding.is_asserted for finding in self.findings)
        return verdict_rules.advise(self.outcome, asserted, len(self._detections), is_signed=self.review is not None)

    @property
    def context(self) -> ReadingContext:
        """Model and sliders in force."""
        return ReadingContext(self._model.digest if self._model else "", self._thresholds)

    def selected_detection(self) -> int | None:
        """Return the row of the chosen detection among ``detections``."""
        names = [overlay.detection_uid(int(anchor)) for anchor in self._detections.anchor_index]
        return names.index(self._selected) if self._selected in names else None

    def selected_finding(self) -> Finding | None:
        """Return the chosen finding."""
        return next((finding for finding in self.findings if finding.uid == self._selected), None)

    # -- what arrives --------------------------------------------------------------------------------------------

    def begin(self, reading: Reading, selected: str = "") -> None:
        """Make another instance the current one, with the findings that the journal holds of it."""
        self._reading, self._record, self._candidates = reading, None, None
        self._is_blocked = False
        self._selected = selected
        if self._journal:
            self._guard(self._open_record)
        self._reselect()
        self.instance_changed.emit()
        self._announce_all()

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
        self._reading, self._record, self._candidates = None, None, None
        self._selected = ""
        self._reselect()
        self.instance_changed.emit()
        self._announce_all()

    def use_model(self, model: ModelFacts | None, thresholds: Thresholds | None = None) -> None:
        """Use another model, with its own thresholds unless others are remembered for it."""
        self._model = model
        self._thresholds = thresholds or (model.thresholds if model else None)
        self._candidates = None
        self._reselect()
        self.model_changed.emit()
        self.thresholds_changed.emit()
        self.detections_changed.emit()

    def show_candidates(self, key: InstanceKey, candidates: Candidates | None) -> None:
        """Take the ensemble's answer for an instance; it is drawn only if that instance is still shown."""
        if self._reading is None or key != self._reading.key:
            return
        self._candidates = candidates
        self._reselect()
        if not self._selected and len(self._detections):
            self.select(overlay.detection_uid(int(self._detections.anchor_index[0])))
        self.detections_changed.emit()
        self.review_changed.emit()

    # -- the sliders ---------------------------------------------------------------------------------------------

    def set_thresholds(self, thresholds: Thresholds) -> None:
        """Move the sliders: detections are selected anew among the candidates, without the network."""
        if thresholds != self._thresholds and self._model:
            self._thresholds = thresholds
            self._reselect()
            self.thresholds_changed.emit()
            self.detections_changed.emit()
            self.review_changed.emit()

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

    def accept(self) -> None:
        """Take the chosen detection over as a finding; a rejected one becomes accepted."""
        if origin := self._selected_origin():
            finding = edits.accept(origin)
            self._perform(undo_steps.ACCEPT, Change(None, finding), then=self._choose_after(finding))
            return
        finding_now = self.selected_finding()
        if finding_now and finding_now.state is FindingState.REJECTED and finding_now.origin:
            again = Finding(finding_now.uid, FindingState.ACCEPTED, finding_now.origin.shown_box, finding_now.origin)
            self._perform(undo_steps.ACCEPT, Change(finding_now, again))

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
        review = Review(outcome, self.reader, edits.now(), self.context)
        if not self._guard(lambda: record.sign(review)):
            return False
        self._announce_saved()
        return True

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
        shown = [_of_detection(self._detections, row, self._selected) for row in range(len(self._detections))]
        shown += [
            _of_finding(finding, self._selected)
            for finding in self.findings
            if finding.is_asserted or finding.uid == self._selected
        ]
        return tuple(shown)

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
        self._journal.remember_instance(_known(self._reading))
        self._record = InstanceRecord(self._journal, self._reading.key, self.reader)

    def _perform(self, name: str, *changes: Change, then: Callable[[], None] | None = None) -> None:
        record = self._record
        if not record or not self._may_edit():
            return
        if self._guard(lambda: record.perform(name, changes, self.context)):
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
        if self._candidates is None or self._thresholds is None or self._model is None:
            self._detections = no_detections(self._model.members if self._model else 0)
        else:
            found = suppression.select(self._candidates, self._thresholds, self._model.rules)
            self._detections = matching.unjudged(found, self.findings, self._model.digest)

    def _selected_origin(self) -> Origin | None:
        row = self.selected_detection()
        if row is None or self._model is None:
            return None
        return edits.origin_of(self._detections, row, self._model.digest)

    def _choose_after(self, finding: Finding) -> Callable[[], None]:
        """Return what chooses the next detection to judge, or the finding itself when none is left."""

        def choose() -> None:
            if len(self._detections):
                self.select(overlay.detection_uid(int(self._detections.anchor_index[0])))
            else:
                self.select(finding.uid if finding.is_asserted else "")

        return choose

    def _cyclable(self) -> tuple[overlay.OverlayBox, ...]:
        return tuple(shown for shown in self.overlay_boxes() if shown.kind is not overlay.Kind.REJECTED)


def _known(reading: Reading) -> KnownInstance:
    instance = reading.instance
    return KnownInstance(
        instance_key=reading.key,
        rows=reading.image.rows,
        columns=reading.image.columns,
        path=instance.path,
        sop_instance_uid=instance.sop_instance_uid,
        study_instance_uid=instance.study_instance_uid,
    )


def _of_detection(detections: Detections, row: int, selected: str) -> overlay.OverlayBox:
    uid = overlay.detection_uid(int(detections.anchor_index[row]))
    agreeing = int(detections.members_agreeing[row])
    return overlay.OverlayBox(
        uid=uid,
        kind=overlay.Kind.DETECTION,
        box=Box.from_row(detections.boxes[row]),
        label=f"model {float(detections.scores[row]):.2f} · {agreeing}/{detections.members}",
        is_selected=uid == selected,
        inner=_halo(detections.low_boxes[row], detections),
        outer=_halo(detections.high_boxes[row], detections),
    )


def _halo(row: np.ndarray[tuple[int], np.dtype[np.float32]], detections: Detections) -> Box | None:
    return Box.from_row(row) if detections.members > 1 else None


_FINDING_LABELS = {
    FindingState.ACCEPTED: "accepted",
    FindingState.ADJUSTED: "accepted, adjusted ±",
    FindingState.ADDED: "added +",
    FindingState.REJECTED: "rejected",
    FindingState.REMOVED: "removed",
}


def finding_words(finding: Finding) -> str:
    """Return a finding's state in the words of its label."""
    return _FINDING_LABELS[finding.state]


def _of_finding(finding: Finding, selected: str) -> overlay.OverlayBox:
    kinds = {FindingState.ADDED: overlay.Kind.ADDED, FindingState.REJECTED: overlay.Kind.REJECTED}
    return overlay.OverlayBox(
        uid=finding.uid,
        kind=kinds.get(finding.state, overlay.Kind.FINDING),
        box=finding.box,
        label=finding_words(finding),
        is_selected=finding.uid == selected,
    )


def selected_uid(selected: str) -> FindingUid | None:
    """Return a selection as the journal keeps it: findings only."""
    return FindingUid(selected) if selected and not selected.startswith(overlay.DETECTION_PREFIX) else None
