"""One thing that the program tries of itself, with what came out."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from cxr_viewer.store import locations


class Outcome(Enum):
    """How a check ended."""

    WORKS = "works"
    FAILS = "fails"
    NOTHING = "nothing to try"


@dataclass(frozen=True, slots=True)
class Check:
    """A name, an outcome and a sentence without names of patients, readers or files."""

    name: str
    outcome: Outcome
    words: str


def told_place(path: Path, own: Path) -> str:
    """Return where something lies: below home as ``~``, and not at all where somebody chose the place."""
    if path != own:
        return "a place of your own choice"
    try:
        return f"~/{path.relative_to(Path.home()).as_posix()}"
    except ValueError:
        return "the program's own folder"


def told_error(error: BaseException, *places: Path) -> str:
    """Return an error's words with places taken out; only its type where that leaves part of one."""
    words = str(error) or type(error).__name__
    hidden = sorted({str(place) for place in (*places, locations.caches_folder(), Path.home())}, key=len, reverse=True)
    for place in hidden:
        words = words.replace(place, "…")
    parts = {part for place in places for part in place.parts if len(part) > 3}
    return type(error).__name__ if any(part in words for part in parts) else words
