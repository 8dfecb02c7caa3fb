"""The main window: places tool row, worklist, image, right panel, banners and status bar; decides nothing."""

from PySide6.QtCore import QByteArray, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QMainWindow,
    QMenu,
    QProgressBar,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cxr_viewer.ui import actions, icons, menus, theme, window_presets
from cxr_viewer.ui.banner import Banner
from cxr_viewer.ui.finding_panel import FindingPanel, reason_menu
from cxr_viewer.ui.image_view import ImageView
from cxr_viewer.ui.model_panel import ModelPanel
from cxr_viewer.ui.network_input_panel import NetworkInputPanel
from cxr_viewer.ui.start_page import StartPage
from cxr_viewer.ui.status_line import StatusLine
from cxr_viewer.ui.threshold_panel import ThresholdPanel
from cxr_viewer.ui.verdict_panel import VerdictPanel
from cxr_viewer.ui.worklist_model import WorklistFilter, WorklistModel
from cxr_viewer.ui.worklist_panel import COMPACT_WIDTH, LARGEST_WIDTH, LEAST_WIDTH, WorklistPanel
from cxr_viewer.ui.worklist_panel import WIDTH as WORKLIST_WIDTH

TITLE = "CXR Viewer: research use only, not a medical device"
PANEL_WIDTH = 316
COMPACT_BELOW = 1280

_TOOLS = ("tool_window", "tool_zoom", "tool_pan", "tool_box")
_TOOL_ROW = ("open_folder", "|", *_TOOLS, "|", "invert", "*presets", "fit", "one_to_one", "|", "hide_boxes")


class MainWindow(QMainWindow):
    """All widgets of the window, under names that the presenter and the commands use."""

    closed = Signal()
    paths_dropped = Signal(object)
    """list[str] of local files."""

    def __init__(self, worklist: WorklistModel, rows: WorklistFilter) -> None:
        super().__init__()
        self.setWindowTitle(TITLE)
        self.setWindowIcon(icons.application_icon())
        self.setAcceptDrops(True)
        self.setMinimumSize(900, 560)
        self.image_view = ImageView()
        self.presets = window_presets.read()
        self.named_actions = self._build_actions()
        self.worklist = WorklistPanel(worklist, rows)
        self.start_page = StartPage(self.named_actions["open_demo"], self.named_actions["open_folder"])
        self.model_panel = ModelPanel()
        self.gate_banner = Banner("gate_banner")
        self.threshold_panel = ThresholdPanel()
        self.finding_panel = FindingPanel(
            self.named_actions["accept"], self.named_actions["reject"], self.named_actions["tool_box"]
        )
        self.network_input = NetworkInputPanel()
        self.verdict_panel = VerdictPanel(self.named_actions)
        self.store_banner = Banner("store_banner", is_wide=True)
        self.image_banner = Banner("image_banner", is_wide=True)
        self.status_line = StatusLine()
        self.setStatusBar(self.status_line)
        self.recent_menu = QMenu("Open recent", self)
        self.preset_menu = self._preset_menu()
        self._build_menus()
        self._build_tool_row()
        self._build_centre()
        self.resize(1600, 1000)

    # -- actions and menus ---------------------------------------------------------------------------------------

    def _build_actions(self) -> dict[str, QAction]:
        names = {preset.key: preset.name for preset in self.presets}
        names |= {"0": window_presets.FULL_RANGE, "`": window_presets.AUTOMATIC}
        built = actions.build(self, self.image_view, actions.SPECS + actions.preset_specs(names))
        for group_names in (_TOOLS, menus.THEME_ACTIONS):
            group = QActionGroup(self)
            for name in group_names:
                group.addAction(built[name])
        built["tool_window"].setChecked(True)
        return built

    def _preset_menu(self) -> QMenu:
        menu = QMenu("Window presets", self)
        menu.addActions([action for name, action in self.named_actions.items() if name.startswith("preset_")])
        menu.addSeparator()
        return menu

    def _build_menus(self) -> None:
        looks = QMenu("Colours", self)
        looks.addActions([self.named_actions[name] for name in menus.THEME_ACTIONS])
        submenus = {
            "recent": self.recent_menu,
            "presets": self.preset_menu,
            "theme": looks,
            "reasons": reason_menu(self.finding_panel),
        }
        menus.fill(self.menuBar(), self.named_actions, submenus)
        self.notice = QLabel(TITLE, self.menuBar())
        theme.set_role(self.notice, "note")
        self.notice.setContentsMargins(0, 7, 12, 7)
        self.menuBar().setCornerWidget(self.notice)

    def _build_tool_row(self) -> None:
        self.tool_bar = QToolBar("Tools")
        self.tool_bar.setObjectName("tools")
        self.tool_bar.setMovable(False)
        self.tool_bar.setIconSize(QSize(18, 18))
        self.tool_bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.tool_bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        for name in _TOOL_ROW:
            if name == "|":
                self.tool_bar.addSeparator()
            elif name == "*presets":
                self.tool_bar.addWidget(self._preset_button())
            else:
                self.tool_bar.addAction(self.named_actions[name])
        self._short_texts()
        room = QWidget()
        room.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.tool_bar.addWidget(room)
        for name in ("previous_instance", "next_instance", "toggle_worklist", "toggle_panel"):
            self.tool_bar.addAction(self.named_actions[name])
            button = self._tool_button(name)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            theme.set_role(button, "quiet")
        self.addToolBar(self.tool_bar)

    def _short_texts(self) -> None:
        self.named_actions["open_folder"].setIconText("Open")
        for button in self.tool_bar.findChildren(QToolButton):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _tool_button(self, name: str) -> QToolButton:
        button = self.tool_bar.widgetForAction(self.named_actions[name])
        assert isinstance(button, QToolButton)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(self.named_actions[name].text())
        return button

    def _preset_button(self) -> QToolButton:
        self.preset_button = QToolButton()
        self.preset_button.setText("Preset ▾")
        self.preset_button.setAccessibleName("Window presets")
        self.preset_button.setToolTip("See the image through a window for lungs, mediastinum, bones … [1 to 9]")
        self.preset_button.setMenu(self.preset_menu)
        self.preset_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.preset_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return self.preset_button

    # -- places --------------------------------------------------------------------------------------------------

    def _build_centre(self) -> None:
        self.stack = QStackedWidget()
        self.stack.addWidget(self.start_page)
        self.stack.addWidget(self._image_page())
        self.stack.setMinimumWidth(300)
        self.panel = self._right_panel()
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
        layout.addWidget(self.image_view, 1)
        # The thin bar lies over the upper edge of the image, so that nothing moves when it comes and goes.
        self.busy_bar = QProgressBar(self.image_view)
        self.busy_bar.setProperty("role", "busy")
        self.busy_bar.setRange(0, 0)
        self.busy_bar.setTextVisible(False)
        self.busy_bar.setAccessibleName("Loading")
        self.busy_bar.setFixedHeight(3)
        self.busy_bar.hide()
        return page

    def _right_panel(self) -> QWidget:
        """Model, sliders and findings scroll; the verdict always stays in sight below them."""
        panel = QWidget()
        theme.set_role(panel, "panel")
        panel.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        panel.setMinimumWidth(PANEL_WIDTH)
        panel.setMaximumWidth(440)
        verdict = QWidget()
        below = QVBoxLayout(verdict)
        below.setContentsMargins(12, 10, 12, 10)
        below.addWidget(self.verdict_panel)
        layout = QVBoxLayout(panel)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._scrolling_sections(), 1)
        layout.addWidget(_rule())
        layout.addWidget(verdict)
        return panel

    def _scrolling_sections(self) -> QScrollArea:
        content = QWidget()
        theme.set_role(content, "panel")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(10)
        sections: list[QWidget] = [
            self.model_panel,
            self.gate_banner,
            self.threshold_panel,
            _rule(),
            self.finding_panel,
            _rule(),
            self.network_input,
        ]
        for section in sections:
            layout.addWidget(section, 1 if section is self.finding_panel else 0)
        layout.addStretch(0)
        area = QScrollArea()
        theme.set_role(area, "panel")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(content)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setAccessibleName("Model and findings")
        return area

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

    def set_loading(self, is_loading: bool) -> None:
        """Show or hide the thin bar over the image."""
        self.busy_bar.setGeometry(0, 0, self.image_view.width(), 3)
        self.busy_bar.setVisible(is_loading)

    def add_header_presets(self, entries: list[QAction]) -> None:
        """Offer the windows of the image's own header below the presets."""
        for action in self.preset_menu.actions():
            if action.property("of_header"):
                self.preset_menu.removeAction(action)
                action.deleteLater()
        for action in entries:
            action.setProperty("of_header", True)
            self.preset_menu.addAction(action)

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

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closed.emit()
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            self.paths_dropped.emit(paths)
            event.acceptProposedAction()


def _rule() -> QFrame:
    rule = QFrame()
    theme.set_role(rule, "rule")
    return rule
