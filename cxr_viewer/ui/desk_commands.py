"""Files, bundles, export and looks: what the reader does around the reading."""

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QFileDialog

from cxr_viewer.ui import actions as built_actions
from cxr_viewer.ui import dropped_paths, info_dialogs, theme
from cxr_viewer.ui.full_screen import FullScreen
from cxr_viewer.ui.journal_export import JournalExport
from cxr_viewer.ui.key_bindings import KeyBindings
from cxr_viewer.ui.keys_dialog import KeysDialog
from cxr_viewer.ui.main_window import MainWindow
from cxr_viewer.ui.model_loading import ModelLoading
from cxr_viewer.ui.opening import Opening
from cxr_viewer.ui.review_session import ReviewSession
from cxr_viewer.ui.settings import LAST_FOLDER, PANEL_SHOWN, RECENT, THEME, WORKLIST_SHOWN, Settings

_FILE_FILTER = "Radiographs (*.dcm *.dicom *.png *.jpg *.jpeg *.tif *.tiff DICOMDIR);;All files (*)"


class DeskCommands(QObject):
    """Connects the actions of the menus File, Model, View and Help."""

    def __init__(
        self,
        window: MainWindow,
        session: ReviewSession,
        opening: Opening,
        models: ModelLoading,
        export: JournalExport,
        ledger: JournalExport,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window, self._session, self._opening = window, session, opening
        self._models, self._settings = models, settings
        self.bindings = KeyBindings(window.named_actions, window.specs, settings, self)
        self.bindings.changed.connect(self._show_recent)  # the start page names a key
        actions = window.named_actions
        actions["open_folder"].triggered.connect(self._open_folder)
        actions["open_files"].triggered.connect(self._open_files)
        actions["open_demo"].triggered.connect(opening.open_demo)
        actions["open_demo"].setEnabled(opening.has_demo)
        actions["stop_indexing"].triggered.connect(opening.stop)
        actions["stop_indexing"].setEnabled(False)
        actions["export"].triggered.connect(
            lambda: self._choose_export("Export corrections into an empty folder", export)
        )
        actions["export_ledger"].triggered.connect(
            lambda: self._choose_export("Export the ledger into an empty folder", ledger)
        )
        actions["quit"].triggered.connect(window.close)
        actions["load_bundle"].triggered.connect(self._choose_bundle)
        actions["demo_bundle"].triggered.connect(models.load_demo)
        actions["demo_bundle"].setEnabled(models.has_demo)
        actions["model_card"].triggered.connect(self._show_card)
        actions["shortcuts"].triggered.connect(self._show_keys)
        actions["about"].triggered.connect(lambda: info_dialogs.about_dialog(window).open())
        window.start_page.recent_asked.connect(lambda path: opening.open((path,)))
        window.paths_dropped.connect(self._take_drop)
        actions["clear_recent"].triggered.connect(self._forget_recent)
        opening.opened.connect(self._show_recent)
        self._connect_looks()
        self._show_recent()

    def _connect_looks(self) -> None:
        window, actions, settings = self._window, self._window.named_actions, self._settings
        for name in theme.NAMES:
            actions[f"theme_{name}"].triggered.connect(lambda _checked=False, chosen=name: self.use_theme(chosen))
        actions["toggle_worklist"].setChecked(settings.get(WORKLIST_SHOWN))
        actions["toggle_panel"].setChecked(settings.get(PANEL_SHOWN))
        window.worklist.setVisible(settings.get(WORKLIST_SHOWN))
        actions["toggle_worklist"].toggled.connect(window.worklist.setVisible)
        actions["toggle_worklist"].toggled.connect(lambda shown: settings.set(WORKLIST_SHOWN, shown))
        actions["toggle_panel"].toggled.connect(self._toggle_panel)
        self._full_screen = FullScreen(window, self)
        QApplication.styleHints().colorSchemeChanged.connect(self._follow_system)
        chosen = settings.get(THEME)
        actions[f"theme_{chosen if chosen in theme.NAMES else 'dark'}"].setChecked(True)

    def use_theme(self, name: str) -> None:
        """Change the colours, and remember them."""
        self._settings.set(THEME, name)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        theme.apply(application, theme.palette_named(name))
        built_actions.refresh_icons(self._window.named_actions)
        self._show_recent()

    def _follow_system(self) -> None:
        """Change the colours with the desktop, while they are to be as the desktop's."""
        if self._settings.get(THEME) == "system":
            self.use_theme("system")

    def _toggle_panel(self, is_shown: bool) -> None:
        self._settings.set(PANEL_SHOWN, is_shown)
        self._window.panel.setVisible(is_shown and self._session.reading is not None)

    # -- files ---------------------------------------------------------------------------------------------------

    def _open_folder(self) -> None:
        dialog = QFileDialog(self._window, "Open folder", self._settings.get(LAST_FOLDER))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(lambda path: self._opening.open((Path(path),)))
        dialog.open()

    def _open_files(self) -> None:
        dialog = QFileDialog(self._window, "Open files", self._settings.get(LAST_FOLDER), _FILE_FILTER)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda paths: self._opening.open(tuple(Path(path) for path in paths)))
        dialog.open()

    def _take_drop(self, paths: list[str]) -> None:
        """Open what was dropped, load it where it is a bundle, or say why not."""
        dropped = dropped_paths.judge(tuple(Path(path) for path in paths))
        if dropped.bundle is not None:
            self._models.load(dropped.bundle)
        if dropped.opened:
            self._opening.open(dropped.opened)
        if dropped.sentence:
            self._window.tell(dropped.sentence, "caution")

    def _show_recent(self) -> None:
        recent = [Path(path) for path in self._settings.get(RECENT)]
        menu = self._window.recent_menu
        menu.clear()
        for path in recent:
            action = QAction(str(path), menu)
            action.triggered.connect(lambda _checked=False, chosen=path: self._opening.open((chosen,)))
            menu.addAction(action)
        menu.addSeparator()
        menu.addAction(self._window.named_actions["clear_recent"])
        menu.setEnabled(bool(recent))
        self._window.named_actions["clear_recent"].setEnabled(bool(recent))
        self._window.start_page.show_recent(tuple(recent))

    def _forget_recent(self) -> None:
        self._settings.set(RECENT, ())
        self._show_recent()

    def _choose_export(self, title: str, export: JournalExport) -> None:
        dialog = QFileDialog(self._window, title, self._settings.get(LAST_FOLDER))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(lambda path: export.write(Path(path)))
        dialog.open()

    # -- model and help ------------------------------------------------------------------------------------------

    def _choose_bundle(self) -> None:
        dialog = QFileDialog(self._window, "Load model bundle", self._settings.get(LAST_FOLDER))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(lambda path: self._models.load(Path(path)))
        dialog.open()

    def _show_card(self) -> None:
        if self._session.model:
            info_dialogs.model_card_dialog(self._window, self._session.model).open()

    def _show_keys(self) -> None:
        """Show the one list of keys; asked for again, it comes to the front."""
        dialog = self._window.findChild(KeysDialog) or KeysDialog(self.bindings, self._window)
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()
