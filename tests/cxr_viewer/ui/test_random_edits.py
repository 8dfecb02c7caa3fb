"""Random sequences of every gesture: undo all is the start, redo all the end, and the journal agrees at every step."""

import hashlib
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.store.journal import Journal
from cxr_viewer.ui.review_session import ReviewSession
from tests.cxr_viewer.ui.random_reader import GESTURES, READER, Gesture, RandomReader
from tests.cxr_viewer.ui.readings import model

SEQUENCES = 200
SEQUENCES_ENDURED = 10_000
INSTANCES_PER_JOURNAL = 250
_MEMORY = Path("/dev/shm")

sequences = st.lists(st.tuples(st.sampled_from(GESTURES), st.integers(0, 1_000_000)), min_size=1, max_size=40)


class Desks:
    """A session over a journal that is replaced by a fresh one now and then, so that it stays as small as a day's."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._numbers = folder, count()
        self._session: ReviewSession | None = None
        self._second: Journal | None = None

    def next_reader(self) -> RandomReader:
        """Return a reader before an instance that nobody has seen."""
        number = next(self._numbers)
        if number % INSTANCES_PER_JOURNAL == 0:
            self.close()
            path = self._folder / f"journal-{number}.sqlite"
            self._session = ReviewSession(lambda: Journal.open(path), READER)
            self._session.use_model(model())
            self._second = Journal.open(path)
        assert self._session
        assert self._second
        self._session.set_thresholds(model().thresholds)
        return RandomReader(self._session, InstanceKey(hashlib.sha256(b"%d" % number).hexdigest()), self._second)

    def close(self) -> None:
        """Check the journal and close it."""
        if self._session and self._second:
            assert self._second.integrity_check() == ()
            self._second.close()
            self._session.close_store()
            self._session.deleteLater()
        self._session = self._second = None


@pytest.fixture
def desks(tmp_path: Path, qtbot: QtBot) -> Iterator[Desks]:
    """Journals in memory where there is such a place: this is about agreement, and a disk waits on each sync."""
    with TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else tmp_path) as folder:
        made = Desks(Path(folder))
        yield made
        made.close()


def _read(desks: Desks, sequence: list[Gesture]) -> None:
    reader = desks.next_reader()
    for gesture in sequence:
        reader.do(gesture)
    end, steps = reader.picture(), len(reader.session.steps)
    reader.undo_all()
    assert reader.picture() == reader.pictures[0]
    reader.redo_all(steps)
    assert reader.picture() == end


def test_undo_all_is_the_start_and_redo_all_the_end(desks: Desks) -> None:
    @settings(max_examples=SEQUENCES)
    @given(sequence=sequences)
    def read(sequence: list[Gesture]) -> None:
        _read(desks, sequence)

    read()


@pytest.mark.endurance
@pytest.mark.timeout(3600)
def test_undo_all_is_the_start_and_redo_all_the_end_ten_thousand_times(desks: Desks) -> None:
    @settings(max_examples=SEQUENCES_ENDURED)
    @given(sequence=sequences)
    def read(sequence: list[Gesture]) -> None:
        _read(desks, sequence)

    read()
