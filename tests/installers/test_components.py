"""Files are traced to their owners, and licences that do not suit are refused."""

import sys
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest

from installers import components, licences
from installers.components import Component, ComponentError
from installers.program import ROOT
from installers.record import Part


def test_files_of_wheels_of_python_and_of_the_project_find_their_owners() -> None:
    parts = [
        Part("numpy", Path(np.__file__), True),
        Part("json", Path(sys.modules["json"].__file__ or ""), True),
        Part("resources/app_icon.svg", ROOT / "resources" / "app_icon.svg", False),
    ]
    found = {each.name: each for each in components.collect(parts, (ROOT,))} if _python_is_apart() else {}
    if not found:
        pytest.skip("this Python belongs to the system; the package's test covers it")
    assert set(found) == {"numpy", "CPython", "cxr-viewer"}
    assert found["numpy"].version == metadata.version("numpy")
    assert found["numpy"].texts
    assert "BSD-3-Clause" in found["numpy"].licence


def test_a_file_of_nobody_is_refused(tmp_path: Path) -> None:
    stray = tmp_path / "libstray.so"
    stray.touch()
    with pytest.raises(ComponentError):
        components.collect([Part("libstray.so", stray, False)], (ROOT,))


def test_the_licence_file_names_components_and_holds_texts_once(tmp_path: Path) -> None:
    found = [
        Component("one", "1.0", "pypi", "MIT", [("LICENSE", "the text")]),
        Component("two", "2.0", "pypi", "MIT", [("COPYING", "the text\n")]),
        Component("Qt", "6.11", "generic", "LGPL-3.0-only", within="two"),
    ]
    text = licences.write(tmp_path / "licences.txt", found).read_text(encoding="utf-8")
    assert "- one 1.0: MIT" in text
    assert "- Qt 6.11: LGPL-3.0-only, inside two" in text
    assert text.count("the text") == 1
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in text
    assert "To replace Qt" in text


def test_a_component_without_a_licence_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ComponentError, match="bare"):
        licences.write(tmp_path / "licences.txt", [Component("bare", "1.0", "pypi", "MIT")])


def _python_is_apart() -> bool:
    return sys.base_prefix != "/usr"
