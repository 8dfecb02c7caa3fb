"""Every ending of a command is an exit code and at most one sentence."""

import pytest
import typer

from cxr_viewer.commands.outcome import WrongCallError, disk_sentence, plain_ending
from cxr_viewer.store.errors import StoreError


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (WrongCallError("No such path."), 2, "cxr-scan: No such path."),
        (StoreError("The store is damaged."), 1, "cxr-scan: The store is damaged."),
        (KeyboardInterrupt(), 130, "cxr-scan: interrupted. Go on."),
        (OSError(28, "No space left on device"), 1, "cxr-scan: Writing failed: the disk is full; free some space."),
        (
            PermissionError(13, "Permission denied", "/out"),
            1,
            "cxr-scan: /out cannot be used: permission denied; choose another place or change the permissions.",
        ),
    ],
)
def test_error_becomes_code_and_sentence(
    error: BaseException, code: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ending, plain_ending("cxr-scan", (StoreError,), "Go on."):
        raise error
    assert ending.value.exit_code == code
    assert capsys.readouterr().err == sentence + "\n"


def test_mistakes_of_the_program_are_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), plain_ending("cxr-scan", (StoreError,)):
        raise ZeroDivisionError


def test_unknown_disk_error_keeps_its_words() -> None:
    assert disk_sentence(OSError(5, "Input/output error", "/a")) == "/a cannot be used: Input/output error."
