"""The Debian package: a tree of files with its control file, packed by ``dpkg-deb``.

Desktop entry, icons and MIME associations are noticed and forgotten by the triggers of desktop-file-utils and
hicolor-icon-theme, so the package needs no scripts of its own.
"""

import os
import re
import shutil
import subprocess
import textwrap
from collections.abc import Collection
from pathlib import Path

from installers import desktop, program

LIBRARY_FOLDER = f"usr/lib/{program.NAME}"

_ALWAYS = ("hicolor-icon-theme",)
_RECOMMENDED = ("desktop-file-utils", "shared-mime-info", "xdg-utils", "fonts-dejavu-core", "fonts-noto-core")


def build(frozen: Path, work: Path, out: Path, carried: Collection[str]) -> Path:
    """Write the package and return it; needs dpkg-dev.

    Args:
        frozen: the folder that PyInstaller made.
        carried: packages of which the folder carries the libraries itself.
    """
    tree = work / "debian" / "tree"
    shutil.rmtree(tree.parent, ignore_errors=True)
    (tree / "usr" / "bin").mkdir(parents=True)
    (tree / "DEBIAN").mkdir()  # by which dpkg-shlibdeps finds the root of $ORIGIN
    shutil.copytree(frozen, tree / LIBRARY_FOLDER, symlinks=True)
    for command in program.commands():
        (tree / "usr" / "bin" / command).symlink_to(f"../lib/{program.NAME}/{command}")
    desktop.write_share(tree / "usr" / "share")
    _write_copyright(tree / "usr" / "share" / "doc" / program.NAME)
    for path in tree.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    architecture = _said("dpkg", "--print-architecture")
    size = sum(path.stat().st_size for path in tree.rglob("*") if path.is_file() and not path.is_symlink())
    depends, recommends = needed_packages(tree / LIBRARY_FOLDER, tree.parent, carried)
    control = tree / "DEBIAN" / "control"
    control.write_text(control_text(architecture, size // 1024, depends, recommends), encoding="utf-8")
    path = out / f"{program.NAME}_{program.version()}_{architecture}.deb"
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zxz", "-z4", "--build", str(tree), str(path)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return path


def control_text(architecture: str, size_kib: int, depends: list[str], recommends: list[str]) -> str:
    """Return the control file."""
    description = textwrap.fill(
        "Opens folders and discs of chest radiographs, proposes opacity boxes by a local RetinaNet ensemble, keeps "
        "every correction, and scans whole archives from the command line. " + program.NOTICE,
        width=78,
        initial_indent=" ",
        subsequent_indent=" ",
    )
    fields = {
        "Package": program.NAME,
        "Version": program.version(),
        "Section": "science",
        "Priority": "optional",
        "Architecture": architecture,
        "Installed-Size": str(size_kib),
        "Depends": ", ".join(depends),
        "Recommends": ", ".join(recommends),
        "Maintainer": "CXR Viewer developers <developers@cxr-viewer.invalid>",
        "Description": f"{program.SUMMARY}\n{description}",
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items() if value)


def needed_packages(folder: Path, work: Path, carried: Collection[str]) -> tuple[list[str], list[str]]:
    """Return the packages whose libraries the program links with, and those it can do without.

    Printing is what it can do without: the plugin for CUPS is loaded when somebody prints.
    """
    libraries = [path for path in sorted(folder.rglob("*")) if _is_elf(path)]
    optional = [path for path in libraries if path.parent.name == "printsupport"]
    always = [path for path in libraries if path not in optional]
    (work / "debian").mkdir()
    # dpkg-shlibdeps wants a source package around it.
    source = f"Source: {program.NAME}\n\nPackage: {program.NAME}\nArchitecture: any\n"
    (work / "debian" / "control").write_text(source, encoding="utf-8")
    folders = sorted({str(path.parent) for path in libraries})
    depends = [*without(_linked_packages(always, folders, work), carried), *_ALWAYS]
    known = {*carried, *(each.partition(" ")[0] for each in depends)}
    return depends, [*without(_linked_packages(optional, folders, work), known), *_RECOMMENDED]


def without(relations: Collection[str], names: Collection[str]) -> list[str]:
    """Return relations (``name (>= version)``) to other packages than those named."""
    return [each for each in relations if each.partition(" ")[0] not in names]


def _linked_packages(libraries: list[Path], folders: list[str], work: Path) -> list[str]:
    if not libraries:
        return []
    private = [f"-l{folder}" for folder in folders]
    # The program's own libraries are of no package; one that is found nowhere is an error all the same.
    command = ["dpkg-shlibdeps", "-O", "--warnings=0", "--ignore-missing-info", *private]
    command += [f"-e{path}" for path in libraries]
    answer = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise RuntimeError(f"dpkg-shlibdeps could not say what the program links with: {answer.stderr.strip()}")
    return re.sub(r"^shlibs:Depends=", "", answer.stdout.strip()).split(", ")


def _is_elf(path: Path) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(4) == b"\x7fELF"


def _write_copyright(folder: Path) -> None:
    folder.mkdir(parents=True)
    text = (
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
        f"Upstream-Name: {program.TITLE}\n\nFiles: *\nCopyright: the {program.TITLE} developers\nLicense: Apache-2.0\n"
        " On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.\n"
        f" What others made is named, with its licences, in /{LIBRARY_FOLDER}/THIRD-PARTY-LICENCES.txt.\n"
    )
    (folder / "copyright").write_text(text, encoding="utf-8")


def _said(*command: str) -> str:
    environment = os.environ | {"LC_ALL": "C"}
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout.strip()
