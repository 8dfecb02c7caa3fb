"""Model bundles: a folder that can be run, written by training, checked before use, read without torch."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from cxr_viewer.core import training_range
from cxr_viewer.core.candidates import SelectionRules, Thresholds
from cxr_viewer.core.training_range import TrainingRange
from cxr_viewer.detection.anchors import AnchorSpec
from cxr_viewer.detection.network_spec import NetworkSpec

FORMAT_VERSION = 1
FAMILY = "retinanet"
BUNDLE_FILE = "bundle.json"
GATE_FILE = "gate.safetensors"
_PICKLE_ENDINGS = {".pt", ".pth", ".pkl", ".pickle", ".ckpt"}


class BundleError(Exception):
    """A bundle is refused; the message names the file and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Member:
    """One network of a bundle: file names inside the folder; the graph's weights lie beside it as ``.bin``."""

    weights: str
    graph: str
    fold: str = ""

    @property
    def graph_weights(self) -> str:
        return str(Path(self.graph).with_suffix(".bin"))

    @property
    def files(self) -> tuple[str, str, str]:
        return self.weights, self.graph, self.graph_weights


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """One point of a FROC curve: what a score threshold gives on a named data set."""

    score: float
    sensitivity: float
    false_positives_per_image: float


@dataclass(frozen=True, slots=True)
class Validation:
    """Figures measured when the bundle was published, with the data set they belong to."""

    dataset: str = ""
    images: int = 0
    metrics: Mapping[str, float] = field(default_factory=dict)
    froc: tuple[OperatingPoint, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelBundle:
    """Everything that is needed to run an ensemble, except the weights themselves.

    Attributes:
        digest: sha256 over the canonical text of bundle.json, which holds the sha256 of every other file.
        network: the architecture that all members share (same anchors, so that they combine per anchor).
        graph_precision: "fp16" or "fp32", how the OpenVINO graphs store their weights.
        learned_from: sentence on the training data that every view of the output repeats.
        gate: name of the learned input gate's file, "" for a bundle without one.
        training_range: greys of the training images, None for a bundle that does not say.
    """

    folder: Path
    digest: str
    name: str
    version: str
    created: str
    licence: str
    intended_use: str
    learned_from: str
    members: tuple[Member, ...]
    network: NetworkSpec
    thresholds: Thresholds
    rules: SelectionRules
    validation: Validation
    training_data_digest: str
    code_version: str
    graph_precision: str = "fp16"
    gate: str = ""
    training_range: TrainingRange | None = None

    @property
    def title(self) -> str:
        """Name and version, for the reader."""
        return f"{self.name} {self.version}".strip()


def read(folder: Path) -> ModelBundle:
    """Return the bundle in ``folder`` after checking the digest of every file.

    Raises:
        BundleError: a file is missing, altered or a pickle, a key is missing, or the format is unknown.
    """
    path = folder / BUNDLE_FILE
    content = _load(path)
    if content.get("format_version") != FORMAT_VERSION or content.get("family") != FAMILY:
        raise BundleError(
            f"{path} is of format {content.get('format_version')!r}, family {content.get('family')!r}; "
            f"this program reads format {FORMAT_VERSION}, family '{FAMILY}'. Use a program version that fits."
        )
    digest = content.pop("digest", None)
    if digest != _digest(content):
        raise BundleError(f"{path} was changed after it was published (its digest does not fit). Get a fresh copy.")
    try:
        bundle = _from_content(folder, str(digest), content)
        listed: Mapping[str, str] = content["files"]
        needed = {name for member in bundle.members for name in member.files} | ({bundle.gate} - {""})
    except (KeyError, TypeError, ValueError) as error:
        raise BundleError(f"{path} is incomplete or malformed ({_detail(error)}). Get a fresh copy.") from error
    _check_files(folder, listed, needed)
    return bundle


def listed_files(folder: Path) -> set[str]:
    """Return the names of the files that the description in ``folder`` has a digest of.

    Raises:
        BundleError: there is no description.
    """
    return set(_load(folder / BUNDLE_FILE).get("files", {}))


def write(bundle: ModelBundle, files: Mapping[str, Path]) -> ModelBundle:
    """Write bundle.json for a folder whose other files (name -> path) are complete; return it with its digest."""
    content = _to_content(bundle, {name: _file_digest(path) for name, path in sorted(files.items())})
    content["digest"] = _digest(content)
    target = bundle.folder / BUNDLE_FILE
    partial = target.with_suffix(".partial")
    partial.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    partial.replace(target)
    return read(bundle.folder)


def _load(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BundleError(f"{path} does not exist: choose a folder that holds a model bundle.") from error
    except (OSError, ValueError) as error:
        raise BundleError(f"{path} cannot be read ({_detail(error)}). Get a fresh copy.") from error
    if not isinstance(content, dict):
        raise BundleError(f"{path} is not a model bundle's description. Choose another folder.")
    return content


def _check_files(folder: Path, listed: Mapping[str, str], needed: set[str]) -> None:
    if missing := needed - set(listed):
        raise BundleError(f"{folder / BUNDLE_FILE} has no digest for {', '.join(sorted(missing))}. Get a fresh copy.")
    for name, expected in listed.items():
        path = folder / name
        if Path(name).name != name:
            raise BundleError(f"{folder / BUNDLE_FILE} names a file outside its folder ({name}). Do not use it.")
        if path.suffix in _PICKLE_ENDINGS:
            raise BundleError(f"{path} is a pickle, which can run code when it is read. Only safetensors are accepted.")
        try:
            actual = _file_digest(path)
        except OSError as error:
            raise BundleError(f"{path} is missing or cannot be read. Get a fresh copy of the bundle.") from error
        if actual != expected:
            raise BundleError(f"{path} was changed after it was published (its sha256 does not fit). Get a fresh copy.")


def _from_content(folder: Path, digest: str, content: Mapping[str, Any]) -> ModelBundle:
    validation = dict(content["validation"])
    froc = tuple(OperatingPoint(**point) for point in validation.pop("froc"))
    members = tuple(Member(**member) for member in content["members"])
    if not members:
        raise ValueError("no members")
    return ModelBundle(
        folder=folder,
        digest=digest,
        members=members,
        network=network_from_content(content["network"]),
        thresholds=Thresholds(**content["thresholds"]),
        rules=SelectionRules(**content["selection"]),
        validation=Validation(froc=froc, **validation),
        gate=str(content.get("gate", "")),
        training_range=training_range.from_content(content["training_range"]) if "training_range" in content else None,
        **{key: str(content[key]) for key in _TEXTS},
    )


def network_from_content(content: Mapping[str, Any]) -> NetworkSpec:
    """Return an architecture from the plain values of a JSON or TOML file (lists become tuples)."""
    anchors: dict[str, Any] = dict(content["anchors"])
    anchors = {key: tuple(value) if isinstance(value, list) else value for key, value in anchors.items()}
    return NetworkSpec(**{**content, "anchors": AnchorSpec(**anchors)})


_TEXTS = (
    "name",
    "version",
    "created",
    "licence",
    "intended_use",
    "learned_from",
    "training_data_digest",
    "code_version",
    "graph_precision",
)


def _to_content(bundle: ModelBundle, digests: Mapping[str, str]) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "family": FAMILY,
        **{key: getattr(bundle, key) for key in _TEXTS},
        "network": asdict(bundle.network),
        "thresholds": asdict(bundle.thresholds),
        "selection": asdict(bundle.rules),
        "validation": {
            "dataset": bundle.validation.dataset,
            "images": bundle.validation.images,
            "metrics": dict(bundle.validation.metrics),
            "froc": [asdict(point) for point in bundle.validation.froc],
        },
        "members": [asdict(member) for member in bundle.members],
        **({"gate": bundle.gate} if bundle.gate else {}),
        **({"training_range": asdict(bundle.training_range)} if bundle.training_range else {}),
        "files": dict(digests),
    }


def _digest(content: Mapping[str, Any]) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(canonical.encode()).hexdigest()


def _file_digest(path: Path) -> str:
    with path.open("rb") as stream:
        digest = sha256()
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _detail(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if isinstance(error, KeyError) else str(error)
