"""Which example is shown at which position of a run: a function of the seed, so that a resumed run goes on exactly."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


class SampleOrder:
    """An endless order of examples: passes over positives and negatives, each shuffled anew, mixed in a fixed share."""

    def __init__(self, positives: Sequence[int], negatives: Sequence[int], positive_share: float, seed: int) -> None:
        """Set up the order.

        Args:
            positives, negatives: indices of examples with and without boxes; not both may be empty.
            positive_share: share of positions given to positives; 0, or one kind alone, shuffles all together.
            seed: of the shuffles.
        """
        if not positives and not negatives:
            raise ValueError("There is no example to learn from.")
        self._seed = seed
        mixed = positive_share > 0 and len(positives) > 0 and len(negatives) > 0
        self._share = positive_share if mixed else 0.0
        everything = negatives if mixed else sorted([*positives, *negatives])
        self._streams = (np.asarray(everything, dtype=np.int64), np.asarray(positives, dtype=np.int64))
        self._shuffled = lru_cache(maxsize=4)(self._shuffle)

    def __getitem__(self, position: int) -> int:
        """Return the index of the example at a position."""
        before = int(position * self._share + 1e-9)
        is_positive = int((position + 1) * self._share + 1e-9) > before
        stream, turn = (1, before) if is_positive else (0, position - before)
        shown, place = divmod(turn, len(self._streams[stream]))
        return int(self._shuffled(stream, shown)[place])

    def _shuffle(self, stream: int, shown: int) -> NDArray[np.int64]:
        return np.random.default_rng([self._seed, stream, shown]).permutation(self._streams[stream])
