"""``tuning.json``: what tuning chose, by which grid and rule, on which data, for which members: writer and reader."""

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cxr_viewer import __version__
from cxr_viewer.core.candidates import SelectionRules, Thresholds
from cxr_viewer.detection.bundle import OperatingPoint, Validation
from model_training import settings_search, validation
from model_training.bootstrap import Interval
from model_training.dataset import Dataset
from model_training.run_folder import FittedMember
from model_training.score_thresholds import SCORE_GRID
from model_training.settings_choice import Choice
from model_training.settings_search import Step

NAME = "tuning.json"
FORMAT, VERSION = "cxr-tuning", 1
RULE = (
    "Along the coordinates in their order; a value other than the one in force is taken when its cross-fitted gain "
    "over it (each half of the persons chooses value and score, the other half scores them) has a 95 % bootstrap "
    "interval over persons above zero."
)


class TuningError(Exception):
    """A tuning file cannot be used; the message is a sentence that names it."""


@dataclass(frozen=True, slots=True)
class TunedSettings:
    """What a bundle takes from a tuning file.

    Attributes:
        thresholds, rules: chosen.
        validation: figures and curve at them, with the name of the data set.
        member_digests: sha256 of the weights of the members that they were chosen for.
        dataset: name of the data that chose, in words.
        dataset_digests: of those data and of their parts.
    """

    thresholds: Thresholds
    rules: SelectionRules
    validation: Validation
    member_digests: frozenset[str]
    dataset: str
    dataset_digests: frozenset[str]


def write(path: Path, choice: Choice, dataset: Dataset) -> None:
    """Write the file, beside and renamed."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text(json.dumps(content(choice, dataset), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    partial.replace(path)


def read(path: Path) -> TunedSettings:
    """Return what a bundle takes.

    Raises:
        TuningError: there is no such file, or it is none of tuning's, of another version, or incomplete.
    """
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        if (table["format"], table["version"]) != (FORMAT, VERSION):
            raise TuningError(f"{path} is of format {table['format']} {table['version']}, not {FORMAT} {VERSION}.")
        measured = dict(table["validation"])
        points = tuple(OperatingPoint(**point) for point in measured.pop("froc"))
        return TunedSettings(
            thresholds=Thresholds(**table["chosen"]["thresholds"]),
            rules=SelectionRules(**table["chosen"]["selection"]),
            validation=Validation(froc=points, **measured),
            member_digests=frozenset(str(member["sha256"]) for member in table["members"]),
            dataset=str(table["dataset"]["name"]),
            dataset_digests=frozenset((table["dataset"]["digest"], *table["dataset"]["part_digests"])),
        )
    except OSError as error:
        raise TuningError(f"{path} cannot be read ({error.strerror}); make it by cxr-train tune.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise TuningError(f"{path} is no complete tuning file; make it by cxr-train tune.") from error


def member_digests(members: Sequence[FittedMember]) -> list[str]:
    """Return the sha256 of each member's weights."""
    return [hashlib.sha256(member.weights.read_bytes()).hexdigest() for member in members]


def content(choice: Choice, dataset: Dataset) -> dict[str, Any]:
    """Return the file's content as plain values; what could not be computed is null."""
    check = choice.consensus
    return {
        "format": FORMAT,
        "version": VERSION,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "code_version": __version__,
        "chosen": {"thresholds": asdict(choice.thresholds), "selection": asdict(choice.rules)},
        "dataset": {
            "name": choice.evaluation.dataset,
            "digest": dataset.digest,
            "part_digests": list(dataset.part_digests),
            "images": choice.evaluation.images,
            "persons": choice.evaluation.persons,
        },
        "members": [
            {"run": own.folder.name, "fold": own.record["fold"], "samples": own.samples, "sha256": digest}
            for own, digest in zip(choice.members, member_digests(choice.members), strict=True)
        ],
        "members_per_image": choice.per_image,
        "rule": RULE,
        "grid": {
            "score": SCORE_GRID,
            "overlap": settings_search.OVERLAPS,
            "relative": settings_search.RELATIVES,
            "size": ["mean", *settings_search.SIZES],
            "scale": [1.0, *settings_search.SCALES],
        },
        "search": [_step(own) for own in choice.steps],
        "mean_precision": {
            "in_sample": round(choice.in_sample, 5),
            "cross_fitted": _interval(choice.cross_fitted),
            "cross_fitted_gain_over_defaults": _interval(choice.gain),
        },
        "consensus": None
        if check is None
        else {
            "images_that_chose": check.chose,
            "images_that_report": check.reports,
            "mean_precision": _interval(check.evaluation.mean_precision),
            "gain_over_default_extent": _interval(check.gain),
        },
        "validation": asdict(validation.of_evaluation(choice.shipped)),
        "notes": list(choice.notes),
    }


def _step(own: Step) -> dict[str, Any]:
    return {
        "coordinate": own.name,
        "tried": [
            {**asdict(one.settings), "score": one.score, "mean_precision": round(one.mean_precision, 5)}
            for one in own.tried
        ],
        "best": asdict(own.best),
        "gain": _interval(own.gain),
        "chosen": asdict(own.chosen),
    }


def _interval(interval: Interval) -> dict[str, float | None]:
    values = (("value", interval.value), ("low", interval.low), ("high", interval.high))
    return {name: None if math.isnan(value) else round(value, 5) for name, value in values}
