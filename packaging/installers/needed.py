"""What PyInstaller cannot find by following imports, and what it finds although nothing uses it."""

import importlib.util
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from installers import contents

Row = tuple[str, str, str]
"""An entry of PyInstaller's lists: name in the folder, path where it was found, kind."""

CUDA_MODULES = ("torch", "torchvision", "timm", "cxr_viewer.detection.torch_ensemble")
"""Imported only where a driver is found at run time."""

METADATA = (
    "numpy", "pydicom", "imagecodecs", "pylibjpeg-rle", "pillow", "openvino", "safetensors", "SQLAlchemy", "alembic",
    "PySide6-Essentials",
)  # fmt: skip
"""Distributions whose version the self-test shows."""


def data_files(root: Path) -> list[tuple[str, str]]:
    """Return files beside resources: (path, folder in the program)."""
    from PyInstaller.utils.hooks import copy_metadata

    scripts = root / "cxr_viewer" / "store" / "migrations"
    # Alembic reads its scripts as files.
    files = [(str(path), str(path.parent.relative_to(root))) for path in sorted(scripts.rglob("*.py"))]
    for name in METADATA:
        files += copy_metadata(name)
    return files


def migrations(root: Path) -> list[str]:
    """Return the migration scripts as modules, so that what they import is taken along."""
    scripts = root / "cxr_viewer" / "store" / "migrations" / "versions"
    return [f"cxr_viewer.store.migrations.versions.{path.stem}" for path in sorted(scripts.glob("revision_*.py"))] + [
        "alembic.command",
        "alembic.config",
    ]


def openvino_libraries() -> list[tuple[str, str]]:
    """Return the libraries that OpenVINO loads by name at run time: (path, folder in the program)."""
    found = importlib.util.find_spec("openvino")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("openvino is not installed; run `make package`, which makes its own environment.")
    libraries = Path(found.origin).parent / "libs"
    return [
        (str(path), "openvino/libs")
        for path in sorted(libraries.iterdir())
        if path.suffix != ".pc" and contents.keeps(f"openvino/libs/{path.name}")
    ]


def is_from_system(source: str) -> bool:
    """Return whether a file belongs to the building system: neither to the environment nor to its Python."""
    path = Path(source)
    return not any(path.is_relative_to(prefix) for prefix in {sys.prefix, sys.base_prefix, str(contents_root())})


def contents_root() -> Path:
    """Return the checkout."""
    return Path(__file__).resolve().parents[2]


def only_linked(rows: Sequence[Row]) -> list[Row]:
    """Return the libraries without those that came along with something that stays out.

    Only libraries that other libraries name are judged (folders ``*.libs``, ``Qt/lib`` and the top), never extension
    modules, plugins or what is loaded by name at run time.
    """
    from PyInstaller.depend import bindepend

    imports = {
        row[0]: {PurePosixPath(name).name for name, _ in bindepend.get_imports(row[1])}
        for row in rows
        if row[2] != "SYMLINK"
    }
    return linked(rows, imports)


def linked(rows: Sequence[Row], imports: dict[str, set[str]]) -> list[Row]:
    """Return the rows that are no library which others name, or that a kept row names, directly or not.

    Args:
        rows: entries; a symbolic link's second value is its target, relative to the link.
        imports: file names that each row's library links with.
    """
    by_file: dict[str, list[Row]] = {}
    for row in rows:
        by_file.setdefault(PurePosixPath(row[0]).name, []).append(row)
    kept: dict[str, Row] = {}
    waiting = [row for row in rows if row[2] != "SYMLINK" and not _is_named_by_others(row[0])]
    while waiting:
        row = waiting.pop()
        if row[0] in kept:
            continue
        kept[row[0]] = row
        if row[2] == "SYMLINK":
            waiting += [each for each in rows if each[0] == _target(row)]
        for name in imports.get(row[0], set()):
            waiting += by_file.get(name, [])
    return [row for row in rows if row[0] in kept]


def live(rows: Iterable[Row]) -> list[Row]:
    """Return the rows without symbolic links to what is not among them."""
    every = list(rows)
    names = {row[0] for row in every}
    return [row for row in every if row[2] != "SYMLINK" or _target(row) in names]


def _target(row: Row) -> str:
    """Return where a symbolic link of the folder leads."""
    return os.path.normpath(PurePosixPath(row[0]).parent / row[1])


def _is_named_by_others(name: str) -> bool:
    path = PurePosixPath(name)
    folder = str(path.parent)
    if ".so" not in path.name and path.suffix not in (".dll", ".dylib"):
        return False
    if path.name.startswith(("libpython", "python3")):
        return False
    return folder == "." or folder.endswith(".libs") or folder.endswith("Qt/lib")
