"""Which example is shown at which position of a run: a function of the seed, so that a resumed run goes on exactly."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Order(Protocol):
    """An endless order of examples."""

    def __getitem__(self, position: int, /) -> int:
        """Return the index of the example at a position."""


class Shuffled:
    """Passes over some examples, each shuffled anew."""

    def __init__(self, indices: Sequence[int], seed: int, stream: int) -> None:
        """Set up; ``stream`` keeps orders of one seed apart."""
        if not len(indices):
            raise ValueError("There is no example to learn from.")
        self._indices = np.asarray(indices, dtype=np.int64)
        self._seed, self._stream = seed, stream
        self._shuffled = lru_cache(maxsize=4)(self._shuffle)

    def __getitem__(self, position: int, /) -> int:
        """Return the index of the example at a position."""
        shown, place = divmod(position, len(self._indices))
        return int(self._shuffled(shown)[place])

    def _shuffle(self, shown: int) -> NDArray[np.int64]:
        return np.random.default_rng([self._seed, self._stream, shown]).permutation(self._indices)


class Mixed:
    """Two orders, evenly interleaved: the first has a fixed share of the positions."""

    def __init__(self, first: Order, second: Order, share: float) -> None:
        self._first, self._second, self._share = first, second, share

    def __getitem__(self, position: int, /) -> int:
        """Return the index of the example at a position."""
        before = int(position * self._share + 1e-9)
        if int((position + 1) * self._share + 1e-9) > before:
            return self._first[before]
        return self._second[position - before]


def balanced(
    positives: Sequence[int], negatives: Sequence[int], positive_share: float, seed: int, stream: int = 0
) -> Order:
    """Return an order with a fixed share of positives; 0, or one kind alone, shuffles all together.

    Args:
        positives, negatives: indices of examples with and without boxes; not both may be empty.
        positive_share: share of positions given to positives.
        seed: of the shuffles.
        stream: keeps orders of one seed apart.

    Raises:
        ValueError: there is no example.
    """
    if positive_share <= 0 or not len(positives) or not len(negatives):
        return Shuffled(sorted([*positives, *negatives]), seed, stream)
    return Mixed(Shuffled(positives, seed, stream + 1), Shuffled(negatives, seed, stream), positive_share)
