"""This computer: versions, engine and the time of one image, as words to read or to send to whoever helps."""

import html
import os
import platform
from importlib import metadata

from PySide6.QtCore import QObject, Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from cxr_viewer import __version__
from cxr_viewer.ui import icons, theme
from cxr_viewer.ui.detection_runner import DetectionRunner
from cxr_viewer.ui.main_window import MainWindow
from cxr_viewer.ui.model_facts import ModelFacts
from cxr_viewer.ui.review_session import ReviewSession

PACKAGES = ("openvino", "torch", "numpy", "pydicom", "imagecodecs", "PySide6-Essentials", "SQLAlchemy")


class SelfTest(QObject):
    """Connects the action; one page at a time."""

    def __init__(
        self, window: MainWindow, session: ReviewSession, runner: DetectionRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._window, self._session, self._runner = window, session, runner
        self._page: ComputerPage | None = None
        window.named_actions["self_test"].triggered.connect(self.show_page)

    def show_page(self) -> None:
        """Show the page and run the model once."""
        page = self._window.findChild(ComputerPage) or ComputerPage(self._window)
        self._page = page
        page.destroyed.connect(self._forget_page)
        page.show_lines(lines_of(self._session.model, self._store_words(), self._time_words()))
        page.show()
        page.raise_()
        page.activateWindow()
        self._runner.time_once(self._show_time, self._show_failure)

    def _forget_page(self) -> None:
        self._page = None

    def _store_words(self) -> str:
        return self._session.store_error or "can be written"

    def _time_words(self) -> str:
        return "measuring …" if self._runner.has_model else "no model to measure"

    def _show_time(self, seconds: float) -> None:
        self._show(f"{seconds:.2f} s (a plain picture of 1024 × 1024)")

    def _show_failure(self, error: BaseException) -> None:
        self._show(f"the model failed: {error or type(error).__name__}")

    def _show(self, words: str) -> None:
        if self._page is not None:
            self._page.show_lines(lines_of(self._session.model, self._store_words(), words))


class ComputerPage(QDialog):
    """Lines of two columns, and a button that copies them."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("computer_page")
        self.setWindowTitle("This computer")
        self.setWindowIcon(icons.application_icon())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._lines: tuple[tuple[str, str], ...] = ()
        self.text = QTextBrowser()
        self.text.setAccessibleName("This computer")
        self.copy = QPushButton("Copy as text")
        self.copy.setAutoDefault(False)
        self.copy.setAccessibleName("Copy as text")
        self.copy.clicked.connect(self._copy)
        note = QLabel("Nothing of a patient is in this list. Nothing is sent anywhere.")
        theme.set_role(note, "note")
        foot = QHBoxLayout()
        foot.addWidget(note, 1)
        foot.addWidget(self.copy)
        layout = QVBoxLayout(self)
        layout.addWidget(self.text)
        layout.addLayout(foot)
        self.resize(640, 520)

    def show_lines(self, lines: tuple[tuple[str, str], ...]) -> None:
        """Show what is known now."""
        self._lines = lines
        quiet = f"width='150' style='color:{theme.active().second_text}'"
        rows = "".join(
            f"<tr><td {quiet}>{html.escape(name)}</td><td>{html.escape(words)}</td></tr>" for name, words in lines
        )
        self.text.setHtml(f"<table cellpadding='4'>{rows}</table>")

    @property
    def as_text(self) -> str:
        """The lines as they are copied."""
        return "\n".join(f"{name}: {words}" for name, words in self._lines)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.as_text)


def lines_of(model: ModelFacts | None, store: str, run: str) -> tuple[tuple[str, str], ...]:
    """Return the lines: what, and its words.

    Args:
        store: whether the journal can be written, in words.
        run: the time of one image, in words.
    """
    lines = [("CXR Viewer", __version__), ("Research use", "not a medical device")]
    if model is not None:
        lines += [("Model", f"{model.name}, {model.members} members, sha256 {model.digest}")]
    lines += [
        ("Engine", model.device if model else "no model loaded"),
        ("Time of one image", run),
        ("Journal", store),
        ("System", f"{platform.system()} {platform.release()} {platform.machine()}"),
        ("Processors", str(os.cpu_count() or "unknown")),
        ("Python", platform.python_version()),
        ("Qt", f"{qVersion()} ({QGuiApplication.platformName()})"),
    ]
    return (*lines, *((name, _version(name)) for name in PACKAGES))


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
