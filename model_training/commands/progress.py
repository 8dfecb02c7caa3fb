"""Progress on stderr: a line that rewrites itself on a terminal, a line every ten percent elsewhere."""

import sys
import time
from collections.abc import Callable

import typer

_INTERVAL_SECONDS = 0.2


def reporter(what: str) -> Callable[[int, int], None]:
    """Return a function that is told (done, of) and shows it."""
    is_terminal = sys.stderr.isatty()
    shown = [0.0, -1.0]  # time of the last line; its tenth

    def report(done: int, total: int) -> None:
        if is_terminal:
            if done == total or time.monotonic() - shown[0] > _INTERVAL_SECONDS:
                shown[0] = time.monotonic()
                typer.echo(f"\r{what}: {done} of {total}", err=True, nl=done == total)
        elif (tenth := done * 10 // total) > shown[1]:
            shown[1] = tenth
            typer.echo(f"{what}: {done} of {total}", err=True)

    return report


def say(text: str) -> None:
    """Show one line."""
    typer.echo(text, err=True)
