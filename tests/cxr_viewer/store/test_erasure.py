"""What is erased is gone from every byte of the files; that it happened stays, without whom."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from cxr_viewer.core import findings as edits
from cxr_viewer.core.findings import ReadingNote, Review, ReviewOutcome
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.store import backup, schema, sqlite_file
from cxr_viewer.store.candidate_cache import CandidateCache, KnownFile
from cxr_viewer.store.errors import StoreError
from cxr_viewer.store.file_stamp import FileStamp
from cxr_viewer.store.history import Change, NoteChange
from cxr_viewer.store.journal import Journal
from cxr_viewer.store.private_file import database_files
from cxr_viewer.store.records import KnownInstance, Place
from tests import factories
from tests.cxr_viewer.store.correction_session import CONTEXT, READER
from tests.cxr_viewer.store.reading_desk import START

DOE = tuple(InstanceKey(digit * 64) for digit in "de")
ROE = InstanceKey("c" * 64)
SECRETS = (*DOE, "Doe^Jane", "1.2.826.doe", "doe-finding", "palpable mass, left", "coughs since May")


def _read(journal: Journal, key: InstanceKey, name: str) -> None:
    """Leave everything in a journal that a reader can leave of an instance."""
    short = name.split("^")[0].lower()
    journal.remember_instance(KnownInstance(key, 10, 10, Path(f"/ward/{name}/{key[:1]}.dcm"), "", f"1.2.826.{short}"))
    finding = factories.finding(uid=f"{short}-finding-{key[0]}")
    first = journal.append_finding(key, finding, READER, CONTEXT, "Accept opacity")
    journal.append_undo(first, CONTEXT)
    journal.append_redo(first, CONTEXT)
    described = edits.describe(finding, "consolidation", "palpable mass, left" if short == "doe" else "none")
    journal.append_changes(key, [Change(finding, described)], READER, CONTEXT, "Describe opacity")
    note = ReadingNote("coughs since May" if short == "doe" else "well", False)
    journal.append_changes(key, [], READER, CONTEXT, "Comment", NoteChange(ReadingNote(), note))
    journal.append_review(key, Review(ReviewOutcome.OPACITY, READER, START, CONTEXT))


@pytest.fixture
def filled(journal: Journal) -> Journal:
    """A journal with two instances of one patient and one of another, and a place in the first one's folder."""
    for key in DOE:
        _read(journal, key, "Doe^Jane")
    _read(journal, ROE, "Roe^Richard")
    journal.remember_place(Place((Path("/ward/Doe^Jane"),), DOE[0], Path("/ward/Doe^Jane/d.dcm")))
    return journal


def _bytes(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in database_files(path) if file.exists())


def _found(path: Path) -> list[str]:
    content = _bytes(path)
    return [secret for secret in SECRETS if secret.encode() in content]


def test_before_it_is_erased_everything_is_there(filled: Journal) -> None:
    assert _found(filled.path) == list(SECRETS)


def test_no_byte_of_the_patient_is_left_in_file_or_log(filled: Journal) -> None:
    filled.erase(DOE, READER)
    assert _found(filled.path) == []
    filled.close()
    assert _found(filled.path) == []
    assert filled.path.stat().st_size > 0


def test_the_other_patient_stays_bit_for_bit(filled: Journal) -> None:
    before = (filled.history(ROE), filled.current_findings(ROE, READER), filled.gestures(ROE, READER))
    reviews = [signed for signed in filled.signed_reviews() if signed.instance.instance_key == ROE]
    filled.erase(DOE, READER)
    assert (filled.history(ROE), filled.current_findings(ROE, READER), filled.gestures(ROE, READER)) == before
    assert list(filled.signed_reviews()) == reviews
    assert filled.integrity_check() == ()
    assert [filled.instance(key) for key in DOE] == [None, None]
    assert filled.place() == Place()


def test_the_trace_says_when_by_whom_and_how_much_and_nothing_of_whom(filled: Journal) -> None:
    gestures = sum(len(filled.history(key)) for key in DOE)
    erasure = filled.erase(DOE, "bob")
    assert (erasure.reader, erasure.instances, erasure.gestures) == ("bob", 2, gestures)
    assert filled.erasures() == (erasure,)
    filled.close()
    with Journal.open(filled.path) as again:
        assert again.erasures() == (erasure,)


def test_history_is_append_only_again_afterwards_also_the_traces(filled: Journal) -> None:
    filled.erase(DOE, READER)
    filled.close()
    connection = sqlite3.connect(filled.path)
    for table in schema.APPEND_ONLY:
        if connection.execute(f"SELECT count(*) FROM {table.name}").fetchone() != (0,):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(f"DELETE FROM {table.name}")
    names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    assert names == set(schema.TRIGGERS)
    connection.close()


def test_every_table_that_names_an_instance_is_emptied_of_it(filled: Journal) -> None:
    filled.erase(DOE, READER)
    for table in schema.METADATA.sorted_tables:
        if "instance_key" in table.columns:
            keys = {row["instance_key"] for row in filled.ask(text(f"SELECT instance_key FROM {table.name}"))}
            assert keys <= {ROE}, table.name


def test_reading_goes_on_after_an_erasure(filled: Journal) -> None:
    filled.erase(DOE, READER)
    _read(filled, DOE[0], "Doe^Jane")
    assert len(filled.current_findings(DOE[0], READER)) == 1
    filled.append_finding(ROE, factories.finding(uid="new"), READER, CONTEXT, "Accept opacity")


def test_what_the_journal_does_not_hold_cannot_be_erased_and_leaves_no_trace(filled: Journal) -> None:
    with pytest.raises(StoreError, match="holds nothing"):
        filled.erase([InstanceKey("f" * 64)], READER)
    assert filled.erasures() == ()
    assert _found(filled.path) == list(SECRETS)


def test_an_erasure_that_fails_erases_nothing(filled: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "TRIGGERS", schema.TRIGGERS | {"broken": "CREATE TRIGGER nonsense"})
    with pytest.raises(StoreError):
        filled.erase(DOE, READER)
    monkeypatch.undo()
    assert len(filled.signed_reviews()) == 3
    assert filled.erasures() == ()


def test_an_erasure_waits_for_nobody_who_only_has_the_store_open(filled: Journal) -> None:
    with Journal.open(filled.path) as other:
        other.signed_reviews()
        filled.erase(DOE, READER)
        assert _found(filled.path) == []
        assert len(other.signed_reviews()) == 1


@pytest.fixture
def reader_in_the_middle(filled: Journal) -> Iterator[None]:
    """Another program that is in the middle of reading the store."""
    connection = sqlite_file.connect(filled.path)
    connection.exec_driver_sql("BEGIN")
    connection.exec_driver_sql("SELECT count(*) FROM gesture").all()
    yield
    connection.close()


@pytest.mark.usefixtures("reader_in_the_middle")
def test_when_the_log_cannot_be_emptied_that_is_said(filled: Journal) -> None:
    with pytest.raises(StoreError, match=r"in use by another program|still holds"):
        filled.erase(DOE, READER)


def test_instances_are_found_by_key_study_and_file(filled: Journal) -> None:
    assert filled.instances_of(keys=[DOE[0], InstanceKey("f" * 64)]) == (DOE[0],)
    assert filled.instances_of(study_uids=["1.2.826.doe", ""]) == DOE
    assert filled.instances_of(paths=[Path("/ward/Doe^Jane/e.dcm")]) == (DOE[1],)
    assert filled.instances_of() == ()


def test_copies_written_earlier_still_hold_it(filled: Journal, tmp_path: Path) -> None:
    backup.back_up(filled.path, tmp_path / "copy.sqlite")
    filled.erase(DOE, READER)
    assert _found(tmp_path / "copy.sqlite") == list(SECRETS)


def test_the_cache_forgets_instances_and_files_to_the_last_byte(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    stamp = FileStamp(Path("/ward/Doe^Jane/a.dcm"), 1, 1)
    unread = FileStamp(Path("/ward/Doe^Jane/never-decoded.dcm"), 1, 1)
    kept = FileStamp(Path("/ward/Roe^Richard/c.dcm"), 1, 1)
    with CandidateCache(path) as cache:
        for key in (*DOE, ROE):
            cache.put(key, "digest", factories.candidates())
        cache.remember_file(stamp, KnownFile(DOE[0], 10, 10))
        cache.remember_file(unread, KnownFile(InstanceKey("9" * 64), 10, 10))
        cache.remember_file(replace(stamp, path=Path("/copy/Doe^Jane.dcm")), KnownFile(DOE[0], 10, 10))
        cache.remember_file(kept, KnownFile(ROE, 10, 10))
        assert b"Doe^Jane" in _bytes(path)
        cache.forget(DOE, [unread.path])
        content = _bytes(path)
        assert b"Doe^Jane" not in content
        assert not any(key.encode() in content for key in DOE)
        assert cache.get(ROE, "digest") is not None
        assert list(cache.known_files([stamp, kept])) == [kept.path]
