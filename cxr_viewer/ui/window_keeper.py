"""Remembers what the reader chose to see the image through, and carries it to the next image when that is wanted."""

from PySide6.QtCore import QObject

from cxr_viewer.dicom.windowing import Voi
from cxr_viewer.ui import window_choice
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.image_canvas import ImageCanvas
from cxr_viewer.ui.window_choice import AsOpened, WindowChoice


class WindowKeeper(QObject):
    """Follows one view.

    Attributes:
        is_kept: whether the choice holds for the next image; else every image opens in its own automatic window.
    """

    def __init__(self, view: ImageCanvas, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_kept = False
        self._view = view
        self._image: DisplayedImage | None = None
        self._voi: Voi | None = None
        self._choice: WindowChoice | None = AsOpened()
        view.window_changed.connect(self._follow)

    @property
    def choice(self) -> WindowChoice:
        """What the image is seen through."""
        if self._choice is None and self._image is not None and self._voi is not None:
            self._choice = window_choice.dragged(self._voi, self._image)
        return self._choice or AsOpened()

    def choose(self, choice: WindowChoice) -> None:
        """See the image through what the reader chose."""
        if self._view.image is not None:
            self._choice = choice
            self._voi = window_choice.voi_for(choice, self._view.image)
            self._view.set_voi(self._voi)

    def _follow(self) -> None:
        """Notice another image, and a window that was dragged."""
        image, voi = self._view.image, self._view.voi
        if image is None or self._image is None or image.pyramid is not self._image.pyramid:
            carried = self.choice
            self._image, self._voi = image, voi
            self._choice = carried if image is None else AsOpened()
            if image is not None and self.is_kept:
                self.choose(carried)
        else:
            self._image = image
            if voi is not self._voi:
                self._voi, self._choice = voi, None
