"""What lies in the built folder and beside it: nothing that must not, everything that is described."""

import hashlib
import json
from pathlib import Path

from installers import contents, licence_rules, licences, program, record, sbom
from installers.build import FROZEN, OUT, WORK
from package_test.report import Report

LIMIT_MB = 400

FORBIDDEN_MODULES = ("model_training", "torch", "torchvision", "timm", "lightning", "tkinter", "readline", "pytest")
FORBIDDEN_FILES = (
    "libreadline",
    "libtorch",
    "libtcl",
    "libtk",
    "libgdbm",
    "libQt6Quick",
    "libQt6WebEngine",
    "libQt6Qml",
)


def check(report: Report) -> None:
    """Check the folder, the bill of materials, the licence file and the checksums."""
    files = [path for path in FROZEN.rglob("*") if path.is_file() and not path.is_symlink()]
    size = sum(path.stat().st_size for path in files) / 1e6
    report.check(f"the folder has {size:.0f} MB, fewer than {LIMIT_MB}", 50 < size < LIMIT_MB)
    modules = archived_modules(FROZEN / program.WINDOW)
    report.check(
        "the archive can be read and holds the program", {"cxr_viewer.app", "cxr_viewer.commands.scan"} <= modules
    )
    report.none("no module of training, of torch or of a GPL library", forbidden_modules(modules))
    report.none("no library that must not be there", (path for path in files if path.name.startswith(FORBIDDEN_FILES)))
    report.none("no file named for training", (path for path in files if "model_training" in str(path)))
    report.check("the check of modules finds what is forbidden", forbidden_modules({"model_training.fit"}) != [])
    report.none(
        "no link leads nowhere", (path for path in FROZEN.rglob("*") if path.is_symlink() and not path.exists())
    )
    decoders = {path.name.split(".")[0].lstrip("_") for path in files if path.parent.name == "imagecodecs"}
    report.check("every decoder is there", set(contents.DECODERS) <= decoders, str(decoders))
    _check_bill(report, files)
    _check_sums(report)


def archived_modules(executable: Path) -> set[str]:
    """Return the modules in the archive of an executable."""
    from PyInstaller.archive.readers import CArchiveReader

    return set(CArchiveReader(str(executable)).open_embedded_archive("PYZ.pyz").toc)


def forbidden_modules(modules: set[str]) -> list[str]:
    """Return those that must not be there."""
    return sorted(name for name in modules if name.split(".")[0] in FORBIDDEN_MODULES)


def _check_bill(report: Report, files: list[Path]) -> None:
    path = OUT / f"{program.NAME}-{program.version()}.cdx.json"
    text = path.read_text(encoding="utf-8")
    sbom.check(text)
    bill = json.loads(text)
    named = {entry["name"]: entry for entry in bill["components"]}
    report.check(
        "the bill of materials states the version", bill["metadata"]["component"]["version"] == program.version()
    )
    wanted = {"numpy", "openvino", "pydicom", "imagecodecs", "pyside6_essentials", "Qt", "CPython", "SQLAlchemy"}
    missing = {name.lower() for name in wanted} - {name.lower() for name in named}
    report.none("it names the main components", missing)
    report.none(
        "every licence in it may be handed on",
        (name for name, entry in named.items() if not any(map(licence_rules.suits, _licences(entry)))),
    )
    parts = {part.name for part in record.read(WORK / "work" / "cxr_viewer" / "contents.json") if not part.is_module}
    inside = {
        str(file.relative_to(FROZEN / "_internal")) for file in files if file.is_relative_to(FROZEN / "_internal")
    }
    report.none("every file of the folder was traced to a component", inside - parts - {"base_library.zip"})
    words = (OUT / licences.FILE_NAME).read_text(encoding="utf-8")
    report.none("the licence file names every component", (name for name in named if f"- {name}" not in words))
    report.check(
        "it holds the LGPL and says how Qt is replaced",
        "GNU LESSER GENERAL PUBLIC LICENSE" in words and "To replace Qt" in words,
    )
    report.check("both lie in the folder", (FROZEN / licences.FILE_NAME).is_file() and (FROZEN / path.name).is_file())


def _licences(entry: dict[str, object]) -> list[str]:
    found = entry.get("licenses")
    rows = found if isinstance(found, list) else []
    return [row.get("expression") or row["license"].get("id") or row["license"].get("name", "") for row in rows]


def _check_sums(report: Report) -> None:
    lines = (OUT / "SHA256SUMS").read_text(encoding="utf-8").split("\n")
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines if line)}
    wrong = [name for name, digest in sums.items() if hashlib.sha256((OUT / name).read_bytes()).hexdigest() != digest]
    report.none("the checksums are right", wrong)
    report.check("they cover everything", set(sums) == {path.name for path in OUT.iterdir()} - {"SHA256SUMS"})
