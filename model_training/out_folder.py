"""The rule for folders that a command writes: new, empty, or left by the very same call."""

from pathlib import Path


class OutFolderError(Exception):
    """The folder cannot take the result; the message is a sentence."""


def require_free(folder: Path) -> None:
    """Make the folder, unless something lies in it (OutFolderError)."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutFolderError(f"{folder} is not empty; choose another --out.")
    folder.mkdir(parents=True, exist_ok=True)
