"""The colours of the window by their role, dark and light."""

from dataclasses import dataclass

CANVAS = "#000000"
DETECTION = "#F2B84B"
HALO = "#C9993F"
UNDER_LINE = "#1A1408"
FINDING = "#4CC9F0"
FOCUS_FRAME = "#1B4754"
OTHER_READER = "#D2A8FF"
REJECTED = "#8B949E"
MEASUREMENT = "#7EE787"
LENS = "#C9D1D9"
ON_BRIGHT_LABEL = "#0B0D11"


@dataclass(frozen=True, slots=True)
class Palette:
    """Roles of colour; text on its ground keeps a contrast of at least 4.5:1."""

    name: str
    window: str
    panel: str
    raised: str
    hover: str
    line: str
    text: str
    second_text: str
    disabled_text: str
    accent: str
    on_accent: str
    link: str
    chosen: str
    chosen_line: str
    good: str
    good_button: str
    good_ground: str
    caution: str
    caution_ground: str
    bad: str
    bad_ground: str
    model: str
    finding: str
    second_read: str


DARK = Palette(
    name="dark",
    window="#0B0D11",
    panel="#11151B",
    raised="#161B22",
    hover="#1F2630",
    line="#2A313C",
    text="#E6EDF3",
    second_text="#8B949E",
    disabled_text="#545D68",
    accent="#1F6FEB",
    on_accent="#FFFFFF",
    link="#58A6FF",
    chosen="#1B2A3A",
    chosen_line="#1F6FEB",
    good="#3FB950",
    good_button="#238636",
    good_ground="#10281A",
    caution="#D29922",
    caution_ground="#2B2312",
    bad="#F85149",
    bad_ground="#341A1C",
    model=DETECTION,
    finding=FINDING,
    second_read="#D2A8FF",
)

LIGHT = Palette(
    name="light",
    window="#EEF1F5",
    panel="#FFFFFF",
    raised="#F3F5F8",
    hover="#E6EBF1",
    line="#CBD3DC",
    text="#1B222B",
    second_text="#57606A",
    disabled_text="#9AA4AF",
    accent="#0B5FD3",
    on_accent="#FFFFFF",
    link="#0B5FD3",
    chosen="#DCE9FB",
    chosen_line="#0B5FD3",
    good="#16702F",
    good_button="#16702F",
    good_ground="#DDF4E4",
    caution="#8A5A00",
    caution_ground="#FFF3D6",
    bad="#C9252D",
    bad_ground="#FDE7E8",
    model="#B97400",
    finding="#0A7EA4",
    second_read="#7A3DB8",
)


def relative_luminance(colour: str) -> float:
    """Return the luminance of ``#RRGGBB`` (WCAG 2.2, definition of relative luminance)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    bright, dark = sorted((relative_luminance(first), relative_luminance(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)
