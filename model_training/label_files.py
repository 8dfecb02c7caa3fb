"""What every import of label files has in common: what it hands over, and the error that names what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

from cxr_viewer.core.interchange.problems import raise_if_any
from model_training.example import Example

LEAK = "images of one person may fall into several folds, and figures on held-out folds are then too good"
"""Why it matters whose an image is, for warnings."""

_NAMED_IN_WARNING = 3


class LabelFileError(Exception):
    """Label files or their images cannot be used; the message names files and lines."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """What label files say about a folder of images.

    Attributes:
        examples: in the order of the label file.
        left_out: a sentence on every image that the labels or the folder have and ``examples`` lack.
        warnings: sentences for the user.
        unknown_persons: number of examples of which nobody says whose they are.
    """

    examples: tuple[Example, ...]
    left_out: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    unknown_persons: int = 0


def raise_problems(problems: Sequence[str]) -> None:
    """Raise LabelFileError with the number of problems and the first ten of them, if there are any."""
    raise_if_any(problems, "The label files have", LabelFileError)


def first_of(names: Sequence[str]) -> str:
    """Return the first few of many names, for a warning."""
    return ", ".join(names[:_NAMED_IN_WARNING]) + (", …" if len(names) > _NAMED_IN_WARNING else "")
