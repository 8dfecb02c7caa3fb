"""The page of the self-test: what was tried and what this computer is, to read, or to copy for whoever helps."""

import html

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QTextBrowser, QVBoxLayout, QWidget

from cxr_viewer.program.check import Check, Outcome
from cxr_viewer.ui import icons, theme
from cxr_viewer.ui.computer_facts import facts_of
from cxr_viewer.ui.dialog_button import dialog_button
from cxr_viewer.ui.review_session import ReviewSession
from cxr_viewer.ui.self_test_run import NAMES, SelfTestRun

_SIGNS = {Outcome.WORKS: "✓", Outcome.FAILS: "✗", Outcome.NOTHING: "–"}


class SelfTestPage(QDialog):
    """Follows a run; its words name no patient, no reader and no folder that somebody chose."""

    def __init__(self, run: SelfTestRun, session: ReviewSession, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("self_test_page")
        self.setWindowTitle("Self-test")
        self.setWindowIcon(icons.application_icon())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._run, self._session, self._window = run, session, parent
        self.summary = QLabel()
        theme.set_role(self.summary, "title")
        self.text = QTextBrowser()
        self.text.setAccessibleName("Self-test")
        self.again = dialog_button("Run again", "Try everything once more.")
        self.again.clicked.connect(run.run)
        self.copy = dialog_button("Copy as text", "Put all of this on the clipboard.")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.as_text))
        note = QLabel("Nothing of a patient is in this list. Nothing is sent anywhere.")
        note.setWordWrap(True)
        theme.set_role(note, "note")
        foot = QHBoxLayout()
        foot.addWidget(note, 1)
        foot.addWidget(self.again)
        foot.addWidget(self.copy)
        layout = QVBoxLayout(self)
        layout.addWidget(self.summary)
        layout.addWidget(self.text)
        layout.addLayout(foot)
        self.resize(700, 600)
        run.changed.connect(self._show)
        session.model_changed.connect(self._show)
        self._show()

    @property
    def as_text(self) -> str:
        """The page as it is copied."""
        checks = [f"{sign} {name}: {words}" for sign, name, words in self._checks()]
        facts = [f"{name}: {words}" for name, words in facts_of(self._session.model, self._window)]
        return "\n".join([f"CXR Viewer, self-test. {self._run.summary}", "", *checks, "", *facts, ""])

    def _checks(self) -> list[tuple[str, str, str]]:
        """Return sign, name and words of every check."""
        return [
            (_SIGNS[check.outcome], name, check.words) if check else ("…", name, "trying …")
            for name, check in zip(NAMES, self._run.checks, strict=True)
        ]

    def _show(self) -> None:
        self.summary.setText(self._run.summary)
        self.summary.setAccessibleName(self._run.summary)
        self.again.setEnabled(not self._run.is_running)
        place = self.text.verticalScrollBar().value()
        palette = theme.active()
        quiet = f"width='150' style='color:{palette.second_text}'"
        lines = [
            f"<tr><td width='20' style='color:{_colour(check)}'><b>{sign}</b></td><td {quiet}>{html.escape(name)}</td>"
            f"<td>{html.escape(words)}</td></tr>"
            for (sign, name, words), check in zip(self._checks(), self._run.checks, strict=True)
        ]
        lines.append("<tr><td></td><td></td><td></td></tr>")
        lines += [
            f"<tr><td></td><td {quiet}>{html.escape(name)}</td><td>{html.escape(words)}</td></tr>"
            for name, words in facts_of(self._session.model, self._window)
        ]
        self.text.setHtml(f"<table cellpadding='4'>{''.join(lines)}</table>")
        self.text.verticalScrollBar().setValue(place)


def _colour(check: Check | None) -> str:
    palette = theme.active()
    if check is None or check.outcome is Outcome.NOTHING:
        return palette.second_text
    return palette.good if check.outcome is Outcome.WORKS else palette.bad
