"""How large files and folders are, and in words."""

from collections.abc import Iterator
from pathlib import Path


def size_of(*places: Path) -> int:
    """Return the bytes of files, and of all files below folders; what is not there counts nothing."""
    return sum(file.stat().st_size for place in places for file in _files(place))


def size_words(size_bytes: int) -> str:
    """Return a size as people say it."""
    if size_bytes < 1 << 20:
        return f"{size_bytes / (1 << 10):.0f} kB"
    if size_bytes < 1 << 30:
        return f"{size_bytes / (1 << 20):.1f} MB"
    return f"{size_bytes / (1 << 30):.1f} GB"


def _files(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    elif place.is_dir():
        yield from (file for file in place.rglob("*") if file.is_file())
