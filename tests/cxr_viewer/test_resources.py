"""Files of resources/ are found in a checkout, in a wheel and in a frozen program."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxr_viewer import resources


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    resources._root.cache_clear()
    resources.read_text.cache_clear()
    yield
    resources._root.cache_clear()
    resources.read_text.cache_clear()


def test_checkout_is_found() -> None:
    assert resources.path("models/demo") == Path(__file__).resolve().parents[2] / "resources" / "models" / "demo"


def test_wheel_goes_before_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "_resources").mkdir()
    (tmp_path / "_resources" / "a.txt").write_text("in the wheel", encoding="utf-8")
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path)
    assert resources.read_text("a.txt") == "in the wheel"


def test_frozen_program_goes_before_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "resources").mkdir()
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resources.path("icons/check.svg") == tmp_path / "resources" / "icons" / "check.svg"


def test_missing_resource_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="no-such-resource"):
        resources.read_text("no-such-resource")
