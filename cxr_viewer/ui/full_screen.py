"""The whole screen for the image: panels and tool row step aside and come back as they were."""

from PySide6.QtCore import QObject, QSignalBlocker
from PySide6.QtWidgets import QToolBar

from cxr_viewer.ui.main_window import MainWindow

_PANELS = ("toggle_worklist", "toggle_panel")


class FullScreen(QObject):
    """Enters and leaves; what the reader had open before is what settings remember, whatever happens on the way.

    The menus stay: they hold every action, and the words that say what the program is not.
    """

    def __init__(self, window: MainWindow, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self._shown_before: dict[str, bool] = {}
        self._was_maximised = False
        window.named_actions["full_screen"].toggled.connect(self._toggle)
        window.closed.connect(self.leave)
        window.escaped.connect(self.leave)

    def leave(self) -> None:
        """Go back to the window; nothing happens in one."""
        self._window.named_actions["full_screen"].setChecked(False)

    def _toggle(self, is_full: bool) -> None:
        window, actions = self._window, self._window.named_actions
        if is_full:
            self._shown_before = {name: actions[name].isChecked() for name in _PANELS}
            self._show_panels(dict.fromkeys(_PANELS, False))
            self._was_maximised = window.isMaximized()
            window.showFullScreen()
        else:
            self._show_panels(self._shown_before)
            if self._was_maximised:
                window.showMaximized()
            else:
                window.showNormal()
        for row in window.findChildren(QToolBar):
            row.setVisible(not is_full)
        window.image_view.setFocus()

    def _show_panels(self, shown: dict[str, bool]) -> None:
        """Show or hide panels without telling the settings: stepping aside is no wish of the reader's."""
        for name, is_shown in shown.items():
            with QSignalBlocker(self._window.named_actions[name]):
                self._window.named_actions[name].setChecked(is_shown)
        self._window.worklist.setVisible(shown["toggle_worklist"])
        self._window.panel.setVisible(shown["toggle_panel"] and self._window.is_image_page)
