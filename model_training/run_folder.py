"""The folder of a run: what was asked for, the checkpoint, the curves and, when it is done, the member."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
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

RUN_FILE, CHECKPOINT, METRICS = "run.json", "last.ckpt", "metrics.csv"
WEIGHTS, MEMBER_FILE = "member.safetensors", "member.json"


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


def write_member(out: Path, network: RetinaNet, record: Mapping[str, Any]) -> None:
    """Write the weights (fp16) and what they were made from: each beside and renamed, the record last."""
    partial = out / (WEIGHTS + ".partial")
    save_file(stored_state(network.eval()), partial)
    partial.replace(out / WEIGHTS)
    _write_json(out / MEMBER_FILE, record)


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    partial = path.with_name(path.name + ".partial")
    partial.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    partial.replace(path)


@dataclass(frozen=True, slots=True)
class FittedMember:
    """A finished run: where its weights are and what they were made from."""

    folder: Path
    spec: NetworkSpec
    record: dict[str, Any]

    @property
    def weights(self) -> Path:
        return self.folder / WEIGHTS

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
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FitError(f"{folder} holds no finished run; fit a member first (cxr-train fit).") from error
    return FittedMember(folder, spec, record)
