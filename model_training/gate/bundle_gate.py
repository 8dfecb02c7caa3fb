"""Puts a gate into a bundle: into one that is being published, or beside the members of a finished one."""

import shutil
from dataclasses import replace
from pathlib import Path

from cxr_viewer.core.whole_folder import check_is_free, written_whole
from cxr_viewer.detection import bundle as bundles
from cxr_viewer.detection.bundle import GATE_FILE, ModelBundle
from model_training.gate.fitting import FittedGate, write_gate
from model_training.gate.limit import card_lines

CARD_FILE = "MODEL_CARD.md"
_SECTION = "## Input gate"


def put_gate(stage: Path, card: str, fitted: FittedGate | None, parent: ModelBundle | None) -> tuple[str, str]:
    """Write the gate of a bundle under way and return its model card with the gate's section, and the file's name.

    Args:
        stage: folder of the bundle.
        card: without a section on the gate.
        fitted: a gate made for this bundle, or None.
        parent: gives its own gate where none was made: a gate looks at pictures, not at the members.
    """
    if fitted is not None:
        write_gate(fitted.gate, stage / GATE_FILE)
        return card_with_gate(card, fitted), GATE_FILE
    if parent is None or not parent.gate:
        return card, ""
    shutil.copyfile(parent.folder / parent.gate, stage / GATE_FILE)
    return f"{card.rstrip()}\n\n{_SECTION}\n\nTaken over from {parent.title}; its card has the figures.\n", GATE_FILE


def with_gate(source: Path, fitted: FittedGate, out: Path) -> ModelBundle:
    """Write the bundle ``source`` with this gate into a new folder and return it; its digest is another one.

    Raises:
        BundleError: the source is refused.
        FolderInUseError: ``out`` holds something.
    """
    check_is_free(out)
    bundle = bundles.read(source)
    names = bundles.listed_files(source) - {bundle.gate, ""}
    with written_whole(out, last=bundles.BUNDLE_FILE) as stage:
        for name in names:
            shutil.copyfile(source / name, stage / name)
        write_gate(fitted.gate, stage / GATE_FILE)
        if CARD_FILE in names:
            card = (source / CARD_FILE).read_text(encoding="utf-8")
            (stage / CARD_FILE).write_text(card_with_gate(card, fitted), encoding="utf-8")
        draft = replace(bundle, folder=stage, gate=GATE_FILE)
        bundles.write(draft, {name: stage / name for name in names | {GATE_FILE}})
    return bundles.read(out)


def card_with_gate(card: str, fitted: FittedGate) -> str:
    """Return a model card whose last section is the gate's; one that it had already is replaced."""
    before = card.partition(_SECTION)[0].rstrip()
    return "\n".join([before, "", *card_lines(fitted.gate.limit, fitted.figures)])
