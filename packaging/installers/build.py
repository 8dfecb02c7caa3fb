"""Builds everything for this system into ``dist/``: ``python -m installers.build``, called by `make package`."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from installers import archive, checksums, components, debian, licences, program, record, sbom

WORK = program.ROOT / "build" / "package"
FROZEN = WORK / "frozen" / program.NAME
OUT = program.ROOT / "dist"

SPEC = program.ROOT / "packaging" / f"{program.NAME.replace('-', '_')}.spec"


def main() -> int:
    """Freeze, describe and pack; return the exit code."""
    freeze()
    finish(FROZEN)
    OUT.mkdir(exist_ok=True)
    for old in OUT.iterdir():
        if old.is_file():
            old.unlink()
    parts = record.read(WORK / "work" / program.NAME.replace("-", "_") / "contents.json")
    found = components.collect(parts, (program.ROOT, WORK))
    made = describe(found)
    if sys.platform.startswith("linux"):
        machine = platform.machine()
        made += [archive.build(FROZEN, WORK, OUT, machine)]
        if shutil.which("dpkg-shlibdeps"):
            carried = {each.name for each in found if each.kind == "deb"}
            made += [debian.build(FROZEN, WORK, OUT, carried)]
    checksums.write(OUT, made)
    size = sum(path.lstat().st_size for path in FROZEN.rglob("*") if path.is_file()) / 1e6
    sys.stdout.write(f"{program.TITLE} {program.version()}: {size:.0f} MB unpacked\n")
    for path in made:
        sys.stdout.write(f"{path} {path.stat().st_size / 1e6:.1f} MB\n")
    return 0


def freeze() -> None:
    """Run PyInstaller."""
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--distpath", str(FROZEN.parent), "--workpath", str(WORK / "work"), str(SPEC)]
    subprocess.run(command, cwd=program.ROOT, env=os.environ | {"PYTHONHASHSEED": "0"}, check=True)


def finish(frozen: Path) -> None:
    """Take debugging symbols out of Python's own libraries, and add the links by which commands are called."""
    own = [path for path in _python_libraries(frozen) if not path.is_symlink()]
    if sys.platform.startswith("linux") and shutil.which("strip"):
        subprocess.run(["strip", "--strip-unneeded", *map(str, own)], check=True)
    if sys.platform != "win32":
        for command in program.commands():
            link = frozen / command
            if command != program.WINDOW and not link.exists():
                link.symlink_to(program.WINDOW)


def _python_libraries(frozen: Path) -> Sequence[Path]:
    """Return libpython and the standard library's extensions; wheels' libraries may not survive being stripped."""
    inside = frozen / "_internal"
    return [*inside.glob("libpython3*.so*"), *inside.glob("python3*/lib-dynload/*.so")]


def describe(found: Sequence[components.Component]) -> list[Path]:
    """Write the bill of materials and the licence file into the folder and into ``dist/``; return the latter."""
    made = [
        sbom.write(OUT / f"{program.NAME}-{program.version()}.cdx.json", found),
        licences.write(OUT / licences.FILE_NAME, found),
    ]
    for path in made:
        shutil.copyfile(path, FROZEN / path.name)
    return made


if __name__ == "__main__":
    sys.exit(main())
