"""Shows what stands beside the image, and connects its actions: in one direction, like the presenter."""

from dataclasses import replace

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence

from cxr_viewer.core.hanging import Beside, Shows, Stands
from cxr_viewer.core.studies import Instance
from cxr_viewer.ui import boxes_of_known, corner_words
from cxr_viewer.ui.comparison import Comparison
from cxr_viewer.ui.detection_runner import DetectionRunner
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.linked_views import LinkedViews
from cxr_viewer.ui.main_window import MainWindow
from cxr_viewer.ui.presenter import Presenter
from cxr_viewer.ui.reading import Reading
from cxr_viewer.ui.reading_flow import ReadingFlow, verdict_of
from cxr_viewer.ui.review_session import ReviewSession
from cxr_viewer.ui.settings import COMPARED, COMPARED_SHARE, LINKED, Settings
from cxr_viewer.ui.tool_row import TOOLS
from cxr_viewer.ui.worklist_entry import WorklistEntry, date_text
from cxr_viewer.ui.worklist_model import WorklistModel

_ACTIONS = {"compare_prior": Shows.PRIOR, "compare_views": Shows.VIEWS}
_NOUNS = {Shows.PRIOR: "Prior", Shows.VIEWS: "Other view"}


class ComparisonPresenter(QObject):
    """Comparison in, the pane beside the image out."""

    def __init__(
        self,
        window: MainWindow,
        comparison: Comparison,
        links: LinkedViews,
        presenter: Presenter,
        session: ReviewSession,
        flow: ReadingFlow,
        runner: DetectionRunner,
        worklist: WorklistModel,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window, self._comparison, self._links, self._presenter = window, comparison, links, presenter
        self._session, self._flow, self._runner = session, flow, runner
        self._worklist, self._settings = worklist, settings
        self._shown: Reading | None = None
        self._relation = ""
        self._read: Instance | None = None
        self._connect_actions()
        self._connect_view()
        session.instance_changed.connect(self._follow_instance)
        session.thresholds_changed.connect(self._show_boxes)
        session.model_changed.connect(self._show_boxes)
        runner.detected.connect(self._show_boxes)
        flow.next_ready_changed.connect(self._look_ahead)
        flow.image_failed.connect(comparison.ask_again)
        comparison.changed.connect(self._show)
        remembered = settings.get(COMPARED)
        comparison.show(Shows(remembered) if remembered in set(Shows) else None)
        self._show()

    def _connect_actions(self) -> None:
        actions, comparison = self._window.named_actions, self._comparison
        for name, shows in _ACTIONS.items():
            actions[name].triggered.connect(
                lambda is_wanted, chosen=shows: self._ask_for(chosen if is_wanted else None)
            )
        actions["next_beside"].triggered.connect(lambda: comparison.step(1))
        actions["previous_beside"].triggered.connect(lambda: comparison.step(-1))
        actions["link_views"].setChecked(self._settings.get(LINKED))
        self._links.set_linked(self._settings.get(LINKED))
        actions["link_views"].toggled.connect(self._links.set_linked)
        actions["link_views"].toggled.connect(lambda is_linked: self._settings.set(LINKED, is_linked))
        self._window.compared.close_button.clicked.connect(lambda: self._ask_for(None))

    def _connect_view(self) -> None:
        window, view = self._window, self._window.compared.view
        view.pressed.connect(lambda: window.image_view.setFocus(Qt.FocusReason.MouseFocusReason))
        view.window_changed.connect(self._show_corners)
        view.transform_changed.connect(self._show_corners)
        window.named_actions["hide_boxes"].toggled.connect(view.set_boxes_hidden)
        for name in TOOLS:
            window.named_actions[name].triggered.connect(lambda: view.set_tool(window.image_view.tool))
        window.image_splitter.splitterMoved.connect(self._remember_split)

    # -- what the reader asks for --------------------------------------------------------------------------------

    def _ask_for(self, shows: Shows | None) -> None:
        self._settings.set(COMPARED, shows.value if shows else "")
        self._comparison.show(shows)
        self._window.image_view.setFocus()

    def _follow_instance(self) -> None:
        reading = self._session.reading
        self._comparison.read(reading.instance if reading else None)
        self._look_ahead()

    def _look_ahead(self) -> None:
        if self._flow.is_next_ready and not self._flow.is_loading:
            self._comparison.look_ahead()

    # -- what is shown -------------------------------------------------------------------------------------------

    def _show(self) -> None:
        comparison, pane = self._comparison, self._window.compared
        self._show_actions()
        self._presenter.show_priors(self._prior_words())
        beside, image = comparison.beside, comparison.image
        if comparison.shows is None:
            self._take_away()
        elif beside is not None and image is not None:
            self._stand(beside, image)
        elif self._shown is None or self._read is not comparison.current or beside is None:
            # Never the prior of one patient beside the image of another, not for a moment.
            self._take_away()
            pane.show_sentence(comparison.sentence)
        self._show_title()
        self._show_pane()

    def _show_actions(self) -> None:
        comparison, actions = self._comparison, self._window.named_actions
        for name, shows in _ACTIONS.items():
            actions[name].setChecked(comparison.shows is shows)
            actions[name].setEnabled(bool(comparison.offers(shows)) or comparison.shows is shows)
        actions["next_beside"].setEnabled(0 <= comparison.position < comparison.count - 1)
        actions["previous_beside"].setEnabled(comparison.position > 0)
        actions["link_views"].setEnabled(comparison.shows is not None)

    def _prior_words(self) -> str:
        """Return what the corner of the image says of priors that are not beside it, "" for nothing."""
        priors = self._comparison.offers(Shows.PRIOR)
        if not priors or self._comparison.shows is Shows.PRIOR:
            return ""
        key = self._window.named_actions["compare_prior"].shortcut()
        how = f" ({key.toString(QKeySequence.SequenceFormat.NativeText)})" if not key.isEmpty() else ""
        date = date_text(priors[0].instance.study_date)
        return (f"prior {date}".rstrip() if len(priors) == 1 else f"{len(priors)} priors, last {date}") + how

    def _stand(self, beside: Beside, image: DisplayedImage) -> None:
        """Put an image beside the one that is read."""
        entry = self._worklist.entry(beside.instance.path)
        self._relation, self._read = beside.relation, self._comparison.current
        if self._shown is None or self._shown.image is not image:
            entry = entry or WorklistEntry.of_instance(beside.instance)
            self._shown = Reading(beside.instance, image, verdict_of(entry, image))
            self._window.compared.view.show_image(image)
        self._window.compared.show_view()
        self._place(beside.stands)
        self._links.align()
        self._show_boxes()
        self._show_corners()

    def _take_away(self) -> None:
        if self._shown is not None:
            self._shown = None
            self._window.compared.view.show_image(None)

    def _place(self, stands: Stands) -> None:
        splitter, pane = self._window.image_splitter, self._window.compared
        place = 0 if stands is Stands.LEFT else 1
        if splitter.indexOf(pane) != place:
            splitter.insertWidget(place, pane)
            self._divide()

    def _show_title(self) -> None:
        comparison = self._comparison
        if comparison.shows is None:
            return
        title = _NOUNS[comparison.shows]
        if comparison.count > 1:
            title = f"{title} {comparison.position + 1} of {comparison.count}"
        is_late = comparison.beside is not None and comparison.image is None and self._shown is not None
        self._window.compared.set_title(f"{title} is being read …" if is_late else title)

    def _show_pane(self) -> None:
        is_wanted = self._comparison.shows is not None
        if self._window.compared.isHidden() is is_wanted:
            self._window.compared.setVisible(is_wanted)
            self._divide()

    def _show_boxes(self) -> None:
        if self._shown is not None:
            boxes = boxes_of_known.boxes_of(self._shown, self._session, self._runner)
            self._window.compared.view.set_boxes(boxes)

    def _show_corners(self) -> None:
        shown, view = self._shown, self._window.compared.view
        if shown is None or view.image is not shown.image or view.voi is None:
            return
        seen = view.transform
        texts = corner_words.of(shown, view.voi, seen.zoom, view.is_inverted, seen.orientation)
        # The relation stands alone in its row, so that it is never cut short.
        quiet = texts.top_left[1:] or ("",)
        view.set_texts(replace(texts, top_left=(texts.top_left[0], *quiet, self._relation)))

    # -- how the room is divided ---------------------------------------------------------------------------------

    def _divide(self) -> None:
        """Give both images the share of the width that the reader gave them last."""
        share = self._settings.get(COMPARED_SHARE)
        room = max(2, self._window.image_splitter.width())
        main = round(room * min(max(share, 10), 90) / 100)
        is_left = self._window.image_splitter.indexOf(self._window.compared) == 0
        self._window.image_splitter.setSizes([room - main, main] if is_left else [main, room - main])

    def _remember_split(self) -> None:
        sizes = self._window.image_splitter.sizes()
        main = sizes[self._window.image_splitter.indexOf(self._window.image_view)]
        if not self._window.compared.isHidden() and sum(sizes) > 0:
            self._settings.set(COMPARED_SHARE, round(100 * main / sum(sizes)))
