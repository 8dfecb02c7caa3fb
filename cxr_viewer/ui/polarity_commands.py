"""The reader says that a device's polarity is wrong, or right after all: everything that shows or sees it follows."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from cxr_viewer.ui.device_polarity import DevicePolarity
from cxr_viewer.ui.reading_flow import ReadingFlow
from cxr_viewer.ui.review_session import ReviewSession
from cxr_viewer.ui.states_of_rows import StatesOfRows
from cxr_viewer.ui.thumbnails import Thumbnails
from cxr_viewer.ui.worklist_entry import WorklistEntry
from cxr_viewer.ui.worklist_model import WorklistModel


class PolarityCommands(QObject):
    """One action that is taken back by itself."""

    def __init__(
        self,
        action: QAction,
        polarity: DevicePolarity,
        session: ReviewSession,
        flow: ReadingFlow,
        worklist: WorklistModel,
        states: StatesOfRows,
        thumbnails: Thumbnails,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._polarity, self._session, self._flow = polarity, session, flow
        self._worklist, self._states, self._thumbnails = worklist, states, thumbnails
        self._action = action
        self._action.triggered.connect(self._toggle)
        session.instance_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        reading = self._session.reading
        self._action.setEnabled(reading is not None)
        self._action.setChecked(reading is not None and reading.image.header.is_polarity_corrected)

    def _toggle(self) -> None:
        reading = self._session.reading
        if reading is None or self._flow.is_loading:
            self._show()
            return
        image = reading.image
        self._polarity.toggle(image)

        def is_concerned(entry: WorklistEntry) -> bool:
            instance = entry.instance
            return instance is not None and self._polarity.is_same_device(
                image, instance.manufacturer, instance.model, entry.key
            )

        self._thumbnails.outdate()
        self._worklist.drop_thumbnails(is_concerned)
        self._flow.show_again()
        self._states.refill()
