"""The orders a worklist can be read in: what decides the place of a row, and in which direction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cxr_viewer.core.projection import Projection
from cxr_viewer.store.records import Progress
from cxr_viewer.ui.worklist_entry import WorklistEntry


class SortKey(StrEnum):
    """What rows are sorted by; the value is what the reader is told."""

    FOUND = "As found"
    PATIENT = "Patient"
    DATE = "Date"
    VIEW = "View"
    STATE = "State"
    SCORE = "Score"
    USEFUL = "Most useful"


_DESCENDING_BY_ITSELF = frozenset({SortKey.DATE, SortKey.SCORE, SortKey.USEFUL})

LIVE = frozenset({SortKey.STATE, SortKey.SCORE, SortKey.USEFUL})
"""Keys whose values come and change while the list is being read."""


@dataclass(frozen=True, slots=True)
class Order:
    """A key and a direction."""

    key: SortKey = SortKey.FOUND
    is_descending: bool = False

    @classmethod
    def by(cls, key: SortKey) -> "Order":
        """Return a key in the direction that is usually meant: newest, highest and most useful first."""
        return cls(key, key in _DESCENDING_BY_ITSELF)

    @property
    def words(self) -> str:
        """The order for a button."""
        return f"{self.key.value} {'↓' if self.is_descending else '↑'}"

    @property
    def text(self) -> str:
        """The order as settings keep it."""
        return f"{self.key.name.lower()} {'descending' if self.is_descending else 'ascending'}"

    @classmethod
    def parse(cls, text: str) -> "Order":
        """Return the order that settings kept; anything else is the order in which files were found."""
        name, _, direction = text.partition(" ")
        if name.upper() not in SortKey.__members__:
            return cls()
        return cls(SortKey[name.upper()], direction == "descending")


Place = tuple[int, Any]
"""What decides the place of one row: a group and, within it, a value that compares with the others of its group.

Rows of a lower group come first in either direction, so a row without a value is always at the end. Plain tuples of a
number and a string or number: an archive has tens of thousands of them, made and compared while the reader waits.
"""

_LAST: Place = (9, "")
_PROJECTIONS = {projection: number for number, projection in enumerate(Projection)}
_STATES = {Progress.UNREAD: 0, Progress.IN_PROGRESS: 1, Progress.SIGNED: 3}
_SECOND_READ = 2


def _found(_entry: WorklistEntry) -> Place:
    return 0, 0


def _patient(entry: WorklistEntry) -> Place:
    instance = entry.instance
    if instance is None or entry.reason:
        return _LAST
    if not (instance.patient_name or instance.patient_id):
        return 1, ""
    return 0, entry.called


def _date(entry: WorklistEntry) -> Place:
    instance = entry.instance
    if instance is None or entry.reason:
        return _LAST
    return (0, f"{instance.study_date} {instance.study_time}") if instance.study_date else (1, "")


def _view(entry: WorklistEntry) -> Place:
    return _LAST if entry.instance is None or entry.reason else (0, _PROJECTIONS[entry.projection])


def _state(entry: WorklistEntry) -> Place:
    if entry.instance is None or entry.reason:
        return _LAST
    return 0, _SECOND_READ if entry.state.needs_second_read else _STATES[entry.state.progress]


def _score(entry: WorklistEntry) -> Place:
    if entry.instance is None or entry.reason:
        return _LAST
    answer = entry.answer
    return (1, 0.0) if answer is None or answer.top_score is None else (0, answer.top_score)


def _usefulness(entry: WorklistEntry) -> Place:
    """Unread rows on which the members disagree most first, then unread rows nobody knows of, then signed ones."""
    if entry.instance is None or entry.reason:
        return _LAST
    is_signed = entry.state.progress is Progress.SIGNED
    answer = entry.answer
    if answer is None or answer.disagreement is None:
        return (3 if is_signed else 1), 0.0
    # Between rows that are equally disputed, and all that are not disputed at all, the higher score goes first.
    return (2 if is_signed else 0), answer.disagreement.value + 1e-6 * (answer.top_score or 0.0)


PLACES: dict[SortKey, Callable[[WorklistEntry], Place]] = {
    SortKey.FOUND: _found,
    SortKey.PATIENT: _patient,
    SortKey.DATE: _date,
    SortKey.VIEW: _view,
    SortKey.STATE: _state,
    SortKey.SCORE: _score,
    SortKey.USEFUL: _usefulness,
}
"""What decides the place of a row, by the key of the order."""


def arranged(places: Sequence[Place], order: Order) -> list[int]:
    """Return the numbers of rows in order; rows alike stay as they were found."""
    numbers = list(range(len(places)))
    if order.key is SortKey.FOUND:
        return numbers[::-1] if order.is_descending else numbers
    groups: dict[int, list[int]] = {}
    for number in numbers:
        groups.setdefault(places[number][0], []).append(number)
    values = [place[1] for place in places]
    for group in groups.values():
        group.sort(key=values.__getitem__, reverse=order.is_descending)
    return [number for _, group in sorted(groups.items()) for number in group]
