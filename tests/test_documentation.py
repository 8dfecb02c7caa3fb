"""The documentation names pictures that exist and keys that do what it says."""

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QKeySequence

from cxr_viewer.ui import action_table
from cxr_viewer.ui.word_lists import words

_ROOT = Path(__file__).parents[1]
_PAGES = [_ROOT / "README.md", *sorted((_ROOT / "docs").glob("*.md"))]
_HELD = {"Space", "Shift", "Ctrl"}


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.name)
def test_every_picture_of_a_page_exists(page: Path) -> None:
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    assert [name for name in pictures if not (page.parent / name).is_file()] == []


def test_every_picture_is_shown_somewhere_or_is_the_other_theme() -> None:
    text = " ".join(page.read_text(encoding="utf-8") for page in _PAGES)
    stems = {path.stem.removesuffix("-dark").removesuffix("-light") for path in (_ROOT / "docs/images").glob("*.png")}
    shown = set(re.findall(r"images/([a-z]+)-(?:dark|light)\.png", text))
    assert shown <= stems
    size = sum(path.stat().st_size for path in (_ROOT / "docs/images").glob("*.png"))
    assert size < 6 << 20


def test_keys_of_the_reading_page_are_keys_of_the_program() -> None:
    text = (_ROOT / "docs/reading.md").read_text(encoding="utf-8")
    specs = (*action_table.SPECS, *action_table.label_specs({term.code: term.words for term in words().labels}))
    known = {QKeySequence(key).toString() for spec in specs for key in spec.keys} | _HELD
    known |= {str(number) for number in range(10)} | {"`"}
    named = {key for key in re.findall(r"`([^`\s]+)`", text) if re.fullmatch(r"(?:[A-Z]\w*\+)*(?:[A-Z]\w*|\W|\d)", key)}
    assert named
    assert {key for key in named - _HELD if QKeySequence(key).toString() not in known} == set()
