"""The batches of one run: which examples each step shows, and what of them a process takes.

A step's batch is a function of the step. Several processes share it: each takes every so-manieth position, so that all
of them together show what one would.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch

from model_training.corrections import SOURCE as CORRECTIONS
from model_training.dataset import Batch, Dataset, collect
from model_training.prefetching import Prefetched, Waiting
from model_training.recipe import Recipe, SamplingRules
from model_training.sampling import Mixed, Order, balanced


@dataclass(frozen=True, slots=True)
class Share:
    """What one of several processes takes of every step: number ``process`` (from 0) of ``processes``."""

    process: int = 0
    processes: int = 1


WHOLE = Share()


class RunData:
    """The batches of one run."""

    def __init__(
        self, dataset: Dataset, recipe: Recipe, seed: int, learned: Sequence[int], held_out: Sequence[int]
    ) -> None:
        """Set up.

        Args:
            dataset: opened.
            recipe: batch size, length and sampling are used.
            seed: of the order.
            learned, held_out: indices of examples to learn from and to validate on.
        """
        self.dataset, self.held_out = dataset, tuple(held_out)
        self._recipe = recipe
        self._order = _order(dataset, learned, recipe.sampling, seed)
        self.waiting = Waiting()

    def batch(self, step: int, share: Share = WHOLE) -> Batch:
        """Return a process's share of the batch of a step of the run."""
        size = self._recipe.batch.size
        positions = range(step * size, (step + 1) * size)[share.process :: share.processes]
        return _on_call(collect(self.dataset, [self._order[position] for position in positions], positions))

    def validation_batch(self, number: int) -> Batch:
        """Return a batch of held-out examples, in their order; the last one may be smaller."""
        size = self._recipe.batch.size
        positions = range(number * size, min((number + 1) * size, len(self.held_out)))
        return _on_call(collect(self.dataset, [self.held_out[position] for position in positions], positions))

    @property
    def validation_batches(self) -> int:
        """Number of held-out batches."""
        return -(-len(self.held_out) // self._recipe.batch.size)

    def round_loader(self, done: int, share: Share = WHOLE) -> Prefetched:
        """Return the batches from step ``done`` to the end of the round that begins there."""
        steps = range(done, min(done + self._recipe.round_steps, self._recipe.steps))
        return Prefetched(steps, lambda step: self.batch(step, share), self.waiting)

    def validation_loader(self, share: Share = WHOLE) -> Prefetched:
        """Return a process's held-out batches: every so-manieth one whole, the same number for every process.

        Where they do not come out even, numbers beyond the last begin anew; such a batch is not to be counted.
        """
        count = self.validation_batches
        turns = -(-count // share.processes)
        numbers = [(turn * share.processes + share.process) % max(1, count) for turn in range(turns)]
        return Prefetched(numbers, self.validation_batch, self.waiting)


def _on_call(batch: Batch) -> Batch:
    """Return the batch in memory from which a GPU fetches by itself, where there is a GPU."""
    if not torch.cuda.is_available():
        return batch
    return replace(batch, pixels=batch.pixels.pin_memory(), classes=batch.classes.pin_memory())


def _order(dataset: Dataset, learned: Sequence[int], rules: SamplingRules, seed: int) -> Order:
    """Return the order of a run: corrections and other examples in their share, each with its share of positives."""
    corrected = [index for index in learned if dataset.examples[index].source == CORRECTIONS]
    others = [index for index in learned if dataset.examples[index].source != CORRECTIONS]

    def group(indices: list[int], stream: int) -> Order:
        positives = [index for index in indices if len(dataset.examples[index].boxes)]
        negatives = [index for index in indices if not len(dataset.examples[index].boxes)]
        return balanced(positives, negatives, rules.positive_share, seed, stream)

    if corrected and others and rules.correction_share > 0:
        return Mixed(group(corrected, 2), group(others, 0), rules.correction_share)
    return group(list(learned), 0)
