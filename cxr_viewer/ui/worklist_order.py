"""The orders a worklist can be read in: what decides the place of a row, and in which direction."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from cxr_viewer.core.projection import Projection
from cxr_viewer.store.records import Progress
from cxr_viewer.ui.worklist_entry import WorklistEntry

_PROJECTIONS = tuple(Projection)
_STATES = tuple(Progress)


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


class Place(NamedTuple):
    """What decides the place of one row.

    Attributes:
        group: rows of a lower group come first in either direction: a row without a value is always at the end.
        value: compared within the group, in the direction of the order.
    """

    group: int
    value: tuple[float, str, str]


_NOTHING = (0.0, "", "")


def place_of(entry: WorklistEntry, key: SortKey) -> Place:
    """Return what decides the place of a row."""
    if key is SortKey.FOUND:
        return Place(0, _NOTHING)
    if entry.instance is None or entry.reason:
        return Place(9, _NOTHING)
    instance = entry.instance
    match key:
        case SortKey.PATIENT:
            is_named = bool(instance.patient_name or instance.patient_id)
            return Place(0, (0.0, entry.title.casefold(), instance.patient_id)) if is_named else Place(1, _NOTHING)
        case SortKey.DATE:
            when = (0.0, instance.study_date, instance.study_time)
            return Place(0, when) if instance.study_date else Place(1, _NOTHING)
        case SortKey.VIEW:
            return Place(0, (float(_PROJECTIONS.index(entry.projection)), "", ""))
        case SortKey.STATE:
            return Place(0, (float(_STATES.index(entry.state.progress)), "", ""))
        case SortKey.SCORE:
            score = entry.top_score
            return Place(1, _NOTHING) if score is None else Place(0, (score, "", ""))
        case _:
            return _usefulness(entry)


def _usefulness(entry: WorklistEntry) -> Place:
    """Unread rows on which the members disagree most first, then unread rows nobody knows of, then signed ones."""
    is_signed = entry.state.progress is Progress.SIGNED
    dispute = entry.disagreement
    if dispute is None:
        return Place(3 if is_signed else 1, _NOTHING)
    # Between rows that are equally disputed, and all that are not disputed at all, the higher score goes first.
    return Place(2 if is_signed else 0, (dispute.value + 1e-6 * (entry.top_score or 0.0), "", ""))


def arranged(places: Sequence[Place], order: Order, newest_first: Sequence[str] = ()) -> list[int]:
    """Return the numbers of rows in order; rows alike stay as they were found.

    Args:
        newest_first: dates by which rows alike are put, newest first; empty for as found.
    """
    numbers = list(range(len(places)))
    if order.key is SortKey.FOUND:
        return numbers[::-1] if order.is_descending else numbers
    if newest_first:
        numbers.sort(key=newest_first.__getitem__, reverse=True)
    values = [place.value for place in places]
    numbers.sort(key=values.__getitem__, reverse=order.is_descending)
    groups = [place.group for place in places]
    numbers.sort(key=groups.__getitem__)
    return numbers
