"""What the benchmarks of the window share: its supplies over a folder of their own, and a counter of painted frames."""

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSettings

from cxr_viewer.core.candidates import Detector
from cxr_viewer.dicom import catalogue, pixels
from cxr_viewer.store.journal import Journal
from cxr_viewer.ui import model_facts
from cxr_viewer.ui.model_facts import LoadedModel
from cxr_viewer.ui.settings import Settings
from cxr_viewer.ui.workspace import Supplies


def supplies(folder: Path, detector: Detector) -> Supplies:
    """Return what a window is handed: a journal of its own, no cache, decoding in this process."""
    return Supplies(
        open_journal=lambda: Journal.open(folder / "journal.sqlite"),
        cache=None,
        reader="benchmark",
        login_name="benchmark",
        settings=Settings(QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)),
        decode=pixels.decode,
        index=catalogue.index,
        load_model=lambda _folder: LoadedModel(detector, model_facts.facts_of(detector)),
        close_decoder=lambda: None,
        demo_folder=folder / "none",
        demo_bundle=folder / "none",
    )


class PaintCounter(QObject):
    """Counts paint events of one widget."""

    def __init__(self, watched: QObject) -> None:
        super().__init__()
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() is QEvent.Type.Paint
        return False
