"""Tests of what becomes a sentence and what stays a fault of the program."""

import errno

import pytest

from model_training.commands.errors import exit_code_of, sentence_of
from model_training.recipe_table import RecipeError


def test_a_missing_training_library_is_named_with_the_extra_that_brings_it() -> None:
    error = ModuleNotFoundError("No module named 'cv2'", name="cv2")
    assert exit_code_of(error) == 1
    assert sentence_of(error) == 'cv2 is not installed; training needs: pip install "cxr-viewer[training]".'


def test_a_missing_module_of_ours_stays_a_fault() -> None:
    assert exit_code_of(ModuleNotFoundError("No module named 'x'", name="model_training.x")) is None


def test_a_wrong_recipe_is_a_wrong_call() -> None:
    assert exit_code_of(RecipeError("No such recipe.")) == 2


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_disk_that_takes_nothing_is_said_with_the_file(number: int) -> None:
    error = OSError(number, "No space left on device", "/runs/last.ckpt")
    assert exit_code_of(error) == 1
    assert "/runs/last.ckpt" in sentence_of(error)


def test_an_unexpected_error_is_not_hidden() -> None:
    assert exit_code_of(ZeroDivisionError()) is None
