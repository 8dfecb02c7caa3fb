"""What the ensembles found, kept per instance and bundle, so that a radiograph seen before needs no network."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from cxr_viewer.core.candidates import Candidates
from cxr_viewer.core.disagreement import Disagreement
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.store import cache_file, candidate_bytes, known_headers, path_column
from cxr_viewer.store.file_stamp import FileStamp
from cxr_viewer.store.known_answer import KnownAnswer

DEFAULT_CAP_BYTES = 1 << 30
"""About 25,000 instances with 1,000 candidates of four members each (40 kB)."""

_CAP_IN_MEMORY_BYTES = 1 << 26  # where no file can be made

_EVICTED_AT_ONCE = 16

_Answer = TypeVar("_Answer")


def _never() -> bool:
    return False


_NEXT_USE = "(SELECT coalesce(max(used), 0) + 1 FROM candidates WHERE content IS NOT NULL)"

_INSERT_CANDIDATES = (
    "INSERT OR REPLACE INTO candidates (instance_key, bundle_digest, top_score, disagreement, dissenting, members, "
    f"withheld, used, content) VALUES (?, ?, ?, ?, ?, ?, ?, {_NEXT_USE}, ?)"
)
_INSERT_FILE = "INSERT OR REPLACE INTO known_file VALUES (?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class KnownFile:
    """What a file was found to hold when it was decoded."""

    instance_key: InstanceKey
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that a detector has read: what it holds, what was found in it, how far the members disagree."""

    stamp: FileStamp
    known: KnownFile
    candidates: Candidates
    disagreement: Disagreement | None = None


class CandidateCache:
    """A disposable file of its own, at most ``cap_bytes`` large; what was not used for longest goes first.

    Any thread may use it. No method raises for what happens to the file: a damaged one is made anew, and where none
    can be written a cache in memory serves until the program ends.
    """

    def __init__(self, path: Path, cap_bytes: int = DEFAULT_CAP_BYTES) -> None:
        self.path = path
        self._cap_bytes = cap_bytes
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = cache_file.open_or_recreate(path)

    def get(self, instance_key: InstanceKey, bundle_digest: str) -> Candidates | None:
        """Return the candidates of an instance and a bundle, or None when they are not kept."""
        where = (instance_key, bundle_digest)

        def read(connection: sqlite3.Connection) -> Candidates | None:
            found = connection.execute(
                "SELECT content FROM candidates WHERE instance_key = ? AND bundle_digest = ? AND content IS NOT NULL",
                where,
            ).fetchone()
            if found is None:
                return None
            try:
                candidates = candidate_bytes.decode(found[0])
            except ValueError:
                connection.execute("DELETE FROM candidates WHERE instance_key = ? AND bundle_digest = ?", where)
                return None
            connection.execute(
                f"UPDATE candidates SET used = {_NEXT_USE} WHERE instance_key = ? AND bundle_digest = ?", where
            )
            return candidates

        return self._ask(read, None)

    def put(
        self,
        instance_key: InstanceKey,
        bundle_digest: str,
        candidates: Candidates,
        disagreement: Disagreement | None = None,
    ) -> None:
        """Keep the candidates of an instance and a bundle, with how far its members disagree."""
        values = _candidate_values(instance_key, bundle_digest, candidates, disagreement)

        def write(connection: sqlite3.Connection) -> None:
            connection.execute(_INSERT_CANDIDATES, values)
            self._evict(connection)

        self._ask(write, None)

    def put_read(self, bundle_digest: str, read: Sequence[ReadFile]) -> None:
        """Keep what a bundle found in some files and what these files hold, all in one transaction."""
        found = [
            _candidate_values(each.known.instance_key, bundle_digest, each.candidates, each.disagreement)
            for each in read
        ]
        files = [_file_values(each.stamp, each.known) for each in read]

        def write(connection: sqlite3.Connection) -> None:
            connection.execute("BEGIN IMMEDIATE")
            try:
                connection.executemany(_INSERT_CANDIDATES, found)
                connection.executemany(_INSERT_FILE, files)
                connection.execute("COMMIT")
            except sqlite3.DatabaseError:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            self._evict(connection)

        self._ask(write, None)

    def answers(self, instance_keys: Iterable[InstanceKey], bundle_digest: str) -> dict[InstanceKey, KnownAnswer]:
        """Return what this bundle said of each instance that it ever read; outlives the candidates themselves."""
        keys = list(instance_keys)

        def read(connection: sqlite3.Connection) -> dict[InstanceKey, KnownAnswer]:
            query = (
                "SELECT top_score, disagreement, dissenting, members, withheld FROM candidates "
                "WHERE instance_key = ? AND bundle_digest = ?"
            )
            found = ((key, connection.execute(query, (key, bundle_digest)).fetchone()) for key in keys)
            return {key: _answer(row) for key, row in found if row is not None}

        return self._ask(read, {})

    def remember_file(self, stamp: FileStamp, known: KnownFile) -> None:
        """Keep what a file holds, so that a folder that is opened again shows its states without decoding."""
        values = _file_values(stamp, known)

        def write(connection: sqlite3.Connection) -> None:
            connection.execute(_INSERT_FILE, values)
            self._evict(connection)

        self._ask(write, None)

    def known_files(self, stamps: Iterable[FileStamp]) -> dict[Path, KnownFile]:
        """Return what is known of those files that have not changed since."""
        wanted = {stamp.path: stamp for stamp in stamps}
        return {path: known for path, (stamp, known) in self._files(wanted).items() if stamp == wanted[path]}

    def unchanged_files(self, paths: Iterable[Path]) -> dict[Path, KnownFile]:
        """Return what is known of those files that have not changed since; others than known ones are not looked at."""
        known = self._files(paths)
        return {path: file for path, (stamp, file) in known.items() if stamp.is_still()}

    def _files(self, paths: Iterable[Path]) -> dict[Path, tuple[FileStamp, KnownFile]]:
        by_column = {path_column.to_column(path): path for path in paths}

        def read(connection: sqlite3.Connection) -> dict[Path, tuple[FileStamp, KnownFile]]:
            return {
                by_column[column]: (
                    FileStamp(by_column[column], size, mtime_ns),
                    KnownFile(InstanceKey(key), rows, columns),
                )
                for column, size, mtime_ns, key, rows, columns in path_column.rows_of(
                    connection, "known_file", by_column
                )
            }

        return self._ask(read, {})

    def remember_headers(self, read: Iterable[tuple[FileStamp, str]], should_stop: Callable[[], bool] = _never) -> None:
        """Keep what the headers of some files said (`core.found_text`), so that the next time none of them is opened.

        Args:
            read: files and texts.
            should_stop: asked when nobody else writes; when it says so nothing is kept (the files are being erased).
        """
        values = list(read)

        def write(connection: sqlite3.Connection) -> None:
            if not should_stop():
                known_headers.keep(connection, values)
                self._evict(connection)

        self._ask(write, None)

    def known_headers(self, stamps: Iterable[FileStamp]) -> dict[Path, str]:
        """Return what the headers said of those files that have not changed since, read by this version's rules."""
        wanted = list(stamps)
        return self._ask(lambda connection: known_headers.find(connection, wanted), {})

    @property
    def size_bytes(self) -> int:
        """Bytes in use: what the cap is about."""
        return self._ask(_size_bytes, 0)

    def set_cap(self, cap_bytes: int) -> None:
        """Grow no larger than this from now on; what is over it goes at once."""

        def evict(connection: sqlite3.Connection) -> None:
            self._cap_bytes = cap_bytes
            self._evict(connection)

        self._ask(evict, None)

    def clear(self) -> None:
        """Forget everything and give the disk space back."""

        def empty(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM candidates")
            connection.execute("DELETE FROM known_file")
            connection.execute("DELETE FROM known_header")
            cache_file.rewrite(connection)

        self._ask(empty, None)

    def forget(self, instance_keys: Iterable[InstanceKey], paths: Iterable[Path] = ()) -> None:
        """Forget some instances and files, so that no byte of them is left on the disk.

        The headers of all other files of the same patients go too, also of those in other folders.
        """
        keys, files = list(instance_keys), [path_column.to_column(path) for path in paths]

        def erase(connection: sqlite3.Connection) -> None:
            connection.execute("PRAGMA secure_delete = ON")
            where = "SELECT path FROM known_file WHERE instance_key = ?"
            theirs = {*files, *(path for key in keys for (path,) in connection.execute(where, (key,)))}
            for header in known_headers.of_same_patients(connection, theirs):
                connection.execute("DELETE FROM known_header WHERE path = ?", (header,))
            for key in keys:
                connection.execute("DELETE FROM candidates WHERE instance_key = ?", (key,))
                connection.execute("DELETE FROM known_file WHERE instance_key = ?", (key,))
            for file in files:
                connection.execute("DELETE FROM known_file WHERE path = ?", (file,))
            cache_file.rewrite(connection)

        self._ask(erase, None)

    def close(self) -> None:
        """Close the file; later calls find nothing and keep nothing."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, question: Callable[[sqlite3.Connection], _Answer], otherwise: _Answer) -> _Answer:
        with self._lock:
            if self._connection is None:
                return otherwise
            try:
                return question(self._connection)
            except sqlite3.ProgrammingError:
                raise
            except sqlite3.DatabaseError as error:
                if cache_file.is_damage(error):
                    self._connection.close()
                    cache_file.delete(self.path)
                    self._connection = cache_file.open_or_recreate(self.path)
                return otherwise

    def _evict(self, connection: sqlite3.Connection) -> None:
        in_memory = cache_file.is_in_memory(connection)
        cap_bytes = min(self._cap_bytes, _CAP_IN_MEMORY_BYTES) if in_memory else self._cap_bytes
        for statement in (
            # the row stays for its score, which is what makes a worklist sortable
            "UPDATE candidates SET content = NULL WHERE rowid IN (SELECT rowid FROM candidates "
            "WHERE content IS NOT NULL ORDER BY used LIMIT ?)",
            "DELETE FROM known_header WHERE rowid IN (SELECT rowid FROM known_header ORDER BY rowid LIMIT ?)",
            "DELETE FROM known_file WHERE rowid IN (SELECT rowid FROM known_file ORDER BY rowid LIMIT ?)",
            "DELETE FROM candidates WHERE rowid IN (SELECT rowid FROM candidates ORDER BY rowid LIMIT ?)",
        ):
            while _size_bytes(connection) > cap_bytes:
                if connection.execute(statement, (_EVICTED_AT_ONCE,)).rowcount == 0:
                    break


def _candidate_values(
    instance_key: InstanceKey, bundle_digest: str, candidates: Candidates, disagreement: Disagreement | None
) -> tuple[object, ...]:
    answer = KnownAnswer.of(candidates, disagreement)
    dispute = answer.disagreement
    numbers = (dispute.value, dispute.dissenting, dispute.members) if dispute else (None, None, None)
    content = candidate_bytes.encode(candidates)
    return (instance_key, bundle_digest, answer.top_score, *numbers, answer.withheld, content)


def _file_values(stamp: FileStamp, known: KnownFile) -> tuple[object, ...]:
    path = path_column.to_column(stamp.path)
    return (path, stamp.size, stamp.mtime_ns, known.instance_key, known.rows, known.columns)


def _answer(row: tuple[float | None, float | None, int, int, str]) -> KnownAnswer:
    top_score, value, dissenting, members, withheld = row
    return KnownAnswer(top_score, None if value is None else Disagreement(value, dissenting, members), withheld)


def _size_bytes(connection: sqlite3.Connection) -> int:
    pages, free, size = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size
