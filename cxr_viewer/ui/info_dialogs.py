"""Windows that only tell: keys, model card, about."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel, QTextBrowser, QVBoxLayout, QWidget

from cxr_viewer import __version__
from cxr_viewer.ui import actions, icons, menus, theme
from cxr_viewer.ui.actions import ActionSpec
from cxr_viewer.ui.model_facts import ModelFacts
from cxr_viewer.ui.palette import Palette

MOUSE = (
    ("Left drag on the image", "window: right widens, up brightens"),
    ("Left drag on a chosen finding", "move it; on a handle, resize it"),
    ("Click on a box, click again", "choose the smallest box there, then the next larger"),
    ("Right drag, wheel", "zoom about the point under the cursor"),
    ("Middle drag", "pan"),
    ("Double click", "fit"),
    ("Arrow keys, with Shift, with Ctrl", "move the chosen finding by 1, by 10 pixels; resize it"),
)


def keys_dialog(parent: QWidget, presets: dict[str, str]) -> QDialog:
    """Return the list of every action with its keys."""
    return _dialog(parent, "Keys", _keys_html(theme.active(), presets), is_html=True)


def model_card_dialog(parent: QWidget, model: ModelFacts) -> QDialog:
    """Return the model card, or what is known where the bundle has none."""
    known = f"# {model.name}\n\n{model.learned_from}\n\nsha256 `{model.digest}`\n\nruns on {model.device}"
    return _dialog(parent, f"Model card: {model.name}", model.card or known, is_html=False)


def about_dialog(parent: QWidget) -> QDialog:
    """Return version, licence and what the program is not."""
    text = (
        f"# CXR Viewer {__version__}\n\n**For research use only. It is not a medical device** and must not be used "
        "for diagnosis or treatment.\n\nIt shows chest radiographs beside the proposals of a detector ensemble, keeps "
        "what a reader says about them, and hands signed corrections to the training module.\n\n"
        "The bundled demo ensemble was trained on simulated radiographs.\n\nApache License 2.0. "
        "Built with Qt for Python (LGPL 3), pydicom, imagecodecs, OpenVINO, NumPy and SQLAlchemy.\n\n"
        "Nothing is sent over a network. Journal, cache and settings lie in your own folders."
    )
    return _dialog(parent, "About CXR Viewer", text, is_html=False)


def _dialog(parent: QWidget, title: str, text: str, *, is_html: bool) -> QDialog:
    dialog = QDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setWindowIcon(icons.application_icon())
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    browser = QTextBrowser()
    browser.setOpenExternalLinks(False)
    browser.setAccessibleName(title)
    if is_html:
        browser.setHtml(text)
    else:
        browser.setMarkdown(text)
    note = QLabel("Research use only, not a medical device. Esc closes.")
    theme.set_role(note, "note")
    layout = QVBoxLayout(dialog)
    layout.addWidget(browser)
    layout.addWidget(note)
    dialog.resize(720, 640)
    return dialog


def _keys_html(palette: Palette, presets: dict[str, str]) -> str:
    specs = {spec.name: spec for spec in actions.SPECS}
    parts = []
    for title, names in menus.LAYOUT.items():
        rows = [specs[name] for name in names if name in specs and specs[name].keys]
        if rows:
            parts.append(
                f"<h3>{title}</h3><table cellpadding='3'>{''.join(_row(spec, palette) for spec in rows)}</table>"
            )
    windows = "".join(_cells(key, name, "", palette) for key, name in presets.items())
    parts.append(f"<h3>Window presets</h3><table cellpadding='3'>{windows}</table>")
    mouse = "".join(_cells(gesture, meaning, "", palette) for gesture, meaning in MOUSE)
    return "".join(parts) + f"<h3>Mouse and arrows</h3><table cellpadding='3'>{mouse}</table>"


def _row(spec: ActionSpec, palette: Palette) -> str:
    return _cells(" or ".join(spec.keys), spec.text.rstrip("…"), spec.tip, palette)


def _cells(key: str, text: str, tip: str, palette: Palette) -> str:
    return (
        f"<tr><td width='190'><b>{key}</b></td><td width='190'>{text}</td>"
        f"<td style='color:{palette.second_text}'>{tip}</td></tr>"
    )
