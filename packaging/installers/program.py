"""What the program is called, its version and its commands; everything that is built takes them from here."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

NAME = "cxr-viewer"
TITLE = "CXR Viewer"
SUMMARY = "Read chest radiographs beside a detector ensemble"
NOTICE = "Research use only, not a medical device."
IDENTIFIER = "org.cxr_viewer.CXRViewer"
"""Names the program to macOS."""

WINDOW = NAME
"""The command with a window; the others write to a terminal."""

MIME_TYPES = ("application/dicom", "inode/directory")


def version(root: Path = ROOT) -> str:
    """Return the version that ``cxr_viewer/__init__.py`` states, without importing it.

    Raises:
        ValueError: there is none.
    """
    text = (root / "cxr_viewer" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"$', text, re.MULTILINE)
    if found is None:
        raise ValueError("cxr_viewer/__init__.py states no __version__.")
    return found[1]


def commands(root: Path = ROOT) -> dict[str, str]:
    """Return the commands of the frozen program and their functions (``module:function``), the window first.

    They are those of the wheel, less the training's.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    every: dict[str, str] = {**project["gui-scripts"], **project["scripts"]}
    return {name: function for name, function in every.items() if function.startswith("cxr_viewer.")}


def launcher(functions: dict[str, str]) -> str:
    """Return the Python text that starts the command by whose name the program was called, else the window.

    One executable serves every command, so that the archive of modules lies in the folder once. Children are told
    apart first of all, so that they import neither Qt nor a command line.
    """
    return (
        "import multiprocessing\n\n"
        'if __name__ == "__main__":\n'
        "    multiprocessing.freeze_support()\n"
        "    import importlib\n"
        "    import os\n"
        "    import sys\n\n"
        f"    functions = {functions!r}\n"
        "    name = os.path.splitext(os.path.basename(sys.argv[0]))[0].lower()\n"
        f'    module, _, function = functions.get(name, functions["{WINDOW}"]).partition(":")\n'
        "    sys.exit(getattr(importlib.import_module(module), function)())\n"
    )


def write_launcher(folder: Path) -> Path:
    """Write the launcher of all commands into a folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{NAME}.py"
    path.write_text(launcher(commands()), encoding="utf-8")
    return path


def executables(platform: str) -> list[str]:
    """Return the executables that are built: one with links to it, but all of them on Windows, which has no links."""
    return list(commands()) if platform == "win32" else [WINDOW]
