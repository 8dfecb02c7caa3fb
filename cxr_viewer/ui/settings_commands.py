"""What each line of the settings means: shows what is in force, and puts a change in force at once."""

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton

from cxr_viewer.store import locations
from cxr_viewer.store.candidate_cache import CandidateCache
from cxr_viewer.store.sizes import size_words
from cxr_viewer.ui import settings_dialog, theme
from cxr_viewer.ui.main_window import MainWindow
from cxr_viewer.ui.reading_flow import ReadingFlow
from cxr_viewer.ui.review_session import ReviewSession
from cxr_viewer.ui.setting_row import SettingRow
from cxr_viewer.ui.settings import BUNDLE_FOLDER, CACHE_MB, READER, RECENT, SWITCHES, TEXT_SIZE, THEME, Settings
from cxr_viewer.ui.settings_dialog import SettingsDialog
from cxr_viewer.ui.states_of_rows import StatesOfRows


class SettingsCommands(QObject):
    """Opens the page, follows what changes elsewhere (a menu, another bundle), and knows no widget of its rows' own."""

    def __init__(
        self,
        window: MainWindow,
        session: ReviewSession,
        flow: ReadingFlow,
        states: StatesOfRows,
        cache: CandidateCache | None,
        settings: Settings,
        login_name: str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window, self._session, self._flow, self._states = window, session, flow, states
        self.cache, self._settings, self._login_name = cache, settings, login_name
        self._seconds: float | None = None
        self._switches = tuple(
            (window.named_actions[name], row.default) for name, row in SWITCHES.items() if name in window.named_actions
        )
        if cache is not None:
            cache.set_cap(settings.get(CACHE_MB) << 20)
        window.named_actions["settings"].triggered.connect(self.show_page)
        window.named_actions["clear_recent"].triggered.connect(self._refresh)
        window.named_actions["clear_caches"].triggered.connect(self._refresh)
        flow.model_state_changed.connect(self._note_time)
        session.model_changed.connect(self._forget_time)
        for name in theme.NAMES:
            window.named_actions[f"theme_{name}"].triggered.connect(self._refresh)

    def show_page(self) -> None:
        """Show the one page of settings; asked for again, it comes to the front."""
        page = self._window.findChild(SettingsDialog)
        if page is None:
            page = SettingsDialog([action for action, _ in self._switches], self._window)
            self._connect(page)
            page.show_places(self._places())
        self._refresh()
        page.show()
        page.raise_()
        page.activateWindow()

    def _connect(self, page: SettingsDialog) -> None:
        actions = self._window.named_actions
        page.theme.activated.connect(lambda: actions[f"theme_{page.theme.currentData()}"].trigger())
        page.theme_row.reset_asked.connect(actions[f"theme_{THEME.default}"].trigger)
        page.text_size.activated.connect(lambda: self._use_text_size(page.text_size.currentData()))
        page.text_row.reset_asked.connect(lambda: self._use_text_size(TEXT_SIZE.default))
        page.reader.editingFinished.connect(lambda: self._take_reader(page.reader))
        page.reader_row.reset_asked.connect(lambda: self._use_reader(""))
        page.bundle_row.reset_asked.connect(actions["demo_bundle"].trigger)
        page.cache_size.activated.connect(lambda: self._use_cache_size(page.cache_size.currentData()))
        page.cache_row.reset_asked.connect(lambda: self._use_cache_size(CACHE_MB.default))
        for row, (action, _) in zip(page.switch_rows, self._switches, strict=True):
            row.reset_asked.connect(action.trigger)  # offered only where the action is not as the program's own
            action.toggled.connect(self._refresh)
        for button, name in (
            (page.bundle, "load_bundle"),
            (page.run, "run_again"),
            (page.self_test, "self_test"),
            (page.clear_caches, "clear_caches"),
            (page.clear_recent, "clear_recent"),
            (page.keys, "shortcuts"),
            (page.back_up, "back_up"),
            (page.restore, "restore"),
            (page.erase, "erase_patient"),
        ):
            _bind(button, name, self._window)

    # -- what is shown -------------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        page = self._window.findChild(SettingsDialog)
        if page is None:
            return
        settings = self._settings
        for box, row, value, default in (
            (page.theme, page.theme_row, settings.get(THEME), THEME.default),
            (page.text_size, page.text_row, settings.get(TEXT_SIZE), TEXT_SIZE.default),
            (page.cache_size, page.cache_row, settings.get(CACHE_MB), CACHE_MB.default),
        ):
            settings_dialog.choose(box, value)
            row.show_changed(value != default)
        for row, (action, default) in zip(page.switch_rows, self._switches, strict=True):
            row.show_changed(action.isEnabled() and action.isChecked() != default)
        if not page.reader.isModified():  # a name that is being typed is left alone
            page.reader.setText(self._session.reader)
        page.reader_row.show_changed(self._session.reader != self._login_name)
        used = size_words(self.cache.size_bytes) if self.cache else "no cache"
        page.cache_row.say(f"{used} in use. Candidates of images that were read; made again when they are missing.")
        count = len(settings.get(RECENT))
        page.recent_row.say(f"{count} remembered." if count else "None remembered.")
        self._show_model(page.bundle_row, page.engine_row)

    def _show_model(self, bundle: SettingRow, engine: SettingRow) -> None:
        model = self._session.model
        if model is None:
            bundle.say("No model; reading works without one.")
            engine.say("–")
        else:
            is_own = not self._settings.get(BUNDLE_FOLDER)
            bundle.say(f"{model.name} · {'comes with the program' if is_own else model.folder or 'no folder'}")
            time = "not run yet" if self._seconds is None else f"last image in {self._seconds:.2f} s"
            engine.say(f"{model.device} · {time}")
        demo = self._window.named_actions["demo_bundle"].isEnabled()
        bundle.show_changed(demo and bool(self._settings.get(BUNDLE_FOLDER)))

    def _places(self) -> tuple[tuple[str, Path], ...]:
        journal = self._session.journal
        places = [("Journal", journal.path)] if journal else []
        if self.cache:
            places.append(("Cache", self.cache.path))
        return (
            *places,
            ("Compiled networks", locations.graphs_folder()),
            ("Settings", self._settings.path),
            ("Crash reports", locations.logs_folder()),
        )

    def _note_time(self) -> None:
        if self._flow.model_state.seconds is not None:
            self._seconds = self._flow.model_state.seconds
            self._refresh()

    def _forget_time(self) -> None:
        self._seconds = None
        self._refresh()

    # -- what changes --------------------------------------------------------------------------------------------

    def _use_text_size(self, percent: int) -> None:
        self._settings.set(TEXT_SIZE, percent)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        theme.apply(application, theme.active(), percent)
        self._refresh()

    def _use_cache_size(self, megabytes: int) -> None:
        self._settings.set(CACHE_MB, megabytes)
        if self.cache:
            self.cache.set_cap(megabytes << 20)
        self._refresh()

    def _take_reader(self, field: QLineEdit) -> None:
        """Take the name that was typed."""
        if field.isModified():
            field.setModified(False)
            self._use_reader(field.text())

    def _use_reader(self, name: str) -> None:
        """Go on as another reader; an empty name is the login name, which is not remembered."""
        reader = " ".join(name.split()) or self._login_name
        self._settings.set(READER, "" if reader == self._login_name else reader)
        if reader != self._session.reader:
            self._session.use_reader(reader)
            self._flow.begin_again()
            self._states.reread()
            self._window.verdict_panel.show_reader(reader)
        self._refresh()


def _bind(button: QPushButton, name: str, window: MainWindow) -> None:
    """Have a button trigger an action and be enabled with it."""
    action = window.named_actions[name]
    button.clicked.connect(action.trigger)
    button.setToolTip(action.toolTip())
    button.setEnabled(action.isEnabled())
    action.enabledChanged.connect(button.setEnabled)
