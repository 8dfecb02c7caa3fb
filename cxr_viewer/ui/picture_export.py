"""Writes what is shown as a PNG: the view as it is displayed, or every native pixel through the window in force.

Neither carries who the patient is, in words or in the file; what is burned into the pixels stays there.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject
from PySide6.QtGui import QImage, QImageWriter
from PySide6.QtWidgets import QFileDialog

from cxr_viewer.dicom.windowing import Voi
from cxr_viewer.ui.background import BackgroundTasks
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.main_window import MainWindow
from cxr_viewer.ui.settings import LAST_FOLDER, Settings

_PNG = "png"


class PictureExport(QObject):
    """Asks where, then renders and writes off the GUI thread."""

    def __init__(
        self, window: MainWindow, files: BackgroundTasks, settings: Settings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._window, self._files, self._settings = window, files, settings
        actions = window.named_actions
        actions["export_picture"].triggered.connect(self._ask_for_displayed)
        actions["export_native"].triggered.connect(self._ask_for_native)
        window.image_view.window_changed.connect(self._show_enabled)
        self._show_enabled()

    def _show_enabled(self) -> None:
        for name in ("export_picture", "export_native"):
            self._window.named_actions[name].setEnabled(self._window.image_view.image is not None)

    def _ask_for_displayed(self) -> None:
        view = self._window.image_view
        if view.image is not None:
            # The picture is taken now: what the reader saw when it was asked for is what is written.
            picture = view.picture()
            self._ask("Export picture as displayed", view.image, lambda: picture)

    def _ask_for_native(self) -> None:
        view = self._window.image_view
        if view.image is not None and view.voi is not None:
            make = partial(native_picture, view.image, view.voi, view.is_inverted)
            self._ask("Export every pixel as a picture", view.image, make)

    def _ask(self, title: str, image: DisplayedImage, make: Callable[[], QImage]) -> None:
        dialog = QFileDialog(self._window, title, self._settings.get(LAST_FOLDER), "Picture (*.png)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(_PNG)
        dialog.selectFile(f"radiograph-{image.key[:8]}.{_PNG}")
        dialog.fileSelected.connect(lambda path: self._write(Path(path), make))
        dialog.open()

    def _write(self, path: Path, make: Callable[[], QImage]) -> None:
        self._files.submit(lambda: write(make(), path), self._say_written, self._say_failed)

    def _say_written(self, path: Path) -> None:
        self._window.image_banner.say(f"The picture is written to {path}.", "info")

    def _say_failed(self, error: BaseException) -> None:
        self._window.image_banner.say(
            str(error) or f"The picture could not be written ({type(error).__name__}).", "bad"
        )


def native_picture(image: DisplayedImage, voi: Voi, is_inverted: bool) -> QImage:
    """Return every native pixel once, 8-bit grey, upright, through a window, without anything over it."""
    grey = image.rendered(image.pyramid.pixels, voi, is_inverted)
    return QImage(grey.data, image.columns, image.rows, grey.strides[0], QImage.Format.Format_Grayscale8).copy()


def write(picture: QImage, path: Path) -> Path:
    """Write a PNG beside its place and move it there when it is whole; return the path.

    Raises:
        OSError: the place cannot be written.
    """
    beside = path.with_name(f".{path.name}.partial")
    if not QImageWriter(str(beside), QByteArray(_PNG.encode())).write(picture):
        beside.unlink(missing_ok=True)
        raise OSError(f"The picture could not be written to {path.parent}: choose a folder that can be written.")
    beside.replace(path)
    return path
