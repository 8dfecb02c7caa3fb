"""Writes SHA256SUMS, in the form that ``sha256sum --check`` reads."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

FILE_NAME = "SHA256SUMS"


def write(folder: Path, files: Iterable[Path]) -> Path:
    """Write the digests of files that lie in a folder."""
    lines = []
    for file in sorted(files):
        with file.open("rb") as stream:
            lines.append(f"{hashlib.file_digest(stream, 'sha256').hexdigest()}  {file.name}\n")
    path = folder / FILE_NAME
    path.write_text("".join(lines), encoding="utf-8")
    return path
