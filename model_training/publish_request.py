"""What is published, and the checks before anything is written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cxr_viewer.detection.bundle import ModelBundle
from model_training import comparison, tuning_file
from model_training.dataset import Dataset
from model_training.gate.fitting import GateRecipe
from model_training.run_folder import FittedMember
from model_training.tuning_file import TunedSettings


class PublishError(Exception):
    """The runs do not make a bundle; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class PublishRequest:
    """What is published.

    Attributes:
        runs: folders of finished runs.
        out: new folder for the bundle.
        name, version: of the bundle.
        tuning: dataset that fixes the score threshold, or None.
        test: dataset whose figures the bundle carries; None takes what was tuned on and says so.
        observed: datasets whose figures stand on the card only; nothing is chosen by them.
        parent: bundle that gives thresholds and rules where nothing is tuned, or None.
        learned_from: sentence on the training data; "" makes one from the runs and the parent.
        licence: of the weights.
        half: store weights and graphs as fp16.
        checkpoints: how many of each run are members, the last ones.
        tuned: tuning file that gives thresholds, rules and, without a test set, figures; or None.
        although_worse: publish a bundle that is worse than its parent on the test set.
        gate: phantoms that an input gate is made from; None takes over the parent's.
        gate_recipe: how it is made.
    """

    runs: tuple[Path, ...]
    out: Path
    name: str
    version: str = "1"
    tuning: Dataset | None = None
    test: Dataset | None = None
    observed: tuple[Dataset, ...] = ()
    parent: Path | None = None
    learned_from: str = ""
    licence: str = "Apache-2.0"
    half: bool = True
    checkpoints: int = 1
    tuned: Path | None = None
    although_worse: bool = False
    gate: Dataset | None = None
    gate_recipe: GateRecipe = field(default_factory=GateRecipe)


def check(request: PublishRequest, members: Sequence[FittedMember], parent: ModelBundle | None) -> None:
    """Raise unless data and members fit together.

    Raises:
        PublishError: test data are what was tuned or trained on, or settings are asked for twice.
        ComparisonError: the parent was trained on the test data.
    """
    learned = frozenset[str]().union(*(member.learned_digests for member in members))
    for dataset in (request.tuning, request.test, *request.observed):
        if dataset is not None and dataset.digests & learned:
            raise PublishError(f"The dataset {dataset.name} was trained on; take another one for tuning and figures.")
    if parent is not None and request.test is not None:
        comparison.check_unseen(parent, request.test)
    if request.tuning is not None and request.test is not None and request.tuning.digests & request.test.digests:
        raise PublishError("Tuning and test dataset are the same; take two.")
    if request.tuning is not None and request.tuned is not None:
        raise PublishError("A tuning dataset and a tuning file both fix the score threshold; give one of them.")


def tuned_settings(request: PublishRequest, members: Sequence[FittedMember]) -> TunedSettings | None:
    """Return what a tuning file chose for exactly these members, or None without one.

    Raises:
        PublishError: it was chosen for other members, or on the test set.
        TuningError: the file cannot be used.
    """
    if request.tuned is None:
        return None
    tuned = tuning_file.read(request.tuned)
    if tuned.member_digests != frozenset(tuning_file.member_digests(members)):
        raise PublishError(
            f"{request.tuned} was made for other runs or another number of checkpoints; tune these runs, or give the "
            "same runs and --checkpoints."
        )
    if request.test is not None and tuned.dataset_digests & request.test.digests:
        raise PublishError(f"{request.tuned} was tuned on {request.test.name}; take another dataset for the figures.")
    return tuned
