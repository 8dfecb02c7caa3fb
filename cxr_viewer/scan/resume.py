"""The ledger of a scan: one line per file that is done, so that an interrupted scan can be taken up again.

It lies beside the results. Whoever kills the scan at any moment loses at most the files in flight; a line that was
cut is dropped when the ledger is opened again.
"""

import json
import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cxr_viewer.scan.scanned_file import ScannedFile, Stamp, Status

LEDGER = ".resume.jsonl"
LEDGER_VERSION = 3

_SYNC_SECONDS = 5.0


class OutFolderError(Exception):
    """The folder for the results cannot be used for this scan; the message is a sentence for the reader."""


def prepare_out(out: Path, resume: bool) -> None:
    """Make the folder for the results, or check that it may be used.

    Raises:
        OutFolderError: it is a file, not empty without ``resume``, or with it not the folder of a scan.
        OSError: it cannot be made or looked into.
    """
    if out.exists() and not out.is_dir():
        raise OutFolderError(f"{out} is a file; name a folder with --out.")
    out.mkdir(parents=True, exist_ok=True)
    if not any(out.iterdir()) or (resume and (out / LEDGER).is_file()):
        return
    if resume:
        raise OutFolderError(f"{out} is not empty and holds no scan to resume; name another folder with --out.")
    raise OutFolderError(f"{out} is not empty; name a new folder with --out, or add --resume to go on with its scan.")


class Ledger:
    """What earlier runs did, and what this one adds. Rows stay on the disk; memory holds only where they are.

    Args:
        out: the folder of the results.
        terms: what must be equal for rows to be taken over: bundle, thresholds, versions.

    Attributes:
        newest: where the row that was appended last begins.

    Raises:
        OutFolderError: the ledger was begun under other terms, or is none.
        OSError: the disk is full or not writable.
    """

    def __init__(self, out: Path, terms: Mapping[str, Any]) -> None:
        self._path = out / LEDGER
        self._terms = {"ledger": LEDGER_VERSION, **terms}
        self._by_stamp: dict[Stamp, int] = {}
        self._by_presentation: dict[str, int] = {}
        self.newest = 0
        self._file = self._path.open("a+b")
        try:
            self._load()
        except BaseException:
            self._file.close()
            raise
        self._synced = time.monotonic()

    def __len__(self) -> int:
        return len(self._by_stamp)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
        except OSError:  # the same full disk that ended the scan
            if error is None:
                raise

    def unchanged(self, stamp: Stamp) -> ScannedFile | None:
        """Return the row of a file that is where it was, with the size and time it had; failures are tried again."""
        return self._row(self._by_stamp.get(stamp))

    def where(self, stamp: Stamp) -> int | None:
        """Return where the row of an unchanged file begins, None when there is none."""
        return self._by_stamp.get(stamp)

    def presentations(self) -> Iterable[str]:
        """Return what the detector saw in earlier runs, as ``same_content`` knows it."""
        return self._by_presentation.keys()

    def row_at(self, offset: int) -> ScannedFile:
        """Return the row that begins at a place that ``where`` told, or at ``newest``."""
        self._file.seek(offset)
        return ScannedFile.from_json(json.loads(self._file.readline()))

    def same_content(self, presentation: str) -> ScannedFile | None:
        """Return the row of an image that looked the same to the detector, wherever it was.

        The instance key would not do: equal pixels may carry another window, which the detector sees.
        """
        return self._row(self._by_presentation.get(presentation))

    def append(self, scanned: ScannedFile) -> None:
        """Write the row of a file that is done."""
        line = json.dumps(scanned.to_json(), separators=(",", ":")).encode("ascii") + b"\n"
        self._file.write(line)
        self._file.flush()
        self.newest = self._file.tell() - len(line)
        if time.monotonic() - self._synced > _SYNC_SECONDS:
            self.sync()

    def sync(self) -> None:
        """Bring what was written to the disk itself."""
        os.fsync(self._file.fileno())
        self._synced = time.monotonic()

    def _index(self, scanned: ScannedFile, offset: int) -> None:
        if scanned.status is Status.FAILED:
            return
        self._by_stamp[scanned.stamp] = offset
        if scanned.presentation:
            self._by_presentation[scanned.presentation] = offset

    def _row(self, offset: int | None) -> ScannedFile | None:
        return None if offset is None else self.row_at(offset)

    def _load(self) -> None:
        self._file.seek(0)
        head = self._file.readline()
        if not head.endswith(b"\n"):
            self._file.truncate(0)
            self._file.write(json.dumps(self._terms, sort_keys=True).encode("ascii") + b"\n")
            self._file.flush()
            return
        self._check_terms(head)
        offset = self._file.tell()
        for line in self._file:
            if not line.endswith(b"\n"):
                break
            try:
                self._index(ScannedFile.from_json(json.loads(line)), offset)
            except (KeyError, TypeError, ValueError):
                break
            offset += len(line)
        self._file.truncate(offset)

    def _check_terms(self, head: bytes) -> None:
        try:
            begun = json.loads(head)
        except ValueError as error:
            raise OutFolderError(f"{self._path} is no ledger of a scan; name another folder with --out.") from error
        if begun != self._terms:
            other = [name for name in self._terms if begun.get(name) != self._terms[name]]
            raise OutFolderError(
                f"The scan in {self._path.parent} was begun with another {' and '.join(other) or 'program'}; "
                "resume it with the same, or name a new folder with --out."
            )
