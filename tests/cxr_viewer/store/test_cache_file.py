"""The cache's file is made anew whatever is wrong with it, and never deletes what is not its own."""

import sqlite3
from pathlib import Path

import pytest

from cxr_viewer.store import cache_file
from cxr_viewer.store.journal import Journal


def version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "candidates.sqlite"


def assert_works(path: Path) -> None:
    connection = cache_file.open_or_recreate(path)
    assert not cache_file.is_in_memory(connection)
    assert version(connection) == cache_file.VERSION
    assert connection.execute("SELECT count(*) FROM candidates").fetchone() == (0,)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_a_missing_file_is_created(path: Path) -> None:
    assert_works(path)


@pytest.mark.parametrize(
    "content", [b"", b"short", b"no database at all " * 1000, b"SQLite format 3\0" + b"\xa5" * 9000]
)
def test_an_empty_or_damaged_file_is_made_anew(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    assert_works(path)


@pytest.mark.parametrize("other", [0, cache_file.VERSION + 1])
def test_a_file_of_another_version_is_made_anew(path: Path, other: int) -> None:
    connection = cache_file.open_or_recreate(path)
    connection.execute("DROP TABLE known_file")
    connection.execute(f"PRAGMA user_version = {other}")
    connection.close()
    assert_works(path)


def test_a_database_of_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    Journal.open(path).close()
    before = path.read_bytes()
    connection = cache_file.open_or_recreate(path)
    assert cache_file.is_in_memory(connection)
    connection.close()
    assert path.read_bytes() == before


def test_where_no_file_can_be_made_memory_serves(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path, tmp_path / "file" / "candidates.sqlite"):
        connection = cache_file.open_or_recreate(path)
        assert cache_file.is_in_memory(connection)
        assert version(connection) == cache_file.VERSION
        connection.close()
    assert [file.name for file in tmp_path.iterdir()] == ["file"]
