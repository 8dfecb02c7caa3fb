"""What goes into the record besides boxes and verdict: labels, comments, reasons, the second read, the signature."""

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtWidgets import QMenu

from cxr_viewer.core.geometry import Box
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.ui import display_window, overlay
from cxr_viewer.ui.display_probe import NOT_SEEN, Seen
from cxr_viewer.ui.finding_editor import FindingEditor
from cxr_viewer.ui.main_window import MainWindow
from cxr_viewer.ui.reason_menu import ReasonMenu
from cxr_viewer.ui.review_session import ReviewSession
from cxr_viewer.ui.word_lists import words

LABEL_PREFIX = "label_"
NO_LABEL = "label_none"


class RecordCommands(QObject):
    """Connects these actions, and enables each only when it can do something."""

    menu_shown = Signal(object)
    """The menu of reasons (QMenu) that was opened at a box."""

    def __init__(self, window: MainWindow, session: ReviewSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window, self._session = window, session
        self.editor = FindingEditor(words(), window.image_view)
        session.use_display(self._seen)
        self._connect_actions()
        self.editor.kept.connect(self._describe)
        self.editor.closed.connect(window.image_view.setFocus)
        line = window.verdict_panel.comment
        line.kept.connect(self._comment_on_image)
        line.kept.connect(self._back_to_image)
        line.left.connect(window.image_view.setFocus)
        # The hand is quicker than a window that closes: what was typed is kept before anything ends.
        window.closed.connect(self.editor.keep)
        window.closed.connect(line.keep)
        for changed in (
            session.instance_changed,
            session.findings_changed,
            session.detections_changed,
            session.selection_changed,
            session.review_changed,
        ):
            changed.connect(self._show)
        window.named_actions["hide_boxes"].toggled.connect(self._on_hidden)
        self._show()

    def _connect_actions(self) -> None:
        actions, session = self._window.named_actions, self._session
        actions["describe"].triggered.connect(self._edit)
        actions["comment_image"].triggered.connect(self._begin_comment)
        actions["reject_because"].triggered.connect(self._offer_reasons)
        actions["duplicate"].triggered.connect(session.duplicate)
        actions["second_read"].triggered.connect(session.set_second_read)
        actions["sign_here"].triggered.connect(lambda: session.sign_off())
        actions["withdraw"].triggered.connect(session.withdraw)
        actions[NO_LABEL].triggered.connect(lambda: self._label(""))
        for term in words().labels:
            actions[f"{LABEL_PREFIX}{term.code}"].triggered.connect(
                lambda _checked=False, code=term.code: self._label(code)
            )

    def _seen(self) -> Seen:
        view, reading = self._window.image_view, self._session.reading
        if reading is None or view.image is not reading.image or view.voi is None:
            return NOT_SEEN
        window = display_window.of(view.image, view.voi, is_inverted=view.is_inverted)
        return Seen(window, view.are_boxes_visible)

    def _on_hidden(self) -> None:
        self._session.notice_display()
        self._show()

    def _show(self) -> None:
        """Enable what can be done now, and show what is kept."""
        actions, session = self._window.named_actions, self._session
        can_judge = session.can_edit and not actions["hide_boxes"].isChecked()
        finding, on_detection = session.selected_finding(), session.selected_detection() is not None
        is_asserted = finding is not None and finding.is_asserted
        actions["describe"].setEnabled(can_judge and (on_detection or is_asserted))
        actions["duplicate"].setEnabled(can_judge and is_asserted)
        actions["reject_because"].setEnabled(can_judge and (on_detection or finding is not None))
        actions["comment_image"].setEnabled(session.can_edit)
        actions["second_read"].setEnabled(session.can_edit)
        actions["second_read"].setChecked(session.note.needs_second_read)
        actions["sign_here"].setEnabled(session.can_edit and session.review is None)
        actions["withdraw"].setEnabled(session.can_edit and session.review is not None)
        for term in words().labels:
            is_label = finding is not None and is_asserted and finding.label == term.code
            action = actions[f"{LABEL_PREFIX}{term.code}"]
            action.setEnabled(can_judge and (on_detection or finding is not None) and not is_label)
        actions[NO_LABEL].setEnabled(can_judge and is_asserted and finding is not None and bool(finding.label))
        self._window.verdict_panel.show_note(session.note, can_edit=session.can_edit)

    # -- slots ---------------------------------------------------------------------------------------------------

    def _label(self, code: str) -> None:
        self._session.label(code)

    def _edit(self) -> None:
        session, reading = self._session, self._session.reading
        finding, shown = session.selected_finding(), self._selected_box()
        if reading is None or shown is None:
            return
        label, comment = (finding.label, finding.comment) if finding else ("", "")
        self.editor.edit(reading.key, session.selected, label, comment, self._in_view(shown))

    def _describe(self, key: str, uid: str, label: str, comment: str) -> None:
        session = self._session
        if not uid.startswith(overlay.DETECTION_PREFIX):
            session.describe(InstanceKey(key), uid, label, comment)
        elif (label or comment) and session.reading and session.reading.key == key:
            session.select(uid)
            session.accept(label, comment)

    def _begin_comment(self) -> None:
        self._window.named_actions["toggle_panel"].setChecked(True)
        self._window.verdict_panel.comment.begin(self._session.note.comment)

    def _comment_on_image(self, comment: str) -> None:
        if self._session.reading:
            self._session.comment_on_image(self._session.reading.key, comment)

    def _back_to_image(self) -> None:
        if self._window.verdict_panel.comment.hasFocus():
            self._window.image_view.setFocus()

    def _offer_reasons(self) -> None:
        """Open the menu of reasons at the chosen box; a digit chooses."""
        shown = self._selected_box()
        if shown is None:
            return
        menu: QMenu = ReasonMenu(self._window, self._session.reject)
        menu.aboutToHide.connect(menu.deleteLater)
        view = self._window.image_view
        corner = self._in_view(shown).bottomLeft()
        corner.setX(min(max(corner.x(), 0), view.width() - 40))
        corner.setY(min(max(corner.y(), 0), view.height() - 40))
        menu.popup(view.mapToGlobal(corner))
        self.menu_shown.emit(menu)

    def _selected_box(self) -> Box | None:
        boxes = self._session.overlay_boxes()
        return next((shown.box for shown in boxes if shown.uid == self._session.selected), None)

    def _in_view(self, box: Box) -> QRect:
        seen = self._window.image_view.transform.box_in_view(box)
        return QRect(round(seen.x1), round(seen.y1), round(seen.width), round(seen.height))
