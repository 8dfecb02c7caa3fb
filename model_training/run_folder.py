"""The folder of a run: what was asked for, the checkpoint, the curves and, when it is done, the member."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from safetensors.torch import save_file

from cxr_viewer.core.whole_folder import FolderInUseError, check_is_free
from cxr_viewer.detection.bundle import network_from_content
from cxr_viewer.detection.member_files import stored_state
from cxr_viewer.detection.member_network import load_network
from cxr_viewer.detection.network_spec import NetworkSpec
from cxr_viewer.detection.retinanet import RetinaNet
from model_training import recipe

RUN_FILE, CHECKPOINT = "run.json", "last.ckpt"
METRICS, THRESHOLDS, CURVES = "metrics.csv", "thresholds.csv", "curves.png"
WEIGHTS, MEMBER_FILE = "member.safetensors", "member.json"
CHECKPOINTS = "checkpoints"


class FitError(Exception):
    """The fit cannot start or go on; the message is a sentence."""


def check(out: Path, asked: Mapping[str, Any]) -> None:
    """Raise FolderInUseError unless the folder is free or holds the run that is asked for."""
    path = out / RUN_FILE
    if not path.is_file():
        check_is_free(out)
    elif not _is_same(json.loads(path.read_text(encoding="utf-8")), json.loads(json.dumps(asked))):
        raise FolderInUseError(f"{out} holds another run (other recipe, data, fold or seed); choose another --out.")


def begin(out: Path, asked: Mapping[str, Any]) -> None:
    """Write what was asked for."""
    out.mkdir(parents=True, exist_ok=True)
    _write_json(out / RUN_FILE, asked)


def is_done(out: Path) -> bool:
    """Tell whether the member was written."""
    return (out / WEIGHTS).is_file() and (out / MEMBER_FILE).is_file()


def _is_same(earlier: dict[str, Any], asked: dict[str, Any]) -> bool:
    """Tell whether two requests are one; a recipe key that a newer program knows has its default in an older run."""
    known = recipe.to_table(recipe.from_table(earlier["recipe"], RUN_FILE))
    return {**earlier, "recipe": json.loads(json.dumps(known))} == asked


def kept_name(number: int) -> str:
    """Return the name of the weights of a round, from 1, inside of the run's folder."""
    return f"{CHECKPOINTS}/round-{number:05}.safetensors"


def write_weights(path: Path, network: RetinaNet) -> None:
    """Write weights (fp16): beside and renamed."""
    path.parent.mkdir(exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    save_file(stored_state(network.eval()), partial)
    partial.replace(path)


def write_member(out: Path, network: RetinaNet, record: Mapping[str, Any]) -> None:
    """Write the weights (fp16) and what they were made from, the record last."""
    write_weights(out / WEIGHTS, network)
    _write_json(out / MEMBER_FILE, record)


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    partial = path.with_name(path.name + ".partial")
    partial.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    partial.replace(path)


@dataclass(frozen=True, slots=True)
class FittedMember:
    """Weights of a finished run and what they were made from.

    Attributes:
        folder: of the run.
        spec: architecture.
        record: content of the run's ``member.json``.
        weights: file, the run's last weights or those of an earlier round.
        samples: images shown until then.
    """

    folder: Path
    spec: NetworkSpec
    record: dict[str, Any]
    weights: Path
    samples: int

    @property
    def learned_digests(self) -> frozenset[str]:
        """Digests of the dataset that was learned from and of its parts; an older run knows the whole only."""
        return frozenset(self.record.get("dataset_digests", [self.record["dataset_digest"]]))

    def network(self) -> RetinaNet:
        """Return the network in evaluation mode."""
        return load_network(self.spec, self.weights)


def read_member(folder: Path) -> FittedMember:
    """Return the member of a finished run.

    Raises:
        FitError: the folder holds no finished run.
    """
    try:
        record = json.loads((folder / MEMBER_FILE).read_text(encoding="utf-8"))
        spec = network_from_content(record["network"])
        samples = int(record["samples"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FitError(f"{folder} holds no finished run; fit a member first (cxr-train fit).") from error
    return FittedMember(folder, spec, record, folder / WEIGHTS, samples)


def read_checkpoints(folder: Path) -> tuple[FittedMember, ...]:
    """Return the weights that a finished run kept, one member per round, oldest first, the run's own member last.

    Raises:
        FitError: the folder holds no finished run, or one of its weights is gone.
    """
    member = read_member(folder)
    try:
        kept = [
            replace(member, weights=folder / entry["weights"], samples=int(entry["samples"]))
            for entry in member.record.get("checkpoints", ())
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise FitError(f"{folder / MEMBER_FILE} does not name its kept weights as it should.") from error
    for one in kept:
        if not one.weights.is_file():
            raise FitError(f"{one.weights} is gone, although {MEMBER_FILE} names it.")
    return tuple(kept) or (member,)
