"""The window with everything behind it, put together once and taken apart once."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from cxr_viewer.core.studies import Instance
from cxr_viewer.store.candidate_cache import CandidateCache
from cxr_viewer.ui.ahead_commands import AheadCommands
from cxr_viewer.ui.background import BackgroundTasks
from cxr_viewer.ui.comparison import Comparison, shipped_rules
from cxr_viewer.ui.comparison_presenter import ComparisonPresenter
from cxr_viewer.ui.desk_commands import DeskCommands
from cxr_viewer.ui.detection_runner import DetectionRunner
from cxr_viewer.ui.detections_ahead import DetectionsAhead
from cxr_viewer.ui.device_polarity import DevicePolarity
from cxr_viewer.ui.display_commands import DisplayCommands
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.erase_commands import EraseCommands
from cxr_viewer.ui.help_commands import HelpCommands
from cxr_viewer.ui.image_cache import DEFAULT_BUDGET, ImageCache
from cxr_viewer.ui.image_first import ImageFirst
from cxr_viewer.ui.import_commands import ImportCommands
from cxr_viewer.ui.indexing import Index, Indexer
from cxr_viewer.ui.input_watch import InputWatch
from cxr_viewer.ui.instance_loader import Decode, InstanceLoader
from cxr_viewer.ui.journal_commands import JournalCommands
from cxr_viewer.ui.journal_export import JournalExport
from cxr_viewer.ui.linked_views import LinkedViews
from cxr_viewer.ui.main_window import MainWindow
from cxr_viewer.ui.model_loading import LoadModel, ModelLoading
from cxr_viewer.ui.network_input_panel import thumbnail
from cxr_viewer.ui.opening import Opening
from cxr_viewer.ui.patient_index import PatientIndex
from cxr_viewer.ui.picture_export import PictureExport
from cxr_viewer.ui.place_keeper import PlaceKeeper
from cxr_viewer.ui.polarity_commands import PolarityCommands
from cxr_viewer.ui.presenter import Presenter
from cxr_viewer.ui.reader_commands import ReaderCommands
from cxr_viewer.ui.reading_flow import ReadingFlow
from cxr_viewer.ui.record_commands import RecordCommands
from cxr_viewer.ui.report_commands import ReportCommands
from cxr_viewer.ui.review_session import ReviewSession
from cxr_viewer.ui.settings import GEOMETRY, SPLITTER, Settings
from cxr_viewer.ui.settings_commands import SettingsCommands
from cxr_viewer.ui.states_of_rows import StatesOfRows
from cxr_viewer.ui.thumbnails import SIDE as THUMBNAIL_SIDE
from cxr_viewer.ui.thumbnails import Thumbnails
from cxr_viewer.ui.worklist_commands import WorklistCommands
from cxr_viewer.ui.worklist_model import WorklistModel
from cxr_viewer.ui.worklist_rows import WorklistRows

if TYPE_CHECKING:
    from cxr_viewer.store.journal import Journal

FILE_WORKERS = 2


@dataclass(frozen=True, slots=True)
class Supplies:
    """What the window is handed by whoever starts it.

    Attributes:
        open_journal: opens the store, raises StoreError; tried again when the reader asks for it.
        decode: blocks until a file is decoded, raises DicomReadError; called on pool threads.
        index: yields what is below paths; called on a pool thread.
        load_model: loads a bundle; called on the inference thread.
        reader, login_name: who reads, and who reads when nobody says.
        image_budget: bytes of decoded images that are kept.
        prepare_store: what has to be done before ``open_journal``, on a pool thread; then the store is opened by
            ``open_store`` and not at once.
        close_decoder: ends ``decode``: calls that wait come back.
    """

    open_journal: "Callable[[], Journal]"
    cache: CandidateCache | None
    reader: str
    login_name: str
    settings: Settings
    decode: Decode
    index: Index
    load_model: LoadModel
    close_decoder: Callable[[], None]
    demo_folder: Path
    demo_bundle: Path
    image_budget: int = DEFAULT_BUDGET
    prepare_store: Callable[[], None] | None = None


class Workspace(QObject):
    """Holds every long-lived object of the window; ``close`` ends all that was started."""

    settled = Signal()
    """What was asked for is shown with its detections, or withheld, or failed; or there is nothing to show."""

    def __init__(self, supplies: Supplies) -> None:
        super().__init__()
        self._supplies = supplies
        self._is_closed = False
        settings = supplies.settings
        self.inference = BackgroundTasks("inference", 1, self)
        self.files = BackgroundTasks("files", FILE_WORKERS, self)
        self.worklist = WorklistModel(self)
        self.rows = WorklistRows(self.worklist, self)
        opens_later = supplies.prepare_store is not None
        self.session = ReviewSession(supplies.open_journal, supplies.reader, self, opens_later=opens_later)
        self.polarity = DevicePolarity(settings)
        decode = self.polarity.decoding(supplies.decode)
        images = ImageCache(supplies.image_budget)
        self.loader = InstanceLoader(decode, self.files, images, self, finish=self.polarity.applied)
        # Before the flow hears of it and goes on to thumbnails: this row's is made of the same pixels.
        self.loader.loaded.connect(self._keep_decoded)
        self.runner = DetectionRunner(self.inference, supplies.cache, self)
        self.flow = ReadingFlow(self.session, self.loader, self.runner, self.worklist, self.rows)
        self.flow.setParent(self)
        self.models = ModelLoading(
            supplies.load_model, supplies.demo_bundle, self.runner, self.session, self.flow, settings, self
        )
        self.thumbnails = Thumbnails(decode, self.files, self._is_image_awaited, self)
        self.states = StatesOfRows(self.session, self.worklist, supplies.cache, self.files, self.polarity, self)
        self.indexer = Indexer(supplies.index, self.files, supplies.cache, self)
        self.window = MainWindow(self.worklist, self.rows)
        self.presenter = Presenter(self.window, self.session, self.flow, self)
        self.commands = ReaderCommands(self.window, self.session, self.flow, self)
        self.display = DisplayCommands(self.window, settings, self)
        self.pictures = PictureExport(self.window, self.files, settings, self)
        self.polarity_commands = PolarityCommands(
            self.window.named_actions["wrong_polarity"],
            self.polarity,
            self.session,
            self.flow,
            self.worklist,
            self.states,
            self.thumbnails,
            self,
        )
        self.worklist_commands = WorklistCommands(self.window, self.rows, self.flow, settings, self)
        self.patients = PatientIndex(self.worklist, self)
        self.comparison = Comparison(self.loader, self.patients, shipped_rules(), self._following_instance, self)
        self.links = LinkedViews(self.window.image_view, self.window.compared.view, self.display.keeper, self)
        self.beside = ComparisonPresenter(
            self.window,
            self.comparison,
            self.links,
            self.presenter,
            self.session,
            self.flow,
            self.runner,
            self.worklist,
            settings,
            self,
        )
        self.ahead = DetectionsAhead(
            decode, self.files, self.runner, self.flow, self.worklist, self.rows, self._others_rest, self
        )
        self.ahead_commands = AheadCommands(self.window, self.ahead, settings, self)
        self.record = RecordCommands(self.window, self.session, self)
        self.input_watch = InputWatch(self.window.network_input, self.session, self.runner, self.files, self)
        self.boxes_in = ImportCommands(
            self.window,
            self.session,
            self.worklist,
            self.presenter.others,
            supplies.decode,
            self.files,
            settings,
            self,
        )
        self.keeper = PlaceKeeper(self.session, self.window.image_view, self)
        self.opening = Opening(
            self.window,
            self.worklist,
            self.indexer,
            self.states,
            self.flow,
            self.session,
            self.keeper,
            settings,
            supplies.demo_folder,
            self,
        )
        self.export = JournalExport(partial(_write_corrections, decode), self.files, self.session, self)
        self.ledger = JournalExport(_write_ledger, self.files, self.session, self)
        self.desk = DeskCommands(
            self.window, self.session, self.opening, self.models, self.export, self.ledger, settings, self
        )
        self.journal = JournalCommands(
            self.window, self.session, self.flow, self.opening, self.files, supplies.cache, self
        )
        self.erasing = EraseCommands(
            self.window,
            self.session,
            self.worklist,
            self.patients,
            self.opening,
            self.files,
            supplies.cache,
            self.polarity,
            settings,
            self,
        )
        self.reports = ReportCommands(self.window, self.session, self.flow, self.worklist, self.files, self)
        self.settings_page = SettingsCommands(
            self.window, self.session, self.flow, self.states, supplies.cache, settings, supplies.login_name, self
        )
        self.help = HelpCommands(
            self.window,
            self.session,
            self.flow,
            self.runner,
            self.models,
            self.opening,
            supplies.decode,
            self.files,
            settings,
            self.settings_page.show_page,
            self,
        )
        self._connect()
        self.window.restore_layout(settings.get(GEOMETRY), settings.get(SPLITTER))
        self.window.show_start_page()

    def _connect(self) -> None:
        window = self.window
        self.flow.settled.connect(self.settled)
        self.opening.settled.connect(self.settled)
        window.closed.connect(self.close)
        window.worklist.thumbnails_wanted.connect(self._want_thumbnails)
        self.flow.loading_changed.connect(self._want_thumbnails)
        self.opening.chosen.connect(self._want_thumbnails)
        self.thumbnails.made.connect(lambda path, key, picture: self.states.remember_decoded(path, key, 0, 0, picture))
        self.thumbnails.failed.connect(self.worklist.set_failed)
        self.session.model_changed.connect(self.states.refill)
        self.runner.answered.connect(self.worklist.set_answer)
        self.ahead.decoded.connect(self._keep_key)
        self.runner.model_refused.connect(self._say_refused)
        self.runner.device_told.connect(self._say_device)
        for export in (self.export, self.ledger):
            export.written.connect(lambda sentence: window.image_banner.say(sentence, "info"))
            export.failed.connect(lambda sentence: window.image_banner.say(sentence, "bad"))

    def _following_instance(self) -> Instance | None:
        entry = self.worklist.entry(self.flow.following) if self.flow.following else None
        return entry.instance if entry else None

    def _is_image_awaited(self) -> bool:
        """Whether an image is being decoded for the reader's eyes, or is about to be."""
        return self.flow.is_loading or self.opening.is_choosing

    def _want_thumbnails(self) -> None:
        rows = self.window.worklist.rows_in_sight()
        self.worklist.keep_in_sight(rows)
        self.thumbnails.want(rows)

    def _say_refused(self, reason: str) -> None:
        """Say over the image why another bundle was not taken; without any model the side panel says it."""
        if self.session.model is not None:
            self.window.image_banner.say(f"{reason} The model in use stays.", "bad")

    def _say_device(self, device: str, notice: str) -> None:
        """Show where the model runs, and that the GPU was lost for as long as this model is used."""
        self.session.use_device(device)
        self.window.device_banner.say(notice, "caution")

    def _keep_decoded(self, path: Path, image: object) -> None:
        shown = self.loader.known(path)
        entry = self.worklist.entry(path)
        if shown is not None and entry is not None:
            picture = entry.thumbnail or thumbnail(shown, THUMBNAIL_SIDE)
            self.states.remember_decoded(path, shown.key, shown.rows, shown.columns, picture)

    def _keep_key(self, path: Path, image: DisplayedImage) -> None:
        """Keep what a row ahead holds; its picture is drawn when it comes into sight."""
        self.states.remember_decoded(path, image.key, image.rows, image.columns, None)

    def _others_rest(self) -> bool:
        """Whether nothing is decoded for the reader's eyes, now or soon."""
        return self.loader.is_idle and self.thumbnails.is_idle and not self.indexer.is_running

    def let_image_come_first(self, image_first: ImageFirst) -> None:
        """Load the model when the first image is painted, or when there is none to paint."""
        image_first.watch(
            self.session, self.window.image_view, self.settled, self.flow.image_failed, self.window.closed
        )

    def open_store(self, then: Callable[[], None]) -> None:
        """Open the store when it was not opened at once, then call."""

        def open_it(_prepared: object = None) -> None:
            if self.session.journal is None and not self.session.store_error:
                self.session.retry_store()
                self.states.reread()  # of a folder that was opened meanwhile
            then()

        if self._supplies.prepare_store is None:
            open_it()
        else:
            self.files.submit(self._supplies.prepare_store, open_it, open_it)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is being loaded, detected or drawn small, nor will be by itself."""
        return self.files.is_idle and self.inference.is_idle and self.thumbnails.is_idle and self.ahead.is_resting

    def close(self) -> None:
        """Remember place and layout, stop everything, close the store."""
        if self._is_closed:
            return
        self._is_closed = True
        self.keeper.stop()
        self.models.keep_thresholds()
        settings = self._supplies.settings
        settings.set(GEOMETRY, self.window.saveGeometry())
        if not self.window.worklist.is_compact:  # folded widths are the window's doing, not the reader's
            settings.set(SPLITTER, self.window.splitter.saveState())
        settings.flush()
        self.ahead.stop()
        self.indexer.stop()
        self.runner.stop_all()
        self._supplies.close_decoder()
        self.files.close()
        self.inference.close()
        if self._supplies.cache:
            self._supplies.cache.close()
        self.session.close_store()


def _write_corrections(decode: Decode, journal: Path, folder: Path) -> str:
    """Write the correction set; what de-identifies is imported when it is asked for, as the journal is."""
    from cxr_viewer.ui import journal_writing

    return journal_writing.write(decode, journal, folder)


def _write_ledger(journal: Path, folder: Path) -> str:
    """Write the assessment ledger."""
    from cxr_viewer.ui import journal_writing

    return journal_writing.write_ledger(journal, folder)
