"""The gate's limit and figures: how many chests it withholds and how much of everything else.

The rule of the limit was written down before any real image was looked at. Real chests differ from phantoms, and
whatever differs looks more like something else, so the whole margin is given to them: the limit is the highest score
that still withholds LEAST_WITHHELD of the held-out other pictures, every kind counting alike.
"""

from dataclasses import dataclass

import numpy as np

from cxr_viewer.detection.input_gate import InputGate, score_of
from model_training import curves
from model_training.curves import Floats
from model_training.gate.head import Thumbnails
from model_training.gate.outside import KINDS
from model_training.gate.samples import GateSamples

LEAST_WITHHELD = 0.95


@dataclass(frozen=True, slots=True)
class GateFigures:
    """What a gate does on simulated pictures that it did not learn from.

    Attributes:
        dataset: where the chests are from.
        chests, others: pictures of each side.
        auc: area under the ROC curve, other pictures being positive.
        chests_withheld, others_withheld: shares; kinds count alike.
        weakest: the three kinds of which least is withheld, with the shares.
    """

    dataset: str
    chests: int
    others: int
    auc: float
    chests_withheld: float
    others_withheld: float
    weakest: tuple[tuple[str, float], ...]


def scores_of(gate: InputGate, thumbnails: Thumbnails) -> Floats:
    """Return the score of each thumbnail, (N,)."""
    return np.array([score_of(gate.logit(own)) for own in thumbnails])


def choose_limit(others: Floats) -> float:
    """Return the limit for the scores of held-out other pictures, every kind having as many."""
    passed = int((1 - LEAST_WITHHELD) * len(others))
    limit = np.sort(others)[passed - 1] if passed else np.nextafter(others.min(), 0)
    return float(np.clip(limit, 0, 1))


def figures_of(gate: InputGate, samples: GateSamples, dataset: str) -> GateFigures:
    """Return what the gate does on these samples."""
    chests, others = scores_of(gate, samples.inside), scores_of(gate, samples.outside)
    shares = {KINDS[kind]: float((others[samples.kinds == kind] > gate.limit).mean()) for kind in set(samples.kinds)}
    return GateFigures(
        dataset=dataset,
        chests=len(chests),
        others=len(others),
        auc=curves.roc_auc(np.concatenate([chests, others]), np.arange(len(chests) + len(others)) >= len(chests)),
        chests_withheld=float((chests > gate.limit).mean()),
        others_withheld=float(np.mean(list(shares.values()))),
        weakest=tuple(sorted(shares.items(), key=lambda entry: entry[1])[:3]),
    )


def card_lines(limit: float, figures: tuple[GateFigures, ...]) -> list[str]:
    """Return the model card's section on the gate, Markdown lines."""
    lines = [
        "## Input gate",
        "",
        "Small heads look at a thumbnail of the network input and withhold what does not look like an upright frontal",
        "chest radiograph. They learned from simulated pictures alone: phantoms, damaged phantoms, drawn radiographs",
        f"of other parts of the body, and other drawings ({len(KINDS)} kinds). Limit of the score: {limit:.3f}, the",
        f"highest that withholds {LEAST_WITHHELD:.0%} of held-out other pictures.",
        "",
        "| pictures | chests withheld | others withheld | AUC | weakest kinds |",
        "|---|---|---|---|---|",
    ]
    for own in figures:
        weakest = ", ".join(f"{kind} {share:.0%}" for kind, share in own.weakest)
        lines.append(
            f"| {own.dataset} ({own.chests} + {own.others}) | {own.chests_withheld:.1%} | {own.others_withheld:.1%} "
            f"| {own.auc:.4f} | {weakest} |"
        )
    return [*lines, ""]
