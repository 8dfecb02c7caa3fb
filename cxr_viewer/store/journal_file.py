"""The journal's file: opened, questioned, changed in transactions, checked and closed."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, TextClause

from cxr_viewer.core.findings import now
from cxr_viewer.store import migration, private_file, sqlite_file
from cxr_viewer.store.errors import StoreError
from cxr_viewer.store.plain_errors import plain_errors
from cxr_viewer.store.rows import Row


class JournalFile:
    """An open journal file. The thread that opens it uses it and closes it."""

    def __init__(self, connection: Connection, path: Path, clock: Callable[[], datetime]) -> None:
        self.path = path
        self._connection = connection
        self._clock = clock

    @classmethod
    def open(cls, path: Path, *, create: bool = True, clock: Callable[[], datetime] = now) -> Self:
        """Open the journal at ``path``.

        Args:
            path: the file; ``~`` is the user's home.
            create: make the file, readable by this user only, when it is missing.
            clock: gives the time that gestures are stamped with.

        Raises:
            StoreError: a folder is in the way, the file is missing, damaged, not writable, of another program, or
                was written by a newer version of this one.
        """
        with plain_errors(path):
            path = path.expanduser().absolute()
            if not create and not path.exists():
                raise StoreError(f"The store {path} does not exist.")
            private_file.prepare(path)
            connection = sqlite_file.connect(path)
            try:
                migration.prepare(connection, path)
            except BaseException:
                connection.close()
                raise
        return cls(connection, path, clock)

    def close(self) -> None:
        """Close the file; what its write-ahead log holds is moved into it."""
        with plain_errors(self.path):
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ask(self, question: TextClause) -> Sequence[Row]:
        """Return the rows that answer a question of the store's own parts."""
        return self._rows(question)

    def integrity_check(self) -> tuple[str, ...]:
        """Return what is wrong with the file, one line each; empty when it is sound. Reads the whole file."""
        try:
            return self._problems()
        except StoreError as error:  # damaged beyond a report
            return (str(error),)

    def check_writable(self) -> None:
        """Take the write lock as a gesture does, and give it back; raises StoreError when that cannot be done."""
        with self._transaction(writes=True):
            pass

    def _problems(self) -> tuple[str, ...]:
        with plain_errors(self.path):
            report = self._connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
            broken = self._connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        problems = [str(line) for line in report if line != "ok"]
        problems += [f"row {row[1]} of {row[0]} refers to a missing row of {row[2]}" for row in broken]
        return tuple(problems)

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[None]:
        with plain_errors(self.path), sqlite_file.transaction(self._connection, writes=writes):
            yield

    def _rows(self, query: TextClause, **values: object) -> Sequence[Row]:
        with plain_errors(self.path):
            return self._connection.execute(query, values).mappings().all()
