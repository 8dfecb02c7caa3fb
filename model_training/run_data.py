"""The batches of one run: which examples each step shows, and loaders that go on where a checkpoint left off."""

from collections.abc import Callable, Sequence

from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

from model_training.corrections import SOURCE as CORRECTIONS
from model_training.dataset import Batch, Dataset, collect
from model_training.recipe import Recipe, SamplingRules
from model_training.sampling import Mixed, Order, balanced


class Steps(TorchDataset[Batch]):
    """A stretch of steps as Lightning wants it: one item is one whole batch, made when it is asked for."""

    def __init__(self, steps: range, batch_of: Callable[[int], Batch]) -> None:
        self._steps, self._batch_of = steps, batch_of

    def __len__(self) -> int:
        return len(self._steps)

    def __getitem__(self, index: int) -> Batch:
        return self._batch_of(self._steps[index])


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
        self._dataset, self._recipe, self._held_out = dataset, recipe, list(held_out)
        self._order = _order(dataset, learned, recipe.sampling, seed)

    def batch(self, step: int) -> Batch:
        """Return the batch of a step of the run."""
        size = self._recipe.batch.size
        positions = range(step * size, (step + 1) * size)
        return collect(self._dataset, [self._order[position] for position in positions], positions)

    def validation_batch(self, number: int) -> Batch:
        """Return a batch of held-out examples, in their order; the last one may be smaller."""
        size = self._recipe.batch.size
        positions = range(number * size, min((number + 1) * size, len(self._held_out)))
        return collect(self._dataset, [self._held_out[position] for position in positions], positions)

    def round_loader(self, done: int) -> DataLoader[Batch]:
        """Return the batches from step ``done`` to the end of the round that begins there."""
        steps = range(done, min(done + self._recipe.round_steps, self._recipe.steps))
        return DataLoader(Steps(steps, self.batch), batch_size=None)

    def validation_loader(self) -> DataLoader[Batch]:
        """Return all held-out examples."""
        count = -(-len(self._held_out) // self._recipe.batch.size)
        return DataLoader(Steps(range(count), self.validation_batch), batch_size=None)


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
