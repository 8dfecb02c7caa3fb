"""The row of tools below the menus: text and icon, the chosen tool filled."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from cxr_viewer.ui import theme

TOOLS = ("tool_window", "tool_zoom", "tool_pan", "tool_measure", "tool_box")
_LEFT = ("open_folder", "|", *TOOLS, "|", "invert", "*presets", "fit", "one_to_one", "|", "compare_prior", "hide_boxes")
_RIGHT = ("previous_instance", "next_instance", "toggle_worklist", "toggle_panel")


class ToolRow(QToolBar):
    """Buttons of the actions that the hand needs all the time; where the window is narrow, icons without words."""

    def __init__(self, named_actions: dict[str, QAction], presets: QMenu, parent: QWidget | None = None) -> None:
        super().__init__("Tools", parent)
        self.setObjectName("tools")
        self.setMovable(False)
        self.setIconSize(QSize(18, 18))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._foldable: list[QToolButton] = []
        self._whole_width = 0
        named_actions["open_folder"].setIconText("Open")
        named_actions["compare_prior"].setIconText("Prior")
        for name in _LEFT:
            if name == "|":
                self.addSeparator()
            elif name == "*presets":
                self.addWidget(_preset_button(presets))
            else:
                button = self._add(named_actions[name])
                if not named_actions[name].icon().isNull():
                    self._foldable.append(button)
        room = QWidget()
        room.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(room)
        for name in _RIGHT:
            button = self._add(named_actions[name])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            theme.set_role(button, "quiet")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold(event.size().width())

    def _fold(self, width: int) -> None:
        """Leave the words out when they do not fit, so that no button is pushed out of the row."""
        if not self._whole_width:
            self._whole_width = self.sizeHint().width()
        style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        if width < self._whole_width:
            style = Qt.ToolButtonStyle.ToolButtonIconOnly
        for button in self._foldable:
            button.setToolButtonStyle(style)

    def _add(self, action: QAction) -> QToolButton:
        self.addAction(action)
        button = self.widgetForAction(action)
        assert isinstance(button, QToolButton)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(action.text())
        return button


def _preset_button(presets: QMenu) -> QToolButton:
    button = QToolButton()
    button.setText("Preset ▾")
    button.setAccessibleName("Window presets")
    button.setToolTip("See the image through a window for lungs, mediastinum, bones …")
    button.setMenu(presets)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
