"""cxr-export: signed reviews leave the workstation, de-identified."""

from datetime import datetime
from enum import StrEnum
from multiprocessing import freeze_support
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cxr_viewer.commands.outcome import WrongCallError, plain_ending, show_version

if TYPE_CHECKING:
    from cxr_viewer.export import ExportSummary
    from cxr_viewer.store.records import SignedReview

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class Format(StrEnum):
    """What is written."""

    CORRECTIONS = "corrections"
    RSNA = "rsna"
    COCO = "coco"
    LEDGER = "ledger"


@app.command(no_args_is_help=True)
def export(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write; new or empty.", show_default=False)],
    store: Annotated[
        str | None, typer.Option(metavar="URL", help="Review store.", show_default="this user's journal")
    ] = None,
    form: Annotated[
        Format,
        typer.Option("--format", help="Correction set, files for other programs, or ledger."),
    ] = Format.CORRECTIONS,
    reader: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this reader's reviews.", show_default="all readers")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="Only what was signed since, as 2026-01-31.", show_default=False)
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Write signed reviews with their de-identified images into DIR, or the ledger of what was assessed.

    Research use, not a medical device.

    Example: cxr-export --out corrections --reader ada --since 2026-01-31
    """
    from cxr_viewer.store.errors import StoreError

    with plain_ending("cxr-export", (StoreError,), "Nothing was written."):
        _check_out(out)
        reviews, journal = _signed_reviews(store, reader, since)
        _tell(_export(reviews, journal, out, form), form, out)


def _check_out(out: Path) -> None:
    from cxr_viewer.core.whole_folder import FolderInUseError, check_is_free

    try:
        check_is_free(out)
    except FolderInUseError as error:
        raise WrongCallError(str(error)) from error


def _signed_reviews(
    store: str | None, reader: str | None, since: str | None
) -> "tuple[tuple[SignedReview, ...], Path]":
    from cxr_viewer.store.errors import StoreError
    from cxr_viewer.store.locations import journal_path
    from cxr_viewer.store.opening import open_store

    begin = _time(since)
    if store is not None:
        try:
            path = journal_path(store)
        except StoreError as error:
            raise WrongCallError(str(error)) from error
        if not path.expanduser().exists():
            raise WrongCallError(f"The store {path} does not exist; name the store that holds the reviews.")
    with open_store(store, create=False) as journal:
        return journal.signed_reviews(reader, begin), journal.path


def _time(text: str | None) -> datetime | None:
    """Return a date or time; without a zone it is this machine's."""
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError, OSError) as error:
        raise WrongCallError(f"--since takes a date such as 2026-01-31, not '{text}'.") from error


def _export(reviews: "tuple[SignedReview, ...]", journal: Path, out: Path, form: Format) -> "ExportSummary":
    from cxr_viewer.commands.progress import shown_progress
    from cxr_viewer.dicom.decoding import DecodingPool
    from cxr_viewer.export import ExportFormat, export_reviews, salt_beside

    with shown_progress("reviews") as progress, DecodingPool(1) as pool:
        progress.found(len(reviews))
        return export_reviews(
            reviews, out, ExportFormat(form), salt_beside(journal), pool.decode, lambda: progress.done(False)
        )


_WRITTEN = {
    Format.CORRECTIONS: "correction set",
    Format.RSNA: "RSNA files",
    Format.COCO: "COCO file",
    Format.LEDGER: "ledger",
}


def _tell(summary: "ExportSummary", form: Format, out: Path) -> None:
    for left_out in summary.left_out:
        typer.echo(f"cxr-export: not exported: {left_out}", err=True)
    written = _WRITTEN[form]
    typer.echo(
        f"{summary.reviews} reviews of {summary.images} images, {len(summary.left_out)} not exported. "
        f"The {written} lies in {out}."
    )


def main() -> None:
    """Run the command."""
    freeze_support()
    app()
