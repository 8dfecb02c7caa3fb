"""Icons drawn from resources/icons in the colours of the theme."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from cxr_viewer import resources
from cxr_viewer.ui import theme

_SIDES = (16, 20, 24, 32)
_RATIOS = (1, 2, 3)


def icon(name: str, *, is_on_accent: bool = True) -> QIcon:
    """Return the icon ``resources/icons/<name>.svg`` for the theme in force, with disabled and checked colours.

    Args:
        is_on_accent: whether the checked state stands on the accent colour (a chosen tool).
    """
    palette = theme.active()
    return _icon(name, palette.text, palette.disabled_text, palette.on_accent if is_on_accent else palette.text)


def pixmap(name: str, side: int, colour: str, ratio: float = 1.0) -> QPixmap:
    """Return one picture of an icon, ``side`` logical pixels wide."""
    return _drawn(resources.read_text(f"icons/{name}.svg"), side, colour, ratio)


def application_icon() -> QIcon:
    """Return the icon of the program."""
    text = resources.read_text("app_icon.svg")
    result = QIcon()
    for side in (16, 24, 32, 48, 64, 128, 256):
        result.addPixmap(_drawn(text, side, "#000000", 1.0))
    return result


@lru_cache(maxsize=256)
def _icon(name: str, normal: str, disabled: str, checked: str) -> QIcon:
    text = resources.read_text(f"icons/{name}.svg")
    result = QIcon()
    for side in _SIDES:
        for ratio in _RATIOS:
            result.addPixmap(_drawn(text, side, normal, ratio), QIcon.Mode.Normal, QIcon.State.Off)
            result.addPixmap(_drawn(text, side, disabled, ratio), QIcon.Mode.Disabled, QIcon.State.Off)
            result.addPixmap(_drawn(text, side, checked, ratio), QIcon.Mode.Normal, QIcon.State.On)
    return result


def _drawn(svg: str, side: int, colour: str, ratio: float) -> QPixmap:
    renderer = QSvgRenderer(QByteArray(svg.replace("currentColor", colour).encode()))
    picture = QPixmap(QSize(side, side) * ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter, QRectF(picture.rect()))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture
