"""What the reader can do: connects actions and gestures to the session, the flow and the view."""

from pathlib import Path

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu

from cxr_viewer.core.candidates import MAXIMUM_OVERLAP, SCORE_FLOOR, Thresholds
from cxr_viewer.core.findings import ReviewOutcome
from cxr_viewer.core.geometry import Box
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.ui.main_window import MainWindow
from cxr_viewer.ui.reading_flow import ReadingFlow
from cxr_viewer.ui.reason_menu import ReasonMenu
from cxr_viewer.ui.review_session import ReviewSession

SCORE_STEP = 0.05
OVERLAP_STEP = 0.05


class ReaderCommands(QObject):
    """Gestures in, verbs out. How the image is seen is ``DisplayCommands``; files and looks are ``DeskCommands``."""

    def __init__(
        self, window: MainWindow, session: ReviewSession, flow: ReadingFlow, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._window, self._session, self._flow = window, session, flow
        self._connect_review()
        self._connect_boxes()
        self._connect_panels()

    def _connect_review(self) -> None:
        actions, session, flow = self._window.named_actions, self._session, self._flow
        actions["accept"].triggered.connect(lambda: session.accept())
        actions["reject"].triggered.connect(lambda: session.reject())
        actions["delete"].triggered.connect(lambda: session.delete())
        actions["undo"].triggered.connect(self._undo)
        actions["redo"].triggered.connect(self._redo)
        actions["next_box"].triggered.connect(lambda: session.select_next(1))
        actions["previous_box"].triggered.connect(lambda: session.select_next(-1))
        for outcome in ReviewOutcome:
            actions[f"outcome_{outcome.value}"].triggered.connect(
                lambda _checked=False, chosen=outcome: session.set_outcome(chosen)
            )
        actions["sign_off"].triggered.connect(flow.sign_off_and_next)
        actions["next_instance"].triggered.connect(lambda: flow.step(1))
        actions["previous_instance"].triggered.connect(lambda: flow.step(-1))
        actions["run_again"].triggered.connect(flow.run_again)
        actions["stop_detection"].triggered.connect(flow.stop_model)
        actions["show_anyway"].triggered.connect(flow.show_anyway)
        actions["score_up"].triggered.connect(lambda: self._shift_score(SCORE_STEP))
        actions["score_down"].triggered.connect(lambda: self._shift_score(-SCORE_STEP))
        actions["overlap_up"].triggered.connect(lambda: self._shift_overlap(OVERLAP_STEP))
        actions["overlap_down"].triggered.connect(lambda: self._shift_overlap(-OVERLAP_STEP))
        actions["reset_thresholds"].triggered.connect(self._reset_thresholds)
        actions["retry_store"].triggered.connect(session.retry_store)

    def _connect_boxes(self) -> None:
        actions, view = self._window.named_actions, self._window.image_view
        actions["hide_boxes"].toggled.connect(view.set_boxes_hidden)
        actions["peek"].triggered.connect(lambda: view.set_peeking(view.are_overlays_visible))
        view.box_drawn.connect(self._add)
        view.box_changed.connect(self._adjust)
        view.box_chosen.connect(self._session.select)
        view.box_stepped.connect(self._session.select_next)
        view.menu_asked.connect(self._offer_menu)

    def _connect_panels(self) -> None:
        window, session = self._window, self._session
        window.worklist.asked.connect(self._open)
        window.threshold_panel.thresholds_moved.connect(session.set_thresholds)
        window.finding_panel.chosen.connect(session.select)
        window.finding_panel.reject_asked.connect(session.reject)
        window.model_panel.stop_asked.connect(self._flow.stop_model)
        window.named_actions["next_panel"].triggered.connect(window.focus_next_panel)

    # -- slots ---------------------------------------------------------------------------------------------------

    def _open(self, path: Path) -> None:
        self._flow.open(path)
        # The list keeps the keyboard while it is used by keys; a click gives it back to the image.
        if not self._window.worklist.list.hasFocus() or self._window.worklist.list.was_clicked:
            self._window.image_view.setFocus()

    def _add(self, key: str, box: Box) -> None:
        self._session.add(InstanceKey(key), box)
        self._window.named_actions["tool_window"].trigger()

    def _adjust(self, key: str, uid: str, box: Box) -> None:
        self._session.adjust(InstanceKey(key), uid, box)

    def _undo(self) -> None:
        self._session.undo()
        self._flow.follow_edits()

    def _redo(self) -> None:
        self._session.redo()
        self._flow.follow_edits()

    def _shift_score(self, step: float) -> None:
        now = self._session.thresholds
        if now:
            score = min(max(round(now.score + step, 3), SCORE_FLOOR), 1.0)
            self._session.set_thresholds(Thresholds(score, now.overlap, now.size))

    def _shift_overlap(self, step: float) -> None:
        now = self._session.thresholds
        if now:
            overlap = min(max(round(now.overlap + step, 3), 0.0), MAXIMUM_OVERLAP)
            self._session.set_thresholds(Thresholds(now.score, overlap, now.size))

    def _reset_thresholds(self) -> None:
        if self._session.model:
            self._session.set_thresholds(self._session.model.thresholds)

    def _offer_menu(self, position: QPoint) -> None:
        actions = self._window.named_actions
        menu = QMenu(self._window)
        menu.addActions([actions["accept"], actions["reject"]])
        reasons = ReasonMenu(menu, self._session.reject)
        reasons.setEnabled(actions["reject"].isEnabled())
        menu.addMenu(reasons)
        menu.addActions([actions["delete"], actions["describe"]])
        labels = menu.addMenu("Label")
        labels.addActions([action for name, action in actions.items() if name.startswith("label_")])
        menu.addAction(actions["duplicate"])
        menu.addSeparator()
        menu.addActions([actions["tool_box"], actions["fit"], actions["one_to_one"], actions["invert"]])
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(position)
