"""Icons drawn from resources/icons in the colours of the theme."""

import math
from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from cxr_viewer import resources
from cxr_viewer.ui import theme

_SIDES = (16, 20, 24, 32)


def icon(name: str, *, is_on_accent: bool = True) -> QIcon:
    """Return the icon ``resources/icons/<name>.svg`` for the theme in force, with disabled and checked colours.

    Args:
        is_on_accent: whether the checked state stands on the accent colour (a chosen tool).
    """
    palette = theme.active()
    checked = palette.on_accent if is_on_accent else palette.text
    return _icon(name, palette.text, palette.disabled_text, checked, _ratios())


def pixmap(name: str, side: int, colour: str, ratio: float = 1.0) -> QPixmap:
    """Return one picture of an icon, ``side`` logical pixels wide."""
    return _drawn(_renderer(resources.read_text(f"icons/{name}.svg"), colour), side, ratio)


def application_icon() -> QIcon:
    """Return the icon of the program."""
    renderer = _renderer(resources.read_text("app_icon.svg"), "#000000")
    result = QIcon()
    for side in (16, 24, 32, 48, 64, 128, 256):
        result.addPixmap(_drawn(renderer, side, 1.0))
    return result


def _ratios() -> tuple[int, ...]:
    """Return the pixels per logical pixel that are in use: drawing every icon for all there might be delays the start.

    A screen that is plugged in later gets the nearest of them, scaled.
    """
    return tuple(sorted({math.ceil(screen.devicePixelRatio()) for screen in QGuiApplication.screens()})) or (1,)


@lru_cache(maxsize=256)
def _icon(name: str, normal: str, disabled: str, checked: str, ratios: tuple[int, ...]) -> QIcon:
    text = resources.read_text(f"icons/{name}.svg")
    result = QIcon()
    for colour, mode, state in (
        (normal, QIcon.Mode.Normal, QIcon.State.Off),
        (disabled, QIcon.Mode.Disabled, QIcon.State.Off),
        (checked, QIcon.Mode.Normal, QIcon.State.On),
    ):
        renderer = _renderer(text, colour)
        for side in _SIDES:
            for ratio in ratios:
                result.addPixmap(_drawn(renderer, side, ratio), mode, state)
    return result


def _renderer(svg: str, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(svg.replace("currentColor", colour).encode()))


def _drawn(renderer: QSvgRenderer, side: int, ratio: float) -> QPixmap:
    picture = QPixmap(QSize(side, side) * ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter, QRectF(picture.rect()))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture
