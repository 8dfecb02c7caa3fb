"""Folders that appear whole or not at all: written beside and moved into place when nothing is missing."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_STAGE = ".partial"


class FolderInUseError(Exception):
    """The folder holds something already; the message is a sentence for the reader."""


def check_is_free(folder: Path) -> None:
    """Raise FolderInUseError unless the folder is missing, empty, or holds nothing but the remains of a killed run.

    Raises:
        FolderInUseError: it is a file or holds something.
        OSError: it cannot be looked into.
    """
    if folder.exists() and not folder.is_dir():
        raise FolderInUseError(f"{folder} is a file; name a folder.")
    if folder.exists() and any(child.name != _STAGE for child in folder.iterdir()):
        raise FolderInUseError(f"The folder {folder} is not empty; name a new one.")


@contextmanager
def written_whole(folder: Path, last: str) -> Iterator[Path]:
    """Yield a folder to write into, whose contents move into ``folder`` when the block ends well.

    When it does not, nothing of it stays, and a folder that was made for it is removed.

    Args:
        folder: missing or empty.
        last: name of the file that moves last, so that its presence says that the folder is whole.

    Raises:
        FolderInUseError: as ``check_is_free``.
        OSError: the disk is full or not writable.
    """
    check_is_free(folder)
    is_new = not folder.exists()
    stage = folder / _STAGE
    shutil.rmtree(stage, ignore_errors=True)
    try:
        stage.mkdir(parents=True)
        yield stage
        for path in sorted(stage.iterdir(), key=lambda path: (path.name == last, path.name)):
            path.replace(folder / path.name)
        stage.rmdir()
    except BaseException:
        shutil.rmtree(folder if is_new else stage, ignore_errors=True)
        raise
