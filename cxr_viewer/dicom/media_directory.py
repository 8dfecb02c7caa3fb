"""Reads which files a DICOMDIR lists, without ever leaving its folder."""

from collections.abc import Iterator
from pathlib import Path

from cxr_viewer.dicom import elements, headers
from cxr_viewer.dicom.content import HEAD_BYTES, Content, recognise
from cxr_viewer.dicom.errors import DicomReadError

MEDIA_DIRECTORY = "1.2.840.10008.1.3.10"
"""SOP class of a DICOMDIR (PS3.3 F.2.2.1)."""

_FILE_ID, _RECORDS = 0x00041500, 0x00041220


def listed_by(path: Path) -> Iterator[Path]:
    """Yield the files that a file lists; none for one that is no DICOMDIR."""
    if is_media_directory(path):
        yield from listed_files(path)


def is_media_directory(path: Path) -> bool:
    """Whether a file is a DICOMDIR, by what it holds."""
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
