"""What holds now in a review session: signals and read-only views; the verbs stand in ``review_session``."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from cxr_viewer.core.candidates import Candidates, Detections, Thresholds
from cxr_viewer.core.findings import Finding, FindingState, ReadingContext, ReadingNote, Review, ReviewOutcome
from cxr_viewer.ui import verdict_rules
from cxr_viewer.ui.display_probe import NOT_SEEN, Seen
from cxr_viewer.ui.instance_record import InstanceRecord
from cxr_viewer.ui.model_facts import ModelFacts
from cxr_viewer.ui.model_opinion import ModelOpinion
from cxr_viewer.ui.reading import Reading
from cxr_viewer.ui.verdict_rules import VerdictAdvice

if TYPE_CHECKING:
    from cxr_viewer.store.journal import Journal


class SessionState(QObject):
    """The state of a session as others see it; only the session itself changes it."""

    instance_changed = Signal()
    detections_changed = Signal()
    findings_changed = Signal()
    selection_changed = Signal()
    thresholds_changed = Signal()
    review_changed = Signal()
    advice_changed = Signal()
    """What is said beside the verdict may be another sentence, though nothing of the review changed."""
    model_changed = Signal()
    device_changed = Signal()
    """The same model runs on another device."""
    edit_refused = Signal(str)
    """A sentence: why a gesture did nothing."""
    saved = Signal(object)
    """Time (datetime, UTC) of the last durable write."""
    store_changed = Signal()
    """The store became unwritable or writable again; ``store_error`` says which."""

    def __init__(self, reader: str, parent: QObject | None = None) -> None:
        """Begin without store, image and model."""
        super().__init__(parent)
        self.reader = reader
        self._journal: Journal | None = None
        self._store_error = ""
        self._reading: Reading | None = None
        self._record: InstanceRecord | None = None
        self._opinion = ModelOpinion()
        self._selected = ""
        self._is_blocked = False
        self._look: Callable[[], Seen] = lambda: NOT_SEEN

    @property
    def journal(self) -> "Journal | None":
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
        return self._opinion.model

    @property
    def thresholds(self) -> Thresholds | None:
        """The sliders; None without a model."""
        return self._opinion.thresholds

    @property
    def candidates(self) -> Candidates | None:
        """What the ensemble found on this instance, before thresholds."""
        return self._opinion.candidates

    @property
    def detections(self) -> Detections:
        """The detections that still wait for the reader's judgement."""
        return self._opinion.detections

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
    def note(self) -> ReadingNote:
        """What the reader says of the instance besides boxes and verdict."""
        return self._record.note if self._record else ReadingNote()

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
        return verdict_rules.advise(
            self.outcome, asserted, len(self._opinion.detections), is_signed=self.review is not None
        )

    @property
    def context(self) -> ReadingContext:
        """Model, sliders and window in force, and whether the model's boxes are on the screen."""
        model, seen = self._opinion.model, self._look()
        is_model_visible = None if seen is NOT_SEEN else seen.are_boxes_visible and self.candidates is not None
        return ReadingContext(model.digest if model else "", self._opinion.thresholds, seen.window, is_model_visible)

    def selected_detection(self) -> int | None:
        """Return the row of the chosen detection among ``detections``."""
        return self._opinion.row_of(self._selected)

    def selected_finding(self) -> Finding | None:
        """Return the chosen finding."""
        return next((finding for finding in self.findings if finding.uid == self._selected), None)
