"""cxr-import-boxes: boxes that somebody else drew become findings of that reader in the journal."""

from multiprocessing import freeze_support
from pathlib import Path
from typing import Annotated

import typer

from cxr_viewer.commands.outcome import WrongCallError, plain_ending, show_version

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command(no_args_is_help=True)
def import_boxes(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="RSNA label CSV or COCO JSON.", show_default=False)],
    reader: Annotated[str, typer.Option(metavar="NAME", help="Who drew the boxes.", show_default=False)],
    images: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the images are.", show_default=False)],
    store: Annotated[
        str | None, typer.Option(metavar="URL", help="Review store.", show_default="this user's journal")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="TXT", help="Write what was left out into a file.", show_default=False)
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Take boxes over as findings of the reader who drew them, matched by file name or SOP Instance UID.

    Rows without an image and boxes outside theirs are named with file and line. Importing twice adds nothing.
    Research use, not a medical device.

    Example: cxr-import-boxes labels.csv --reader "Dr. Ada" --images archive
    """
    from cxr_viewer.core.interchange import boxes_of_others
    from cxr_viewer.store.errors import StoreError

    refusals = (*boxes_of_others.BoxesError, StoreError)
    with plain_ending("cxr-import-boxes", refusals, "What was imported stays; the same call goes on."):
        if not reader.strip():
            raise WrongCallError("--reader needs the name of whoever drew the boxes.")
        if not images.is_dir():
            raise WrongCallError(f"{images} is no folder; name the folder with the images.")
        _run(file, reader.strip(), images, store, report)


def _run(file: Path, reader: str, images: Path, store: str | None, report: Path | None) -> None:
    from cxr_viewer.commands.progress import shown_progress
    from cxr_viewer.core.interchange import boxes_of_others
    from cxr_viewer.core.studies import Instance
    from cxr_viewer.dicom import catalogue
    from cxr_viewer.dicom.decoding import DecodingPool
    from cxr_viewer.importing import bring_in
    from cxr_viewer.store.opening import open_store

    found = boxes_of_others.read(file)
    instances = [each for each in catalogue.index([images]) if isinstance(each, Instance)]
    with open_store(store) as journal, shown_progress("images") as progress, DecodingPool(1) as pool:
        progress.found(len(found))
        summary = bring_in(found, reader, instances, pool.decode, journal, lambda: progress.done(False))
    for sentence in summary.left_out:
        typer.echo(f"cxr-import-boxes: left out: {sentence}", err=True)
    if report is not None:
        report.write_text(summary.text, encoding="utf-8")
    typer.echo(f"{reader}: {summary.sentence}")


def main() -> None:
    """Run the command."""
    freeze_support()
    app()
