"""What is recorded of the window on the screen: numbers, and a name that is never text of a header."""

from cxr_viewer.dicom.windowing import Window
from cxr_viewer.ui import display_window, window_drag, window_presets
from tests.cxr_viewer.ui.readings import displayed

OF_MRS_INVENTED = Window(2000, 1500, explanation="Mrs Invented, Lung")


def test_a_preset_has_its_name_and_numbers() -> None:
    image, preset = displayed(), window_presets.read()[0]
    voi = window_presets.window_of(preset, image)
    recorded = display_window.of(image, voi, is_inverted=True)
    assert (recorded.name, recorded.centre, recorded.width) == (preset.name, voi.centre, voi.width)
    assert recorded.is_inverted


def test_text_of_the_header_is_not_recorded() -> None:
    image = displayed(windows=(Window(900, 3000), OF_MRS_INVENTED))
    for _name, voi in window_presets.of_header(image):
        recorded = display_window.of(image, voi, is_inverted=False)
        assert recorded.name in (display_window.HEADER, display_window.AS_OPENED)
        assert recorded.width == getattr(voi, "width", None)


def test_a_dragged_window_is_by_hand() -> None:
    image = displayed()
    begun = window_drag.as_window(window_presets.window_of(window_presets.read()[0], image), image.pyramid.pixels)
    voi = window_drag.dragged(begun, 10, 5, 1.0, is_dark_high=False)
    assert display_window.of(image, voi, is_inverted=False).name == display_window.BY_HAND


def test_what_the_image_opened_with_is_said() -> None:
    image = displayed()
    assert display_window.of(image, image.automatic, is_inverted=False).name == display_window.AS_OPENED
