"""The welcome: what the program is not, who reads, and whether everything works on this computer."""

import html

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cxr_viewer.ui import icons

WIDTH = 460


class WelcomeCard(QWidget):
    """Three sentences, of which two have a link; ``show_reader`` and ``show_check`` fill them."""

    details_asked = Signal()
    name_asked = Signal()

    def __init__(self, link_colour: str, parent: QWidget | None = None) -> None:
        """Make the card.

        Args:
            link_colour: that can be read on what the card lies on.
        """
        super().__init__(parent)
        self.setObjectName("welcome_card")
        self.setFixedWidth(WIDTH)
        self._link = f"style='color:{link_colour}'"
        self.notice = _line("<b>Research use only.</b> Not a medical device, not for diagnosis or treatment.")
        self.reader = _line("")
        self.reader.linkActivated.connect(self.name_asked)
        self.check = _line("")
        self.check.linkActivated.connect(self.details_asked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for line in (self.notice, self.reader, self.check):
            layout.addWidget(line)
        _say(self.notice, self.notice.text())

    def show_reader(self, name: str) -> None:
        """Say under which name the reader signs."""
        _say(
            self.reader,
            f"You read as <b>{html.escape(name)}</b>. Your signatures carry this name; nobody checks whose it is. "
            f"<a href='name' {self._link}>Change the name</a>",
        )

    def show_check(self, sentence: str, is_done: bool) -> None:
        """Say how the self-test stands."""
        details = f" <a href='details' {self._link}>Details</a>" if is_done else ""
        _say(self.check, f"{html.escape(sentence)}{details}")


class WelcomeDialog(QDialog):
    """The same card in a window of its own, asked for from the menu, with what the start page offers."""

    def __init__(self, card: WelcomeCard, offers: tuple[QAction, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("welcome_dialog")
        self.setWindowTitle("Welcome to CXR Viewer")
        self.setWindowIcon(icons.application_icon())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.offers = tuple(self._button(action) for action in offers)
        foot = QHBoxLayout()
        for button in self.offers:
            foot.addWidget(button)
        foot.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(14)
        layout.addWidget(card)
        layout.addLayout(foot)

    def _button(self, action: QAction) -> QPushButton:
        button = QPushButton(action.text())
        button.setAccessibleName(action.text())
        button.setToolTip(action.toolTip())
        button.setEnabled(action.isEnabled())
        button.setAutoDefault(False)
        button.clicked.connect(self.close)
        button.clicked.connect(action.trigger)
        return button


def _line(text: str) -> QLabel:
    line = QLabel(text)
    line.setTextFormat(Qt.TextFormat.RichText)
    line.setWordWrap(True)
    line.setTextInteractionFlags(
        Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
    )
    return line


def _say(line: QLabel, text: str) -> None:
    """Show a text, at the height that it needs: the layout alone would cut its last line off."""
    line.setText(text)
    line.setFixedHeight(max(0, line.heightForWidth(WIDTH)))
