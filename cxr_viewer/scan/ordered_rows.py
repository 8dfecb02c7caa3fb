"""Rows that are done in any order come out in the order of the files, each once, in memory that hardly grows."""

from collections.abc import Iterator

from cxr_viewer.scan.resume import Ledger
from cxr_viewer.scan.scanned_file import ScannedFile


class OrderedRows:
    """Holds what waits behind a slow file: the ledger has the rows, so that a number for each is enough.

    Args:
        ledger: where every row is written before it is put here.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._waiting: dict[int, int] = {}
        self._next = 0

    def __contains__(self, place: int) -> bool:
        return place < self._next or place in self._waiting

    def put(self, place: int, offset: int) -> None:
        """Take in the row of the file at a place, counted from 0, by where it begins in the ledger."""
        if place in self:
            raise ValueError(f"the row of file {place} has come already")
        self._waiting[place] = offset

    def ready(self) -> Iterator[ScannedFile]:
        """Yield the rows whose turn it is."""
        while (offset := self._waiting.pop(self._next, None)) is not None:
            self._next += 1
            yield self._ledger.row_at(offset)
