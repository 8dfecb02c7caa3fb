"""``cxr-train import``: label files and images become a prepared dataset."""

from pathlib import Path
from typing import Annotated

import typer

from model_training.commands.progress import reporter, say

application = typer.Typer(
    help="Prepare a dataset: pixels at training size, boxes, persons.", no_args_is_help=True, rich_markup_mode=None
)

Out = Annotated[Path, typer.Option(help="New folder for the prepared dataset.")]
Side = Annotated[int, typer.Option(help="Side of the prepared images; the network's input side.", min=32)]
Name = Annotated[str, typer.Option(help="Name of the dataset for reports; else the folder's.")]
Workers = Annotated[int, typer.Option(help="Processes that decode.", min=0)]
LeaveOut = Annotated[bool, typer.Option("--leave-out-unreadable", help="Go on without images that cannot be read.")]


@application.command()
def rsna(
    images: Annotated[Path, typer.Option(help="Folder of images named by patientId.", exists=True, file_okay=False)],
    labels: Annotated[Path, typer.Option(help="stage_2_train_labels.csv.", exists=True, dir_okay=False)],
    out: Out,
    classes: Annotated[
        Path | None, typer.Option(help="stage_2_detailed_class_info.csv.", exists=True, dir_okay=False)
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="CSV rsna_patientId,nih_image that tells persons.", exists=True, dir_okay=False)
    ] = None,
    persons_are_exams: Annotated[
        bool, typer.Option("--persons-are-exams", help="Every exam is another person (phantoms): no warning.")
    ] = False,
    side: Side = 512,
    name: Name = "",
    workers: Workers = 2,
    leave_out_unreadable: LeaveOut = False,
) -> None:
    """Import images with labels of the RSNA challenge's form; phantoms have it too.

    Example: cxr-train import rsna --images phantoms/images --labels phantoms/labels.csv --classes phantoms/classes.csv
    --side 256 --out DATASET
    """
    from model_training import preparation
    from model_training.rsna import read

    if mapping is None and not persons_are_exams:
        say(
            "Warning: without --mapping the persons are unknown; images of one person may fall into several folds, and "
            "figures on held-out folds are then too good. (--persons-are-exams says that they are all different.)"
        )
    name = name or out.resolve().name
    examples = read(images, labels, classes, mapping, source=name)
    preparation.prepare(examples, out, side, name, workers, leave_out_unreadable, reporter("images"))
    say(f"{out}: {len(examples)} images, {sum(example.is_positive for example in examples)} with boxes")


@application.command()
def corrections(
    sets: Annotated[list[Path], typer.Argument(help="Correction sets.", exists=True, file_okay=False)],
    out: Out,
    side: Side = 256,
    name: Name = "",
    workers: Workers = 2,
    leave_out_unreadable: LeaveOut = False,
) -> None:
    """Import what readers signed: folders that cxr-export or the viewer wrote.

    Example: cxr-train import corrections CORRECTIONS --side 256 --out DATASET
    """
    from model_training import preparation
    from model_training.corrections import read

    name = name or out.resolve().name
    examples = read(sets)
    preparation.prepare(examples, out, side, name, workers, leave_out_unreadable, reporter("images"))
    boxes = sum(len(example.boxes) for example in examples)
    say(f"{out}: {len(examples)} images, {boxes} boxes, {sum(len(e.hard_negatives) for e in examples)} rejected places")
