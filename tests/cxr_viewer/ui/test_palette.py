"""Text can be read on its ground in both themes."""

import pytest

from cxr_viewer.ui import palette, theme
from cxr_viewer.ui.palette import DARK, LIGHT, Palette, contrast


def test_contrast_of_black_and_white_is_21() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
def test_every_text_reaches_a_contrast_of_4_5(colours: Palette) -> None:
    grounds = (colours.window, colours.panel, colours.raised)
    pairs = [(text, ground) for text in (colours.text, colours.second_text) for ground in grounds]
    pairs += [(colours.link, colours.panel), (colours.on_accent, colours.accent), ("#FFFFFF", colours.good_button)]
    pairs += [(colours.text, colours.chosen), (colours.second_text, colours.chosen)]
    pairs += [(colours.good, colours.good_ground), (colours.bad, colours.bad_ground)]
    pairs += [(colours.caution, colours.panel), (colours.bad, colours.panel), (colours.good, colours.panel)]
    pairs += [(colours.second_read, ground) for ground in (colours.panel, colours.chosen)]
    poor = [(text, ground, round(contrast(text, ground), 2)) for text, ground in pairs if contrast(text, ground) < 4.5]
    assert poor == []


def test_labels_can_be_read_on_their_boxes_colours() -> None:
    for colour in (palette.DETECTION, palette.FINDING, palette.REJECTED):
        assert contrast(palette.ON_BRIGHT_LABEL, colour) > 4.5


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
def test_stylesheet_has_no_open_place(colours: Palette) -> None:
    sheet = theme.style_sheet(colours)
    assert "$" not in sheet
    assert sheet.count("{") == sheet.count("}")
