"""Finds the processes of a test's cluster and whom they talk to, in /proc."""

import os
from collections.abc import Iterator
from pathlib import Path

_TRYING_OR_CONNECTED = ("01", "02")


def foreign_connections() -> list[str]:
    """Return the addresses, in the system's hexadecimal, outside this machine that this process or its own talk to."""
    ours = {inode for process in (os.getpid(), *descendants()) for inode in _sockets(process)}
    found = []
    for name in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{name}").read_text(encoding="ascii").splitlines()[1:]:
            _, local, remote, state, *_, inode = line.split()[:10]
            if state in _TRYING_OR_CONNECTED and inode in ours and local.split(":")[0] != remote.split(":")[0]:
                found.append(remote)
    return found


def _sockets(process: int) -> Iterator[str]:
    try:
        for entry in Path(f"/proc/{process}/fd").iterdir():
            target = str(entry.readlink())
            if target.startswith("socket:["):
                yield target[8:-1]
    except OSError:  # it has ended
        return


def ray_processes() -> list[str]:
    """Return the command lines of Ray among the processes that this process has started."""
    return [title for title in map(_title, descendants()) if "ray" in title]


def workers(stage: str) -> list[int]:
    """Return the process numbers of a stage's workers in the cluster that this process has started."""
    title = f"ray::MapWorker(MapBatches({stage}"
    return [process for process in descendants() if _title(process).startswith(title)]


def descendants() -> Iterator[int]:
    """Yield the processes that this process has started, and theirs."""
    parents = {int(folder.name): _parent(folder) for folder in Path("/proc").iterdir() if folder.name.isdigit()}
    for process in parents:
        above = parents[process]
        while above is not None and above != os.getpid():
            above = parents.get(above)
        if above is not None:
            yield process


def _parent(folder: Path) -> int | None:
    try:
        return int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:  # it has ended
        return None


def _title(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""
