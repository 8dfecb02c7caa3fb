"""What the reader chose means the same on another image, whatever its scale and polarity."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cxr_viewer.dicom.windowing import VoiLut, Window, WindowFunction
from cxr_viewer.ui import window_choice, window_presets
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.window_choice import AsOpened, Dragged, OfHeader
from cxr_viewer.ui.window_presets import WindowPreset
from tests.cxr_viewer.ui.readings import displayed
from tests.factories import radiograph

LUNG = WindowPreset("Lung", "1", 0.5, 75.0)


def _shown(image: DisplayedImage, choice: window_choice.WindowChoice) -> NDArray[np.uint8]:
    return image.rendered(image.pyramid.pixels, window_choice.voi_for(choice, image), False)


def test_a_preset_is_derived_from_the_other_images_own_pixels() -> None:
    narrow, wide = displayed(radiograph(200, 160)), displayed((radiograph(200, 160) * 13).astype(np.uint16))
    assert np.abs(_shown(narrow, LUNG).astype(int) - _shown(wide, LUNG)).max() <= 1


def test_a_dragged_window_is_carried_as_percentages_of_the_pixels() -> None:
    first = displayed(radiograph(200, 160))
    second = displayed((radiograph(200, 160).astype(np.int32) * 5 - 3000).astype(np.int16))
    carried = window_choice.dragged(Window(1800, 900, WindowFunction.LINEAR_EXACT), first)
    found = window_choice.voi_for(carried, second)
    assert isinstance(found, Window)
    assert (found.centre, found.width) == pytest.approx((1800 * 5 - 3000, 4500), rel=0.02)


def test_a_dragged_window_is_carried_across_polarities_as_it_looks() -> None:
    pixels = radiograph(200, 160)
    positive, negative = displayed(pixels), displayed(4095 - pixels, photometric="MONOCHROME1")
    carried = window_choice.dragged(Window(1500, 700, WindowFunction.LINEAR_EXACT), positive)
    assert np.abs(_shown(positive, carried).astype(int) - _shown(negative, carried)).mean() < 1


@given(st.floats(-3000, 8000), st.floats(1, 9000))
def test_a_dragged_window_is_itself_on_its_own_image(centre: float, width: float) -> None:
    image = displayed(np.arange(200 * 160, dtype=np.uint16).reshape(200, 160) // 8)
    window = Window(centre, width, WindowFunction.LINEAR_EXACT)
    back = window_choice.voi_for(window_choice.dragged(window, image), image)
    assert isinstance(back, Window)
    assert (back.centre, back.width) == pytest.approx((centre, width), abs=6)


def test_a_curve_stays_a_curve() -> None:
    image = displayed(radiograph(200, 160))
    carried = window_choice.dragged(Window(1500, 700, WindowFunction.SIGMOID), image)
    found = window_choice.voi_for(carried, image)
    assert isinstance(found, Window)
    assert found.function is WindowFunction.SIGMOID


def test_a_window_of_the_header_is_found_by_its_name_and_nothing_else() -> None:
    bone = Window(100, 50, explanation="Bone")
    with_bone = displayed(windows=(Window(7, 8, explanation="Soft"), bone))
    without = displayed(windows=(Window(7, 8, explanation="Soft"),))
    assert window_choice.voi_for(OfHeader("Bone"), with_bone) is bone
    assert window_choice.voi_for(OfHeader("Bone"), without) is without.automatic
    assert window_choice.voi_for(AsOpened(), without) is without.automatic


def test_entries_of_the_header_have_names_of_their_own_and_say_their_curve() -> None:
    lut = VoiLut(0, np.arange(16, dtype=np.uint16), 15, "Normal")
    curve = Window(100, 50, WindowFunction.SIGMOID, "Chest")
    image = displayed(windows=(curve, Window(1, 2), Window(3, 4, explanation="Normal")), voi_luts=(lut,))
    names = [name for name, _ in window_presets.of_header(image)]
    assert names == ["Normal", "Chest (sigmoid)", "Header window 2", "Normal (2)"]


def test_percentages_beyond_the_pixels_go_on_with_the_range() -> None:
    image = displayed(np.arange(1000, dtype=np.uint16).reshape(40, 25))
    assert image.value_of_percent(-50) == pytest.approx(-499.5)
    assert image.value_of_percent(120) == pytest.approx(999 * 1.2)
    for value in (-400.0, 0.0, 137.0, 999.0, 5000.0):
        assert image.value_of_percent(image.percent_of_value(value)) == pytest.approx(value, abs=2)


def test_percentages_do_not_count_padding() -> None:
    pixels = np.arange(1000, dtype=np.int16).reshape(40, 25)
    pixels[:20] = -2000
    image = displayed(pixels, padding=(-2000.0, -2000.0))
    assert image.value_of_percent(0) == 500
    assert isinstance(window_choice.dragged(Window(700, 100), image), Dragged)
