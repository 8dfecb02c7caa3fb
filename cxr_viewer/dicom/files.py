"""Finds regular files below folders, and those that a DICOMDIR lists, without ever leaving their folder."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from cxr_viewer.dicom import elements, headers
from cxr_viewer.dicom.content import HEAD_BYTES, Content, recognise
from cxr_viewer.dicom.errors import DicomReadError

MEDIA_DIRECTORY = "1.2.840.10008.1.3.10"
"""SOP class of a DICOMDIR (PS3.3 F.2.2.1)."""

_FILE_ID, _RECORDS = 0x00041500, 0x00041220


def find_files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the files below some paths, each once, folder by folder in the order of names.

    Whatever their names: CDs hold radiographs without suffix. Symbolic links to folders are followed, loops are not.
    A DICOMDIR that is given itself (not found in a folder) stands for itself and the files that it lists. What cannot
    be opened is yielded too, a folder included, so that it is reported and not silently missing.
    """
    seen: set[str] = set()
    for path in paths:
        for found in _below(path):
            name = os.path.abspath(found)  # noqa: PTH100  # resolve() would follow links, and hide that names differ
            if name not in seen:
                seen.add(name)
                yield found


def _below(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from _walk(path)
        return
    yield path
    if _is_media_directory(path):
        yield from listed_files(path)


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


def _is_media_directory(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            if recognise(file.read(HEAD_BYTES)) is not Content.DICOM:
                return False
        return headers.read(path, (_FILE_ID,)).media_class == MEDIA_DIRECTORY
    except (OSError, DicomReadError):
        return False


def listed_files(dicomdir: Path) -> Iterator[Path]:
    """Yield the files that a DICOMDIR lists, present or not, but none outside its folder.

    File identifiers are taken from a disc and so are hostile input: parent folders, absolute names and links that lead
    out of the folder are dropped (CVE-2026-32711 was such a path).
    """
    root = dicomdir.parent.resolve()
    try:
        records = elements.items(headers.read(dicomdir).dataset, _RECORDS)
    except (OSError, DicomReadError):
        return
    for record in records:
        parts = elements.texts(record, _FILE_ID)
        if parts and all(_is_plain(part) for part in parts):
            path = _present(dicomdir.parent, parts)
            if path.resolve().is_relative_to(root):
                yield path


def _is_plain(part: str) -> bool:
    return part not in ("", ".", "..") and not set(part) & set('/\\:\0<>|"?*')


def _present(folder: Path, parts: tuple[str, ...]) -> Path:
    """Join the parts, in the case in which the medium is mounted: identifiers are upper case, mounts may be lower."""
    path = folder.joinpath(*parts)
    lower = folder.joinpath(*(part.lower() for part in parts))
    return lower if not path.exists() and lower.exists() else path
