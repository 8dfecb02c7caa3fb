"""The radiograph on black with its boxes and corner texts: what is shown, where it stands, how it is painted."""

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cxr_viewer.dicom.windowing import Voi
from cxr_viewer.ui import box_painter, corner_texts, palette, window_drag
from cxr_viewer.ui.corner_texts import CornerTexts
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.image_painter import ImagePainter
from cxr_viewer.ui.orientation import Orientation
from cxr_viewer.ui.overlay import OverlayBox
from cxr_viewer.ui.view_transform import ViewTransform

_FIT_MARGIN = 10.0


class ImageCanvas(QWidget):
    """Shows one image; knows no mouse and no keys."""

    window_changed = Signal()
    transform_changed = Signal()
    peeking_changed = Signal(bool)
    """Whether everything over the image is hidden now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("image_view")
        self.setAccessibleName("Radiograph")
        self.setAccessibleDescription("The image with the boxes of the model and your findings")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 200)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._painter: ImagePainter | None = None
        self._voi: Voi | None = None
        self._is_inverted = False
        self._transform = ViewTransform()
        self._is_fitted = True
        self._boxes: tuple[OverlayBox, ...] = ()
        self._others: tuple[OverlayBox, ...] = ()
        self._texts = CornerTexts()
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
    def texts(self) -> CornerTexts:
        """The texts in the corners."""
        return self._texts

    @property
    def are_overlays_visible(self) -> bool:
        """Whether boxes and texts are drawn now."""
        return not self._is_peeking

    @property
    def are_boxes_visible(self) -> bool:
        """Whether boxes are drawn now."""
        return not (self._is_peeking or self._are_boxes_hidden)

    def show_image(self, image: DisplayedImage | None) -> None:
        """Put another image on the screen, upright and fitted, through its automatic window.

        The same pixels shown in another way stay where they are.
        """
        is_same = self.shows_pixels_of(image)
        self._painter = ImagePainter(image) if image else None
        self._boxes = self._others = ()
        self._voi = image.automatic if image else None
        if image:
            span = float(image.spread[-1] - image.spread[0])
            self._least_width = max(span * window_drag.NARROWEST_SHARE, 1e-6)
        if not is_same:
            self._transform = ViewTransform()
            self.fit()
        self.update()
        self.window_changed.emit()

    def shows_pixels_of(self, image: DisplayedImage | None) -> bool:
        """Whether an image is the one on the screen, perhaps shown in another way."""
        return image is not None and self.image is not None and image.pyramid is self.image.pyramid

    @property
    def others(self) -> tuple[OverlayBox, ...]:
        """Boxes of other readers that are shown: no hand takes hold of them."""
        return self._others

    def set_others(self, boxes: tuple[OverlayBox, ...]) -> None:
        """Show these boxes of other readers."""
        if boxes != self._others:
            self._others = boxes
            self.update()

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

    def set_boxes_hidden(self, are_hidden: bool) -> None:
        """Take the boxes off the image, or put them back."""
        self._are_boxes_hidden = are_hidden
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(900, 860)

    def set_peeking(self, is_peeking: bool) -> None:
        """Hide everything over the image, or show it again."""
        if is_peeking != self._is_peeking:
            self._is_peeking = is_peeking
            self.peeking_changed.emit(is_peeking)
            self.update()

    # -- zoom and pan --------------------------------------------------------------------------------------------

    def fit(self) -> None:
        """Show the whole image."""
        self._is_fitted = True
        self._transform = self._fitted()
        self.transform_changed.emit()
        self.update()

    @property
    def fitted_zoom(self) -> float:
        """The zoom at which the whole image is just seen."""
        return self._fitted().zoom

    def _fitted(self) -> ViewTransform:
        if not self.image:
            return self._transform
        image, orientation = self.image, self._transform.orientation
        return ViewTransform.fitting(
            image.rows, image.columns, self.width(), self.height(), _FIT_MARGIN, orientation, image.aspect
        )

    def show_one_to_one(self) -> None:
        """Show one native pixel on one pixel of the screen, about the middle of the view."""
        self.zoom_by(1 / (self._transform.zoom * self.devicePixelRatioF()))

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom about a point of the view, the middle when none is given."""
        point = at or QPointF(self.width() / 2, self.height() / 2)
        self._move_to(self._transform.zoomed(factor, point.x(), point.y()))

    def restore(self, zoom: float, centre: tuple[float, float]) -> None:
        """Show a native point in the middle at a zoom: where the reader was."""
        orientation, aspect = self._transform.orientation, self._transform.aspect
        self._move_to(ViewTransform.centred_on(*centre, zoom, self.width(), self.height(), orientation, aspect))

    def set_orientation(self, orientation: Orientation) -> None:
        """Turn or mirror the image about the middle of the view; boxes stay native and go along."""
        turned = self._transform.oriented(orientation, self.width() / 2, self.height() / 2)
        if self._is_fitted:
            self._transform = turned
            self.fit()
        else:
            self._move_to(turned)

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
            self._paint(painter, self._texts)
            if self.hasFocus():
                _paint_rim(painter, self.rect())

    def picture(self) -> QImage:
        """Return what is displayed now, as a picture of the size of the view; the corners do not say whose it is."""
        ratio = self.devicePixelRatioF()
        picture = QImage(self.size() * ratio, QImage.Format.Format_RGB32)
        picture.setDevicePixelRatio(ratio)
        with QPainter(picture) as painter:
            self._paint(painter, self._texts.anonymous())
        return picture

    def _paint(self, painter: QPainter, texts: CornerTexts) -> None:
        painter.fillRect(self.rect(), QColor(palette.CANVAS))
        view, ratio = QRectF(self.rect()), self.devicePixelRatioF()
        if self._painter and self._voi is not None:
            transform, is_hurried = self._transform, self._is_hurried()
            self._painter.paint(painter, transform, view, ratio, self._voi, self._is_inverted, is_hurried=is_hurried)
            if not self._is_peeking:
                self._paint_overlays(painter, view, texts)

    def _is_hurried(self) -> bool:
        """Return whether a hand waits for the next frame."""
        return False

    def _paint_overlays(self, painter: QPainter, view: QRectF, texts: CornerTexts) -> None:
        if not self._are_boxes_hidden:
            box_painter.paint(painter, (*self._boxes_now(), *self._others), self._transform, view)
        corner_texts.paint(painter, texts, self._transform.zoom, view)
        self._paint_tools(painter, view)

    def _paint_tools(self, painter: QPainter, view: QRectF) -> None:
        """Paint what the hand holds over the image; a canvas without hands has nothing."""

    def _boxes_now(self) -> tuple[OverlayBox, ...]:
        """Return the boxes to paint; during a gesture they differ from those that hold."""
        return self._boxes

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._is_fitted:
            self.fit()
        else:
            old = event.oldSize()
            dx, dy = (self.width() - old.width()) / 2, (self.height() - old.height()) / 2
            self._transform = self._transform.panned(dx, dy)
        super().resizeEvent(event)


def _paint_rim(painter: QPainter, area: QRect) -> None:
    """Show that the view has the keyboard; four thin fills, for an outline costs as much as all boxes."""
    colour, right, bottom = QColor(palette.FOCUS_FRAME), area.right(), area.bottom()
    for x, y, width, height in (
        (0, 0, right + 1, 1),
        (0, bottom, right + 1, 1),
        (0, 1, 1, bottom - 1),
        (right, 1, 1, bottom - 1),
    ):
        painter.fillRect(x, y, width, height, colour)
