"""Writes the file that names everything in the program which others made, with their licence texts."""

from collections.abc import Sequence
from pathlib import Path

from installers import program
from installers.components import Component, ComponentError

FILE_NAME = "THIRD-PARTY-LICENCES.txt"

_TEXTS = program.ROOT / "packaging" / "licences"
_RULE = "=" * 100


def write(path: Path, components: Sequence[Component]) -> Path:
    """Write the licence file.

    Raises:
        ComponentError: a component comes without any licence text.
    """
    own = {component.name: own_texts(component) for component in components}
    bare = [each.name for each in components if not (each.texts or own[each.name] or each.within)]
    if bare:
        raise ComponentError(f"No licence text was found for {', '.join(bare)}; put one into packaging/licences.")
    path.write_text(text_of(components, own), encoding="utf-8")
    return path


def own_texts(component: Component) -> list[tuple[str, str]]:
    """Return licence texts that the repository keeps for wheels which carry none.

    Files are named by component, ``name.txt``; for the LGPL the GPL is added, whose terms it takes over.
    """
    names = [f"{component.name.lower()}.txt"]
    if component.licence.startswith("LGPL-3.0"):
        names += ["LGPL-3.0-only.txt", "GPL-3.0-only.txt"]
    return [(name, (_TEXTS / name).read_text(encoding="utf-8")) for name in names if (_TEXTS / name).is_file()]


def text_of(components: Sequence[Component], own: dict[str, list[tuple[str, str]]]) -> str:
    """Return the whole file: a list, what the LGPL grants, then every text once."""
    lines = [f"{program.TITLE} {program.version()} contains the following. {program.NOTICE}", ""]
    for component in components:
        version = f" {component.version}" if component.version else ""
        within = f", inside {component.within}" if component.within else ""
        lines.append(f"- {component.name}{version}: {component.licence}{within}")
    blocks = ["\n".join(lines), (_TEXTS / "lgpl.md").read_text(encoding="utf-8")]
    holders: dict[str, list[str]] = {}
    for component in components:
        for name, text in (*component.texts, *own.get(component.name, ())):
            holders.setdefault(text.strip(), []).append(f"{component.name}: {name}")
    blocks += ["\n".join(names) + "\n\n" + text for text, names in holders.items()]
    return f"\n\n{_RULE}\n".join(blocks) + "\n"
