"""Decodes instances in the background and keeps the last ones: the visible image first, then the next one."""

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from cxr_viewer.dicom.errors import DicomReadError
from cxr_viewer.dicom.pixel_header import DecodedInstance
from cxr_viewer.ui.background import BackgroundTasks
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.image_cache import ImageCache

Decode = Callable[[Path], DecodedInstance]


def _as_it_is(image: DisplayedImage) -> DisplayedImage:
    return image


class InstanceLoader(QObject):
    """Answers with ``loaded`` or ``failed``; what arrives late is kept all the same."""

    loaded = Signal(object, object)
    """Path and DisplayedImage."""
    failed = Signal(object, str)
    """Path and a sentence."""

    def __init__(
        self,
        decode: Decode,
        files: BackgroundTasks,
        cache: ImageCache | None = None,
        parent: QObject | None = None,
        *,
        finish: Callable[[DisplayedImage], DisplayedImage] = _as_it_is,
    ) -> None:
        """``finish`` is asked whenever an image is handed over: what it answers may change while images are kept."""
        super().__init__(parent)
        self._finish = finish
        self._decode = decode
        self._files = files
        self._cache = ImageCache() if cache is None else cache
        self._running: dict[Path, Future[DisplayedImage]] = {}

    def request(self, path: Path) -> None:
        """Ask for an image: known ones are announced at once, others when they are decoded."""
        image = self.known(path)
        if image is not None:
            self.loaded.emit(path, image)
        else:
            # What waits for a worker makes room: the reader has gone on.
            for other in [other for other in self._running if other != path]:
                if self._running[other].cancel():
                    del self._running[other]
            self.prefetch(path)

    def prefetch(self, path: Path) -> None:
        """Decode an image before it is asked for."""
        if path in self._cache or path in self._running:
            return
        decode = self._decode
        self._running[path] = self._files.submit(
            lambda: DisplayedImage.of(decode(path)), partial(self._on_decoded, path), partial(self._on_failed, path)
        )

    def known(self, path: Path) -> DisplayedImage | None:
        """Return an image that is decoded already."""
        image = self._cache.get(path)
        if image is None:
            return None
        finished = self._finish(image)
        if finished is not image:
            self._cache.put(path, finished)
        return finished

    @property
    def is_idle(self) -> bool:
        """Whether nothing is on its way."""
        return not self._running

    def is_loading(self, path: Path) -> bool:
        """Whether an image is on its way."""
        return path in self._running

    def _on_decoded(self, path: Path, image: DisplayedImage) -> None:
        self._running.pop(path, None)
        finished = self._finish(image)
        self._cache.put(path, finished)
        self.loaded.emit(path, finished)

    def _on_failed(self, path: Path, error: BaseException) -> None:
        self._running.pop(path, None)
        reason = str(error) if isinstance(error, DicomReadError) else f"could not be decoded ({type(error).__name__})"
        self.failed.emit(path, reason)
