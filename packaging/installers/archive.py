"""The archive for those who install without root: the program, a script that installs it and one that removes it."""

import shutil
import tarfile
from pathlib import Path

from installers import desktop, program

_SCRIPTS = program.ROOT / "packaging" / "linux"


def build(frozen: Path, work: Path, out: Path, machine: str) -> Path:
    """Write the archive and return it.

    Args:
        frozen: the folder that PyInstaller made.
        machine: name of the processor's kind, for the file name.
    """
    name = f"{program.NAME}-{program.version()}-linux-{machine}"
    stage = work / "archive"
    shutil.rmtree(stage, ignore_errors=True)
    desktop.write_share(stage / "share")
    for script in ("install.sh", "uninstall.sh"):
        path = stage / script
        path.write_text(filled_in((_SCRIPTS / script).read_text(encoding="utf-8")), encoding="utf-8")
        path.chmod(0o755)
    path = out / f"{name}.tar.gz"
    with tarfile.open(path, "w:gz", compresslevel=6) as archive:
        archive.add(stage, name, filter=as_root)
        archive.add(frozen, f"{name}/program", filter=as_root)
    return path


def filled_in(script: str) -> str:
    """Return a script with its place-holders filled in."""
    return script.replace("@VERSION@", program.version()).replace("@COMMANDS@", " ".join(program.commands()))


def as_root(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Return an entry without the name of whoever built it."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry
