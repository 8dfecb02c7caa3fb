"""The settings: one calm page beside the window; what is changed holds at once, and each line has a way back."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFrame,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cxr_viewer.store.sizes import size_words
from cxr_viewer.ui import icons, theme
from cxr_viewer.ui.setting_row import Buttons, SettingRow

THEMES = (("Dark", "dark"), ("Light", "light"), ("As the system", "system"))
TEXT_SIZES = (("Normal", 100), ("Large", 115))
"""More than that would cut words of the panels off; the desktop's own scale makes everything larger."""
CACHE_SIZES = tuple((size_words(size), size >> 20) for size in (1 << 28, 1 << 30, 1 << 32, 1 << 34))
"""Words and MB: a QSettings file keeps no integer beyond 32 bits on every platform."""


class SettingsDialog(QDialog):
    """Only places and shows; ``SettingsCommands`` knows what each line means."""

    def __init__(self, switches: Sequence[QAction], parent: QWidget | None = None) -> None:
        """Build the page.

        Args:
            switches: checkable actions that are settings too; a line follows its action and turns it.
        """
        super().__init__(parent)
        self.setObjectName("settings_dialog")
        self.setWindowTitle("Settings")
        self.setWindowIcon(icons.application_icon())
        self.theme = choice(THEMES)
        self.text_size = choice(TEXT_SIZES)
        self.reader = QLineEdit()
        self.bundle = _button("Load bundle…")
        self.run = _button("Run again")
        self.self_test = _button("Self-test…")
        self.cache_size = choice(CACHE_SIZES)
        self.clear_caches = _button("Clear caches")
        self.clear_recent = _button("Forget recent folders")
        self.keys = _button("Keys…")
        self.back_up = _button("Back up…")
        self.restore = _button("Restore…")
        self.erase = _button("Erase this patient…")
        self.theme_row = SettingRow("Colours", self.theme, "The radiograph stays on black in every theme.")
        self.text_row = SettingRow("Text size", self.text_size, "Panels, lists and menus.")
        self.keys_row = SettingRow("Keys", Buttons(self.keys), can_reset=False)
        self.reader_row = SettingRow(
            "Reader", self.reader, "Who signs. Self-asserted; each reader has findings of their own."
        )
        self.switch_rows = tuple(_switch_row(action) for action in switches)
        self.bundle_row = SettingRow("Model bundle", Buttons(self.bundle))
        self.engine_row = SettingRow("Engine in use", Buttons(self.run, self.self_test), can_reset=False)
        self.cache_row = SettingRow("Cache on disk", self.cache_size)
        self.clear_row = SettingRow("", Buttons(self.clear_caches), can_reset=False)
        self.recent_row = SettingRow("Recent folders", Buttons(self.clear_recent), can_reset=False)
        self.journal_row = SettingRow("Journal", Buttons(self.back_up, self.restore, self.erase), can_reset=False)
        self.places = QVBoxLayout()
        self._lay_out()
        self.resize(700, 760)

    def _lay_out(self) -> None:
        content = QWidget()
        theme.set_role(content, "panel")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(18, 14, 18, 14)
        layout.setSpacing(10)
        for title, rows in (
            ("Looks", (self.theme_row, self.text_row, self.keys_row)),
            ("Reading", (self.reader_row, *self.switch_rows)),
            ("Model", (self.bundle_row, self.engine_row)),
            ("Kept on this computer", (self.journal_row, self.cache_row, self.clear_row, self.recent_row)),
        ):
            _add_title(layout, title)
            for row in rows:
                layout.addWidget(row)
        _add_title(layout, "Where things lie")
        layout.addLayout(self.places)
        layout.addStretch(1)
        self._area = area = QScrollArea()
        theme.set_role(area, "panel")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(content)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setAccessibleName("Settings")
        note = QLabel("Every change holds at once. Esc closes. Research use only, not a medical device.")
        theme.set_role(note, "note")
        note.setContentsMargins(18, 0, 18, 10)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area, 1)
        outer.addWidget(note)

    def rows(self) -> tuple[SettingRow, ...]:
        """Return every line of the page."""
        return tuple(self.findChildren(SettingRow))

    def show_end(self) -> None:
        """Scroll to where things lie, once the page has its height."""
        bar = self._area.verticalScrollBar()
        bar.rangeChanged.connect(lambda _least, most: bar.setValue(most), Qt.ConnectionType.SingleShotConnection)
        bar.setValue(bar.maximum())

    def show_places(self, places: Sequence[tuple[str, Path]]) -> None:
        """Show where files lie, each with a button that opens its folder; called once."""
        for name, path in places:
            folder = path if path.is_dir() else path.parent
            button = _button("Open folder")
            button.setAccessibleName(f"{name}: open folder")
            button.clicked.connect(
                lambda _checked=False, chosen=folder: QDesktopServices.openUrl(QUrl.fromLocalFile(str(chosen)))
            )
            self.places.addWidget(SettingRow(name, Buttons(button), str(path), can_reset=False))


def choice(entries: Sequence[tuple[str, object]]) -> QComboBox:
    """Return a box of choices: words, and the value of each."""
    box = QComboBox()
    for words, value in entries:
        box.addItem(words, value)
    return box


def choose(box: QComboBox, value: object) -> None:
    """Show a value without reporting it as chosen; one that is no choice is shown as it is."""
    box.blockSignals(True)
    position = box.findData(value)
    if position < 0:
        box.addItem(str(value), value)
        position = box.count() - 1
    box.setCurrentIndex(position)
    box.blockSignals(False)


def _switch_row(action: QAction) -> SettingRow:
    box = QCheckBox(action.text())
    box.setChecked(action.isChecked())
    box.clicked.connect(action.trigger)
    action.toggled.connect(box.setChecked)
    box.setEnabled(action.isEnabled())
    action.enabledChanged.connect(box.setEnabled)
    box.setAccessibleName(action.text())
    return SettingRow("", box, action.toolTip(), can_reset=True)


def _add_title(layout: QVBoxLayout, text: str) -> None:
    if layout.count():
        rule = QFrame()
        theme.set_role(rule, "rule")
        layout.addWidget(rule)
    title = QLabel(text)
    theme.set_role(title, "title")
    layout.addWidget(title)


def _button(text: str) -> QPushButton:
    button = QPushButton(text)
    button.setAccessibleName(text.rstrip("…"))
    return button
