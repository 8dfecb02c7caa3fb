"""Tests of folds: persons whole, classes even, the same every time."""

import numpy as np

from model_training import folds


def test_one_persons_images_stay_in_one_fold() -> None:
    random = np.random.default_rng(1)
    persons = [f"person {number}" for number in random.integers(0, 120, 600)]
    classes = random.integers(0, 3, 600).tolist()
    fold = folds.assign(persons, classes)
    for person in set(persons):
        assert len({int(own) for own, name in zip(fold, persons, strict=True) if name == person}) == 1


def test_classes_are_even_over_folds() -> None:
    random = np.random.default_rng(2)
    classes = random.choice(3, 2000, p=[0.44, 0.33, 0.23]).tolist()
    fold = folds.assign([str(number) for number in range(2000)], classes)
    table = np.array([[np.sum((fold == k) & (np.array(classes) == c)) for c in range(3)] for k in range(4)])
    assert (table.max(axis=0) - table.min(axis=0)).max() <= 1


def test_classes_are_nearly_even_when_persons_have_many_images() -> None:
    random = np.random.default_rng(3)
    persons = np.repeat(np.arange(150), random.integers(1, 30, 150))
    classes = random.choice(3, len(persons), p=[0.44, 0.33, 0.23]).tolist()
    fold = folds.assign([str(person) for person in persons], classes)
    table = np.array([[np.mean(fold[np.array(classes) == c] == k) for c in range(3)] for k in range(4)])
    assert np.abs(table - 0.25).max() < 0.03


def test_the_seed_alone_decides() -> None:
    persons, classes = [str(number) for number in range(100)], [number % 3 for number in range(100)]
    first = folds.assign(persons, classes, seed=5)
    np.testing.assert_array_equal(first, folds.assign(persons, classes, seed=5))
    assert (first != folds.assign(persons, classes, seed=6)).any()
