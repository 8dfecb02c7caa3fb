"""The main window: places tool row, worklist, image, right panel, banners and status bar; decides nothing."""

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QMainWindow,
    QMenu,
    QProgressBar,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cxr_viewer.ui import action_table, actions, icons, menus, theme, window_presets
from cxr_viewer.ui.banner import Banner
from cxr_viewer.ui.compared_pane import ComparedPane
from cxr_viewer.ui.finding_panel import FindingPanel
from cxr_viewer.ui.image_view import ImageView
from cxr_viewer.ui.model_panel import ModelPanel
from cxr_viewer.ui.network_input_panel import NetworkInputPanel
from cxr_viewer.ui.reason_menu import ReasonMenu
from cxr_viewer.ui.side_panel import WIDTH as PANEL_WIDTH
from cxr_viewer.ui.side_panel import SidePanel
from cxr_viewer.ui.start_page import StartPage
from cxr_viewer.ui.status_line import StatusLine
from cxr_viewer.ui.threshold_panel import ThresholdPanel
from cxr_viewer.ui.tool_row import TOOLS, ToolRow
from cxr_viewer.ui.verdict_panel import VerdictPanel
from cxr_viewer.ui.word_lists import words
from cxr_viewer.ui.worklist_menus import filter_menu, sort_menu
from cxr_viewer.ui.worklist_model import WorklistModel
from cxr_viewer.ui.worklist_panel import COMPACT_WIDTH, LARGEST_WIDTH, LEAST_WIDTH, WorklistPanel
from cxr_viewer.ui.worklist_panel import WIDTH as WORKLIST_WIDTH
from cxr_viewer.ui.worklist_rows import WorklistRows

TITLE = "CXR Viewer: research use only, not a medical device"
COMPACT_BELOW = 1280
_BUSY_DELAY_MS = 120


class MainWindow(QMainWindow):
    """All widgets of the window, under names that the presenter and the commands use."""

    closed = Signal()
    escaped = Signal()
    """Esc was pressed and nothing in the window had a use for it."""
    paths_dropped = Signal(object)
    """list[str] of local files."""

    def __init__(self, worklist: WorklistModel, rows: WorklistRows) -> None:
        super().__init__()
        self.setWindowTitle(TITLE)
        self.setWindowIcon(icons.application_icon())
        self.setAcceptDrops(True)
        self.setMinimumSize(900, 560)
        self.image_view = ImageView()
        self.presets = window_presets.read()
        self.named_actions = self._build_actions()
        self.sort_menu = sort_menu(self.named_actions, self)
        self.filter_menu = filter_menu(self.named_actions, self)
        self.worklist = WorklistPanel(worklist, rows, self.named_actions, self.sort_menu, self.filter_menu)
        self.start_page = StartPage(self.named_actions["open_demo"], self.named_actions["open_folder"])
        self.model_panel = ModelPanel()
        self.device_banner = Banner("device_banner")
        self.gate_banner = Banner("gate_banner")
        self.threshold_panel = ThresholdPanel()
        self.finding_panel = FindingPanel(
            self.named_actions["accept"], self.named_actions["reject"], self.named_actions["tool_box"]
        )
        self.network_input = NetworkInputPanel()
        self.verdict_panel = VerdictPanel(self.named_actions)
        self.notice_banner = Banner("notice_banner", is_wide=True)
        self.store_banner = Banner("store_banner", is_wide=True)
        self.image_banner = Banner("image_banner", is_wide=True)
        self.status_line = StatusLine()
        self.setStatusBar(self.status_line)
        self.recent_menu = QMenu("Open recent", self)
        self.preset_menu = self._preset_menu()
        self._build_menus()
        self.addToolBar(ToolRow(self.named_actions, self.preset_menu, self))
        self._build_centre()
        self.resize(1600, 1000)

    # -- actions and menus ---------------------------------------------------------------------------------------

    def _build_actions(self) -> dict[str, QAction]:
        names = window_presets.keys_and_names(self.presets)
        labels = {term.code: term.words for term in words().labels}
        self.specs = action_table.SPECS + action_table.preset_specs(names) + action_table.label_specs(labels)
        built = actions.build(self, self.image_view, self.specs)
        for group_names in (TOOLS, menus.THEME_ACTIONS):
            group = QActionGroup(self)
            for name in group_names:
                group.addAction(built[name])
        built["tool_window"].setChecked(True)
        return built

    def _preset_menu(self) -> QMenu:
        menu = QMenu("Window presets", self)
        own = [f"preset_{key}" for key in (*(preset.key for preset in self.presets), window_presets.AS_OPENED_KEY)]
        menu.addActions([self.named_actions[name] for name in own])
        menu.addAction(self.named_actions["keep_window"])
        menu.addSeparator()
        menu.addActions(self.header_actions())
        return menu

    def _label_menu(self) -> QMenu:
        menu = QMenu("Label", self)
        menu.addActions([action for name, action in self.named_actions.items() if name.startswith("label_")])
        return menu

    def _build_menus(self) -> None:
        looks = QMenu("Colours", self)
        looks.addActions([self.named_actions[name] for name in menus.THEME_ACTIONS])
        submenus = {
            "recent": self.recent_menu,
            "presets": self.preset_menu,
            "theme": looks,
            "reasons": ReasonMenu(self, self.finding_panel.ask_rejection),
            "labels": self._label_menu(),
            "sort": self.sort_menu,
            "filters": self.filter_menu,
        }
        menus.fill(self.menuBar(), self.named_actions, submenus)
        self.notice = QLabel(TITLE, self.menuBar())
        theme.set_role(self.notice, "note")
        self.notice.setContentsMargins(0, 7, 12, 7)
        self.menuBar().setCornerWidget(self.notice)

    # -- places --------------------------------------------------------------------------------------------------

    def _build_centre(self) -> None:
        self.stack = QStackedWidget()
        self.stack.addWidget(self.start_page)
        self.stack.addWidget(self._image_page())
        self.stack.setMinimumWidth(300)
        self.panel = SidePanel(
            (
                (self.model_panel, self.device_banner, self.gate_banner, self.threshold_panel),
                (self.finding_panel,),
                (self.network_input,),
            ),
            growing=self.finding_panel,
            verdict=self.verdict_panel,
        )
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        for widget in (self.worklist, self.stack, self.panel):
            self.splitter.addWidget(widget)
        self.splitter.setStretchFactor(0, 0)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setStretchFactor(2, 0)
        self._unfolded_width = WORKLIST_WIDTH
        self.worklist.setMinimumWidth(LEAST_WIDTH)
        self.worklist.setMaximumWidth(LARGEST_WIDTH)
        self.splitter.setSizes([WORKLIST_WIDTH, 954, PANEL_WIDTH])
        centre = QWidget()
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.notice_banner)
        layout.addWidget(self.store_banner)
        layout.addWidget(self.splitter, 1)
        self.setCentralWidget(centre)

    def _image_page(self) -> QWidget:
        page = QWidget()
        theme.set_role(page, "canvas")
        page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.image_banner)
        self.compared = ComparedPane(self.named_actions)
        self.compared.hide()
        self.image_splitter = QSplitter(Qt.Orientation.Horizontal)
        self.image_splitter.setObjectName("image_splitter")
        self.image_splitter.setHandleWidth(3)
        self.image_splitter.setChildrenCollapsible(False)
        for widget in (self.image_view, self.compared):
            self.image_splitter.addWidget(widget)
            self.image_splitter.setStretchFactor(self.image_splitter.count() - 1, 1)
        layout.addWidget(self.image_splitter, 1)
        # The thin bar lies over the upper edge of the image, so that nothing moves when it comes and goes.
        self.busy_bar = QProgressBar(self.image_view)
        self.busy_bar.setProperty("role", "busy")
        self.busy_bar.setRange(0, 0)
        self.busy_bar.setTextVisible(False)
        self.busy_bar.setAccessibleName("Loading")
        self.busy_bar.setFixedHeight(3)
        self.busy_bar.hide()
        self._busy_delay = QTimer(self)
        self._busy_delay.setSingleShot(True)
        self._busy_delay.setInterval(_BUSY_DELAY_MS)
        self._busy_delay.timeout.connect(self._show_busy_bar)
        return page

    # -- what changes --------------------------------------------------------------------------------------------

    def show_start_page(self, sentence: str = "") -> None:
        """Show the three choices, with a sentence when something was not found."""
        self.start_page.say(sentence)
        self.stack.setCurrentIndex(0)
        self.panel.setVisible(False)
        self.start_page.focus_first()

    def show_image_page(self) -> None:
        """Show the image."""
        if self.stack.currentIndex() != 1:
            self.stack.setCurrentIndex(1)
            self.panel.setVisible(self.named_actions["toggle_panel"].isChecked())
            self.image_view.setFocus()

    @property
    def is_image_page(self) -> bool:
        """Whether the image is shown, and not the start page."""
        return self.stack.currentIndex() == 1

    def tell(self, sentence: str, mood: str = "info") -> None:
        """Say a sentence where the reader looks: over the image, or on the start page."""
        if self.is_image_page:
            self.image_banner.say(sentence, mood)
        else:
            self.start_page.say(sentence)

    def set_loading(self, is_loading: bool) -> None:
        """Show the thin bar over the image when loading takes a moment, so that nothing blinks; hide it at once."""
        if is_loading:
            self._busy_delay.start()
        else:
            self._busy_delay.stop()
            self.busy_bar.hide()

    def _show_busy_bar(self) -> None:
        self.busy_bar.setGeometry(0, 0, self.image_view.width(), 3)
        self.busy_bar.show()

    def header_actions(self) -> list[QAction]:
        """Return the actions of the image's own header windows that have keys, in order."""
        return [self.named_actions[f"preset_{key}"] for key in window_presets.HEADER_KEYS]

    def focus_next_panel(self) -> None:
        """Move the keyboard from worklist to image to panel and round again."""
        places: list[QWidget] = [self.worklist.list, self.image_view, self.finding_panel.list]
        here = next((n for n, widget in enumerate(places) if widget.hasFocus()), -1)
        for offset in range(1, len(places) + 1):
            widget = places[(here + offset) % len(places)]
            if widget.isVisible():
                widget.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return

    # -- size ----------------------------------------------------------------------------------------------------

    def restore_layout(self, geometry: QByteArray, splitter: QByteArray) -> None:
        """Put window and panels back to where they were."""
        if not geometry.isEmpty():
            self.restoreGeometry(geometry)
        if not splitter.isEmpty():
            self.splitter.restoreState(splitter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_compact = event.size().width() < COMPACT_BELOW
        if is_compact != self.worklist.is_compact:
            self._fold_worklist(is_compact)

    def _fold_worklist(self, is_compact: bool) -> None:
        """Fold the worklist to thumbnails, or unfold it to the width it had; the image takes the difference."""
        sizes = self.splitter.sizes()
        if is_compact:
            self._unfolded_width = max(sizes[0], WORKLIST_WIDTH)
        self.worklist.set_compact(is_compact)
        width = COMPACT_WIDTH if is_compact else self._unfolded_width
        self.splitter.setSizes([width, sizes[1] + sizes[0] - width, sizes[2]])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        for dialog in self.findChildren(QDialog):
            dialog.close()
        self.closed.emit()
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            self.paths_dropped.emit(paths)
            event.acceptProposedAction()
