"""Window and level by dragging."""

import numpy as np

from cxr_viewer.dicom.windowing import VoiLut, Window, apply_voi
from cxr_viewer.ui import window_drag

WINDOW = Window(1000.0, 400.0)


def _shown(window: Window, value: float) -> float:
    return float(apply_voi(np.array([value]), window)[0])


def test_right_widens_and_left_narrows() -> None:
    assert window_drag.dragged(WINDOW, 50, 0, 1, is_dark_high=False).width > 400
    assert window_drag.dragged(WINDOW, -50, 0, 1, is_dark_high=False).width < 400


def test_up_brightens_what_is_on_the_screen_in_both_polarities() -> None:
    up = window_drag.dragged(WINDOW, 0, -40, 1, is_dark_high=False)
    assert _shown(up, 1000) > _shown(WINDOW, 1000)
    up_inverted = window_drag.dragged(WINDOW, 0, -40, 1, is_dark_high=True)
    assert 1 - _shown(up_inverted, 1000) > 1 - _shown(WINDOW, 1000)


def test_width_never_falls_below_the_least() -> None:
    assert window_drag.dragged(WINDOW, -100_000, 0, 7.5, is_dark_high=False).width == 7.5


def test_a_voi_lut_is_dragged_from_the_range_it_spreads() -> None:
    entries = np.concatenate([np.zeros(100), np.linspace(0, 4095, 300), np.full(100, 4095)]).astype(np.uint16)
    window = window_drag.as_window(VoiLut(50, entries, 4095), np.zeros((4, 4), np.uint16))
    assert 150 < window.centre - window.width / 2 < 165
    assert 435 < window.centre + window.width / 2 < 450


def test_words_name_centre_width_and_explanation() -> None:
    assert window_drag.in_words(Window(2048, 4096, explanation="STANDARD")) == "C 2048 W 4096 · STANDARD"
    assert window_drag.in_words(Window(0.5, 0.25)) == "C 0.5 W 0.25"
    assert window_drag.in_words(VoiLut(0, np.zeros(2, np.uint16), 255, "Soft")) == "VOI LUT Soft"
