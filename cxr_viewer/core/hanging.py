"""Which images may stand beside the one that is read: hanging rules, which are data and never throw.

A rule that cannot be understood is left out and said; an instance whose header says nothing simply matches less.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from cxr_viewer.core import time_apart
from cxr_viewer.core.gate import RADIOGRAPHS, UNSPECIFIC
from cxr_viewer.core.header_words import View
from cxr_viewer.core.patients import is_same_patient, is_same_study
from cxr_viewer.core.stated_view import stated_view
from cxr_viewer.core.studies import Instance


class Shows(StrEnum):
    """What the reader asks to see beside the image."""

    PRIOR = "prior"
    VIEWS = "views"


class StudyOf(StrEnum):
    """From which study, seen from the image that is read: of the same patient in every case."""

    SAME = "same"
    EARLIER = "earlier"
    UNDATED = "undated"


class ViewIs(StrEnum):
    """Which projection."""

    ANY = "any"
    SAME = "same"
    FRONTAL = "frontal"
    LATERAL = "lateral"


class Stands(StrEnum):
    """On which side of the image that is read."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class HangingRule:
    """One rule: where ``when`` fits the image that is read, images of ``study`` and ``view`` may stand beside it."""

    shows: Shows
    when: ViewIs
    study: StudyOf
    view: ViewIs
    stands: Stands


@dataclass(frozen=True, slots=True)
class HangingRules:
    """The rules in their order, and a sentence for each row that is none."""

    rules: tuple[HangingRule, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """An image that may stand beside the one that is read, and what it is to it, in words."""

    instance: Instance
    relation: str
    stands: Stands


def parse(text: str) -> HangingRules:
    """Read rules from TOML (``[[rule]]`` tables); nothing in the text makes this raise."""
    try:
        rows = tomllib.loads(text).get("rule", [])
    except tomllib.TOMLDecodeError as error:
        return HangingRules(problems=(f"The hanging rules are no TOML ({error}).",))
    if not isinstance(rows, list):
        return HangingRules(problems=("The hanging rules need [[rule]] tables.",))
    rules: list[HangingRule] = []
    problems: list[str] = []
    for number, row in enumerate(rows, 1):
        try:
            rules.append(_rule(row))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            problems.append(f"Hanging rule {number} is left out: {error}.")
    return HangingRules(tuple(rules), tuple(problems))


def _rule(row: dict[str, Any]) -> HangingRule:
    return HangingRule(
        shows=Shows(row["shows"]),
        when=ViewIs(row.get("when", "any")),
        study=StudyOf(row["study"]),
        view=ViewIs(row.get("view", "any")),
        stands=Stands(row.get("stands", "right")),
    )


def beside(
    current: Instance, others: Iterable[Instance], rules: Iterable[HangingRule], shows: Shows
) -> tuple[Beside, ...]:
    """Return what may stand beside an image, the best first.

    Of each earlier study one image is offered, the newest study first. Of the same study all images are offered, in
    the order of the rules. An image is never offered beside itself, a copy of itself, or an image of another kind (a
    slice of a CT is no prior of a radiograph).
    """
    pool = sorted(
        (other for other in others if _kind(other) == _kind(current) and not _is_copy(current, other)), key=_file_order
    )
    fitting = [rule for rule in rules if rule.shows is shows and _fits(current, current, rule.when)]
    taken: dict[str | Path, Beside] = {}
    for rule in fitting:
        found = [o for o in pool if _study_of(current, o) is rule.study and _fits(current, o, rule.view)]
        for other in sorted(found, key=lambda o: o.view_position != current.view_position):
            place = other.path if rule.study is StudyOf.SAME else _study_key(other)
            taken.setdefault(place, Beside(other, relation(current, other), rule.stands))
    offered = list(taken.values())
    if shows is Shows.PRIOR:
        offered.sort(key=lambda entry: _when(entry.instance), reverse=True)
    return tuple(offered)


def relation(current: Instance, other: Instance) -> str:
    """Return in words what an image is to the one that is read."""
    match _study_of(current, other):
        case StudyOf.SAME:
            stated = stated_view(other)
            return f"{_VIEW_WORDS[stated.view] if stated else _OTHER} of this study"
        case StudyOf.EARLIER:
            before, now = time_apart.date_of(other.study_date), time_apart.date_of(current.study_date)
            if before is None or now is None or before == now:
                return "prior, earlier on the same day"
            return f"prior, {time_apart.words(before, now)} earlier"
        case StudyOf.UNDATED:
            is_known = bool(other.study_date.strip()) and other.study_date == current.study_date
            return "another study of the same day" if is_known else "another study, date unknown"
    return ""


_OTHER = "other image"
_VIEW_WORDS = {
    View.FRONTAL: "frontal view",
    View.LATERAL: "lateral view",
    View.DECUBITUS: "decubitus view",
    View.OBLIQUE: "oblique view",
    View.OTHER: _OTHER,
}


def _study_of(current: Instance, other: Instance) -> StudyOf | None:
    """Return how the other image's study lies to the current one's; None for a later one and for other people."""
    if is_same_study(current, other):
        return StudyOf.SAME
    if not is_same_patient(current, other) or _study_key(current) == _study_key(other):
        return None
    before, now = time_apart.date_of(other.study_date), time_apart.date_of(current.study_date)
    if before is None or now is None:
        return StudyOf.UNDATED
    if before != now:
        return StudyOf.EARLIER if before < now else None
    time_before, time_now = time_apart.time_of(other.study_time), time_apart.time_of(current.study_time)
    if not time_before or not time_now:
        return StudyOf.UNDATED
    return StudyOf.EARLIER if time_before < time_now else None


def _fits(current: Instance, other: Instance, wanted: ViewIs) -> bool:
    if wanted is ViewIs.ANY:
        return True
    if wanted is ViewIs.SAME:
        return _view(other) is _view(current)
    return _view(other) is (View.FRONTAL if wanted is ViewIs.FRONTAL else View.LATERAL)


def _view(instance: Instance) -> View | None:
    stated = stated_view(instance)
    return stated.view if stated else None


def _kind(instance: Instance) -> str:
    modality = instance.modality.strip().upper()
    return "" if modality in RADIOGRAPHS or modality in UNSPECIFIC else modality


def _is_copy(one: Instance, other: Instance) -> bool:
    return one.path == other.path or (bool(one.sop_instance_uid) and one.sop_instance_uid == other.sop_instance_uid)


def _study_key(instance: Instance) -> str:
    return instance.study_instance_uid or f"folder {instance.path.parent}"


def _file_order(instance: Instance) -> tuple[bool, int, bool, int, str]:
    series, number = instance.series_number, instance.instance_number
    return series is None, series or 0, number is None, number or 0, str(instance.path)


def _when(instance: Instance) -> tuple[str, str]:
    day = time_apart.date_of(instance.study_date)
    return (day.isoformat() if day else ""), time_apart.time_of(instance.study_time)
