"""``cxr-train import``: label files and images become a prepared dataset."""

from pathlib import Path
from typing import Annotated

import typer

from model_training.commands.import_options import (
    ForTesting,
    Images,
    LeaveOutMissing,
    LeaveOutUnreadable,
    Name,
    Out,
    Side,
    Target,
    TestPersons,
    Workers,
    prepare,
)

application = typer.Typer(
    help="Prepare a dataset: pixels at training size, boxes, persons.", no_args_is_help=True, rich_markup_mode=None
)


@application.command()
def rsna(
    images: Images,
    labels: Annotated[Path, typer.Option(help="stage_2_train_labels.csv or stage 1's.", exists=True, dir_okay=False)],
    out: Out,
    classes: Annotated[
        Path | None, typer.Option(help="stage_2_detailed_class_info.csv.", exists=True, dir_okay=False)
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(
            help="Tells persons: pneumonia-challenge-dataset-mappings_2018.json, or a CSV rsna_patientId,nih_image.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    stage1_labels: Annotated[
        Path | None,
        typer.Option(
            help="stage_1_train_labels.csv: exams that it lacks were read by consensus and are kept apart.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    persons_are_exams: Annotated[
        bool, typer.Option("--persons-are-exams", help="Every exam is another person (phantoms): no warning.")
    ] = False,
    side: Side = 512,
    name: Name = "",
    workers: Workers = 2,
    leave_out_missing: LeaveOutMissing = False,
    leave_out_unreadable: LeaveOutUnreadable = False,
    test_persons: TestPersons = None,
    for_testing: ForTesting = False,
) -> None:
    """Import images, named by patientId, with labels of the RSNA challenge's form; phantoms have it too.

    Example: cxr-train import rsna --images phantoms/images --labels phantoms/labels.csv --classes phantoms/classes.csv
    --persons-are-exams --side 256 --out DATASET
    """
    from model_training.rsna import read

    if persons_are_exams and mapping is not None:
        raise typer.BadParameter("--persons-are-exams says that no --mapping is needed; give one of them.")
    target = Target(out, side, name, workers, leave_out_unreadable, test_persons, for_testing)
    labelled = read(images, labels, classes, mapping, stage1_labels, target.title, leave_out_missing, persons_are_exams)
    prepare(labelled, target)


@application.command()
def nih(
    images: Images,
    boxes: Annotated[Path, typer.Option(help="BBox_List_2017.csv.", exists=True, dir_okay=False)],
    out: Out,
    entries: Annotated[
        Path | None,
        typer.Option(
            help="Data_Entry_2017.csv, also compressed (.gz); without it there are no negatives.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    opacity_label: Annotated[
        list[str] | None,
        typer.Option(
            help="Label that counts as lung opacity; may be given again. Pneumonia, Infiltration, Consolidation "
            "when not given."
        ),
    ] = None,
    side: Side = 512,
    name: Name = "",
    workers: Workers = 2,
    leave_out_missing: LeaveOutMissing = False,
    leave_out_unreadable: LeaveOutUnreadable = False,
    test_persons: TestPersons = None,
    for_testing: ForTesting = False,
) -> None:
    """Import NIH ChestX-ray14. Images with an opacity label but no box are left out: nothing is known about where.

    Example: cxr-train import nih --images images --boxes BBox_List_2017.csv --entries Data_Entry_2017.csv --out DATASET
    """
    from model_training.nih import OPACITY_LABELS, read

    target = Target(out, side, name, workers, leave_out_unreadable, test_persons, for_testing)
    labels = opacity_label or OPACITY_LABELS
    prepare(read(images, boxes, entries, labels, target.title, leave_out_missing), target)


@application.command()
def coco(
    images: Images,
    annotations: Annotated[Path, typer.Option(help="COCO object-detection JSON.", exists=True, dir_okay=False)],
    out: Out,
    category: Annotated[
        list[str] | None,
        typer.Option(help="Category that counts as lung opacity; may be given again. Lung Opacity when not given."),
    ] = None,
    persons: Annotated[Path | None, typer.Option(help="CSV file_name,person.", exists=True, dir_okay=False)] = None,
    leave_out_unannotated: Annotated[
        bool,
        typer.Option(
            "--leave-out-unannotated", help="Leave out images without any annotation; else they are negatives."
        ),
    ] = False,
    side: Side = 512,
    name: Name = "",
    workers: Workers = 2,
    leave_out_missing: LeaveOutMissing = False,
    leave_out_unreadable: LeaveOutUnreadable = False,
    test_persons: TestPersons = None,
    for_testing: ForTesting = False,
) -> None:
    """Import images with boxes in COCO JSON; an image without a box of the categories is a negative.

    Example: cxr-train import coco --images images --annotations coco.json --category "Lung Opacity" --out DATASET
    """
    from cxr_viewer.core.interchange.coco import OPACITY
    from model_training.coco import read

    target = Target(out, side, name, workers, leave_out_unreadable, test_persons, for_testing)
    categories = category or [OPACITY]
    labelled = read(images, annotations, categories, persons, target.title, leave_out_missing, leave_out_unannotated)
    prepare(labelled, target)


@application.command()
def corrections(
    sets: Annotated[list[Path], typer.Argument(help="Correction sets.", exists=True, file_okay=False)],
    out: Out,
    side: Side = 256,
    name: Name = "",
    workers: Workers = 2,
    leave_out_unreadable: LeaveOutUnreadable = False,
    test_persons: TestPersons = None,
    for_testing: ForTesting = False,
) -> None:
    """Import what readers signed: folders that cxr-export or the viewer wrote.

    Example: cxr-train import corrections CORRECTIONS --side 256 --out DATASET
    """
    from model_training.corrections import read

    prepare(read(sets), Target(out, side, name, workers, leave_out_unreadable, test_persons, for_testing))
