"""Small pictures of the rows in sight, made one at a time while nothing more urgent is decoded."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.dicom.errors import DicomReadError
from cxr_viewer.ui import network_input_panel
from cxr_viewer.ui.background import BackgroundTasks
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.instance_loader import Decode
from cxr_viewer.ui.worklist_entry import WorklistEntry

SIDE = 168
"""Pixels: twice the side of a row's thumbnail, for fine screens."""


class Thumbnails(QObject):
    """Takes wishes, newest first; what is out of sight again by then is dropped."""

    made = Signal(object, str, object)
    """Path, instance key, QImage."""
    failed = Signal(object, str)
    """Path and a sentence."""

    def __init__(
        self, decode: Decode, files: BackgroundTasks, is_busy: Callable[[], bool], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._decode = decode
        self._files = files
        self._is_busy = is_busy
        self._wanted: list[WorklistEntry] = []
        self._is_running = False
        self._is_outdated = False

    @property
    def is_idle(self) -> bool:
        """Whether nothing more will come."""
        return not self._is_running and not self._wanted

    def want(self, entries: list[WorklistEntry]) -> None:
        """Make pictures of these rows, and of no others any more."""
        self._wanted = [entry for entry in entries if entry.thumbnail is None and not entry.is_thumbnail_asked]
        self.go_on()

    def outdate(self) -> None:
        """Take no picture that is being made now: images are shown in another way from here on."""
        self._is_outdated = self._is_running

    def go_on(self) -> None:
        """Take the next wish, unless a picture is being made or the reader waits for an image."""
        if self._is_running or self._is_busy():
            return
        while self._wanted:
            entry = self._wanted.pop(0)
            if entry.is_readable and entry.thumbnail is None and not entry.is_thumbnail_asked:
                entry.is_thumbnail_asked = True
                self._is_running = True
                call = partial(_make, self._decode, entry.path)
                self._files.submit(call, partial(self._on_made, entry), partial(self._on_failed, entry.path))
                return

    def _on_made(self, entry: WorklistEntry, answer: tuple[InstanceKey, QImage]) -> None:
        self._is_running = False
        if self._is_outdated:
            self._is_outdated = entry.is_thumbnail_asked = False
            self._wanted.insert(0, entry)
        else:
            self.made.emit(entry.path, *answer)
        self.go_on()

    def _on_failed(self, path: Path, error: BaseException) -> None:
        self._is_running = False
        if isinstance(error, DicomReadError):
            self.failed.emit(path, str(error))
        self.go_on()


def _make(decode: Decode, path: Path) -> tuple[InstanceKey, QImage]:
    image = DisplayedImage.of(decode(path))
    return image.key, network_input_panel.thumbnail(image, SIDE)
