"""Options that every ``cxr-train import`` has, and the way from labels to a prepared dataset."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from model_training.commands.progress import reporter, say

if TYPE_CHECKING:
    from model_training.label_files import Labelled

Images = Annotated[Path, typer.Option(help="Folder with the images, at any depth.", exists=True, file_okay=False)]
Out = Annotated[Path, typer.Option(help="New folder for the prepared dataset.")]
Side = Annotated[int, typer.Option(help="Side of the prepared images; the network's input side.", min=32)]
Name = Annotated[str, typer.Option(help="Name of the dataset for reports; else the folder's.")]
Workers = Annotated[int, typer.Option(help="Processes that decode.", min=0)]
LeaveOutMissing = Annotated[
    bool, typer.Option("--leave-out-missing", help="Go on without images that are not there; the manifest names them.")
]
LeaveOutUnreadable = Annotated[
    bool,
    typer.Option("--leave-out-unreadable", help="Go on without images that cannot be read; the manifest names them."),
]
TestPersons = Annotated[
    Path | None,
    typer.Option(
        help="List of persons who are for testing only, a person per line; their images are refused.",
        exists=True,
        dir_okay=False,
        envvar="CXR_TEST_PERSONS",
    ),
]
ForTesting = Annotated[
    bool, typer.Option("--for-testing", help="The dataset is for testing: takes everybody, and no fit learns from it.")
]


@dataclass(frozen=True, slots=True)
class Target:
    """What the user asked for besides the labels."""

    out: Path
    side: int
    name: str
    workers: int
    leave_out_unreadable: bool
    test_persons: Path | None
    for_testing: bool

    @property
    def title(self) -> str:
        """Name of the dataset."""
        return self.name or self.out.resolve().name


def prepare(labelled: "Labelled", target: Target) -> None:
    """Say what the labels warn of, refuse persons for testing, prepare the dataset, and say what is in it."""
    from model_training import preparation, test_persons

    for warning in labelled.warnings:
        say(f"Warning: {warning}")
    if target.test_persons is not None and not target.for_testing:
        test_persons.refuse(labelled.examples, test_persons.read(target.test_persons))
        if labelled.unknown_persons:
            say(
                f"Warning: of {labelled.unknown_persons} images nobody says whose they are; the list of test persons "
                "was compared with their keys only."
            )
    preparation.prepare(
        labelled.examples,
        target.out,
        target.side,
        target.title,
        target.workers,
        target.leave_out_unreadable,
        reporter("images"),
        for_testing=target.for_testing,
        left_out=labelled.left_out,
    )
    say(summary(target.out))


def summary(folder: Path) -> str:
    """Return the line that says what a prepared dataset holds."""
    from model_training.dataset import left_out_of, open_folders

    opened = open_folders([folder])
    examples = opened.examples
    rejected = sum(len(example.hard_negatives) for example in examples)
    consensus = sum(example.is_consensus for example in examples)
    left_out = len(left_out_of(folder))
    parts = [
        f"{len(examples)} images of {len({example.person for example in examples})} persons",
        f"{sum(len(example.boxes) > 0 for example in examples)} with {sum(len(e.boxes) for e in examples)} boxes",
        f"{rejected} rejected places" if rejected else "",
        f"{consensus} read by consensus, kept apart for tuning the size" if consensus else "",
        f"{left_out} left out (named in its manifest)" if left_out else "",
        "for testing only" if opened.for_testing else "",
    ]
    return f"{folder}: {', '.join(part for part in parts if part)}"
