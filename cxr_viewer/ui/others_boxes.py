"""Boxes of other readers over the image: only after the own signature, read-only, and only while they are asked for."""

from PySide6.QtCore import QObject

from cxr_viewer.core.findings import Finding
from cxr_viewer.store.errors import StoreError
from cxr_viewer.ui.finding_model import size_text
from cxr_viewer.ui.main_window import MainWindow
from cxr_viewer.ui.overlay import Kind, OverlayBox
from cxr_viewer.ui.review_session import ReviewSession
from cxr_viewer.ui.word_lists import words


class OthersBoxes(QObject):
    """Asks the journal anew whenever image or signature change; the journal itself answers nothing before that."""

    def __init__(self, window: MainWindow, session: ReviewSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view, self._session = window.image_view, session
        self._action = window.named_actions["show_others"]
        self._found: tuple[tuple[str, Finding], ...] = ()
        self._action.setEnabled(False)
        self._action.toggled.connect(self._show)
        session.instance_changed.connect(self.refresh)
        session.review_changed.connect(self.refresh)

    def refresh(self) -> None:
        """Look for boxes of others on the image on the screen."""
        self._found = self._look()
        self._action.setEnabled(bool(self._found))
        self._show()

    def words_of(self, uid: str) -> str:
        """Return what the tooltip of another reader's box says, "" for any other box."""
        reading = self._session.reading
        found = next((pair for pair in self._found if _uid(*pair) == uid), None)
        if found is None or reading is None:
            return ""
        reader, finding = found
        lines = [f"{reader}, another reader; it cannot be changed here", size_text(finding.box, reading.image.header)]
        said = ", ".join(part for part in (_label_words(finding), finding.comment) if part)
        return "\n".join([*lines, said] if said else lines)

    def _look(self) -> tuple[tuple[str, Finding], ...]:
        session = self._session
        if session.reading is None or session.journal is None or session.review is None:
            return ()
        try:
            return session.journal.findings_of_others(session.reading.key, session.reader)
        except StoreError:
            return ()  # the session says on its own that the store cannot be read

    def _show(self) -> None:
        shown = self._found if self._action.isChecked() else ()
        self._view.set_others(tuple(_box(reader, finding) for reader, finding in shown))


def _box(reader: str, finding: Finding) -> OverlayBox:
    return OverlayBox(_uid(reader, finding), Kind.OTHER, finding.box, reader)


def _uid(reader: str, finding: Finding) -> str:
    return f"other:{reader}:{finding.uid}"


def _label_words(finding: Finding) -> str:
    return words().label_words(finding.label) if finding.label else ""
