"""What a test reader does to a journal."""

from datetime import UTC, datetime

from cxr_viewer.core.findings import FindingState, ReadingContext, Review, ReviewOutcome
from cxr_viewer.core.geometry import Box
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.store.history import Change
from cxr_viewer.store.journal import Journal
from tests import factories

KEY, OTHER = InstanceKey("a" * 64), InstanceKey("b" * 64)
CONTEXT = ReadingContext(factories.BUNDLE_DIGEST, factories.THRESHOLDS)
START = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
ONE, TWO = factories.finding(uid="one"), factories.finding(FindingState.ADDED, Box(1, 2, 3, 4), "two")


def edit(journal: Journal, *changes: Change, key: InstanceKey = KEY, reader: str = "ada", name: str = "Edit") -> int:
    return journal.append_changes(key, changes, reader, CONTEXT, name)


def sign(
    journal: Journal, outcome: ReviewOutcome = ReviewOutcome.OPACITY, key: InstanceKey = KEY, reader: str = "ada"
) -> Review:
    review = Review(outcome, reader, START, CONTEXT, "seen twice")
    journal.append_review(key, review)
    return review
