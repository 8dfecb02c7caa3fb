"""cxr-store: the journal is copied, put back, looked at, a patient erased from it; caches are cleared."""

import shutil
from multiprocessing import freeze_support
from pathlib import Path
from typing import Annotated

import typer

from cxr_viewer.commands.outcome import WrongCallError, plain_ending, show_version
from cxr_viewer.store.login import login_name

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)

_Store = Annotated[str | None, typer.Option("--store", metavar="URL", help="Review store.", show_default="yours")]


@app.callback()
def _begin(
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Look after the journal of reviews and the caches.

    Research use, not a medical device.
    """


@app.command(no_args_is_help=True)
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="New file for the copy.")], store: _Store = None
) -> None:
    """Write a copy of the journal, also while the viewer is open.

    Example: cxr-store backup journal-2026-11-24.sqlite
    """
    from cxr_viewer.store import backup as copies
    from cxr_viewer.store.errors import StoreError
    from cxr_viewer.store.sizes import size_words

    with plain_ending("cxr-store", (StoreError,), "Nothing was written."):
        if file.expanduser().exists():
            raise WrongCallError(f"{file} exists already; name a new file for the copy.")
        size = copies.back_up(_path(store), file)
        typer.echo(
            f"{size_words(size)} written to {file}. The copy holds what readers said about patients: keep it safe."
        )


@app.command(no_args_is_help=True)
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A copy that `backup` wrote.")], store: _Store = None
) -> None:
    """Put a copy in the journal's place; the journal that was there is kept beside it. Close the viewer first.

    Example: cxr-store restore journal-2026-11-24.sqlite
    """
    from cxr_viewer.store import backup as copies
    from cxr_viewer.store.errors import StoreError

    with plain_ending("cxr-store", (StoreError,), "The journal is as it was."):
        if not file.expanduser().is_file():
            raise WrongCallError(f"There is no file {file}.")
        restored = copies.restore(file, _path(store, must_exist=False))
        kept = f" What was there before is kept as {restored.kept}." if restored.kept else ""
        typer.echo(f"{restored.journal} is restored from {file}.{kept}")


@app.command()
def info(
    store: _Store = None,
    check: Annotated[bool, typer.Option("--check", help="Read the whole journal and say whether it is sound.")] = False,
) -> None:
    """Say what journal and caches hold, in numbers and places.

    Example: cxr-store info --check
    """
    from cxr_viewer.store import locations
    from cxr_viewer.store.errors import StoreError
    from cxr_viewer.store.journal import Journal
    from cxr_viewer.store.sizes import size_of, size_words
    from cxr_viewer.store.summary import summarise

    with plain_ending("cxr-store", (StoreError,)):
        with Journal.open(_path(store), create=False) as journal:
            found = summarise(journal)
            problems = journal.integrity_check() if check else ()
            erasures = len(journal.erasures())
        last = found.last_gesture.astimezone().strftime("%Y-%m-%d %H:%M") if found.last_gesture else "never"
        typer.echo(f"journal   {found.path} ({size_words(found.size_bytes)}, schema {found.schema_version})")
        typer.echo(f"holds     {found.instances} instances, {found.gestures} gestures, {found.signed} signed reviews")
        typer.echo(f"readers   {found.readers}; last gesture {last}; {erasures} erasures")
        typer.echo(f"caches    {locations.caches_folder()} ({size_words(size_of(locations.caches_folder()))})")
        if problems:
            raise StoreError(f"The store {found.path} is damaged ({problems[0]}); restore a copy.")
        if check:
            typer.echo("sound     every page was read")


@app.command(no_args_is_help=True)
def erase(
    instance: Annotated[list[str] | None, typer.Option(metavar="KEY", help="Instance key; may be repeated.")] = None,
    study: Annotated[list[str] | None, typer.Option(metavar="UID", help="Study Instance UID; may be repeated.")] = None,
    file: Annotated[list[Path] | None, typer.Option(metavar="FILE", help="Image file; may be repeated.")] = None,
    reader: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who erases.", show_default="the login name")
    ] = None,
    expect: Annotated[
        int | None, typer.Option(metavar="N", help="How many instances there must be; nothing is asked then.")
    ] = None,
    store: _Store = None,
) -> None:
    """Erase everything that the journal and the caches hold of some instances. This cannot be undone.

    What stays is that something was erased: when, by whom, how many instances. Image files, copies of the journal and
    exports are not touched.

    Example: cxr-store erase --study 1.2.826.0.1.3680043.8.498.1
    """
    from cxr_viewer.core.studies import InstanceKey
    from cxr_viewer.store import locations
    from cxr_viewer.store.candidate_cache import CandidateCache
    from cxr_viewer.store.errors import StoreError
    from cxr_viewer.store.journal import Journal

    with plain_ending("cxr-store", (StoreError,), "Nothing was erased."):
        paths = [path.expanduser().absolute() for path in file or ()]
        with Journal.open(_path(store), create=False) as journal:
            found = journal.instances_of([InstanceKey(key) for key in instance or ()], study or (), paths)
            if not found:
                raise WrongCallError("The store holds nothing of these instances.")
            _confirm(len(found), expect)
            places = [known.path for key in found if (known := journal.instance(key)) and known.path]
            erasure = journal.erase(found, reader or login_name())
        with CandidateCache(locations.default_cache_path()) as cache:
            cache.forget(found, [*places, *paths])
        typer.echo(
            f"Erased: {erasure.instances} instances, {erasure.gestures} gestures. Copies made earlier hold them."
        )


def _confirm(count: int, expected: int | None) -> None:
    """Have the number of instances stated before they are erased."""
    if expected is None:
        typer.echo(f"{count} instances will be erased from the journal and the caches. This cannot be undone.")
        typed = typer.prompt("Type their number to go on", default="", show_default=False)
        if typed.strip() != str(count):
            raise WrongCallError("That was not the number; nothing was erased.")
    elif expected != count:
        raise WrongCallError(f"These are {count} instances, not {expected}; nothing was erased.")


@app.command("clear-caches")
def clear_caches() -> None:
    """Delete what the program can make again: candidates, known files, compiled networks.

    Example: cxr-store clear-caches
    """
    from cxr_viewer.store import locations
    from cxr_viewer.store.candidate_cache import CandidateCache
    from cxr_viewer.store.sizes import size_of, size_words

    with plain_ending("cxr-store", ()):
        folder = locations.caches_folder()
        before = size_of(folder)
        with CandidateCache(locations.default_cache_path()) as cache:
            cache.clear()
        if locations.graphs_folder().is_dir():
            shutil.rmtree(locations.graphs_folder())
        typer.echo(f"{size_words(max(0, before - size_of(folder)))} freed in {folder}.")


def _path(store: str | None, *, must_exist: bool = True) -> Path:
    from cxr_viewer.store.errors import StoreError
    from cxr_viewer.store.locations import store_path

    try:
        path = store_path(store).expanduser().absolute()
    except StoreError as error:
        raise WrongCallError(str(error)) from error
    if must_exist and not path.is_file():
        raise WrongCallError(f"The store {path} does not exist; name the store with --store.")
    return path


def main() -> None:
    """Run the command."""
    freeze_support()
    app()
