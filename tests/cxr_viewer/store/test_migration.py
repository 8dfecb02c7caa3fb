"""Older stores are brought up to date, newer and foreign ones are refused untouched."""

import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from cxr_viewer.core import findings
from cxr_viewer.core.findings import ReadingNote
from cxr_viewer.store import migration, schema, sqlite_file
from cxr_viewer.store.errors import StoreError
from cxr_viewer.store.history import Change
from cxr_viewer.store.journal import Journal
from tests import factories
from tests.cxr_viewer.store.correction_session import CONTEXT, KEYS, READER

NEXT_REVISION = '''
"""A fourth version, for the test of migrations: readers get a hospital."""
import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

def upgrade():
    op.add_column("instance", sa.Column("hospital", sa.Text))
    %s
'''


def dump(path: Path) -> list[tuple[object, ...]]:
    """Return every table, index, view and trigger of a store, with its SQL, and its marks."""
    connection = sqlite3.connect(path)
    found = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").fetchall()
    found = [(kind, name, _in_order(re.sub(r"\s+", "", sql or ""))) for kind, name, sql in found]
    found += connection.execute("SELECT * FROM alembic_version").fetchall()
    found += [connection.execute(f"PRAGMA {name}").fetchone() for name in ("user_version", "application_id")]
    connection.close()
    return found


def _in_order(sql: str) -> list[str]:
    """Return the parts between outer commas in order: a column that was added later stands last in its table."""
    depth, parts = 0, [""]
    for letter in sql:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 1:
            parts.append("")
        else:
            parts[-1] += letter
    # the parentheses of the table itself belong to no part
    parts[-1] = parts[-1].removesuffix(")")
    return [parts[0].split("(")[0], *sorted([parts[0].split("(", 1)[-1], *parts[1:]])]


def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last_line: str = "") -> None:
    """Make this program one that knows schema version 4."""
    scripts = tmp_path / "migrations"
    shutil.copytree(migration.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "revision_0004.py").write_text(NEXT_REVISION % last_line)
    monkeypatch.setattr(migration, "SCRIPTS", scripts)
    monkeypatch.setattr(schema, "SCHEMA_VERSION", 4)


def test_migrating_leads_to_the_same_schema_as_creating(tmp_path: Path) -> None:
    created, migrated = tmp_path / "created.sqlite", tmp_path / "migrated.sqlite"
    Journal.open(created).close()
    connection = sqlite_file.connect(migrated)
    with sqlite_file.transaction(connection, writes=True):
        migration.migrate(connection)
    connection.close()
    assert dump(migrated) == dump(created)
    assert len(dump(created)) > 20


def test_a_store_of_an_older_version_keeps_its_findings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "journal.sqlite"
    finding = factories.finding()
    with Journal.open(path) as journal:
        journal.append_finding(KEYS[0], finding, READER, CONTEXT, "Accept opacity")
    next_version(tmp_path, monkeypatch)
    with Journal.open(path) as journal:
        assert journal.current_findings(KEYS[0], READER) == (finding,)
        assert journal.integrity_check() == ()
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT hospital FROM instance").fetchall() == [(None,)]
    assert connection.execute("PRAGMA user_version").fetchone() == (4,)
    assert connection.execute("SELECT * FROM alembic_version").fetchall() == [("0004",)]
    connection.close()


def first_version(path: Path) -> None:
    """Write a store of schema version 1 as the first program left it: an accepted and a rejected box, signed."""
    from alembic import command
    from alembic.config import Config

    connection = sqlite_file.connect(path)
    config = Config()
    config.set_main_option("script_location", str(migration.SCRIPTS))
    config.attributes["connection"] = connection
    with sqlite_file.transaction(connection, writes=True):
        command.upgrade(config, "0001")
        connection.exec_driver_sql(f"PRAGMA application_id = {schema.APPLICATION_ID}")
    connection.close()
    plain = sqlite3.connect(path)
    plain.executescript(Path(__file__).with_name("first_version.sql").read_text())
    plain.close()


def test_a_store_of_the_first_version_opens_with_all_that_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    first_version(path)
    with Journal.open(path) as journal:
        assert journal.integrity_check() == ()
        [signed] = journal.signed_reviews()
        assert [finding.reason for finding in signed.findings] == ["", "rib or bone"]
        assert [(finding.label, finding.comment) for finding in signed.findings] == [("", "")] * 2
        assert (signed.unjudged, signed.review.context.window) == ((), None)
        assert signed.review.context.is_model_visible is None
        assert journal.current_note(KEYS[0], READER) == ReadingNote()
        assert [gesture.name for gesture in journal.gestures(KEYS[0], READER)] == ["Accept opacity", "Reject box"]
        first = signed.findings[0]
        described = findings.describe(first, "consolidation", "left base")
        journal.append_changes(KEYS[0], [Change(first, described)], READER, CONTEXT, "Describe opacity")
        assert journal.current_findings(KEYS[0], READER)[0] == described
        assert journal.history(KEYS[0])[-1].context == CONTEXT


def test_a_store_of_the_first_version_gets_the_schema_of_a_new_one(tmp_path: Path) -> None:
    old, new = tmp_path / "old.sqlite", tmp_path / "new.sqlite"
    first_version(old)
    Journal.open(old).close()
    Journal.open(new).close()
    assert dump(old) == dump(new)


def test_history_of_a_migrated_store_cannot_be_changed(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    first_version(path)
    Journal.open(path).close()
    connection = sqlite3.connect(path)
    for table in schema.APPEND_ONLY:
        connection.execute("BEGIN")
        if connection.execute(f"SELECT count(*) FROM {table.name}").fetchone() != (0,):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(f"DELETE FROM {table.name}")
        connection.execute("ROLLBACK")
    connection.close()


def test_a_migration_that_fails_leaves_the_store_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "journal.sqlite"
    Journal.open(path).close()
    before = dump(path)
    next_version(tmp_path, monkeypatch, 'op.execute("INSERT INTO nowhere VALUES (1)")')
    with pytest.raises(StoreError, match="no such table: nowhere"):
        Journal.open(path)
    assert dump(path) == before


def test_a_store_of_a_newer_version_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    Journal.open(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 5")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"written by a newer version of CXR Viewer \(schema 5;.*; update the program"):
        Journal.open(path)
    assert path.read_bytes() == before


def test_a_database_of_another_program_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "places.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE bookmarks (id INTEGER)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="database of another program"):
        Journal.open(path)
    assert path.read_bytes() == before


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    path.touch()
    with Journal.open(path) as journal:
        assert journal.integrity_check() == ()


def test_alembic_is_loaded_for_an_older_store_only(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from cxr_viewer.store.journal import Journal; "
        f"Journal.open(Path({str(tmp_path / 'journal.sqlite')!r})).close(); "
        "assert 'sqlalchemy' in sys.modules and 'alembic' not in sys.modules; "
        "assert 'sqlalchemy.orm' not in sys.modules, 'no ORM'"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_programs_that_start_at_once_create_one_store(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    script = (
        f"from pathlib import Path; from cxr_viewer.store.journal import Journal; Journal.open(Path({str(path)!r}))"
    )
    running = [subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE) for _ in range(4)]
    assert [program.communicate()[1] for program in running] == [b""] * 4
    with Journal.open(path) as journal:
        assert journal.integrity_check() == ()
