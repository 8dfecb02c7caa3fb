"""What the window says about the model that is in use: plain values, read once from bundle and detector."""

from dataclasses import dataclass, replace
from pathlib import Path

from cxr_viewer.core.candidates import Detector, SelectionRules, Thresholds
from cxr_viewer.core.training_range import TrainingRange
from cxr_viewer.detection.bundle import ModelBundle, OperatingPoint

CARD_FILE = "MODEL_CARD.md"


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """A detector's words and numbers.

    Attributes:
        learned_from: what it was trained on, in the bundle's own words; "" when nothing is said.
        measured_on: data set of the operating points; "" without any.
        card: text of the model card, "" when there is none.
        input_side: of the square that the members take, pixels; 0 when nothing is said.
        input_mean, input_std: what the members take off values in [0, 1], and divide them by.
        training_range: greys of the training images, None when the bundle does not say.
    """

    name: str
    digest: str
    members: int
    device: str
    thresholds: Thresholds
    rules: SelectionRules
    learned_from: str = ""
    measured_on: str = ""
    points: tuple[OperatingPoint, ...] = ()
    card: str = ""
    folder: Path | None = None
    input_side: int = 0
    input_mean: float = 0.0
    input_std: float = 1.0
    training_range: TrainingRange | None = None

    @property
    def short_digest(self) -> str:
        """First and last digits of the digest, enough to tell two bundles apart."""
        return f"{self.digest[:4]}…{self.digest[-2:]}"

    def operating_point(self, score: float) -> OperatingPoint | None:
        """Return the measured point whose score is nearest below or at a threshold."""
        below = [point for point in self.points if point.score <= score + 1e-9]
        return max(below, key=lambda point: point.score) if below else None


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A detector that is ready, with what the window says about it."""

    detector: Detector
    facts: ModelFacts


def facts_of(detector: Detector) -> ModelFacts:
    """Return what a detector tells about itself, where there is no bundle to ask."""
    return ModelFacts(
        name=detector.name,
        digest=detector.digest,
        members=detector.members,
        device=detector.device,
        thresholds=detector.thresholds,
        rules=detector.rules,
    )


def loaded(detector: Detector, bundle: ModelBundle) -> LoadedModel:
    """Return a detector with what its bundle says about it."""
    card = bundle.folder / CARD_FILE
    facts = replace(
        facts_of(detector),
        learned_from=bundle.learned_from,
        measured_on=bundle.validation.dataset,
        points=bundle.validation.froc,
        card=card.read_text(encoding="utf-8") if card.is_file() else "",
        folder=bundle.folder,
        input_side=bundle.network.input_side,
        input_mean=bundle.network.mean,
        input_std=bundle.network.std,
        training_range=bundle.training_range,
    )
    return LoadedModel(detector, facts)
