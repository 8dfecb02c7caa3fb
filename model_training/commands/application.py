"""Assembles ``cxr-train`` from its subcommands and turns errors into one sentence and an exit code.

Exit codes: 0 done, 1 could not run, 2 wrong call, 130 interrupted. Heavy libraries are imported by the subcommand that
needs them, so that ``--help`` answers at once.
"""

from typing import Annotated, Protocol, cast

import typer

from cxr_viewer import __version__
from model_training.commands import (
    ablating,
    benchmarking,
    choosing,
    comparing,
    evaluating,
    fitting,
    gating,
    importing,
    phantoms,
    publishing,
    ranging,
    tuning,
)
from model_training.commands.errors import exit_code_of, sentence_of

application = typer.Typer(
    name="cxr-train",
    help="Trains detectors for CXR Viewer. Research use, not a medical device.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
application.command("phantom")(phantoms.phantom)
application.add_typer(importing.application, name="import")
application.command("fit")(fitting.fit)
application.command("evaluate")(evaluating.evaluate)
application.command("tune")(tuning.tune)
application.command("publish")(publishing.publish)
application.command("compare")(comparing.compare)
application.command("choose")(choosing.choose)
application.command("ablate")(ablating.ablate)
application.add_typer(benchmarking.application, name="benchmark")
application.command("gate")(gating.gate)
application.command("range")(ranging.training_range)
application.command("gate-sheet")(gating.gate_sheet)
application.command("contact-sheet")(phantoms.contact_sheet)


_INTERRUPTED = 130


class _Shown(Protocol):
    """An error that can print itself, with the command's usage."""

    def show(self) -> None:
        """Print on stderr."""


_USAGE_ERROR = cast(type[Exception], typer.BadParameter.__mro__[2])
"""ClickException of the click that typer uses: the library's, or in newer releases the one inside typer."""


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"cxr-train {__version__}")
        raise typer.Exit


@application.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None:
    del version


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    try:
        code = int(application(args=arguments, prog_name="cxr-train", standalone_mode=False) or 0)
    except _USAGE_ERROR as error:
        cast(_Shown, error).show()
        return 2
    except (typer.Abort, KeyboardInterrupt):
        code = _INTERRUPTED
    except Exception as error:  # sorted below: what is not a plain sentence is raised again
        refused = exit_code_of(error)
        if refused is None:
            raise
        typer.echo(sentence_of(error), err=True)
        return refused
    if code == _INTERRUPTED:  # typer answers Ctrl-C by this code, older releases by Abort
        typer.echo("Interrupted; the same command goes on where it stopped.", err=True)
    return code
