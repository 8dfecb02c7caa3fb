"""The view beside the image that is read: the same canvas and mouse, but nothing on it can be judged."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QWidget

from cxr_viewer.ui.image_view import ImageView, Tool

_HAND = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonDblClick,
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.Wheel,
)


class ComparedView(ImageView):
    """Takes no keyboard: keys always act on the image that is read, which gets the focus back by a click here."""

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compared_view")
        self.setAccessibleName("Radiograph to compare with")
        self.setAccessibleDescription("An earlier study or another view of this study; it can be looked at only")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumSize(190, 200)
        self.is_in_hand = False
        """Whether the mouse is acting on this view now, so that a change of it is the reader's."""

    def set_tool(self, tool: Tool) -> None:
        """Choose what the left button does; no box can be drawn here."""
        super().set_tool(Tool.WINDOW if tool is Tool.BOX else tool)

    def event(self, event: QEvent) -> bool:
        if event.type() not in _HAND:
            return super().event(event)
        if event.type() is QEvent.Type.MouseButtonPress:
            self.pressed.emit()
        self.is_in_hand = True
        try:
            return super().event(event)
        finally:
            self.is_in_hand = False
