"""How the image is seen: tools, windows, zoom and orientation, connected to the view."""

from PySide6.QtCore import QObject

from cxr_viewer.ui import window_presets
from cxr_viewer.ui.image_view import Tool
from cxr_viewer.ui.main_window import MainWindow
from cxr_viewer.ui.orientation import Orientation

_ZOOM_STEP = 1.25

_TOOLS = {
    "tool_window": Tool.WINDOW,
    "tool_zoom": Tool.ZOOM,
    "tool_pan": Tool.PAN,
    "tool_box": Tool.BOX,
}

_REORIENTED = {
    "flip_across": Orientation.flipped_across,
    "flip_down": Orientation.flipped_down,
    "turn_right": Orientation.turned_right,
    "turn_left": Orientation.turned_left,
}


class DisplayCommands(QObject):
    """Actions in, the view changes; nothing here touches a finding."""

    def __init__(self, window: MainWindow, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window, self._view = window, window.image_view
        actions, view = window.named_actions, self._view
        for name, tool in _TOOLS.items():
            actions[name].triggered.connect(lambda _checked=False, chosen=tool: view.set_tool(chosen))
        actions["invert"].toggled.connect(view.set_inverted)
        actions["fit"].triggered.connect(view.fit)
        actions["one_to_one"].triggered.connect(view.show_one_to_one)
        actions["zoom_in"].triggered.connect(lambda: view.zoom_by(_ZOOM_STEP))
        actions["zoom_out"].triggered.connect(lambda: view.zoom_by(1 / _ZOOM_STEP))
        for name, reoriented in _REORIENTED.items():
            actions[name].triggered.connect(
                lambda _checked=False, change=reoriented: view.set_orientation(change(view.transform.orientation))
            )
        for preset in window.presets:
            actions[f"preset_{preset.key}"].triggered.connect(
                lambda _checked=False, chosen=preset: self._see_through(chosen)
            )
        actions["preset_0"].triggered.connect(self._see_full_range)
        actions["preset_`"].triggered.connect(self._see_as_opened)

    def _see_through(self, preset: window_presets.WindowPreset) -> None:
        if self._view.image:
            self._view.set_voi(window_presets.window_of(preset, self._view.image))

    def _see_full_range(self) -> None:
        if self._view.image:
            self._view.set_voi(window_presets.full_range(self._view.image))

    def _see_as_opened(self) -> None:
        if self._view.image:
            self._view.set_voi(self._view.image.automatic)
