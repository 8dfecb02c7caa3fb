"""How a command ends: exit codes, and errors as one sentence on stderr."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import typer

DONE = 0
COULD_NOT_RUN = 1
WRONG_CALL = 2
INTERRUPTED = 130

_DISK_ERRORS = {
    errno.ENOSPC: "the disk is full; free some space",
    errno.EDQUOT: "the disk quota is used up; free some space",
    errno.EROFS: "the disk is read-only; choose another place",
    errno.EACCES: "permission denied; choose another place or change the permissions",
    errno.EPERM: "permission denied; choose another place or change the permissions",
}


class WrongCallError(Exception):
    """What was asked for cannot be done as it was written; the message is a sentence for the reader."""


@contextmanager
def plain_ending(command: str, refusals: tuple[type[Exception], ...], if_interrupted: str = "") -> Iterator[None]:
    """Turn what a command may raise into its exit code and one sentence.

    Args:
        command: name that the sentence begins with.
        refusals: errors of this program whose message is a sentence, exit code 1.
        if_interrupted: what the user can do after Ctrl-C.
    """
    try:
        yield
    except KeyboardInterrupt:
        _end(f"{command}: interrupted. {if_interrupted}".rstrip(), INTERRUPTED)
    except WrongCallError as error:
        _end(f"{command}: {error}", WRONG_CALL)
    except refusals as error:
        _end(f"{command}: {error}", COULD_NOT_RUN)
    except OSError as error:
        _end(f"{command}: {disk_sentence(error)}", COULD_NOT_RUN)


def disk_sentence(error: OSError) -> str:
    """Return an error of the file system as a sentence that names the file."""
    reason = _DISK_ERRORS.get(error.errno or 0, error.strerror or str(error))
    return f"{error.filename} cannot be used: {reason}." if error.filename else f"Writing failed: {reason}."


def _end(sentence: str, code: int) -> None:
    typer.echo(sentence, err=True)
    raise typer.Exit(code)


def show_version(wanted: bool) -> None:
    """Answer ``--version``."""
    if wanted:
        from cxr_viewer import __version__

        typer.echo(f"CXR Viewer {__version__} – research use, not a medical device")
        raise typer.Exit(DONE)
