"""The folder of crash reports: the newest ten, readable by this user only, never sent anywhere."""

import contextlib
import os
from datetime import UTC, datetime
from pathlib import Path

from cxr_viewer.store import locations, private_file

MOST = 10
_PATTERN = "crash-*.txt"


def default_folder() -> Path:
    """Return this user's folder of crash reports."""
    return locations.logs_folder()


def reports(folder: Path) -> tuple[Path, ...]:
    """Return the reports, newest first."""
    try:
        return tuple(sorted(folder.glob(_PATTERN), reverse=True))
    except OSError:
        return ()


def keep(folder: Path, text: str, when: datetime | None = None) -> Path | None:
    """Write a report and delete the oldest beyond ten; returns None where nothing can be written."""
    when = when or datetime.now(UTC)
    try:
        private_file.make_folder(folder)
        for number in range(MOST):
            path = folder / f"crash-{when:%Y%m%d-%H%M%S}-{number}.txt"
            try:
                handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            except FileExistsError:
                continue
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            _prune(folder)
            return path
    except OSError:
        return None
    return None


def delete_all(folder: Path) -> None:
    """Delete every report."""
    for path in reports(folder):
        with contextlib.suppress(OSError):
            path.unlink()


def _prune(folder: Path) -> None:
    for path in reports(folder)[MOST:]:
        with contextlib.suppress(OSError):
            path.unlink()
