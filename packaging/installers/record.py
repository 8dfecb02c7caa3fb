"""The record of a build: what lies in the frozen folder, and from which file each part came."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class Analysed(Protocol):
    """What is read of PyInstaller's Analysis: rows of name, path and kind."""

    pure: Iterable[tuple[str, str, str]]
    binaries: Iterable[tuple[str, str, str]]
    datas: Iterable[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Part:
    """A module of the archive, or a file of the folder.

    Attributes:
        name: dotted module name, or the file's place below the folder.
        source: the file it was made of.
        is_module: whether it is a module inside the archive.
    """

    name: str
    source: Path
    is_module: bool


def write(path: Path, analysis: Analysed) -> None:
    """Write the record of an analysis as JSON; links within the folder are left out."""
    rows = [("module", name, source) for name, source, _ in analysis.pure]
    rows += [("file", name, source) for name, source, kind in analysis.binaries if kind != "SYMLINK"]
    rows += [("file", name, source) for name, source, kind in analysis.datas if kind != "SYMLINK"]
    path.write_text(json.dumps(sorted(rows), indent=0), encoding="utf-8")


def read(path: Path) -> list[Part]:
    """Return the parts of a record.

    Raises:
        FileNotFoundError: nothing was built there.
    """
    rows = json.loads(path.read_text(encoding="utf-8"))
    # Modules without a file are namespace packages.
    return [Part(name, Path(source), kind == "module") for kind, name, source in rows if source not in ("", "-")]
