"""Where starts of the program find the one that runs: per user, screen, store and named reader."""

import hashlib
import os
import stat
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cxr_viewer.store import locations, private_file

_LONGEST_SOCKET_PATH = 100
"""Bytes; systems allow 104 to 108."""

_SCREENS = ("WAYLAND_DISPLAY", "DISPLAY")
"""A window on another screen (a remote login) is no place to send a file to: nobody would see it."""


@dataclass(frozen=True, slots=True)
class MeetingPlace:
    """Names of what lies in a folder that only this user can enter.

    Attributes:
        lock: held by the start that has the window.
        key: file of the secret by which both sides know each other.
        address: of the socket (POSIX) or the named pipe (Windows).
    """

    lock: Path
    key: Path
    address: str


def of(store: Path, reader: str) -> MeetingPlace:
    """Return the place of a store and of a reader who was named on the command line ("" for nobody).

    Raises:
        OSError: there is no folder that is this user's alone.
    """
    screen = [os.environ.get(name, "") for name in _SCREENS]
    words = "\0".join([str(store.expanduser().resolve()), reader, *screen])
    name = hashlib.sha256(words.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    folder = _folder(name)
    address = rf"\\.\pipe\cxr-viewer-{name}" if sys.platform == "win32" else str(folder / name)
    return MeetingPlace(folder / f"{name}.lock", folder / f"{name}.key", address)


def _folder(name: str) -> Path:
    folder = locations.meeting_folder()
    if len(os.fsencode(folder / name)) > _LONGEST_SOCKET_PATH:
        folder = Path(tempfile.gettempdir()) / f"cxr-viewer-{_user()}"
    private_file.make_folder(folder)
    if sys.platform != "win32":
        _claim(folder)
    return folder


def _claim(folder: Path) -> None:
    """Close a folder of this user's to everybody else; refuse one of somebody else's, or a link to anywhere."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise PermissionError(f"{folder} is not a folder of this user's own; remove it.")
    if stat.S_IMODE(found.st_mode) & 0o077:
        folder.chmod(0o700)


def _user() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0
