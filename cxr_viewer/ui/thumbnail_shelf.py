"""Which rows keep their thumbnail: those that were in sight last, so that an archive of any size fits into memory."""

from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtGui import QImage

from cxr_viewer.ui.worklist_entry import WorklistEntry

KEPT = 256
"""Rows: many times what any list shows at once; about 7 MB."""


class ThumbnailShelf:
    """A row whose thumbnail is dropped asks for it again when it comes into sight."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._entries: OrderedDict[Path, WorklistEntry] = OrderedDict()

    def put(self, entry: WorklistEntry, thumbnail: QImage) -> None:
        """Give a row its thumbnail; the row that was not in sight for longest loses its own."""
        entry.thumbnail = thumbnail
        self._entries[entry.path] = entry
        self._entries.move_to_end(entry.path)
        while len(self._entries) > self._kept:
            _, oldest = self._entries.popitem(last=False)
            oldest.thumbnail, oldest.is_thumbnail_asked = None, False

    def touch(self, entries: Iterable[WorklistEntry]) -> None:
        """Count rows as in sight."""
        for entry in entries:
            if entry.path in self._entries:
                self._entries.move_to_end(entry.path)

    def clear(self) -> None:
        """Forget all rows."""
        self._entries.clear()
