"""Opens folders and files: fills the worklist while they are found, and goes back to where the reader was."""

from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QObject, Signal

from cxr_viewer.store.records import Place
from cxr_viewer.ui.indexing import Indexer, IndexSummary, other_files
from cxr_viewer.ui.main_window import MainWindow
from cxr_viewer.ui.place_keeper import PlaceKeeper
from cxr_viewer.ui.reading_flow import ReadingFlow
from cxr_viewer.ui.review_session import ReviewSession
from cxr_viewer.ui.settings import LAST_FOLDER, Settings
from cxr_viewer.ui.states_of_rows import StatesOfRows
from cxr_viewer.ui.worklist_entry import WorklistEntry
from cxr_viewer.ui.worklist_model import WorklistModel


class Opening(QObject):
    """The worklist's filler; it opens one image by itself, the first or the one where the reader was."""

    opened = Signal()
    chosen = Signal()
    """It is decided whether one of the rows that came is opened; ``is_choosing`` holds no more."""
    settled = Signal()
    """The search ended and there is nothing to show."""

    def __init__(
        self,
        window: MainWindow,
        worklist: WorklistModel,
        indexer: Indexer,
        states: StatesOfRows,
        flow: ReadingFlow,
        session: ReviewSession,
        keeper: PlaceKeeper,
        settings: Settings,
        demo_folder: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window, self._worklist, self._indexer, self._states = window, worklist, indexer, states
        self._flow, self._session, self._keeper, self._settings = flow, session, keeper, settings
        self._demo_folder = demo_folder
        self._goal: Place | None = None
        self._has_opened_one = False
        self._is_choosing = False
        self._clock = QElapsedTimer()
        indexer.found.connect(self._on_found)
        indexer.finished.connect(self._on_finished)

    @property
    def has_demo(self) -> bool:
        """Whether the program came with demo studies."""
        return self._demo_folder.is_dir()

    @property
    def is_open(self) -> bool:
        """Whether something was opened, or is being looked for."""
        return bool(self._keeper.opened)

    @property
    def is_choosing(self) -> bool:
        """Whether rows have come of which one may be opened in a moment: nothing should be decoded before that one."""
        return self._is_choosing

    def open_demo(self) -> None:
        """Open the studies that come with the program."""
        self.open((self._demo_folder,))

    def open_last(self) -> bool:
        """Open what was open when the program ended; returns whether there was anything."""
        place = self._keeper.last()
        paths = tuple(path for path in place.opened_paths if path.exists())
        if paths:
            self.open(paths)
        return bool(paths)

    def open(self, paths: tuple[Path, ...], goal: Place | None = None) -> None:
        """Fill the worklist with what is below some paths; an image where the reader was is gone back to.

        Args:
            goal: where the reader was; None for the place that was remembered last.
        """
        paths = tuple(path.expanduser().absolute() for path in paths)
        place = goal or self._keeper.last()
        self._goal = place if place.path is not None and _is_below(place.path, paths) else None
        self._has_opened_one = False
        self._flow.close()
        self._worklist.clear()
        self._window.image_banner.say("", "info")
        self._window.show_start_page(f"Looking for radiographs in {paths[0].name or paths[0]} …")
        self._keeper.opened = paths
        first = paths[0]
        self._settings.set(LAST_FOLDER, str(first if first.is_dir() else first.parent))
        self._window.named_actions["stop_indexing"].setEnabled(True)
        self._clock.start()
        self._indexer.start(paths)

    def close(self) -> tuple[Path, ...]:
        """Show nothing, and return what was open."""
        opened, self._keeper.opened = self._keeper.opened, ()
        self._indexer.stop()
        self._flow.close()
        self._worklist.clear()
        self._window.named_actions["stop_indexing"].setEnabled(False)
        self._window.status_line.show_found("")
        return opened

    def stop(self) -> None:
        """Stop looking for files; the rows found so far stay."""
        self._indexer.stop()
        self._window.named_actions["stop_indexing"].setEnabled(False)
        self._window.status_line.show_found(f"stopped: {len(self._worklist.entries)} images found")

    def _remember(self, paths: tuple[Path, ...]) -> None:
        """Offer a folder again in which something was found."""
        if len(paths) == 1 and paths[0] != self._demo_folder:
            self._settings.remember_recent(str(paths[0]))
        self.opened.emit()

    def _on_found(self, entries: list[WorklistEntry]) -> None:
        if entries and not self._worklist.entries:
            self._remember(self._keeper.opened)
        self._is_choosing = not self._has_opened_one
        self._states.fill(entries)
        self._worklist.append(entries)
        count = len(self._worklist.entries)
        rate = count / max(0.001, self._clock.elapsed() / 1000)
        self._window.status_line.show_found(f"{count} images found · {rate:.0f} per second")
        if not self._has_opened_one:
            self._open_first(is_last_chance=False)
        if self._is_choosing:
            self._is_choosing = False
            self.chosen.emit()
        self._flow.look_ahead()

    def _on_finished(self, summary: IndexSummary) -> None:
        self._window.named_actions["stop_indexing"].setEnabled(False)
        self._window.status_line.show_found(_found_words(summary))
        if not self._has_opened_one:
            self._open_first(is_last_chance=True)
        if not self._has_opened_one:
            self._window.show_start_page(summary.sentence or _unreadable_words(summary))
            self.settled.emit()
        elif summary.missing:
            self._window.image_banner.say(summary.sentence, "caution")

    def _open_first(self, *, is_last_chance: bool) -> None:
        """Open the image where the reader was as soon as it is found, else the first one."""
        goal = self._goal
        if goal is not None and goal.path is not None:
            if self._worklist.entry(goal.path) is not None:
                self._has_opened_one = True
                self._flow.open(goal.path, goal.selected or "")
                self._restore_view(goal)
                return
            if not is_last_chance:
                return
        first = next((entry for entry in self._worklist.entries if entry.is_readable), None)
        if first is not None:
            self._has_opened_one = True
            self._flow.open(first.path)

    def _restore_view(self, goal: Place) -> None:
        zoom, centre = goal.zoom, goal.centre
        if zoom is None or centre is None:
            return

        def restore() -> None:
            self._session.instance_changed.disconnect(restore)
            if self._session.reading and self._session.reading.key == goal.instance_key:
                self._window.image_view.restore(zoom, centre)

        self._session.instance_changed.connect(restore)


def _is_below(path: Path, folders: tuple[Path, ...]) -> bool:
    return any(path == folder or folder in path.parents for folder in folders)


def _found_words(summary: IndexSummary) -> str:
    words = ["1 image" if summary.readable == 1 else f"{summary.readable} images"]
    if summary.unreadable:
        words.append(f"{summary.unreadable} cannot be read")
    if summary.skipped:
        words.append(other_files(summary.skipped))
    return " · ".join(words)


def _unreadable_words(summary: IndexSummary) -> str:
    return f"None of the {summary.unreadable} files found can be read; the worklist says why."
