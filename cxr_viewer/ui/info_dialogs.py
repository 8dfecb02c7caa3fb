"""Windows that only tell: model card, about."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel, QTextBrowser, QVBoxLayout, QWidget

from cxr_viewer import __version__
from cxr_viewer.ui import icons, theme
from cxr_viewer.ui.model_facts import ModelFacts


def model_card_dialog(parent: QWidget, model: ModelFacts) -> QDialog:
    """Return the model card, or what is known where the bundle has none."""
    known = f"# {model.name}\n\n{model.learned_from}\n\nsha256 `{model.digest}`\n\nruns on {model.device}"
    return _dialog(parent, f"Model card: {model.name}", model.card or known)


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
    return _dialog(parent, "About CXR Viewer", text)


def _dialog(parent: QWidget, title: str, text: str) -> QDialog:
    dialog = QDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setWindowIcon(icons.application_icon())
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    browser = QTextBrowser()
    browser.setOpenExternalLinks(False)
    browser.setAccessibleName(title)
    browser.setMarkdown(text)
    note = QLabel("Research use only, not a medical device. Esc closes.")
    theme.set_role(note, "note")
    layout = QVBoxLayout(dialog)
    layout.addWidget(browser)
    layout.addWidget(note)
    dialog.resize(720, 640)
    return dialog
