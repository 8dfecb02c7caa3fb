"""Remembers where the reader is, so that closing, killing and reopening bring the same place back."""

from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from cxr_viewer.core.findings import FindingUid
from cxr_viewer.store.errors import StoreError
from cxr_viewer.store.records import Place
from cxr_viewer.ui import overlay
from cxr_viewer.ui.image_view import ImageView
from cxr_viewer.ui.review_session import ReviewSession

_SETTLE_MS = 400


class PlaceKeeper(QObject):
    """Writes the place when the instance or selection changes, and soon after the view came to rest."""

    def __init__(self, session: ReviewSession, view: ImageView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._view = session, view
        self.opened: tuple[Path, ...] = ()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLE_MS)
        self._timer.timeout.connect(self.remember)
        # After all that opening an instance does: a zoom that is brought back must not be written over by a fitted one.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.remember)
        session.instance_changed.connect(self._soon.start)
        session.selection_changed.connect(self._timer.start)
        view.transform_changed.connect(self._timer.start)

    def last(self) -> Place:
        """Return the place that was remembered last."""
        if self._session.journal is None:
            return Place()
        try:
            return self._session.journal.place()
        except StoreError:
            return Place()

    def here(self) -> Place | None:
        """Return where the reader is now; None while no image is shown."""
        reading = self._session.reading
        if reading is None:
            return None
        return Place(
            opened_paths=self.opened,
            instance_key=reading.key,
            path=reading.instance.path,
            zoom=None if self._view.is_fitted else self._view.transform.zoom,
            centre=None if self._view.is_fitted else self._view.centre(),
            selected=_finding_uid(self._session.selected),
        )

    def remember(self) -> None:
        """Write the place now; a failure is no news here, the next gesture will tell."""
        place, journal = self.here(), self._session.journal
        if journal is None or place is None or self._session.store_error:
            return
        try:
            journal.remember_place(place)
        except StoreError:
            return

    def stop(self) -> None:
        """Write the place a last time."""
        self._timer.stop()
        self._soon.stop()
        self.remember()


def _finding_uid(selected: str) -> FindingUid | None:
    """Return a selection as the journal keeps it: findings only."""
    return FindingUid(selected) if selected and not selected.startswith(overlay.DETECTION_PREFIX) else None
