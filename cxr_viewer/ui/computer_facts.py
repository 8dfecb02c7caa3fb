"""What this computer is, in words: versions, system, screen. No name of a person, a host or a folder."""

import os
import platform
from importlib import metadata

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from cxr_viewer import __version__
from cxr_viewer.ui import theme
from cxr_viewer.ui.model_facts import ModelFacts

PACKAGES = ("openvino", "torch", "numpy", "pydicom", "imagecodecs", "PySide6-Essentials", "SQLAlchemy")


def facts_of(model: ModelFacts | None, window: QWidget) -> tuple[tuple[str, str], ...]:
    """Return what, and its words."""
    lines = [("CXR Viewer", f"{__version__}, research use only, not a medical device")]
    if model is not None:
        lines.append(("Model in use", f"{model.name}, {model.members} members"))
    lines += [
        ("Engine", model.device if model else "no model loaded"),
        ("Display", display_words(window)),
        ("System", f"{platform.system()} {platform.release()} {platform.machine()}"),
        ("Processors", str(os.cpu_count() or "unknown")),
        ("Python", platform.python_version()),
        ("Qt", f"{qVersion()} ({QGuiApplication.platformName()})"),
    ]
    return (*lines, *((name, _version(name)) for name in PACKAGES))


def display_words(window: QWidget) -> str:
    """Return size, scale, depth and rate of the screen that a window is on, and the colours of the program."""
    screen = window.screen()
    size, ratio = screen.geometry().size(), screen.devicePixelRatio()
    pixels = f"{round(size.width() * ratio)} × {round(size.height() * ratio)} pixels"
    rate = f"{screen.refreshRate():.0f} Hz"
    return f"{pixels}, scale {ratio:g}, {screen.depth()} bits, {rate}; {theme.active().name} theme"


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
