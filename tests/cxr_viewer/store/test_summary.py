"""A journal in numbers."""

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
