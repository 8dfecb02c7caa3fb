"""What the program has to say of itself: one sentence at a time at the head of the window, until it is put away."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from cxr_viewer.ui.banner import Banner


class Notices(QObject):
    """A queue before one banner; "Put away" shows the next."""

    def __init__(self, banner: Banner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._banner = banner
        self._waiting: list[tuple[str, str, tuple[QAction, ...]]] = []
        self._put_away = QAction("Put away", self)
        self._put_away.setToolTip("Do not show this any more.")
        self._put_away.triggered.connect(self.put_away)

    def add(self, sentence: str, mood: str, *actions: QAction) -> None:
        """Say a sentence after those that still stand; mood is as a banner's."""
        self._waiting.append((sentence, mood, actions))
        if len(self._waiting) == 1:
            self._show()

    def take_back(self, sentence: str) -> None:
        """Say a sentence no more."""
        is_shown = bool(self._waiting) and self._waiting[0][0] == sentence
        self._waiting = [notice for notice in self._waiting if notice[0] != sentence]
        if is_shown:
            self._show()

    def put_away(self) -> None:
        """Go on to the next sentence."""
        if self._waiting:
            self.take_back(self._waiting[0][0])

    def _show(self) -> None:
        if self._waiting:
            sentence, mood, actions = self._waiting[0]
            self._banner.say(sentence, mood, *actions, self._put_away)
        else:
            self._banner.say("", "info")
