"""Every rule of the stylesheet keeps its text readable on its ground, in both themes and both sizes."""

import re

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from cxr_viewer.ui import theme
from cxr_viewer.ui.palette import DARK, LIGHT, Palette, contrast
from cxr_viewer.ui.settings_dialog import TEXT_SIZES

LEAST = 4.5
_COLOUR = r"#[0-9A-Fa-f]{6}"


def _rules(sheet: str) -> list[tuple[str, dict[str, str]]]:
    """Return selectors with their properties."""
    rules = []
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet):
        properties = dict(part.split(":", 1) for part in body.split(";") if ":" in part)
        rules.append((selectors.strip(), {name.strip(): value.strip() for name, value in properties.items()}))
    return rules


def _grounds(selector: str, properties: dict[str, str], colours: Palette) -> set[str]:
    """Return what the text of a rule may stand on: its own ground, else every ground a widget may lie on."""
    own = re.search(_COLOUR, properties.get("background", ""))
    if own:
        return {own[0]}
    return {colours.window, colours.panel} | ({colours.raised} if selector.startswith("QLabel") else set())


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
def test_text_of_every_styled_role_reaches_4_5(colours: Palette) -> None:
    poor = []
    for selector, properties in _rules(theme.style_sheet(colours)):
        found = re.fullmatch(_COLOUR, properties.get("color", ""))
        if found is None or ":disabled" in selector:  # what cannot be used is exempt (WCAG 2.2, 1.4.3)
            continue
        for ground in _grounds(selector, properties, colours):
            if contrast(found[0], ground) < LEAST:
                poor.append(f"{selector}: {found[0]} on {ground} is {contrast(found[0], ground):.2f}")
    assert poor == []


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
def test_chosen_text_can_be_read(colours: Palette) -> None:
    for selector, properties in _rules(theme.style_sheet(colours)):
        ground, text = properties.get("selection-background-color"), properties.get("selection-color")
        if ground and text:
            assert contrast(text, ground) >= LEAST, selector


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
def test_the_ring_of_the_keyboard_is_seen_on_every_ground(colours: Palette) -> None:
    for ring in (colours.accent, colours.text):
        for ground in (colours.window, colours.panel):
            assert contrast(ring, ground) >= 3.0  # WCAG 2.2, 1.4.11


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
def test_palette_and_stylesheet_agree_so_that_no_window_is_left_out(colours: Palette, qapp: QApplication) -> None:
    theme.apply(qapp, colours, 100)
    palette = qapp.palette()
    for text, ground in (
        (QPalette.ColorRole.WindowText, QPalette.ColorRole.Window),
        (QPalette.ColorRole.Text, QPalette.ColorRole.Base),
        (QPalette.ColorRole.ButtonText, QPalette.ColorRole.Button),
        (QPalette.ColorRole.ToolTipText, QPalette.ColorRole.ToolTipBase),
        (QPalette.ColorRole.HighlightedText, QPalette.ColorRole.Highlight),
        (QPalette.ColorRole.PlaceholderText, QPalette.ColorRole.Base),
        (QPalette.ColorRole.Link, QPalette.ColorRole.Base),
    ):
        assert contrast(palette.color(text).name(), palette.color(ground).name()) >= LEAST, text


@pytest.mark.parametrize("percent", [percent for _, percent in TEXT_SIZES])
def test_every_size_of_text_grows_with_the_setting(percent: int) -> None:
    normal = [int(size) for size in re.findall(r"font-size: (\d+)px", theme.style_sheet(DARK))]
    sizes = [int(size) for size in re.findall(r"font-size: (\d+)px", theme.style_sheet(DARK, percent))]
    assert sizes == [round(size * percent / 100) for size in normal]
    assert min(sizes) >= 12
