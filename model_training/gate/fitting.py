"""Makes a gate from a dataset of phantoms: samples, heads, limit, figures, file."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from cxr_viewer.detection import input_gate
from cxr_viewer.detection.input_gate import LIMIT, InputGate, layer_names
from model_training import folds
from model_training.dataset import Dataset
from model_training.gate.head import fit_head
from model_training.gate.limit import GateFigures, choose_limit, figures_of, scores_of
from model_training.gate.samples import draw_samples

HEADS = 2
_FOLDS, _HELD_OUT = 4, 3
"""Phantoms of one fold of four are held out: the limit is chosen and figures are measured on them."""

Watch = Callable[[str], Callable[[int, int], None]]
"""What is going on, in; who is told (done, of), out."""


class GateError(Exception):
    """The gate cannot be made; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class GateRecipe:
    """How much is drawn and from which seed.

    Attributes:
        chests: phantoms learned from, changed anew each time; as many other pictures are drawn.
        seed: of everything random.
        epochs: how often each picture is seen.
        most_chests_withheld: share of held-out phantoms at the limit; a gate that withholds more is refused.
    """

    chests: int = 8000
    seed: int = 1
    epochs: int = 20
    most_chests_withheld: float = 0.02

    @property
    def held_out(self) -> int:
        """Chests for limit and figures, and as many other pictures."""
        return max(1, self.chests // 4)


@dataclass(frozen=True, slots=True)
class FittedGate:
    """A gate and its figures: on held-out phantoms, then on those of another seed where there are some."""

    gate: InputGate
    figures: tuple[GateFigures, ...]


def _unwatched(_what: str) -> Callable[[int, int], None]:
    return lambda _done, _total: None


def fit_gate(
    dataset: Dataset, recipe: GateRecipe, check: Dataset | None = None, watch: Watch = _unwatched
) -> FittedGate:
    """Return a gate that was fitted to a dataset of phantoms.

    Args:
        dataset: prepared phantoms of any side; a fourth of them is held out.
        recipe: amounts and seed.
        check: phantoms of another seed, for figures only.
        watch: told what is going on.

    Raises:
        GateError: too few phantoms, or the gate withholds too many of the held-out ones.
    """
    persons = [example.person for example in dataset.examples]
    fold = folds.assign(persons, [int(example.image_class) for example in dataset.examples], _FOLDS)
    learned, held_out = np.flatnonzero(fold != _HELD_OUT), np.flatnonzero(fold == _HELD_OUT)
    if not len(learned) or not len(held_out):
        raise GateError(f"The dataset {dataset.name} has too few phantoms for a gate; take some hundred.")
    samples = draw_samples(dataset, learned, recipe.chests, recipe.seed, watch("gate pictures"))
    heads = tuple(
        fit_head(
            samples.inside, samples.outside, recipe.seed + number, recipe.epochs, watch(f"gate head {number + 1}")
        ).layers()
        for number in range(HEADS)
    )
    others = draw_samples(dataset, held_out, recipe.held_out, recipe.seed + 1000, watch("held-out pictures"))
    gate = InputGate(heads, 1.0)
    gate = replace(gate, limit=choose_limit(scores_of(gate, others.outside)))
    figures = [figures_of(gate, others, f"held out of {dataset.name}")]
    if figures[0].chests_withheld > recipe.most_chests_withheld:
        raise GateError(
            f"The gate would withhold {figures[0].chests_withheld:.1%} of held-out phantoms (at most "
            f"{recipe.most_chests_withheld:.0%}); take more phantoms or more pictures."
        )
    if check is not None:
        seen = np.arange(len(check))
        drawn = draw_samples(check, seen, recipe.held_out, recipe.seed + 2000, watch("pictures of the other seed"))
        figures.append(figures_of(gate, drawn, check.name))
    return FittedGate(gate, tuple(figures))


def write_gate(gate: InputGate, path: Path) -> None:
    """Write ``gate.safetensors``: float16 weights and the limit."""
    tensors = {LIMIT: np.array([gate.limit], np.float64)}
    for number, head in enumerate(gate.heads, start=1):
        for name, layer in zip(layer_names(), head, strict=True):
            tensors[f"head-{number}.{name}.weight"] = np.ascontiguousarray(layer.weight, np.float16)
            tensors[f"head-{number}.{name}.bias"] = np.ascontiguousarray(layer.bias, np.float16)
    save_file(tensors, path)
    input_gate.read(path)  # what cannot be read back is not published
