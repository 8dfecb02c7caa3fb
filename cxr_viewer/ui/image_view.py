"""The image under the reader's hand: reports what mouse and keys do on it, decides nothing about findings."""

from collections.abc import Callable
from enum import Enum, auto

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QToolTip, QWidget

from cxr_viewer.ui import box_grip, measure_painter, window_drag
from cxr_viewer.ui.box_gesture import BoxGesture
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.image_canvas import ImageCanvas
from cxr_viewer.ui.magnifier import Magnifier
from cxr_viewer.ui.measuring import Measurement, Measurements
from cxr_viewer.ui.overlay import OverlayBox, under_point
from cxr_viewer.ui.view_keys import key_nudge

_HANDLE_REACH = 8.0
_CLICK_SLIP = 4.0
_WHEEL_STEP = 1.0015


class Tool(Enum):
    """What the left button does on the image."""

    WINDOW = auto()
    ZOOM = auto()
    PAN = auto()
    BOX = auto()
    MEASURE = auto()


class _Drag(Enum):
    WINDOW = auto()
    ZOOM = auto()
    PAN = auto()


class ImageView(ImageCanvas):
    """Turns presses, drags and keys into signals; what they mean is decided elsewhere."""

    box_drawn = Signal(str, object)
    """Instance key and Box of a new box."""
    box_changed = Signal(str, str, object)
    """Instance key, uid and Box of a box that was moved or resized."""
    box_chosen = Signal(str)
    """uid of a box that was clicked, "" for none."""
    box_stepped = Signal(int)
    """+1 or -1: the next or previous box was asked for."""
    pointed = Signal(object)
    """Native point (x, y) under the cursor, or None."""
    menu_asked = Signal(object)
    """Global position of a right click."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._tool = Tool.WINDOW
        self._gesture: BoxGesture | None = None
        self._drag: _Drag | None = None
        self._pressed_at = QPointF()
        self._last_at = QPointF()
        self._press_was_click = False
        self._measurements = Measurements()
        self._magnifier = Magnifier()
        self._is_magnifying = False
        self._describe: Callable[[str], str] = _no_words

    def set_box_words(self, describe: Callable[[str], str]) -> None:
        """Take what says the words of a box by its uid: its tooltip."""
        self._describe = describe

    def words_of(self, uid: str) -> str:
        """Return what the tooltip of a box says."""
        return self._describe(uid)

    @property
    def tool(self) -> Tool:
        """What the left button does."""
        return self._tool

    def set_tool(self, tool: Tool) -> None:
        """Choose what the left button does."""
        self._tool = tool
        self._gesture = None
        self._measurements.end()
        self._show_cursor()
        self.update()

    def show_image(self, image: DisplayedImage | None) -> None:
        """Put another image on the screen; a gesture in progress ends, for it began on the old one."""
        self._gesture, self._drag = None, None
        if not self.shows_pixels_of(image):
            self._measurements.clear()
        super().show_image(image)

    @property
    def measurements(self) -> tuple[Measurement, ...]:
        """The measured lines on the image."""
        return self._measurements.lines

    @property
    def is_magnifying(self) -> bool:
        """Whether the lens is held over the image."""
        return self._is_magnifying

    def set_magnifying(self, is_magnifying: bool) -> None:
        """Hold the lens over the image, or take it away."""
        self._is_magnifying = is_magnifying
        self.update()

    def _boxes_now(self) -> tuple[OverlayBox, ...]:
        return self._gesture.preview(self._boxes) if self._gesture else self._boxes

    def _is_hurried(self) -> bool:
        return self._drag is _Drag.WINDOW and not self._press_was_click

    def _paint_tools(self, painter: QPainter, view: QRectF) -> None:
        if self.image is None or self._voi is None:
            return
        measure_painter.paint(painter, self.measurements, self.image.header, self._transform, view)
        if self._is_magnifying:
            cursor = self._last_at if view.contains(self._last_at) and not self._last_at.isNull() else view.center()
            ratio = self.devicePixelRatioF()
            self._magnifier.paint(
                painter, self.image, self._transform, cursor, view, ratio, self._voi, self._is_inverted
            )

    @property
    def is_in_gesture(self) -> bool:
        """Whether a box is being drawn or changed, or the image dragged."""
        return self._gesture is not None or self._drag is not None

    # -- the mouse -----------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = self._last_at = event.position()
        self._press_was_click = True
        if not self.image:
            return
        if event.button() is Qt.MouseButton.MiddleButton:
            self._drag = _Drag.PAN
        elif event.button() is Qt.MouseButton.RightButton:
            self._drag = _Drag.ZOOM
        elif event.button() is Qt.MouseButton.LeftButton:
            self._press_left(event)
        self._show_cursor()

    def _press_left(self, event: QMouseEvent) -> None:
        assert self.image
        point = self._native(event.position())
        if self._tool is Tool.BOX:
            self._gesture = BoxGesture.drawing(self.image, point)
            return
        if self._tool is Tool.MEASURE and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._measurements.begin(self.image.clamped(*point))
            return
        if taken := self._grip_under(event.position()):
            shown, grip = taken
            self._gesture = BoxGesture.changing(self.image, shown, grip, point)
            return
        self._drag = {Tool.WINDOW: _Drag.WINDOW, Tool.ZOOM: _Drag.ZOOM, Tool.PAN: _Drag.PAN}.get(self._tool)
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._drag = _Drag.WINDOW

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        position = event.position()
        if (position - self._pressed_at).manhattanLength() >= _CLICK_SLIP:
            self._press_was_click = False
        step = position - self._last_at
        self._last_at = position
        if self._gesture:
            self._gesture.follow(self._native(position))
            self.update()
        elif self._measurements.is_growing and self.image:
            self._measurements.follow(self.image.clamped(*self._native(position)))
            self.update()
        elif self._drag and not self._press_was_click:
            self._follow_drag(step)
        elif not self._drag:
            self._show_cursor()
        if self._is_magnifying:
            self.update()
        if self.image:
            self.pointed.emit(self._native(position))

    def _follow_drag(self, step: QPointF) -> None:
        if self._drag is _Drag.PAN:
            self._move_to(self._transform.panned(step.x(), step.y()))
        elif self._drag is _Drag.ZOOM:
            self.zoom_by(1.01 ** (-step.y()), self._pressed_at)
        elif self._drag is _Drag.WINDOW and self.image and self._voi is not None:
            window = window_drag.as_window(self._voi, self.image.pyramid.pixels)
            is_dark_high = self._is_inverted != self.image.header.shows_minimum_white
            self.set_voi(window_drag.dragged(window, step.x(), step.y(), self._least_width, is_dark_high=is_dark_high))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        gesture, drag = self._gesture, self._drag
        self._gesture, self._drag = None, None
        self._measurements.end()
        if gesture:
            self._end_gesture(gesture, event)
        elif drag and self._press_was_click:
            if event.button() is Qt.MouseButton.LeftButton:
                self._click(event.position())
            elif event.button() is Qt.MouseButton.RightButton:
                self._click(event.position(), cycles=False)
                self.menu_asked.emit(event.globalPosition().toPoint())
        self._show_cursor()
        self.update()

    def _end_gesture(self, gesture: BoxGesture, event: QMouseEvent) -> None:
        if not gesture.has_changed:
            if not gesture.is_drawing:
                self._click(event.position())
            return
        box = gesture.box
        if box is None:
            return
        if gesture.is_drawing:
            self.box_drawn.emit(gesture.key, box)
        else:
            self.box_changed.emit(gesture.key, gesture.uid, box)

    def _click(self, position: QPointF, *, cycles: bool = True) -> None:
        """Choose the smallest box under the cursor; a click on the chosen one goes on to the next larger."""
        hits = [shown.uid for shown in self._hits(position)]
        chosen = next((shown.uid for shown in self._boxes if shown.is_selected), "")
        if chosen in hits:
            self.box_chosen.emit(hits[(hits.index(chosen) + 1) % len(hits)] if cycles else chosen)
        else:
            self.box_chosen.emit(hits[0] if hits else "")

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and not self._hits(event.position()):
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom_by(_WHEEL_STEP ** event.angleDelta().y(), event.position())
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            self.menu_asked.emit(self.mapToGlobal(self.rect().center()))
        event.accept()

    # -- the keyboard --------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride and self._takes_back(event):
            event.accept()  # the key comes as a press, whatever action has it else
            return True
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Tab:
                self.box_stepped.emit(1)
                return True
            if event.key() == Qt.Key.Key_Backtab:
                self.box_stepped.emit(-1)
                return True
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            self._show_tip(event)
            return True
        return super().event(event)

    def _show_tip(self, event: QHelpEvent) -> None:
        """Show the words of the smallest box under the cursor."""
        position = QPointF(event.pos())
        hits = self._hits(position) or self._hits_of_others(position) if self.image else []
        words = self.words_of(hits[0].uid) if hits else ""
        if words:
            QToolTip.showText(event.globalPos(), words, self)
        else:
            QToolTip.hideText()
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self.set_peeking(True)
        elif event.key() == Qt.Key.Key_Z and not event.modifiers():
            if not event.isAutoRepeat():
                self.set_magnifying(True)
        elif self._takes_back(event):
            if self._gesture:
                self._gesture = None
            else:
                self._measurements.take_back()
            self.update()
        elif not self._nudge(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.set_peeking(False)
        elif event.key() == Qt.Key.Key_Z and not event.isAutoRepeat():
            self.set_magnifying(False)
        else:
            super().keyReleaseEvent(event)

    def _takes_back(self, event: QKeyEvent) -> bool:
        """Whether a key ends the gesture in progress or removes the last measured line."""
        has_lines = bool(self.measurements) or self._measurements.is_growing
        if event.key() == Qt.Key.Key_Escape:
            return self._gesture is not None or has_lines
        is_delete = event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not event.modifiers()
        return is_delete and has_lines and self._tool is Tool.MEASURE

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.set_peeking(False)
        self.set_magnifying(False)
        super().focusOutEvent(event)

    def _nudge(self, event: QKeyEvent) -> bool:
        """Move or resize the chosen finding by arrow keys, as seen on the screen; each press is one gesture."""
        chosen = next((shown for shown in self._boxes if shown.is_selected and shown.is_editable), None)
        nudge = key_nudge(event.key(), event.modifiers())
        if chosen is None or nudge is None or not self.image:
            return False
        seen_grip, across, down = nudge
        orientation = self._transform.orientation
        grip, (dx, dy) = orientation.native_grip(seen_grip), orientation.to_native(across, down)
        box = box_grip.dragged(chosen.box, grip, dx, dy, self.image.rows, self.image.columns)
        if box != chosen.box:
            self.box_changed.emit(self.image.key, chosen.uid, box)
        return True

    # -- inside --------------------------------------------------------------------------------------------------

    def _native(self, position: QPointF) -> tuple[float, float]:
        return self._transform.to_image(position.x(), position.y())

    def _hits(self, position: QPointF) -> list[OverlayBox]:
        if self._are_boxes_hidden or self._is_peeking:
            return []
        x, y = self._native(position)
        return under_point(self._boxes, x, y, 3 / self._transform.zoom)

    def _hits_of_others(self, position: QPointF) -> list[OverlayBox]:
        if not self.are_boxes_visible:
            return []
        return under_point(self._others, *self._native(position), 3 / self._transform.zoom)

    def _grip_under(self, position: QPointF) -> tuple[OverlayBox, box_grip.Grip] | None:
        """Return the chosen finding and where the cursor would take hold of it."""
        if self._are_boxes_hidden or self._is_peeking:
            return None
        chosen = next((shown for shown in self._boxes if shown.is_selected and shown.is_editable), None)
        if chosen is None:
            return None
        grip = box_grip.grip_at(chosen.box, *self._native(position), _HANDLE_REACH / self._transform.zoom)
        return None if grip is None else (chosen, grip)

    def _show_cursor(self) -> None:
        shape = Qt.CursorShape.ArrowCursor
        if self._tool in (Tool.BOX, Tool.MEASURE):
            shape = Qt.CursorShape.CrossCursor
        elif self._drag is _Drag.PAN or self._tool is Tool.PAN:
            shape = Qt.CursorShape.OpenHandCursor
        elif taken := self._grip_under(self._last_at):
            seen_grip = self._transform.orientation.grip_on_screen(taken[1])
            shape = _CURSORS.get(seen_grip, Qt.CursorShape.SizeAllCursor)
        self.setCursor(shape)


def _no_words(_uid: str) -> str:
    return ""


_CURSORS = {
    box_grip.Grip.TOP_LEFT: Qt.CursorShape.SizeFDiagCursor,
    box_grip.Grip.BOTTOM_RIGHT: Qt.CursorShape.SizeFDiagCursor,
    box_grip.Grip.TOP_RIGHT: Qt.CursorShape.SizeBDiagCursor,
    box_grip.Grip.BOTTOM_LEFT: Qt.CursorShape.SizeBDiagCursor,
    box_grip.Grip.LEFT: Qt.CursorShape.SizeHorCursor,
    box_grip.Grip.RIGHT: Qt.CursorShape.SizeHorCursor,
    box_grip.Grip.TOP: Qt.CursorShape.SizeVerCursor,
    box_grip.Grip.BOTTOM: Qt.CursorShape.SizeVerCursor,
}
