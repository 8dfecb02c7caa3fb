"""What a reader chooses from: labels of opacities and reasons for a rejection, each with a code that never changes.

Stores and exported files hold codes. A code names its term for ever, wherever it stands in the list: terms may be
added, moved and reworded, but a code is never given to another term.
"""

import re
import tomllib
from dataclasses import dataclass

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of a list.

    Attributes:
        code: what is stored.
        words: what the reader sees, in the middle of a sentence.
        former: texts that stand for it in stores of earlier versions.
    """

    code: str
    words: str
    former: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The words at the beginning of a line."""
        return self.words[:1].upper() + self.words[1:]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The two lists, in the order in which they are offered."""

    labels: tuple[Term, ...]
    reasons: tuple[Term, ...]

    def label_words(self, code: str) -> str:
        """Return the words of a label; one that this list does not know is shown as it is."""
        return _words(self.labels, code)

    def reason_words(self, code: str) -> str:
        """Return the words of a reason; one that this list does not know is shown as it is."""
        return _words(self.reasons, code)

    def reason_code(self, stored: str) -> str:
        """Return the code of a stored reason, "" for text that is none; earlier versions stored the words."""
        found = _find(self.reasons, stored)
        return found.code if found else ""

    def label_code(self, stored: str) -> str:
        """Return the code of a stored label, "" for text that is none."""
        found = _find(self.labels, stored)
        return found.code if found else ""


def is_code(text: str) -> bool:
    """Whether a text has the form of a code, so that nobody can have typed a sentence into it."""
    return bool(_CODE.fullmatch(text))


def parse(text: str) -> Vocabulary:
    """Read both lists from TOML: tables ``label`` and ``reason`` with ``code``, ``words`` and perhaps ``former``.

    Raises:
        ValueError: a term has no code or no words, or two terms share one.
    """
    tables = tomllib.loads(text)
    return Vocabulary(_terms(tables.get("label", []), "label"), _terms(tables.get("reason", []), "reason"))


def _terms(rows: list[dict[str, object]], kind: str) -> tuple[Term, ...]:
    terms = []
    for row in rows:
        former = row.get("former", [])
        assert isinstance(former, list)
        terms.append(Term(str(row.get("code", "")), str(row.get("words", "")), tuple(str(each) for each in former)))
    for term in terms:
        if not is_code(term.code) or not term.words:
            raise ValueError(f"The {kind} '{term.code}' needs a code of small letters and words.")
    names = [name for term in terms for name in {term.code, *term.former}]
    if len(names) != len(set(names)):
        raise ValueError(f"Two entries of the {kind} list share a code or a former text.")
    return tuple(terms)


def _find(terms: tuple[Term, ...], stored: str) -> Term | None:
    return next((term for term in terms if stored == term.code or stored in term.former), None)


def _words(terms: tuple[Term, ...], code: str) -> str:
    found = _find(terms, code)
    return found.words if found else code
