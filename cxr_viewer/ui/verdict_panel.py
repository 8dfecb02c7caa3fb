"""The verdict: three buttons, a sentence beside them, and the signature."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cxr_viewer.core.findings import ReadingNote, Review, ReviewOutcome
from cxr_viewer.ui import theme
from cxr_viewer.ui.finding_panel import action_button
from cxr_viewer.ui.kept_line import KeptLine
from cxr_viewer.ui.key_words import follow_key
from cxr_viewer.ui.verdict_rules import VerdictAdvice

LONGEST_COMMENT = 2000
_LINK_PADDING = 16
_LEAST_LINK = 240

_ACTIONS = {
    ReviewOutcome.OPACITY: "outcome_opacity",
    ReviewOutcome.NO_OPACITY: "outcome_no_opacity",
    ReviewOutcome.UNREADABLE: "outcome_unreadable",
}


class VerdictPanel(QWidget):
    """Shows verdict, advice, signature and what can be undone."""

    def __init__(self, actions: dict[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel("Verdict")
        theme.set_role(title, "title")
        self._signed = QLabel()
        theme.set_role(self._signed, "good")
        self.buttons: dict[ReviewOutcome, QPushButton] = {}
        row = QHBoxLayout()
        row.setSpacing(6)
        for outcome, name in _ACTIONS.items():
            button = action_button(actions[name], actions[name].text())
            button.setCheckable(True)
            # The button shows what the session says, not what was clicked.
            button.clicked.connect(
                lambda _checked=False, source=actions[name], shown=button: shown.setChecked(source.isChecked())
            )
            self.buttons[outcome] = button
            row.addWidget(button, 1)
        self.advice = QLabel()
        self.advice.setWordWrap(True)
        theme.set_role(self.advice, "note")
        self.comment = KeptLine(LONGEST_COMMENT)
        follow_key(
            actions["comment_image"],
            lambda key: self.comment.setPlaceholderText(f"Comment on this image   {key}".rstrip()),
        )
        self.comment.setAccessibleName("Comment on this image")
        self.comment.setToolTip("Goes into the review; stays on this workstation. Enter keeps, Esc leaves.")
        self.second_read = action_button(actions["second_read"], "◆ 2nd read", "filter")
        self.second_read.setCheckable(True)
        actions["second_read"].toggled.connect(self.second_read.setChecked)
        self.second_read.clicked.connect(lambda: self.second_read.setChecked(actions["second_read"].isChecked()))
        self.sign = action_button(actions["sign_off"], "Sign off and next", "primary", shows_key=True)
        self.undo = QPushButton()
        theme.set_role(self.undo, "link")
        self.undo.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.undo.setAccessibleName("Undo")
        follow_key(actions["undo"], lambda _key: self.undo.setToolTip(actions["undo"].toolTip()))
        self.undo.clicked.connect(actions["undo"].trigger)
        self._reader = QLabel()
        theme.set_role(self._reader, "note")
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self._signed)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 0, 0, 0)
        foot.addWidget(self._reader)
        foot.addStretch(1)
        foot.addWidget(self.second_read)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addLayout(row)
        layout.addWidget(self.advice)
        layout.addWidget(self.comment)
        layout.addWidget(self.sign)
        layout.addLayout(foot)
        layout.addWidget(self.undo, 0, Qt.AlignmentFlag.AlignLeft)

    def show_reader(self, reader: str) -> None:
        """Show who reads."""
        self._reader.setText(f"Reader {reader} (self-asserted)")

    def show_verdict(self, outcome: ReviewOutcome | None, review: Review | None, advice: VerdictAdvice) -> None:
        """Show the verdict chosen, its signature, and the sentence beside it."""
        for each, button in self.buttons.items():
            button.setChecked(each is outcome)
        self._signed.setText(f"✓ signed {review.signed_at.astimezone():%H:%M}" if review else "")
        self.advice.setText(advice.text)
        theme.set_role(self.advice, "caution" if advice.is_warning else "note")
        self.advice.setVisible(bool(advice.text))

    def show_note(self, note: ReadingNote, *, can_edit: bool) -> None:
        """Show the comment that is kept, unless somebody is writing another."""
        self.comment.show_text(note.comment)
        self.comment.setEnabled(can_edit or self.comment.is_open)

    def warn(self, sentence: str) -> None:
        """Say beside the verdict why it was not signed."""
        self.advice.setText(sentence)
        theme.set_role(self.advice, "caution")
        self.advice.setVisible(bool(sentence))

    def show_undo(self, steps: tuple[str, ...]) -> None:
        """Show the last steps that can be undone."""
        last = [step[:1].lower() + step[1:] for step in reversed(steps[-3:])]
        text = ", ".join(last[:2]) + (", …" if len(last) > 2 else "")
        whole = f"Undo: {text}" if text else "Nothing to undo"
        room = max(self.width() - _LINK_PADDING, _LEAST_LINK)
        self.undo.setText(self.undo.fontMetrics().elidedText(whole, Qt.TextElideMode.ElideRight, room))
        self.undo.setEnabled(bool(text))
