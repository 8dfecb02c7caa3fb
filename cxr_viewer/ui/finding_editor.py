"""A small editor at a box: label and comment; it lies over the image and is no dialog."""

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cxr_viewer.core.vocabulary import Vocabulary
from cxr_viewer.ui import theme
from cxr_viewer.ui.kept_line import KeptLine

LONGEST_COMMENT = 500
_COLUMNS = 3
_GAP = 8
_BOLDER = 14  # a chosen chip has bold words


class FindingEditor(QFrame):
    """Shows label and comment of one box and reports what is to be kept, with the instance and box it began on."""

    kept = Signal(str, str, str, str)
    """Instance key, uid, label and comment."""
    closed = Signal()

    def __init__(self, vocabulary: Vocabulary, view: QWidget) -> None:
        super().__init__(view)
        self._view = view
        self.setObjectName("finding_editor")
        self.setAccessibleName("Label and comment of the box")
        theme.set_role(self, "editor")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._key = self._uid = ""
        self._codes = tuple(term.code for term in vocabulary.labels)
        self._label = ""
        self.comment = KeptLine(LONGEST_COMMENT, self)
        self.comment.setPlaceholderText("Comment on this box")
        self.comment.setAccessibleName("Comment on this box")
        self.comment.kept.connect(self._on_kept)
        self.comment.left.connect(self._on_left)
        self.comment.digit_pressed.connect(self._on_digit)
        self.chips: dict[str, QPushButton] = {}
        grid = QGridLayout()
        grid.setSpacing(4)
        for number, term in enumerate(vocabulary.labels):
            chip = QPushButton(f"{number + 1}  {term.title}")
            theme.set_role(chip, "filter")
            chip.setCheckable(True)
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            chip.setAccessibleName(f"Label: {term.words}")
            chip.setToolTip(f"Call it {term.words}; a second time takes the label off. [Alt+{number + 1}]")
            chip.clicked.connect(lambda _checked=False, code=term.code: self.choose(code))
            chip.setMinimumWidth(chip.sizeHint().width() + _BOLDER)
            grid.addWidget(chip, number // _COLUMNS, number % _COLUMNS)
            self.chips[term.code] = chip
        keys = QLabel("Enter keeps · Esc leaves · Alt+digit labels")
        theme.set_role(keys, "note")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 8)
        layout.setSpacing(6)
        layout.addLayout(grid)
        layout.addWidget(self.comment)
        layout.addWidget(keys)
        self.hide()

    @property
    def label(self) -> str:
        """Code of the label that is chosen, "" for none."""
        return self._label

    def edit(self, key: str, uid: str, label: str, comment: str, box: QRect) -> None:
        """Begin with a box.

        Args:
            box: where it is in the view, logical pixels: the editor goes below it, or above, or over it.
        """
        self._key, self._uid, self._label = key, uid, label
        self._show_label()
        self.adjustSize()
        self._place_at(box)
        self.show()
        self.raise_()
        self.comment.begin(comment)

    def choose(self, code: str) -> None:
        """Choose a label, or take it off when it is the chosen one."""
        self._label = "" if code == self._label else code
        self._show_label()

    def keep(self) -> None:
        """End and keep, when it is open."""
        self.comment.keep()

    def _show_label(self) -> None:
        for code, chip in self.chips.items():
            chip.setChecked(code == self._label)

    def _place_at(self, box: QRect) -> None:
        view = self._view.rect()
        left = min(max(box.left(), _GAP), view.width() - self.width() - _GAP)
        top = box.bottom() + _GAP
        if top + self.height() > view.height():
            top = box.top() - self.height() - _GAP
        if top < 0:
            top = view.height() - self.height() - _GAP
        self.move(left, top)

    def _on_digit(self, digit: int) -> None:
        if digit == 0:
            self._label = ""
            self._show_label()
        elif digit <= len(self._codes):
            self.choose(self._codes[digit - 1])

    def _on_kept(self, comment: str) -> None:
        self.hide()
        self.kept.emit(self._key, self._uid, self._label, comment)
        self.closed.emit()

    def _on_left(self) -> None:
        self.hide()
        self.closed.emit()
