"""The place beside the image: a thin row that says what is there, and the view, or a sentence when it is empty."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from cxr_viewer.ui import theme
from cxr_viewer.ui.compared_view import ComparedView
from cxr_viewer.ui.elided_label import ElidedLabel

ROW_HEIGHT = 30
_BUTTONS = (("previous_beside", "‹"), ("next_beside", "›"), ("link_views", "Link"))


class ComparedPane(QWidget):
    """Shows what it is told; never both an image and a sentence."""

    def __init__(self, named_actions: dict[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = ComparedView()
        self._title = ElidedLabel("note")
        self._sentence = QLabel()
        self._sentence.setWordWrap(True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sentence.setContentsMargins(24, 24, 24, 24)
        self._sentence.setMinimumWidth(1)
        self._sentence.setAccessibleName("Why no image stands here")
        theme.set_role(self._sentence, "on_canvas")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._sentence)
        self._stack.addWidget(self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._row(named_actions))
        layout.addWidget(self._stack, 1)

    def _row(self, named_actions: dict[str, QAction]) -> QWidget:
        row = QWidget()
        theme.set_role(row, "panel")
        row.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row.setFixedHeight(ROW_HEIGHT)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(10, 0, 4, 0)
        layout.setSpacing(2)
        layout.addWidget(self._title, 1)
        for name, text in _BUTTONS:
            named_actions[name].setIconText(text)
            button = QToolButton()
            button.setDefaultAction(named_actions[name])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            button.setAccessibleName(named_actions[name].text())
            self._dress(button, layout)
        self.close_button = QToolButton()
        self.close_button.setText("✕")
        self.close_button.setAccessibleName("Close the comparison")
        self.close_button.setToolTip("Show the image that is read alone.")
        self._dress(self.close_button, layout)
        return row

    @staticmethod
    def _dress(button: QToolButton, layout: QHBoxLayout) -> None:
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.set_role(button, "small")
        layout.addWidget(button)

    def show_sentence(self, sentence: str) -> None:
        """Say why no image stands here."""
        self._sentence.setText(sentence)
        self._stack.setCurrentIndex(0)

    def show_view(self) -> None:
        """Show the image."""
        self._sentence.clear()
        self._stack.setCurrentIndex(1)

    def set_title(self, text: str) -> None:
        """Say what is shown."""
        self._title.setText(text)

    @property
    def title(self) -> str:
        """What is said to be shown."""
        return self._title.text()

    @property
    def sentence(self) -> str:
        """What is said instead of an image, "" when there is one."""
        return self._sentence.text()
