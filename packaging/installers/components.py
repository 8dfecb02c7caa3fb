"""Whose every file of the frozen folder is: a distribution's, Python's, Debian's or the project's."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from installers import licence_rules, program
from installers.record import Part


class ComponentError(Exception):
    """A file of the folder has no known owner, or its owner's licence is unknown or does not suit."""


@dataclass(slots=True)
class Component:
    """Something with a name, a version and a licence of which parts lie in the folder.

    Attributes:
        kind: "pypi", "generic" (Python, libraries inside wheels, the project) or "deb".
        licence: SPDX expression.
        texts: licence files, name and text.
        parts: names of its modules and files in the folder.
        within: name of the distribution that brings it, "" for those that come by themselves.
    """

    name: str
    version: str
    kind: str
    licence: str
    texts: list[tuple[str, str]] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    within: str = ""


def collect(parts: Iterable[Part], own_folders: Iterable[Path]) -> list[Component]:
    """Return the components of a record, sorted by name.

    Args:
        own_folders: the checkout and the folder of the build, whose files are the project's.

    Raises:
        ComponentError: a file cannot be traced, or a licence does not suit.
    """
    found: dict[tuple[str, str], Component] = {}
    owners = _Owners(tuple(own_folders))
    for part in parts:
        owner = owners.of(part)
        kept = found.setdefault((owner.kind, owner.name), owner)
        kept.parts.append(part.name)
        library = _inner_library(part, kept)
        if library is not None:
            found.setdefault((library.kind, library.name), library).parts.append(part.name)
    wrong = [f"{each.name}: '{each.licence}'" for each in found.values() if not licence_rules.suits(each.licence)]
    if wrong:
        raise ComponentError(
            f"These must not be handed on, or their licence is not known: {'; '.join(sorted(wrong))}. Leave them "
            "out in installers/contents.py, or say in installers/licence_rules.py what they are."
        )
    return sorted(found.values(), key=lambda each: each.name.lower())


def _inner_library(part: Part, owner: Component) -> Component | None:
    """Return the other project's library that a wheel carries, None for the wheel's own files."""
    if part.is_module or owner.kind != "pypi" or not _is_in_library_folder(part.name):
        return None
    known = licence_rules.library_of(Path(part.name).name)
    if known is None:
        raise ComponentError(
            f"Nothing is known of the library {part.name} inside {owner.name}; say in installers/licence_rules.py "
            "whose it is and under which licence, or leave it out in installers/contents.py."
        )
    name, licence = known
    version = owner.version if name in ("Qt", "Qt for Python", "OpenVINO") else ""
    return None if name == owner.name else Component(name, version, "generic", licence, within=owner.name)


def _is_in_library_folder(name: str) -> bool:
    folder = Path(name).parent
    return folder.name.endswith(".libs") or str(folder) in ("PySide6/Qt/lib", "openvino/libs")


class _Owners:
    """Looks up owners; what was asked once is kept."""

    def __init__(self, own_folders: tuple[Path, ...]) -> None:
        self._own = own_folders
        self._of_file: dict[Path, metadata.Distribution] = {}
        self._known: dict[str, Component] = {}
        for distribution in metadata.distributions():
            for file in distribution.files or ():
                self._of_file[Path(str(distribution.locate_file(file))).resolve()] = distribution

    def of(self, part: Part) -> Component:
        source = part.source.resolve()
        distribution = self._of_file.get(source)
        if distribution is not None:
            return self._kept(distribution.name, lambda: of_distribution(distribution))
        if any(source.is_relative_to(folder) for folder in self._own if not source.is_relative_to(sys.prefix)):
            return self._kept(program.NAME, _project)
        # Debian's Python lies below /usr, where everything else of the system lies too.
        if sys.base_prefix != "/usr" and source.is_relative_to(sys.base_prefix):
            return self._kept("CPython", _cpython)
        if sys.platform.startswith("linux"):
            return self._of_debian(source)
        raise ComponentError(f"Nobody knows where {part.source} comes from.")

    def _of_debian(self, source: Path) -> Component:
        package = debian_package(source)
        if package.startswith(("libpython3", "python3")):
            return self._kept("CPython", _cpython)
        return self._kept(package, lambda: of_debian(package))

    def _kept(self, name: str, make: Callable[[], Component]) -> Component:
        if name not in self._known:
            self._known[name] = make()
        return self._known[name]


def of_distribution(distribution: metadata.Distribution) -> Component:
    """Return an installed distribution as a component, with its licence files."""
    return Component(
        distribution.name,
        distribution.version,
        "pypi",
        licence_of(distribution.name, distribution.metadata),
        _texts_of(distribution),
    )


def licence_of(name: str, fields: metadata.PackageMetadata) -> str:
    """Return what a distribution's metadata say of its licence as an SPDX expression, "" when they say nothing."""
    if name.lower() in licence_rules.WHEELS:
        return licence_rules.WHEELS[name.lower()]
    said = _field(fields, "License-Expression") or _from_classifiers(fields) or _field(fields, "License")
    first = said.strip().splitlines()[0].strip() if said.strip() else ""
    return licence_rules.PLAIN_WORDS.get(first.lower(), first)


def _field(fields: metadata.PackageMetadata, name: str) -> str:
    values: list[str] = fields.get_all(name) or []
    return values[0] if values else ""


def _from_classifiers(fields: metadata.PackageMetadata) -> str:
    lines = [line for line in fields.get_all("Classifier") or [] if line.startswith("License :: ")]
    words = [line.removeprefix("License :: ").lower() for line in lines]
    return " OR ".join(filter(None, (licence_rules.PLAIN_WORDS.get(each, "") for each in words)))


def _texts_of(distribution: metadata.Distribution) -> list[tuple[str, str]]:
    texts = []
    for file in distribution.files or ():
        is_named_so = file.name.upper().startswith(("LICEN", "COPYING", "NOTICE", "AUTHORS", "THIRD", "PATENTS"))
        lies_so = any(folder in ("licenses", "licences", "licensing") for folder in file.parts[:-1])
        if (is_named_so or lies_so) and file.suffix not in (".py", ".pyc", ".json"):
            path = Path(str(distribution.locate_file(file)))
            texts.append((str(file), path.read_text(encoding="utf-8", errors="replace")))
    return texts


def debian_package(path: Path) -> str:
    """Return the Debian package that a file of the system belongs to.

    Raises:
        ComponentError: none does.
    """
    places = {str(path), str(path).removeprefix("/usr"), f"/usr{path}"}
    for place in sorted(places, key=len):
        answer = subprocess.run(["dpkg", "-S", place], capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            return answer.stdout.partition(":")[0]
    raise ComponentError(f"{path} belongs to no Debian package, no distribution and not to Python.")


def of_debian(package: str) -> Component:
    """Return a Debian package as a component; its licence is "" where it is not among those that may be handed on."""
    version = subprocess.run(
        ["dpkg-query", "-W", "-f=${Version}", package], capture_output=True, text=True, check=True
    ).stdout
    path = Path("/usr/share/doc") / package / "copyright"
    texts = [(path.name, path.read_text(encoding="utf-8", errors="replace"))] if path.is_file() else []
    return Component(package, version, "deb", licence_rules.system_licence(package), texts)


def _project() -> Component:
    text = (program.ROOT / "LICENSE").read_text(encoding="utf-8")
    return Component(program.NAME, program.version(), "generic", "Apache-2.0", [("LICENSE", text)])


def _cpython() -> Component:

    version = ".".join(str(number) for number in sys.version_info[:3])
    places = (
        Path(os.__file__).parent / "LICENSE.txt",
        Path(sys.base_prefix) / "LICENSE.txt",
        Path("/usr/share/doc/python3/copyright"),
    )
    texts = [(path.name, path.read_text(encoding="utf-8")) for path in places[:3] if path.is_file()][:1]
    return Component("CPython", version, "generic", "Python-2.0", texts)
