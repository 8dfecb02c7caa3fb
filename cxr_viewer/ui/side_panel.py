"""The panel on the right: model, sliders, findings and input scroll, the verdict stays in sight below them."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from cxr_viewer.ui import theme

WIDTH = 316
_LARGEST_WIDTH = 440


class SidePanel(QWidget):
    """Groups of widgets one below the other, a rule between two groups."""

    def __init__(
        self, groups: Sequence[Sequence[QWidget]], growing: QWidget, verdict: QWidget, parent: QWidget | None = None
    ) -> None:
        """Place the groups.

        Args:
            growing: the widget of the groups that takes the room left over.
            verdict: what stays in sight below.
        """
        super().__init__(parent)
        theme.set_role(self, "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(WIDTH)
        self.setMaximumWidth(_LARGEST_WIDTH)
        foot = QWidget()
        below = QVBoxLayout(foot)
        below.setContentsMargins(12, 10, 12, 10)
        below.addWidget(verdict)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(_scrolling(groups, growing), 1)
        layout.addWidget(_rule())
        layout.addWidget(foot)


def _scrolling(groups: Sequence[Sequence[QWidget]], growing: QWidget) -> QScrollArea:
    content = QWidget()
    theme.set_role(content, "panel")
    layout = QVBoxLayout(content)
    layout.setContentsMargins(12, 12, 12, 12)
    layout.setSpacing(10)
    for number, group in enumerate(groups):
        if number:
            layout.addWidget(_rule())
        for widget in group:
            layout.addWidget(widget, 1 if widget is growing else 0)
    area = QScrollArea()
    theme.set_role(area, "panel")
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setWidget(content)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setAccessibleName("Model and findings")
    return area


def _rule() -> QFrame:
    rule = QFrame()
    theme.set_role(rule, "rule")
    return rule
