"""Presets mean percentiles from dark to bright, whatever the polarity."""

import numpy as np
import pytest

from cxr_viewer.dicom.windowing import VoiLut, Window, apply_voi
from cxr_viewer.ui import window_presets
from cxr_viewer.ui.window_presets import WindowPreset
from tests.cxr_viewer.ui.readings import displayed

RAMP = np.arange(10_000, dtype=np.uint16).reshape(100, 100)
DARK_HALF = WindowPreset("Dark half", "9", 0.0, 50.0)


def _ends(window: Window) -> tuple[float, float]:
    return window.centre - window.width / 2, window.centre + window.width / 2


def test_presets_of_the_program_have_names_and_keys_of_their_own() -> None:
    presets = window_presets.read()
    assert [preset.name for preset in presets][:3] == ["Lung", "Mediastinum", "Bones and lines"]
    assert len({preset.key for preset in presets}) == len(presets)


def test_dark_half_is_low_values_where_the_minimum_is_black() -> None:
    assert _ends(window_presets.window_of(DARK_HALF, displayed(RAMP))) == pytest.approx((0, 5000), abs=2)


def test_dark_half_is_high_values_where_the_minimum_is_white() -> None:
    image = displayed(RAMP, photometric="MONOCHROME1")
    assert _ends(window_presets.window_of(DARK_HALF, image)) == pytest.approx((5000, 9999), abs=2)


def test_padding_does_not_count() -> None:
    pixels = RAMP.astype(np.int16)
    pixels[:30] = -2000
    image = displayed(pixels, padding=(-2000.0, -2000.0))
    assert _ends(window_presets.between(image, 0, 100)) == pytest.approx((3000, 9999), abs=2)


def test_full_range_clips_nothing() -> None:
    shown = apply_voi(np.array([0.0, 9999.0]), window_presets.between(displayed(RAMP), 0, 100))
    assert list(shown) == pytest.approx([0, 1])


def test_header_offers_its_curves_and_windows_by_name() -> None:
    lut = VoiLut(0, np.arange(16, dtype=np.uint16), 15, "Soft")
    image = displayed(RAMP, windows=(Window(100, 50, explanation="Bone"), Window(7, 8)), voi_luts=(lut,))
    assert [name for name, _ in window_presets.of_header(image)] == ["Soft", "Bone", "Header window 2"]
