"""The line under the worklist: how far the model is with the rows ahead, and how to stop it."""

from collections.abc import Mapping

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from cxr_viewer.ui import theme
from cxr_viewer.ui.elided_label import ElidedLabel


class WorklistFoot(QWidget):
    """A sentence and one button, shown while there is something to say."""

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._action = actions["detect_ahead"]
        self._is_compact = False
        self._words = ElidedLabel("note")
        self._button = QPushButton()
        theme.set_role(self._button, "link")
        self._button.clicked.connect(lambda: self._action.trigger())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 0, 4, 0)
        layout.addWidget(self._words, 1)
        layout.addWidget(self._button)
        self.hide()

    @property
    def sentence(self) -> str:
        """What is said, "" for nothing."""
        return self._words.text()

    def say(self, sentence: str, action: str = "", verb: str = "") -> None:
        """Say something, with a button that stands for an action; "" says nothing."""
        self._words.setText(sentence)
        self._button.setVisible(bool(action))
        if action:
            self._action = self._actions[action]
            self._button.setText(verb)
            self._button.setAccessibleName(f"{verb}: {self._action.text()}")
            self._button.setToolTip(self._action.toolTip())
        self._show()

    def set_compact(self, is_compact: bool) -> None:
        """Fold away beside thumbnails."""
        self._is_compact = is_compact
        self._show()

    def _show(self) -> None:
        self.setVisible(bool(self.sentence) and not self._is_compact)
