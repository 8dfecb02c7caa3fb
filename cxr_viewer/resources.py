"""Finds the files of resources/ in a checkout, in an installed wheel and in a frozen program."""

import sys
from functools import lru_cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def path(name: str) -> Path:
    """Return the path of a resource, for example ``models/demo``; it need not exist."""
    return _root() / name


@lru_cache(maxsize=128)
def read_text(name: str) -> str:
    """Return a resource as text.

    Raises:
        FileNotFoundError: the resource is not there.
    """
    return path(name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _root() -> Path:
    frozen = getattr(sys, "_MEIPASS", None)
    places = [Path(frozen) / "resources"] if frozen else []
    places += [_PACKAGE / "_resources", _PACKAGE.parent / "resources"]
    return next((place for place in places if place.is_dir()), places[-1])
