"""What the search box understands: plain words, and conditions such as ``date:2024-03`` or ``score:>0.5``."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from cxr_viewer.core.projection import Projection
from cxr_viewer.store.records import Progress
from cxr_viewer.ui.worklist_entry import WorklistEntry

Condition = Callable[[WorklistEntry], bool]

HELP = (
    "Words look at patient, identifier, date, description, accession number and file name.\n"
    "date:2024-03   date:2024-03-01..2024-03-15   date:>2023   date:today   date:7d   date:1y\n"
    "view:pa   view:ap   view:lateral   view:other   view:pa,ap\n"
    "score:>0.5   score:0.2..0.4   disagree:yes   disagree:>0.3\n"
    "state:unread   state:progress   state:second   state:signed   state:withheld   state:broken"
)
"""The grammar for tooltip and key list."""

EXAMPLES = (
    ("date:2024-03, date:>2023, date:7d", "studies of a month, after a year, of the last seven days"),
    ("view:lateral, view:pa,ap", "rows of these projections"),
    ("score:>0.5, score:0.2..0.4", "rows by the model's best score"),
    ("disagree:yes, disagree:>0.3", "rows on which the members of the model disagree"),
    ("state:unread, state:signed, state:withheld", "rows by how far you are, or that the model is withheld from"),
)
"""For the list of keys: what to write, and what it finds."""


@dataclass(frozen=True, slots=True)
class Query:
    """A search: words that must all occur, conditions that must all hold.

    Attributes:
        words: without case.
        problem: a sentence on a condition that is not understood and was passed over, "" for none.
    """

    text: str = ""
    words: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    problem: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether everything passes."""
        return not self.words and not self.conditions

    def admits(self, entry: WorklistEntry) -> bool:
        """Whether a row passes."""
        text = entry.searched
        for word in self.words:
            if word not in text:
                return False
        return all(condition(entry) for condition in self.conditions)


def parse(text: str, today: date) -> Query:
    """Read a search; a condition that is not understood (yet) is passed over and named."""
    words: list[str] = []
    conditions: list[Condition] = []
    problem = ""
    for word in text.split():
        name, colon, value = word.casefold().partition(":")
        reader = _READERS.get(name) if colon else None
        if reader is None:
            words.append(word.casefold())
            continue
        try:
            conditions.append(reader(value, today))
        except ValueError as error:
            problem = str(error) if value else problem
    return Query(text.strip(), tuple(words), tuple(conditions), problem)


def with_condition(text: str, name: str, value: str) -> str:
    """Return a search with ``name:value`` in the place of any other condition of that name; "" takes it off."""
    kept = [word for word in text.split() if not word.casefold().startswith(f"{name}:")]
    return " ".join([*kept, f"{name}:{value}"] if value else kept)


def condition_of(text: str, name: str) -> str:
    """Return the value of a condition in a search, "" when there is none."""
    found = (word for word in text.casefold().split() if word.startswith(f"{name}:"))
    return next(found, "").partition(":")[2]


def _by_view(value: str, _today: date) -> Condition:
    named = {projection.value.casefold(): projection for projection in Projection}
    wanted = {projection for name, projection in named.items() for part in value.split(",") if part and name == part}
    if not wanted:
        raise ValueError(f"view:{value} is not known; write view:pa, view:ap, view:lateral or view:other.")
    return lambda entry: entry.instance is not None and entry.projection in wanted


_STATES: dict[str, Condition] = {
    "unread": lambda entry: entry.is_readable and entry.state.progress is Progress.UNREAD,
    "progress": lambda entry: entry.is_readable and entry.state.progress is Progress.IN_PROGRESS,
    "second": lambda entry: entry.is_readable and entry.state.needs_second_read,
    "signed": lambda entry: entry.is_readable and entry.state.progress is Progress.SIGNED,
    "withheld": lambda entry: entry.is_readable and bool(entry.withheld_reason),
    "broken": lambda entry: not entry.is_readable,
}


def _by_state(value: str, _today: date) -> Condition:
    if value not in _STATES:
        known = ", ".join(f"state:{name}" for name in _STATES)
        raise ValueError(f"state:{value} is not known; write {known}.")
    return _STATES[value]


def _by_score(value: str, _today: date) -> Condition:
    holds = _numbers(value, "score")
    return lambda entry: entry.top_score is not None and holds(entry.top_score)


def _by_disagreement(value: str, _today: date) -> Condition:
    holds = _numbers(">0" if value == "yes" else value, "disagree")
    return lambda entry: entry.disagreement is not None and holds(entry.disagreement.value)


def _numbers(value: str, name: str) -> Callable[[float], bool]:
    """Read ``>0.5``, ``>=0.5``, ``<0.2``, ``<=0.2``, ``0.2..0.4`` or ``0.5``, a number to the digits written."""
    try:
        if ".." in value:
            low, high = (float(part) for part in value.split("..", 1))
            return lambda number: low <= number <= high
        sign, written = _signed(value)
        limit = float(written)
    except ValueError as error:
        raise ValueError(f"{name}:{value} has no number; write {name}:>0.5 or {name}:0.2..0.4.") from error
    digits = len(written.partition(".")[2])
    return {
        "": lambda number: round(number, digits) == limit,
        ">": lambda number: number > limit,
        ">=": lambda number: number >= limit,
        "<": lambda number: number < limit,
        "<=": lambda number: number <= limit,
    }[sign]


def _signed(value: str) -> tuple[str, str]:
    sign = next((sign for sign in (">=", "<=", ">", "<") if value.startswith(sign)), "")
    return sign, value[len(sign) :]


def _by_date(value: str, today: date) -> Condition:
    try:
        holds = _days(value, today)
    except ValueError as error:
        raise ValueError(
            f"date:{value} is no date; write date:2024-03, date:2024-03-01..2024-03-15, date:>2023 or date:7d."
        ) from error
    return lambda entry: (
        entry.instance is not None and bool(entry.instance.study_date) and holds(entry.instance.study_date)
    )


def _days(value: str, today: date) -> Callable[[str], bool]:
    """Return what a date condition says of a day, YYYYMMDD."""
    if value == "today":
        return lambda day: day == f"{today:%Y%m%d}"
    if found := re.fullmatch(r"([1-9]\d{0,3})([dwy])", value):
        span = int(found[1]) * {"d": 1, "w": 7, "y": 365}[found[2]]
        earliest, latest = f"{today - timedelta(days=span - 1):%Y%m%d}", f"{today:%Y%m%d}"
        return lambda day: earliest <= day <= latest
    if ".." in value:
        begin, end = value.split("..", 1)
        first, last = _ends(begin)[0], _ends(end)[1]
        return lambda day: first <= day <= last
    sign, written = _signed(value)
    low, high = _ends(written)
    return {
        "": lambda day: low <= day <= high,
        ">": lambda day: day > high,
        ">=": lambda day: day >= low,
        "<": lambda day: day < low,
        "<=": lambda day: day <= high,
    }[sign]


def _ends(written: str) -> tuple[str, str]:
    """Return the first and last day of a year, month or day written 2024, 2024-03, 2024-03-15 or without hyphens."""
    if not re.fullmatch(r"\d{4}(-?\d{2}(-?\d{2})?)?", written):
        raise ValueError(written)
    digits = written.replace("-", "")
    date.fromisoformat(digits + "00000101"[len(digits) :])  # a 13th month is refused
    return digits.ljust(8, "0"), digits.ljust(8, "9")


_READERS: dict[str, Callable[[str, date], Condition]] = {
    "date": _by_date,
    "view": _by_view,
    "score": _by_score,
    "disagree": _by_disagreement,
    "state": _by_state,
}
