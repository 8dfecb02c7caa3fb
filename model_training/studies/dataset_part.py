"""A part of a prepared dataset as a dataset of its own, without copying pixels."""

import hashlib
from collections.abc import Sequence

import numpy as np

from model_training.dataset import Dataset
from model_training.score_thresholds import first_half


def part(dataset: Dataset, indices: Sequence[int], name: str) -> Dataset:
    """Return the examples at ``indices``, in that order; pixels stay where they are."""
    pixels = [own for own in dataset.pixels for own in np.split(own, len(own))] if len(dataset) else []
    named = f"{dataset.digest} {list(indices)}"
    return Dataset(
        name=name,
        side=dataset.side,
        digest=hashlib.sha256(named.encode()).hexdigest(),
        examples=tuple(dataset.examples[index] for index in indices),
        pixels=tuple(pixels[index] for index in indices),
        for_testing=dataset.for_testing,
    )


def halves(dataset: Dataset, indices: Sequence[int]) -> tuple[Dataset, Dataset]:
    """Return two halves of some examples, dealt by person: one to choose thresholds on, one to measure on."""
    _, persons = np.unique([dataset.examples[index].person for index in indices], return_inverse=True)
    first = first_half(persons.astype(np.int64))
    chosen = [index for index, is_first in zip(indices, first, strict=True) if is_first]
    measured = [index for index, is_first in zip(indices, first, strict=True) if not is_first]
    return part(dataset, chosen, f"{dataset.name}, tuning half"), part(dataset, measured, f"{dataset.name}, test half")
