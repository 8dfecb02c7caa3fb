"""Finds regular files below folders, and those that a DICOMDIR lists."""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path


def listed_by(path: Path) -> Iterable[Path]:
    """Return the files that a file lists beside itself, when it is a DICOMDIR; reads it in this process."""
    from cxr_viewer.dicom import media_directory

    return media_directory.listed_by(path)


def find_files(paths: Iterable[Path], listed: Callable[[Path], Iterable[Path]] = listed_by) -> Iterator[Path]:
    """Yield the files below some paths, each once, folder by folder in the order of names.

    Whatever their names: CDs hold radiographs without suffix. Symbolic links to folders are followed, loops are not.
    A DICOMDIR that is given itself (not found in a folder) stands for itself and the files that it lists. What cannot
    be opened is yielded too, a folder included, so that it is reported and not silently missing.

    Args:
        paths: folders and files.
        listed: what returns the files that a given file lists; only files that are no folders are asked about.
    """
    seen: set[str] = set()
    for path in paths:
        for found in _below(path, listed):
            name = os.path.abspath(found)  # noqa: PTH100  # resolve() would follow links, and hide that names differ
            if name not in seen:
                seen.add(name)
                yield found


def _below(path: Path, listed: Callable[[Path], Iterable[Path]]) -> Iterator[Path]:
    if path.is_dir():
        yield from _walk(path)
        return
    yield path
    yield from listed(path)


def _walk(top: Path) -> Iterator[Path]:
    visited: set[tuple[int, int]] = set()
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        try:
            status = folder.stat()
            if (status.st_dev, status.st_ino) in visited:
                continue
            visited.add((status.st_dev, status.st_ino))
            with os.scandir(folder) as entries:
                ordered = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            yield folder
            continue
        # Files of a folder before those of its folders, both by name; the stack turns the order round.
        yield from (folder / entry.name for entry in ordered if entry.is_file())
        waiting.extend(folder / entry.name for entry in reversed(ordered) if _is_folder(entry))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
