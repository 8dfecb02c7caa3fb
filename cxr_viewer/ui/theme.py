"""Puts a palette on the application: one stylesheet, one QPalette, one font size."""

import re
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from cxr_viewer import resources
from cxr_viewer.ui.palette import DARK, LIGHT, Palette

NAMES = ("dark", "light", "system")

_STYLE = Template("""
* { font-size: 13px; }
QWidget { color: $text; }
QMainWindow, QDialog, QStatusBar, QMenuBar, QToolBar { background: $window; }
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 4px 6px; }
QMenuBar { padding: 2px 6px; border: none; }
QMenuBar::item { padding: 5px 10px; border-radius: 6px; background: transparent; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: $hover; }
QMenu { background: $raised; border: 1px solid $line; border-radius: 6px; padding: 4px; }
QMenu::item { padding: 6px 28px 6px 12px; border-radius: 4px; }
QMenu::icon { padding-left: 8px; }
QMenu::item:selected { background: $accent; color: $on_accent; }
QMenu::item:disabled { color: $disabled_text; background: transparent; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QToolBar { border: none; border-bottom: 1px solid $line; padding: 4px 8px; spacing: 2px; }
QToolBar::separator { width: 1px; background: $line; margin: 5px 6px; }
QToolButton { border: 1px solid transparent; border-radius: 6px; padding: 5px 9px; background: transparent; }
QToolButton:hover { background: $hover; }
QToolButton:focus { border-color: $accent; }
QToolButton:checked { background: $accent; color: $on_accent; }
QToolButton[role="quiet"] { padding: 5px 6px; }
QToolButton[role="quiet"]:checked { background: $hover; }
QToolButton:disabled { color: $disabled_text; }
QToolButton[role="small"] { padding: 2px 7px; }
QToolButton[role="link"] { color: $link; padding: 1px 4px; font-size: 12px; }
QToolButton[role="link"]:disabled { color: $disabled_text; }
QToolButton::menu-indicator { image: none; }
QStatusBar { border-top: 1px solid $line; color: $second_text; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: $second_text; font-size: 12px; padding: 0 8px; }
QStatusBar QLabel[role="good"] { color: $good; }
QStatusBar QLabel[role="bad"] { color: $bad; }
QWidget[role="panel"], QScrollArea[role="panel"] { background: $panel; border: none; }
QFrame[role="editor"] { background: $panel; border: 1px solid $accent; border-radius: 8px; }
QWidget[role="canvas"] { background: #000000; }
QLabel[role="on_canvas"] { background: #000000; color: #AEB7C1; font-size: 14px; }
QLabel[role="title"] { font-size: 15px; font-weight: 600; }
QLabel[role="heading"] { font-weight: 600; }
QLabel[role="note"] { font-size: 12px; color: $second_text; }
QLabel[role="caution"] { font-size: 12px; color: $caution; }
QLabel[role="good"] { font-size: 12px; color: $good; }
QLabel[role="bad"] { font-size: 12px; color: $bad; }
QLabel[role="value"] { font-weight: 600; }
QLabel[role="chip"] {
    font-size: 12px; padding: 2px 10px;
    border-radius: 10px; border: 1px solid $line; color: $second_text;
}
QLabel[role="chip"][state="good"] { border-color: $good; color: $good; background: $good_ground; }
QLabel[role="chip"][state="busy"] { border-color: $model; color: $caution; background: $caution_ground; }
QLabel[role="chip"][state="bad"] { border-color: $bad; color: $bad; background: $bad_ground; }
QLabel[role="hero"] { font-size: 26px; font-weight: 600; }
QLabel[role="lead"] { font-size: 14px; color: $second_text; }
QFrame[role="rule"] { background: $line; max-height: 1px; min-height: 1px; border: none; }
QLineEdit {
    background: $raised; border: 1px solid $line; border-radius: 6px;
    padding: 6px 9px; selection-background-color: $accent; selection-color: $on_accent;
    placeholder-text-color: $second_text;
}
QLineEdit:focus { border-color: $accent; }
QPushButton { background: $raised; border: 1px solid $line; border-radius: 6px; padding: 6px 10px; }
QPushButton:hover { background: $hover; }
QPushButton:focus { border-color: $accent; }
QPushButton:disabled { color: $disabled_text; background: $panel; }
QPushButton:checked { background: $chosen; border-color: $chosen_line; font-weight: 600; }
QPushButton[role="primary"] {
    background: $accent; border-color: $accent;
    color: $on_accent; font-weight: 600; padding: 9px 10px;
}
QPushButton[role="primary"]:disabled { background: $raised; border-color: $line; color: $disabled_text; }
QPushButton[role="primary"]:focus { border-color: $text; }
QPushButton[role="good"] { background: $good_button; border-color: $good_button; color: #FFFFFF; font-weight: 600; }
QPushButton[role="good"]:disabled {
    background: $raised; border-color: $line;
    color: $disabled_text; font-weight: 400;
}
QPushButton[role="filter"] { border-radius: 13px; padding: 4px 10px; font-size: 12px; color: $second_text; }
QPushButton[role="filter"]:checked { color: $text; font-weight: 600; }
QToolButton[role="menu"] {
    background: $raised; border: 1px solid $line; border-radius: 13px; padding: 3px 10px; font-size: 12px;
    color: $second_text;
}
QToolButton[role="menu"]:hover { background: $hover; }
QToolButton[role="menu"]:focus { border-color: $accent; }
QPushButton[role="choice"] { text-align: left; padding: 14px 18px; border-radius: 10px; }
QPushButton[role="link"] {
    background: transparent; border: 1px solid transparent;
    color: $link; padding: 1px 3px; font-size: 12px;
}
QPushButton[role="link"]:disabled { color: $disabled_text; }
QListView { background: transparent; border: 1px solid transparent; border-radius: 6px; outline: none; }
QListView:focus { border-color: $accent; }
QPushButton[role="good"]:focus { border-color: $text; }
QPushButton:checked:focus { border-color: $text; }
QPushButton[role="link"]:focus { border-color: $accent; border-radius: 4px; }
QTreeView { background: $panel; border: 1px solid $line; border-radius: 6px; outline: none; }
QTreeView:focus { border-color: $accent; }
QTreeView::item { padding: 3px 6px; }
QTreeView::item:hover { background: $hover; }
QTreeView::item:selected { background: $chosen; color: $text; }
QHeaderView { background: $panel; }
QHeaderView::section { background: $panel; color: $second_text; border: none; padding: 5px 6px; font-size: 12px; }
QComboBox, QSpinBox {
    background: $raised; border: 1px solid $line; border-radius: 6px; padding: 5px 9px; min-height: 18px;
    selection-background-color: $accent; selection-color: $on_accent;
}
QComboBox:focus, QSpinBox:focus { border-color: $accent; }
QComboBox:disabled, QSpinBox:disabled, QLineEdit:disabled { color: $disabled_text; background: $panel; }
QComboBox QAbstractItemView {
    background: $raised; color: $text; border: 1px solid $line;
    selection-background-color: $accent; selection-color: $on_accent;
}
QCheckBox { spacing: 8px; padding: 2px; border: 1px solid transparent; border-radius: 4px; }
QCheckBox:focus { border-color: $accent; }
QCheckBox:disabled { color: $disabled_text; }
QCheckBox::indicator {
    width: 14px; height: 14px;
    border: 1px solid $second_text; border-radius: 4px; background: $raised;
}
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$tick"); }
QCheckBox::indicator:disabled { border-color: $line; }
QComboBox::drop-down { border: none; width: 26px; }
QComboBox::down-arrow { image: url("$arrow"); width: 12px; height: 12px; }
QScrollBar:vertical { width: 10px; background: transparent; margin: 0; }
QScrollBar::handle:vertical { background: $line; border-radius: 4px; min-height: 32px; margin: 1px; }
QScrollBar::handle:vertical:hover { background: $second_text; }
QScrollBar:horizontal { height: 10px; background: transparent; margin: 0; }
QScrollBar::handle:horizontal { background: $line; border-radius: 4px; min-width: 32px; margin: 1px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: $line; }
QProgressBar { background: $line; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: $good; border-radius: 2px; }
QProgressBar[role="busy"]::chunk { background: $accent; }
QWidget[role="banner"][state="caution"] {
    background: $caution_ground;
    border: 1px solid $caution; border-radius: 6px;
}
QWidget[role="banner"][state="bad"] { background: $bad_ground; border: 1px solid $bad; border-radius: 6px; }
QWidget[role="banner"][state="info"] { background: $chosen; border: 1px solid $chosen_line; border-radius: 6px; }
QPlainTextEdit, QTextBrowser { background: $raised; border: 1px solid $line; border-radius: 6px; padding: 8px; }
""")


def style_sheet(palette: Palette, percent: int = 100) -> str:
    """Return the one stylesheet of the window in the colours of a palette, its text ``percent`` of the normal size."""
    colours = {name: getattr(palette, name) for name in Palette.__slots__}
    pictures = {name: resources.path(f"icons/{name}-{palette.name}.svg").as_posix() for name in ("tick", "arrow")}
    sheet = _STYLE.substitute(colours | pictures)
    return re.sub(r"font-size: (\d+)px", lambda found: f"font-size: {_scaled(int(found[1]), percent)}px", sheet)


def _scaled(pixels: int, percent: int) -> int:
    return round(pixels * percent / 100)


def text_pixels(pixels: int) -> int:
    """Return a size of text as it is to be painted now, for widgets that paint themselves."""
    application = QApplication.instance()
    percent = application.property("cxr_text_size") if application is not None else None
    return _scaled(pixels, percent if isinstance(percent, int) else 100)


def palette_named(name: str) -> Palette:
    """Return the palette called ``dark`` or ``light``; ``system`` asks the platform."""
    if name == "system":
        hints = QApplication.styleHints()
        return LIGHT if hints.colorScheme() is Qt.ColorScheme.Light else DARK
    return LIGHT if name == "light" else DARK


def active() -> Palette:
    """Return the palette in force, for widgets that paint themselves."""
    application = QApplication.instance()
    return LIGHT if application is not None and application.property("cxr_theme") == "light" else DARK


def apply(application: QApplication, palette: Palette, percent: int | None = None) -> None:
    """Put a palette in force over the whole application.

    Args:
        percent: size of the text, of the normal size; None leaves it as it is.
    """
    if percent is not None:
        application.setProperty("cxr_text_size", percent)
    application.setProperty("cxr_theme", palette.name)
    application.setStyle("Fusion")
    font = application.font()
    font.setPixelSize(text_pixels(13))
    application.setFont(font)
    application.setPalette(_qt_palette(palette))
    application.setStyleSheet(style_sheet(palette, text_pixels(100)))


def _qt_palette(palette: Palette) -> QPalette:
    result = QPalette()
    roles = {
        QPalette.ColorRole.Window: palette.window,
        QPalette.ColorRole.Base: palette.panel,
        QPalette.ColorRole.AlternateBase: palette.raised,
        QPalette.ColorRole.Button: palette.raised,
        QPalette.ColorRole.WindowText: palette.text,
        QPalette.ColorRole.Text: palette.text,
        QPalette.ColorRole.ButtonText: palette.text,
        QPalette.ColorRole.PlaceholderText: palette.second_text,
        QPalette.ColorRole.Highlight: palette.accent,
        QPalette.ColorRole.HighlightedText: palette.on_accent,
        QPalette.ColorRole.ToolTipBase: palette.raised,
        QPalette.ColorRole.ToolTipText: palette.text,
        QPalette.ColorRole.Link: palette.link,
    }
    for role, colour in roles.items():
        result.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(palette.disabled_text))
    return result


def set_role(widget: QWidget, role: str, state: str | None = None) -> None:
    """Give a widget its part in the stylesheet and have it drawn anew; polishing is dear, so only when it changes."""
    if widget.property("role") == role and (state is None or widget.property("state") == state):
        return
    widget.setProperty("role", role)
    if state is not None:
        widget.setProperty("state", state)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
