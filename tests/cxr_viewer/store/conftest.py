"""A journal for each test."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from cxr_viewer.store.journal import Journal
from tests.cxr_viewer.store.reading_desk import START


@pytest.fixture
def journal_path(tmp_path: Path) -> Path:
    """Return where ``journal`` lies."""
    return tmp_path / "journal.sqlite"


@pytest.fixture
def journal(journal_path: Path) -> Iterator[Journal]:
    """Return an empty journal whose clock moves on by a minute with every gesture."""
    minutes = count()
    with Journal.open(journal_path, clock=lambda: START + timedelta(minutes=next(minutes))) as opened:
        yield opened
