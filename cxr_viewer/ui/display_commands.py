"""How the image is seen: tools, windows, zoom and orientation, connected to the view."""

from PySide6.QtCore import QObject

from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.header_windows import HeaderWindows
from cxr_viewer.ui.image_view import Tool
from cxr_viewer.ui.main_window import MainWindow
from cxr_viewer.ui.orientation import Orientation
from cxr_viewer.ui.settings import KEEP_WINDOW, Settings
from cxr_viewer.ui.window_choice import AsOpened, OfHeader
from cxr_viewer.ui.window_keeper import WindowKeeper
from cxr_viewer.ui.window_presets import AS_OPENED_KEY

_ZOOM_STEP = 1.25

_TOOLS = {
    "tool_window": Tool.WINDOW,
    "tool_zoom": Tool.ZOOM,
    "tool_pan": Tool.PAN,
    "tool_measure": Tool.MEASURE,
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

    def __init__(self, window: MainWindow, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window, self._view = window, window.image_view
        self._image: DisplayedImage | None = None
        actions, view = window.named_actions, self._view
        self.keeper = WindowKeeper(view, self)
        self._header_windows = HeaderWindows(
            window.preset_menu, window.header_actions(), lambda name: self.keeper.choose(OfHeader(name)), self
        )
        for name, tool in _TOOLS.items():
            actions[name].triggered.connect(lambda _checked=False, chosen=tool: view.set_tool(chosen))
        actions["magnify"].triggered.connect(lambda: view.set_magnifying(not view.is_magnifying))
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
                lambda _checked=False, chosen=preset: self.keeper.choose(chosen)
            )
        actions[f"preset_{AS_OPENED_KEY}"].triggered.connect(lambda: self.keeper.choose(AsOpened()))
        self._connect_keeping(settings)

    def _connect_keeping(self, settings: Settings) -> None:
        """Follow the images that come, and remember whether the window stays."""
        keep = self._window.named_actions["keep_window"]
        keep.toggled.connect(lambda is_kept: setattr(self.keeper, "is_kept", is_kept))
        keep.setChecked(settings.get(KEEP_WINDOW))
        keep.toggled.connect(lambda is_kept: settings.set(KEEP_WINDOW, is_kept))
        self._view.window_changed.connect(self._meet_image)

    def _meet_image(self) -> None:
        image = self._view.image
        if image is self._image:
            return
        self._image = image
        self._header_windows.show_image(image)
        if not self.keeper.is_kept:
            self._window.named_actions["invert"].setChecked(False)
