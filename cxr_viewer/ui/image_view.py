"""The radiograph on black: shows one image with its boxes, and reports what the hand does on it."""

from enum import Enum, auto

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from cxr_viewer.dicom.windowing import Voi
from cxr_viewer.ui import box_grip, box_painter, corner_texts, palette, window_drag
from cxr_viewer.ui.box_gesture import BoxGesture
from cxr_viewer.ui.corner_texts import CornerTexts
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.image_painter import ImagePainter
from cxr_viewer.ui.overlay import OverlayBox, under_point
from cxr_viewer.ui.view_keys import key_nudge
from cxr_viewer.ui.view_transform import ViewTransform

_HANDLE_REACH = 8.0
_CLICK_SLIP = 4.0
_FIT_MARGIN = 10.0
_WHEEL_STEP = 1.0015


class Tool(Enum):
    """What the left button does on the image."""

    WINDOW = auto()
    ZOOM = auto()
    PAN = auto()
    BOX = auto()


class _Drag(Enum):
    WINDOW = auto()
    ZOOM = auto()
    PAN = auto()


class ImageView(QWidget):
    """Paints image, boxes and corner texts; decides nothing about findings."""

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
    window_changed = Signal()
    transform_changed = Signal()
    menu_asked = Signal(object)
    """Global position of a right click."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("image_view")
        self.setAccessibleName("Radiograph")
        self.setAccessibleDescription("The image with the boxes of the model and your findings")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 200)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._painter: ImagePainter | None = None
        self._voi: Voi | None = None
        self._is_inverted = False
        self._transform = ViewTransform()
        self._is_fitted = True
        self._boxes: tuple[OverlayBox, ...] = ()
        self._texts = CornerTexts()
        self._tool = Tool.WINDOW
        self._gesture: BoxGesture | None = None
        self._drag: _Drag | None = None
        self._pressed_at = QPointF()
        self._last_at = QPointF()
        self._press_was_click = False
        self._is_peeking = False
        self._are_boxes_hidden = False
        self._least_width = 1.0

    # -- what is shown -------------------------------------------------------------------------------------------

    @property
    def image(self) -> DisplayedImage | None:
        """The image on the screen."""
        return self._painter.image if self._painter else None

    @property
    def voi(self) -> Voi | None:
        """The window in force on the screen."""
        return self._voi

    @property
    def is_inverted(self) -> bool:
        """Whether black and white are swapped on the screen."""
        return self._is_inverted

    @property
    def transform(self) -> ViewTransform:
        """Where the image stands."""
        return self._transform

    @property
    def is_fitted(self) -> bool:
        """Whether the whole image is shown and follows the size of the view."""
        return self._is_fitted

    @property
    def boxes(self) -> tuple[OverlayBox, ...]:
        """The boxes over the image."""
        return self._boxes

    @property
    def tool(self) -> Tool:
        """What the left button does."""
        return self._tool

    @property
    def are_overlays_visible(self) -> bool:
        """Whether boxes and texts are drawn now."""
        return not self._is_peeking

    def show_image(self, image: DisplayedImage | None) -> None:
        """Put another image on the screen, fitted, through its automatic window; a gesture in progress ends."""
        self._gesture, self._drag = None, None
        self._painter = ImagePainter(image) if image else None
        self._boxes = ()
        self._voi = image.automatic if image else None
        if image:
            span = window_drag.spanning(image.pyramid.pixels, 0, 100)
            self._least_width = max(span.width * window_drag.NARROWEST_SHARE, 1e-6)
        self.fit()
        self.window_changed.emit()

    def set_boxes(self, boxes: tuple[OverlayBox, ...]) -> None:
        """Show these boxes."""
        if boxes != self._boxes:
            self._boxes = boxes
            self.update()

    def set_texts(self, texts: CornerTexts) -> None:
        """Show these corner texts."""
        if texts != self._texts:
            self._texts = texts
            self.update()

    def set_voi(self, voi: Voi) -> None:
        """See the image through another window."""
        self._voi = voi
        self.window_changed.emit()
        self.update()

    def set_inverted(self, is_inverted: bool) -> None:
        """Swap black and white, or not."""
        self._is_inverted = is_inverted
        self.window_changed.emit()
        self.update()

    def set_tool(self, tool: Tool) -> None:
        """Choose what the left button does."""
        self._tool = tool
        self._gesture = None
        self._show_cursor()
        self.update()

    def set_boxes_hidden(self, are_hidden: bool) -> None:
        """Take the boxes off the image, or put them back."""
        self._are_boxes_hidden = are_hidden
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(900, 860)

    # -- zoom and pan --------------------------------------------------------------------------------------------

    def fit(self) -> None:
        """Show the whole image."""
        self._is_fitted = True
        if self.image:
            self._transform = ViewTransform.fitting(
                self.image.rows, self.image.columns, self.width(), self.height(), _FIT_MARGIN
            )
        self.transform_changed.emit()
        self.update()

    def show_one_to_one(self) -> None:
        """Show one native pixel on one pixel of the screen, about the middle of the view."""
        self.zoom_by(1 / (self._transform.zoom * self.devicePixelRatioF()))

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom about a point of the view, the middle when none is given."""
        point = at or QPointF(self.width() / 2, self.height() / 2)
        self._move_to(self._transform.zoomed(factor, point.x(), point.y()))

    def restore(self, zoom: float, centre: tuple[float, float]) -> None:
        """Show a native point in the middle at a zoom: where the reader was."""
        self._move_to(ViewTransform.centred_on(*centre, zoom, self.width(), self.height()))

    def centre(self) -> tuple[float, float]:
        """Return the native point in the middle of the view."""
        return self._transform.to_image(self.width() / 2, self.height() / 2)

    def _move_to(self, transform: ViewTransform) -> None:
        if not self.image:
            return
        self._is_fitted = False
        self._transform = transform.kept_in_sight(self.image.rows, self.image.columns, self.width(), self.height())
        self.transform_changed.emit()
        self.update()

    # -- painting ------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(palette.CANVAS))
            view = QRectF(self.rect())
            if self._painter and self._voi is not None:
                self._painter.paint(
                    painter, self._transform, view, self.devicePixelRatioF(), self._voi, self._is_inverted
                )
                if not self._is_peeking:
                    self._paint_overlays(painter, view)
            if self.hasFocus():
                painter.setPen(QPen(QColor(palette.FINDING), 1))
                painter.setOpacity(0.35)
                painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint_overlays(self, painter: QPainter, view: QRectF) -> None:
        if not self._are_boxes_hidden:
            boxes = self._gesture.preview(self._boxes) if self._gesture else self._boxes
            box_painter.paint(painter, boxes, self._transform, view)
        corner_texts.paint(painter, self._texts, self._transform.zoom, view)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._is_fitted:
            self.fit()
        else:
            old = event.oldSize()
            dx, dy = (self.width() - old.width()) / 2, (self.height() - old.height()) / 2
            self._transform = self._transform.panned(dx, dy)
        super().resizeEvent(event)

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
        if taken := self._grip_under(event.position()):
            shown, grip = taken
            self._gesture = BoxGesture.changing(self.image, shown, grip, point)
            return
        self._drag = {Tool.WINDOW: _Drag.WINDOW, Tool.ZOOM: _Drag.ZOOM, Tool.PAN: _Drag.PAN}[self._tool]
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
        elif self._drag and not self._press_was_click:
            self._follow_drag(step)
        elif not self._drag:
            self._show_cursor()
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

    def event(self, event: object) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QKeyEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Tab:
                self.box_stepped.emit(1)
                return True
            if event.key() == Qt.Key.Key_Backtab:
                self.box_stepped.emit(-1)
                return True
        return super().event(event)  # type: ignore[arg-type]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self.set_peeking(True)
        elif event.key() == Qt.Key.Key_Escape and self._gesture:
            self._gesture = None
            self.update()
        elif not self._nudge(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.set_peeking(False)
        else:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.set_peeking(False)
        super().focusOutEvent(event)

    def set_peeking(self, is_peeking: bool) -> None:
        """Hide everything over the image, or show it again."""
        self._is_peeking = is_peeking
        self.update()

    def _nudge(self, event: QKeyEvent) -> bool:
        """Move or resize the chosen finding by arrow keys; each press is one gesture."""
        chosen = next((shown for shown in self._boxes if shown.is_selected and shown.is_editable), None)
        nudge = key_nudge(event.key(), event.modifiers())
        if chosen is None or nudge is None or not self.image:
            return False
        grip, dx, dy = nudge
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
        if self._tool is Tool.BOX:
            shape = Qt.CursorShape.CrossCursor
        elif self._drag is _Drag.PAN or self._tool is Tool.PAN:
            shape = Qt.CursorShape.OpenHandCursor
        elif taken := self._grip_under(self._last_at):
            shape = _CURSORS.get(taken[1], Qt.CursorShape.SizeAllCursor)
        self.setCursor(shape)


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
