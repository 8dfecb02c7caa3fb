"""Shows what the session and the flow say: connects their signals to the widgets, in one direction."""

from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QObject

from cxr_viewer.ui import box_words, corner_words, finding_model
from cxr_viewer.ui.main_window import MainWindow
from cxr_viewer.ui.model_state import Stage
from cxr_viewer.ui.others_boxes import OthersBoxes
from cxr_viewer.ui.reading_flow import ReadingFlow
from cxr_viewer.ui.review_session import ReviewSession
from cxr_viewer.ui.undo_steps import OUTCOME_TEXT


class Presenter(QObject):
    """Session and flow in, widgets out."""

    def __init__(
        self, window: MainWindow, session: ReviewSession, flow: ReadingFlow, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._window, self._session, self._flow = window, session, flow
        self._prior_words: tuple[str, ...] = ()
        session.instance_changed.connect(self._show_instance)
        session.detections_changed.connect(self._show_boxes)
        session.findings_changed.connect(self._show_boxes)
        session.selection_changed.connect(self._show_boxes)
        session.thresholds_changed.connect(self._show_thresholds)
        session.model_changed.connect(self._show_model)
        session.device_changed.connect(self._show_device)
        session.review_changed.connect(self._show_review)
        session.advice_changed.connect(self._show_review)
        session.saved.connect(self._show_saved)
        session.edit_refused.connect(self._show_refusal)
        session.store_changed.connect(self._show_store)
        flow.loading_changed.connect(self._show_loading)
        flow.model_state_changed.connect(self._show_model_state)
        flow.image_failed.connect(self._show_failure)
        flow.next_ready_changed.connect(self._show_next)
        view = window.image_view
        view.pointed.connect(self._show_position)
        view.window_changed.connect(self._show_corners)
        view.transform_changed.connect(self._show_corners)
        view.set_box_words(self._box_words)
        self.others = OthersBoxes(window, session, self)
        window.named_actions["hide_boxes"].toggled.connect(self._show_enabled)
        window.verdict_panel.show_reader(session.reader)
        self._show_model()
        self._show_thresholds()
        self._show_review()
        self._show_store()
        self._show_model_state()

    # -- the instance --------------------------------------------------------------------------------------------

    def _show_instance(self) -> None:
        window, reading = self._window, self._session.reading
        window.image_banner.say("", "info")
        window.image_view.show_image(reading.image if reading else None)
        window.network_input.show_withheld(self._flow.verdict.withheld)
        window.threshold_panel.show_candidates(None)
        if reading is None:
            return
        window.show_image_page()
        window.worklist.mark(reading.instance.path)

    def _show_corners(self) -> None:
        reading, view = self._session.reading, self._window.image_view
        if reading is not None and view.image is reading.image and view.voi is not None:
            seen = view.transform
            texts = corner_words.of(reading, view.voi, seen.zoom, view.is_inverted, seen.orientation)
            view.set_texts(replace(texts, top_right=(*texts.top_right, *self._prior_words)))

    def show_priors(self, words: str) -> None:
        """Say in the corner of the image that there are priors."""
        self._prior_words = (words,) if words else ()
        self._show_corners()

    def _show_position(self, point: tuple[float, float] | None) -> None:
        image = self._window.image_view.image
        value = image.value_at(*point) if image and point else None
        self._window.status_line.show_position(point, value, image.header.value_unit if image else "")

    def _show_loading(self) -> None:
        self._window.set_loading(self._flow.is_loading)
        self._show_next()

    def _show_next(self) -> None:
        text = "loading …" if self._flow.is_loading else "next image ready" if self._flow.is_next_ready else ""
        self._window.status_line.show_ready(text)

    def _show_failure(self, path: object, reason: str) -> None:
        name = getattr(path, "name", str(path))
        self._window.show_image_page()
        self._window.worklist.mark(self._flow.shown)
        self._window.image_banner.say(f"{name}: {reason}", "bad")

    # -- boxes and findings --------------------------------------------------------------------------------------

    def _show_boxes(self) -> None:
        window, session, reading = self._window, self._session, self._session.reading
        window.image_view.set_boxes(session.overlay_boxes())
        rows = (
            finding_model.rows_of(session.detections, session.findings, reading.image.header)
            if reading
            else finding_model.NO_ROWS
        )
        window.finding_panel.show_rows(rows, session.selected, self._empty_words())
        window.threshold_panel.show_candidates(session.candidates)
        self._show_enabled()

    def _box_words(self, uid: str) -> str:
        session, reading = self._session, self._session.reading
        if reading is None:
            return ""
        header = reading.image.header
        own = box_words.words_at(uid, session.detections, session.findings, session.model, header)
        return own or self.others.words_of(uid)

    def _empty_words(self) -> str:
        stage = self._flow.model_state.stage
        if stage is Stage.DONE:
            return "No box scores enough, and none is drawn."
        if self._flow.model_state.is_busy:
            return "The model is looking …"
        return "Nothing drawn, nothing proposed."

    def _show_review(self) -> None:
        panel, session = self._window.verdict_panel, self._session
        panel.show_verdict(session.outcome, session.review, session.advice)
        panel.show_undo(session.steps)
        self._show_enabled()

    def _show_enabled(self) -> None:
        actions, session = self._window.named_actions, self._session
        can_edit, has_image = session.can_edit, session.reading is not None
        finding = session.selected_finding()
        on_detection = session.selected_detection() is not None
        is_rejected = finding is not None and not finding.is_asserted
        # What cannot be seen cannot be judged.
        can_judge = can_edit and not actions["hide_boxes"].isChecked()
        enabled = {
            "accept": can_judge and (on_detection or is_rejected),
            "reject": can_judge and (on_detection or (finding is not None and finding.is_asserted)),
            "delete": can_judge and (on_detection or (finding is not None and finding.is_asserted)),
            "tool_box": can_edit,
            "undo": can_edit and bool(session.undo_text),
            "redo": can_edit and bool(session.redo_text),
            "sign_off": can_edit,
            "run_again": has_image and session.model is not None,
            "reset_thresholds": session.model is not None,
            "score_up": session.model is not None,
            "score_down": session.model is not None,
            "overlap_up": session.model is not None,
            "overlap_down": session.model is not None,
            "model_card": session.model is not None,
        }
        for outcome, text in OUTCOME_TEXT.items():
            action = actions[f"outcome_{outcome.value}"]
            action.setEnabled(can_edit)
            action.setChecked(session.outcome is outcome)
            action.setText(text)
        for name, is_enabled in enabled.items():
            actions[name].setEnabled(is_enabled)
        actions["undo"].setText(f"Undo {session.undo_text}".rstrip())
        actions["redo"].setText(f"Redo {session.redo_text}".rstrip())

    # -- model and thresholds ------------------------------------------------------------------------------------

    def _show_model(self) -> None:
        self._window.model_panel.show_model(self._session.model)
        self._window.threshold_panel.show_model(self._session.model)
        self._window.status_line.show_model(self._session.model)
        self._show_enabled()

    def _show_device(self) -> None:
        self._window.model_panel.show_model(self._session.model)
        self._window.model_panel.show_state(self._flow.model_state)
        self._window.status_line.show_model(self._session.model)

    def _show_thresholds(self) -> None:
        self._window.threshold_panel.show_thresholds(self._session.thresholds)

    def _show_model_state(self) -> None:
        window, state = self._window, self._flow.model_state
        window.model_panel.show_state(state)
        window.named_actions["stop_detection"].setEnabled(state.is_busy)
        is_withheld = state.stage is Stage.WITHHELD
        verdict = self._flow.verdict
        window.network_input.show_withheld(verdict.withheld)
        window.threshold_panel.show_withheld(verdict.withheld)
        window.named_actions["show_anyway"].setEnabled(is_withheld and self._session.can_edit)
        if is_withheld:
            window.gate_banner.say(
                f"The model is withheld: {state.reason}.", "caution", window.named_actions["show_anyway"]
            )
        elif state.stage is Stage.REFUSED:
            window.gate_banner.say(state.reason, "bad", window.named_actions["load_bundle"])
        elif state.stage is Stage.FAILED:
            window.gate_banner.say(state.reason, "bad", window.named_actions["run_again"])
        elif verdict.withheld and state.stage is Stage.DONE:
            window.gate_banner.say(
                f"Shown because you asked, though the model is withheld: {verdict.reason}.", "caution"
            )
        else:
            window.gate_banner.say("", "info")
        self._show_boxes()

    # -- the store -----------------------------------------------------------------------------------------------

    def _show_saved(self, time: datetime) -> None:
        self._window.status_line.show_saved(time)

    def _show_refusal(self, sentence: str) -> None:
        if sentence and not self._session.store_error:
            self._window.verdict_panel.warn(sentence)

    def _show_store(self) -> None:
        error = self._session.store_error
        self._window.named_actions["retry_store"].setEnabled(bool(error))
        if error:
            text = f"Nothing can be saved, so nothing can be changed. {error}"
            self._window.store_banner.say(text, "bad", self._window.named_actions["retry_store"])
            self._window.status_line.show_unsaved(error)
        else:
            self._window.store_banner.say("", "info")
        self._show_enabled()
