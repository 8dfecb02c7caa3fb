"""``cxr-train compare``: bundles side by side on one dataset."""

from pathlib import Path
from typing import Annotated

import typer

from model_training.commands.progress import reporter, say


def compare(
    bundles: Annotated[
        list[Path], typer.Argument(help="Model bundles; the first is the one in place.", exists=True, file_okay=False)
    ],
    dataset: Annotated[list[Path], typer.Option(help="Prepared dataset; may be given again.", exists=True)],
    out: Annotated[Path | None, typer.Option(help="New folder for text, JSON, CSV and FROC curves.")] = None,
    backend: Annotated[str, typer.Option(help="Engine: auto, openvino, torch.")] = "auto",
) -> None:
    """Compare bundles: figures, opacities by size, images by kind, paired differences over persons, and a verdict.

    A bundle that is worse than the first one, or not shown to be better, is not recommended.

    Example: cxr-train compare OLD_BUNDLE NEW_BUNDLE --dataset TEST --out comparison
    """
    if len(bundles) < 2:
        raise typer.BadParameter("give at least two bundles, the one in place first.")
    from cxr_viewer.core.whole_folder import check_is_free, written_whole
    from model_training import comparison, comparison_report
    from model_training.dataset import open_folders

    if out is not None:
        check_is_free(out)
    opened = open_folders(dataset)
    compared = comparison.compare(comparison.enter(bundles, opened, backend, reporter("images")), opened)
    typer.echo(comparison_report.text(compared))
    if out is not None:
        with written_whole(out, last="comparison.json") as stage:
            comparison_report.write(stage, compared)
        say(f"wrote {out}")
