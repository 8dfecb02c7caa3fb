"""What is shown while nothing is open: the demo, a folder, or what was open before."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from cxr_viewer.ui import icons, theme
from cxr_viewer.ui.key_words import key_of

_WIDTH = 460
_ON_BLACK = """
QLabel { color: #E6EDF3; }
QLabel[role="lead"], QLabel[role="note"] { color: #AAB4BF; }
QLabel[role="caution"] { color: #E3B341; font-size: 13px; }
"""


class StartPage(QWidget):
    """Three large choices, and a sentence when the last choice found nothing."""

    recent_asked = Signal(object)
    """Path."""

    def __init__(self, demo: QAction, folder: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "canvas")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._actions = (demo, folder)
        title = QLabel("CXR Viewer")
        theme.set_role(title, "hero")
        lead = QLabel("Read chest radiographs beside a detector, correct it, and train it again.")
        theme.set_role(lead, "lead")
        self._sentence = QLabel()
        self._sentence.setWordWrap(True)
        self._sentence.setFixedWidth(_WIDTH)
        self._sentence.setObjectName("start_sentence")
        theme.set_role(self._sentence, "caution")
        self._welcome = QVBoxLayout()
        self._choices = QVBoxLayout()
        self._choices.setSpacing(10)
        self._note = QLabel("Research use only, not a medical device.")
        theme.set_role(self._note, "note")
        # The page lies on the black canvas in both themes, so its words are bright in both.
        self.setStyleSheet(_ON_BLACK)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addStretch(3)
        for widget in (title, lead, self._sentence):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addLayout(self._welcome)
        layout.addSpacing(12)
        layout.addLayout(self._choices)
        layout.addSpacing(12)
        layout.addWidget(self._note, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(4)
        self.show_recent(())
        self.say("")

    def say(self, sentence: str) -> None:
        """Show why there is nothing to see."""
        self._sentence.setText(sentence)
        # The layout alone would cut long paths off; an empty label answers -1.
        self._sentence.setFixedHeight(max(0, self._sentence.heightForWidth(_WIDTH)))
        self._sentence.setVisible(bool(sentence))

    def show_welcome(self, card: QWidget | None) -> None:
        """Show a card above the choices; None takes it away. It says what the line at the foot says, and more."""
        while item := self._welcome.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        if card is not None:
            self._welcome.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        self._note.setVisible(card is None)

    @property
    def sentence(self) -> str:
        """The sentence that is shown."""
        return self._sentence.text()

    def focus_first(self) -> None:
        """Put the keyboard on the first choice."""
        item = self._choices.itemAt(0)
        if item is not None and (widget := item.widget()):
            widget.setFocus()

    def show_recent(self, paths: tuple[Path, ...]) -> None:
        """Offer what was opened before."""
        while self._choices.count():
            item = self._choices.takeAt(0)
            if item is not None and (widget := item.widget()):
                widget.hide()
                widget.deleteLater()
        demo, folder = self._actions
        self._offer("lungs", "Look at the demo", "Simulated radiographs, nothing to set up", demo)
        key = key_of(folder)
        self._offer("folder-open", "Open a folder", f"Every radiograph below it  ·  {key}".rstrip(" ·"), folder)
        for path in paths[:1]:
            again = QAction(self)
            again.triggered.connect(lambda _checked=False, chosen=path: self.recent_asked.emit(chosen))
            self._offer("clock", f"Go on with {path.name or path}", str(path.parent), again)

    def _offer(self, icon: str, title: str, detail: str, action: QAction) -> None:
        button = QPushButton()
        theme.set_role(button, "choice")
        button.setFixedWidth(_WIDTH)
        metrics = button.fontMetrics()
        room = _WIDTH - 90
        lines = [metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room) for text in (title, detail)]
        button.setText("   " + "\n   ".join(lines))
        button.setIcon(icons.icon(icon))
        button.setIconSize(QSize(28, 28))
        button.setAccessibleName(title)
        button.setAccessibleDescription(detail)
        button.setToolTip(detail)
        button.clicked.connect(action.trigger)
        self._choices.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
