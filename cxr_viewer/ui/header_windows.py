"""The windows and VOI LUTs of the image's own header in the menu: the first ones on keys, all by their names."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from cxr_viewer.ui import window_presets
from cxr_viewer.ui.displayed_image import DisplayedImage


class HeaderWindows(QObject):
    """Fills the lower part of the preset menu anew for every image."""

    def __init__(
        self,
        menu: QMenu,
        keyed: list[QAction],
        choose: Callable[[str], None],
        parent: QObject | None = None,
    ) -> None:
        """``keyed`` are the actions with keys, in order; ``choose`` is told the name of what was asked for."""
        super().__init__(parent)
        self._menu, self._keyed, self._choose = menu, keyed, choose
        self._further: list[QAction] = []
        self._names: tuple[str, ...] = ()
        for number, action in enumerate(keyed):
            action.triggered.connect(lambda _checked=False, place=number: self._choose(self._names[place]))
        self.show_image(None)

    def show_image(self, image: DisplayedImage | None) -> None:
        """Offer what an image's header has."""
        self._names = tuple(name for name, _ in window_presets.of_header(image)) if image else ()
        for number, action in enumerate(self._keyed):
            is_offered = number < len(self._names)
            action.setVisible(is_offered)
            if is_offered:
                action.setText(_escaped(self._names[number]))
        for action in self._further:
            self._menu.removeAction(action)
            action.deleteLater()
        self._further = [self._entry(name) for name in self._names[len(self._keyed) :]]
        self._menu.addActions(self._further)

    def _entry(self, name: str) -> QAction:
        action = QAction(_escaped(name), self)
        action.triggered.connect(lambda _checked=False: self._choose(name))
        return action


def _escaped(name: str) -> str:
    """Return a maker's words as a menu shows them: an ampersand is no mark of a key."""
    return name.replace("&", "&&")
