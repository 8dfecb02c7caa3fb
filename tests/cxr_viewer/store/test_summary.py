"""A journal in numbers."""

from pathlib import Path

from cxr_viewer.core.findings import Review, ReviewOutcome
from cxr_viewer.store import summary
from cxr_viewer.store.journal import Journal
from tests import factories
from tests.cxr_viewer.store.correction_session import CONTEXT, KEYS, READER
from tests.cxr_viewer.store.reading_desk import START


def test_empty_store(journal: Journal) -> None:
    found = summary.summarise(journal)
    assert (found.instances, found.gestures, found.signed, found.readers, found.last_gesture) == (0, 0, 0, 0, None)


def test_numbers_and_nothing_of_a_patient(journal: Journal) -> None:
    for key in KEYS:
        journal.append_finding(key, factories.finding(), READER, CONTEXT, "Accept opacity")
    journal.append_review(KEYS[0], Review(ReviewOutcome.OPACITY, READER, START, CONTEXT))
    found = summary.summarise(journal)
    assert (found.instances, found.gestures, found.signed) == (3, 4, 1)
    assert found.last_gesture is not None
    assert found.last_gesture > START
    assert found.size_bytes >= journal.path.stat().st_size
    assert KEYS[0] not in repr(found)


def test_sizes_of_files_and_folders(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one").write_bytes(bytes(1000))
    (tmp_path / "two").write_bytes(bytes(24))
    assert summary.size_of(tmp_path / "a", tmp_path / "two", tmp_path / "missing") == 1024
    assert [summary.size_words(size) for size in (1024, 3 << 20, 5 << 29)] == ["1 kB", "3.0 MB", "2.5 GB"]
