"""A sentence across a panel, with one or two things to do about it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cxr_viewer.ui import icons, theme


class Banner(QWidget):
    """Hidden until something has to be said; never a dialog."""

    def __init__(self, name: str, parent: QWidget | None = None, *, is_wide: bool = False) -> None:
        """Make a banner; a wide one has its buttons beside the sentence, else they stand below it."""
        super().__init__(parent)
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.addStretch(1)
        words = QHBoxLayout() if is_wide else QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._text, 1)
        words.addLayout(self._buttons)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(8)
        layout.addWidget(self._icon)
        layout.addLayout(words, 1)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence that is shown, "" when hidden."""
        return "" if self.isHidden() else self._text.text()

    def say(self, text: str, mood: str, *actions: QAction) -> None:
        """Show a sentence; mood is "info", "caution" or "bad"; "" hides."""
        while self._buttons.count() > 1:
            item = self._buttons.takeAt(1)
            if item is not None and (widget := item.widget()):
                widget.deleteLater()
        self._text.setText(text)
        self.setAccessibleName(text)
        if text:
            theme.set_role(self, "banner", mood)
            palette = theme.active()
            colour = {"caution": palette.caution, "bad": palette.bad}.get(mood, palette.link)
            self._icon.setPixmap(icons.pixmap("warning" if mood != "info" else "info", 18, colour, 2.0))
        for action in actions:
            button = QPushButton(action.text())
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setToolTip(action.toolTip())
            button.clicked.connect(action.trigger)
            self._buttons.addWidget(button)
        self.setVisible(bool(text))
