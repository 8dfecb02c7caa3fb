"""A picture of the image as it is displayed: its window, polarity, orientation and boxes, the whole of it."""

from PySide6.QtGui import QImage

from cxr_viewer.ui.image_canvas import ImageCanvas

LONGEST_SIDE = 1000
"""As wide as a page is read, so that labels keep their size."""


def picture_of(view: ImageCanvas, longest: int = LONGEST_SIDE) -> QImage:
    """Return what a view shows, fitted to ``longest`` pixels, without its zoom; an empty picture without an image.

    Costs one frame, on the GUI thread, for widgets paint nowhere else.
    """
    image, voi = view.image, view.voi
    if image is None or voi is None:
        return QImage()
    canvas = ImageCanvas()
    canvas.setMinimumSize(1, 1)
    canvas.show_image(image)
    canvas.set_orientation(view.transform.orientation)
    canvas.set_voi(voi)
    canvas.set_inverted(view.is_inverted)
    canvas.set_boxes(view.boxes)
    canvas.set_boxes_hidden(not view.are_boxes_visible)
    turned = view.transform.orientation.is_sideways
    columns, rows = (image.rows, image.columns) if turned else (image.columns, image.rows)
    scale = longest / max(rows, columns)
    canvas.resize(round(columns * scale), round(rows * scale))
    canvas.fit()
    picture = canvas.grab().toImage()
    canvas.deleteLater()
    return picture
