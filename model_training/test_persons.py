"""Persons whose images are for testing: imports refuse them, and a fit refuses whatever they got into.

A list is a text file with a person per line; what follows ``#`` is a comment. A line names a person as datasets do
(``nih-00001373``), by the NIH number (``1373``, ``00001373``, or an image of the person, ``00001373_010.png``), or by
the key of one image (an RSNA ``patientId``).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # lists of persons are read by processes that need no torch
    from model_training.dataset import Dataset

_SHOWN = 5
_NIH_NUMBER = re.compile(r"(\d{1,8})(_\d{3}(\.png)?)?")


class PersonListError(Exception):
    """A list that cannot be used, or persons on it where something would be learned from them."""


class _Known(Protocol):
    """An example, before or after preparation."""

    @property
    def key(self) -> str: ...

    @property
    def person(self) -> str: ...


@dataclass(frozen=True, slots=True)
class PersonList:
    """Persons for testing only.

    Attributes:
        path: the file that lists them.
        lines: line number, from 1, of every name.
    """

    path: Path
    lines: Mapping[str, int]

    def line_of(self, example: _Known) -> int | None:
        """Return the line that names the example's person or the example itself, or None."""
        return self.lines.get(example.person, self.lines.get(example.key))


def read(path: Path) -> PersonList:
    """Read a list of persons.

    Raises:
        PersonListError: the file cannot be read or names nobody.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PersonListError(f"The list of test persons {path} cannot be read as UTF-8 text: {error}.") from error
    lines: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        for name in _names(line.partition("#")[0].strip()):
            lines.setdefault(name, number)
    if not lines:
        raise PersonListError(f"The list of test persons {path} names nobody; write a person per line.")
    return PersonList(path, lines)


def _names(entry: str) -> Iterator[str]:
    if not entry:
        return
    yield entry
    if match := _NIH_NUMBER.fullmatch(entry):
        yield nih_person(match.group(1))


def nih_person(number: str) -> str:
    """Return the name that datasets use for a person of ChestX-ray14, who is one in the RSNA challenge too.

    Args:
        number: the Patient ID of the entry file, or what stands before the underscore of an image's name.

    Raises:
        ValueError: it is no number.
    """
    if not number.isdecimal():
        raise ValueError(f"'{number}' is no number of a person")
    return f"nih-{int(number):08d}"


def refuse(examples: Sequence[_Known], persons: PersonList | None) -> None:
    """Refuse examples of persons on a list; without a list nothing is refused.

    Raises:
        PersonListError: it says how many, and where the list names the first of them.
    """
    if persons is None:
        return
    found = [(example, line) for example in examples if (line := persons.line_of(example)) is not None]
    if not found:
        return
    first = dict.fromkeys(f"{example.person} ({persons.path}, line {line})" for example, line in found)
    count = len({example.person for example, _ in found})
    more = ", …" if len(first) > _SHOWN else ""
    raise PersonListError(
        f"{len(found)} of {len(examples)} images are of persons for testing only; persons found: {count}, namely "
        f"{', '.join(list(first)[:_SHOWN])}{more}. Take them out of the labels, or import them by --for-testing into a "
        "dataset of their own, which no fit takes."
    )


def refuse_to_learn(dataset: "Dataset", persons: PersonList | None) -> None:
    """Refuse a dataset for a fit when it was imported for testing or holds persons on the list.

    Raises:
        PersonListError: one of both.
    """
    if dataset.for_testing:
        raise PersonListError(
            f"The dataset {dataset.name} was imported for testing; nothing is learned from it. Give it to evaluate or "
            "compare, and fit on another one."
        )
    refuse(dataset.examples, persons)
