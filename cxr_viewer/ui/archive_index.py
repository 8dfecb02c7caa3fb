"""Reads the headers of an archive in the decoder's children, and none of a file that is known and has not changed."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import chain, islice, repeat
from pathlib import Path

from cxr_viewer.core import found_text
from cxr_viewer.core.found_text import Found
from cxr_viewer.core.studies import UnreadableFile
from cxr_viewer.dicom import decoding_child
from cxr_viewer.dicom.decoding import DecodingPool
from cxr_viewer.dicom.errors import DicomReadError
from cxr_viewer.dicom.files import find_files
from cxr_viewer.store.candidate_cache import CandidateCache
from cxr_viewer.store.file_stamp import FileStamp

_BATCHES = (2, 4, 8, 16)
"""Files of the first calls: few, so that the first rows are there at once."""

_BATCH = 32
"""Files of every other call: some 10 ms, for which an image that the reader asks for may have to wait."""

_KEPT_AT_ONCE = 1024
_READ_ANEW = (UnreadableFile,)  # a permission may be given without a trace in the file


@dataclass(frozen=True, slots=True)
class _Batch:
    """Files in the order of finding: their stamps, what is known of them, and who reads the others."""

    files: list[tuple[Path, FileStamp | None]]
    known: dict[Path, Found]
    asked: list[Path]
    reading: "Future[list[str]] | None"

    @property
    def is_done(self) -> bool:
        """Whether nothing has to be waited for."""
        return self.reading is None or self.reading.done()


class ArchiveIndex:
    """What the worklist is filled from; called on a pool thread.

    Hostile headers are parsed in children with a time and a memory limit: what they do there costs a row, not the
    window.
    """

    def __init__(self, pool: DecodingPool, cache: CandidateCache | None, ahead: int = 4) -> None:
        """Take the children, the cache, and how many batches may wait for the children at once."""
        self._pool, self._cache, self._ahead = pool, cache, ahead

    def __call__(self, paths: Iterable[Path], should_stop: Callable[[], bool]) -> Iterator[Found]:
        """Yield what each file below some paths is, in the order of finding."""
        waiting: deque[_Batch] = deque()
        read: list[tuple[FileStamp, str]] = []
        try:
            for batch in self._batches(paths, should_stop):
                waiting.append(batch)
                while waiting and (waiting[0].is_done or len(waiting) > self._ahead):
                    yield from self._found(waiting.popleft(), read, should_stop)
            while waiting and not should_stop():
                yield from self._found(waiting.popleft(), read, should_stop)
        finally:
            self._keep(read, should_stop)

    def _batches(self, paths: Iterable[Path], should_stop: Callable[[], bool]) -> Iterator[_Batch]:
        files = find_files(paths, self._listed_by)
        for size in chain(_BATCHES, repeat(_BATCH)):
            found = [(path, _stamp(path)) for path in islice(files, size)]
            if not found or should_stop():
                return
            known = self._known([stamp for _, stamp in found if stamp is not None])
            asked = [path for path, _ in found if path not in known]
            reading = self._pool.call(decoding_child.read_headers, [str(path) for path in asked]) if asked else None
            yield _Batch(found, known, asked, reading)

    def _listed_by(self, path: Path) -> list[Path]:
        try:
            return [Path(listed) for listed in self._pool.call(decoding_child.listed_by, str(path)).result()]
        except DicomReadError:
            return []

    def _known(self, stamps: list[FileStamp]) -> dict[Path, Found]:
        known: dict[Path, Found] = {}
        for path, text in (self._cache.known_headers(stamps) if self._cache else {}).items():
            try:
                known[path] = found_text.read(path, text)
            except ValueError:  # the file of the cache was changed by somebody else
                continue
        return known

    def _found(
        self, batch: _Batch, read: list[tuple[FileStamp, str]], should_stop: Callable[[], bool]
    ) -> Iterator[Found]:
        texts = self._texts(batch, should_stop)
        for path, stamp in batch.files:
            if path in batch.known:
                yield batch.known[path]
            elif path in texts:
                found = found_text.read(path, texts[path])
                if stamp is not None and not isinstance(found, _READ_ANEW):
                    read.append((stamp, texts[path]))
                yield found
        if len(read) >= _KEPT_AT_ONCE:
            self._keep(read, should_stop)

    def _texts(self, batch: _Batch, should_stop: Callable[[], bool]) -> dict[Path, str]:
        """Wait for the children; when one of them came to grief over a batch, let its files be read one by one."""
        if batch.reading is None:
            return {}
        try:
            return dict(zip(batch.asked, batch.reading.result(), strict=True))
        except DicomReadError:
            return {path: self._read_alone(path) for path in batch.asked if not should_stop()}

    def _read_alone(self, path: Path) -> str:
        try:
            return self._pool.call(decoding_child.read_headers, [str(path)]).result()[0]
        except DicomReadError as error:
            return found_text.written(UnreadableFile(path, f"its header {_about_headers(error)}"))

    def _keep(self, read: list[tuple[FileStamp, str]], should_stop: Callable[[], bool]) -> None:
        """Write what was read into the cache, and begin to collect anew."""
        if read and self._cache:
            self._cache.remember_headers(read, should_stop)
        read.clear()


def _stamp(path: Path) -> FileStamp | None:
    try:
        return FileStamp.of(path)
    except OSError:
        return None


def _about_headers(error: DicomReadError) -> str:
    return str(error).replace("could not be decoded", "could not be read", 1)
