"""Holds the loading of a model back until the first image is on the screen."""

import threading
from pathlib import Path

from PySide6.QtCore import SignalInstance

from cxr_viewer.ui.first_paint import FirstPaint
from cxr_viewer.ui.image_view import ImageView
from cxr_viewer.ui.model_facts import LoadedModel
from cxr_viewer.ui.model_loading import LoadModel
from cxr_viewer.ui.review_session import ReviewSession

LONGEST_S = 1.5


class ImageFirst:
    """Loads as it is told, but imports an engine only when the first image no longer waits for the processor.

    Called on the inference thread, which waits; at most ``longest_s`` seconds, and once.
    """

    def __init__(self, load_model: LoadModel, longest_s: float = LONGEST_S) -> None:
        self._load_model, self._longest_s = load_model, longest_s
        self._may_load = threading.Event()

    def __call__(self, folder: Path) -> LoadedModel:
        """Load a bundle."""
        self._may_load.wait(self._longest_s)
        self._may_load.set()
        return self._load_model(folder)

    def watch(self, session: ReviewSession, view: ImageView, *nothing_to_show: SignalInstance) -> None:
        """Go on when an instance has been painted, or when a signal says that none will be.

        Args:
            session, view: where the first image comes.
            nothing_to_show: of the search for files, of the reading, of the window that is closed.
        """
        for signal in nothing_to_show:
            signal.connect(self.go_on)

        def follow() -> None:
            if session.reading is not None and not self._may_load.is_set():
                FirstPaint(view, self.go_on)

        session.instance_changed.connect(follow)

    def go_on(self, *_: object) -> None:
        """Wait no longer."""
        self._may_load.set()
