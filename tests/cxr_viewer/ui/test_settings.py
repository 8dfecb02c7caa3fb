"""What the window remembers, typed."""

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings

from cxr_viewer.core.candidates import Thresholds
from cxr_viewer.ui.settings import BUNDLE_FOLDER, GEOMETRY, MOST_RECENT, PANEL_SHOWN, RECENT, THEME, Settings


def _settings(folder: Path) -> Settings:
    return Settings(QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat))


def test_defaults_hold_before_anything_was_remembered(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    assert (settings.get(THEME), settings.get(PANEL_SHOWN), settings.get(RECENT)) == ("dark", True, ())


def test_values_come_back_with_their_types_after_a_restart(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    settings.set(THEME, "light")
    settings.set(PANEL_SHOWN, False)
    settings.set(RECENT, ("/a",))
    settings.set(GEOMETRY, QByteArray(b"\x01\x02"))
    settings.flush()
    again = _settings(tmp_path)
    assert (again.get(THEME), again.get(PANEL_SHOWN), again.get(RECENT)) == ("light", False, ("/a",))
    assert again.get(GEOMETRY) == QByteArray(b"\x01\x02")
    assert again.get(BUNDLE_FOLDER) == ""


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX")
def test_settings_are_for_this_user_only(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    settings.remember_recent("/archive/Doe^Jane")
    settings.flush()
    assert (tmp_path / "settings.ini").stat().st_mode & 0o777 == 0o600


def test_a_value_of_another_type_falls_back_to_the_default(tmp_path: Path) -> None:
    store = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    store.setValue(GEOMETRY.key, "not bytes")
    assert Settings(store).get(GEOMETRY) == QByteArray()


def test_recent_paths_are_few_newest_first_and_never_twice(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    for number in range(MOST_RECENT + 3):
        settings.remember_recent(f"/{number}")
    settings.remember_recent("/5")
    recent = settings.get(RECENT)
    assert (recent[0], len(recent), recent.count("/5")) == ("/5", MOST_RECENT, 1)


@pytest.mark.parametrize("thresholds", [Thresholds(0.31, 0.05), Thresholds(0.025, 0.5, 1.6), Thresholds(1, 0, 0.0)])
def test_sliders_are_kept_for_each_bundle(tmp_path: Path, thresholds: Thresholds) -> None:
    settings = _settings(tmp_path)
    settings.keep_thresholds("a" * 64, thresholds)
    assert settings.thresholds("a" * 64) == thresholds
    assert settings.thresholds("b" * 64) is None
    settings.keep_thresholds("a" * 64, None)
    assert settings.thresholds("a" * 64) is None


def test_damaged_sliders_are_forgotten(tmp_path: Path) -> None:
    store = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    store.setValue(f"thresholds/{'a' * 16}", "7 nonsense mean")
    assert Settings(store).thresholds("a" * 64) is None
