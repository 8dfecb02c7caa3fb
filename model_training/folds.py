"""Folds: images of one person stay together, classes are spread evenly.

The ``patientId`` of the RSNA files names an exam, not a person; the paper's folds therefore hold one person's images in
several folds. Here the person decides.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FOLD_COUNT = 4


def assign(
    persons: Sequence[str], classes: Sequence[int], count: int = FOLD_COUNT, seed: int = 42
) -> NDArray[np.int64]:
    """Return the fold of each image, (N,) in [0, count).

    Persons are dealt out, those with most images first, each to the fold that then has the most even classes; the order
    among equals is drawn by the seed.

    Args:
        persons: of each image.
        classes: of each image, small integers.
        count: number of folds.
        seed: of the draw.
    """
    names, person_of = np.unique(np.asarray(persons), return_inverse=True)
    kinds = np.asarray(classes, dtype=np.int64)
    table = np.zeros((len(names), int(kinds.max(initial=0)) + 1), dtype=np.int64)
    np.add.at(table, (person_of, kinds), 1)
    drawn = np.random.default_rng(seed).permutation(len(names))
    order = drawn[np.argsort(-table[drawn].sum(axis=1), kind="stable")]
    share = np.maximum(table.sum(axis=0) / count, 1e-9)
    filled = np.zeros((count, table.shape[1]), dtype=np.int64)
    fold_of = np.zeros(len(names), dtype=np.int64)
    for person in order:
        grown = (filled + table[person]) / share
        kept = filled / share
        cost = (grown**2 - kept**2).sum(axis=1) + 1e-3 * filled.sum(axis=1) / share.sum()
        fold_of[person] = int(np.argmin(cost))
        filled[fold_of[person]] += table[person]
    return fold_of[person_of]
