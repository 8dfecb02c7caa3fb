"""A small round button that can be chosen: a filter of the worklist."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QPushButton, QWidget

from cxr_viewer.ui import theme


class Chip(QPushButton):
    """Has room for its text in bold, which says that it is chosen; so it does not change its width then."""

    def __init__(self, text: str = "", tip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        theme.set_role(self, "filter")
        self.setToolTip(tip)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        plain, bold = QFont(self.font()), QFont(self.font())
        plain.setWeight(QFont.Weight.Normal)
        bold.setWeight(QFont.Weight.DemiBold)
        widths = [QFontMetrics(font).horizontalAdvance(self.text()) for font in (plain, bold)]
        return QSize(hint.width() + max(0, widths[1] - widths[0]), hint.height())
