"""Three sliders over the candidates: score, overlap, consensus size, each with its value and a way back."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cxr_viewer.core.candidates import MAXIMUM_OVERLAP, MAXIMUM_SHRINK, SCORE_FLOOR, Candidates, Thresholds
from cxr_viewer.ui import operating_point, theme
from cxr_viewer.ui.froc_curve import FrocCurve
from cxr_viewer.ui.marked_slider import MarkedSlider
from cxr_viewer.ui.model_facts import ModelFacts
from cxr_viewer.ui.score_histogram import ScoreHistogram

_SCORE_STEPS = 200
_OVERLAP_STEPS = 100
_SIZE_STEPS = 10
_NOTE_LINE = 17
MEAN_POSITION = 0
"""First position of the size slider; the next one is shrink 0."""


class ThresholdPanel(QWidget):
    """Shows thresholds and reports where the reader moved them."""

    thresholds_moved = Signal(object)
    """Thresholds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model: ModelFacts | None = None
        self._thresholds: Thresholds | None = None
        self._candidates: Candidates | None = None
        self._is_withheld = False
        self.curve = FrocCurve()
        self.curve.hide()
        self.histogram = ScoreHistogram()
        self.score_row = SliderRow(
            "Score", _SCORE_STEPS, round(SCORE_FLOOR * _SCORE_STEPS), self.histogram, note_lines=2
        )
        self.overlap_row = SliderRow("Overlap (NMS)", round(MAXIMUM_OVERLAP * _OVERLAP_STEPS))
        self.size_row = SliderRow("Consensus size", round(MAXIMUM_SHRINK * _SIZE_STEPS) + 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for row in (self.score_row, self.overlap_row, self.size_row):
            layout.addWidget(row)
        self.curve_button = self.score_row.add_disclosure("FROC curve", self.curve)
        self.score_row.moved.connect(lambda value: self._move(score=value / _SCORE_STEPS))
        self.overlap_row.moved.connect(lambda value: self._move(overlap=value / _OVERLAP_STEPS))
        self.size_row.moved.connect(lambda value: self._move(size=size_of(value)))
        self.score_row.reset_asked.connect(lambda: self._reset("score"))
        self.overlap_row.reset_asked.connect(lambda: self._reset("overlap"))
        self.size_row.reset_asked.connect(lambda: self._reset("size"))

    def show_model(self, model: ModelFacts | None) -> None:
        """Show the marks of a model's own thresholds."""
        self._model = model
        self.setEnabled(model is not None)
        if model:
            self.score_row.set_mark(round(model.thresholds.score * _SCORE_STEPS))
            self.overlap_row.set_mark(round(model.thresholds.overlap * _OVERLAP_STEPS))
            self.size_row.set_mark(position_of(model.thresholds.size))
            self.curve.show_curve(model.points, model.measured_on)
        self._show_figures()

    def show_withheld(self, is_withheld: bool) -> None:
        """Say whether the gate withholds the image on the screen, also when its boxes are shown anyway."""
        self._is_withheld = is_withheld
        self._show_figures()

    def show_thresholds(self, thresholds: Thresholds | None) -> None:
        """Show the thresholds in force."""
        self._thresholds = thresholds
        if thresholds is None or self._model is None:
            for row in (self.score_row, self.overlap_row, self.size_row):
                row.show_value(row.slider.minimum(), "–", "", can_reset=False)
            return
        own = self._model.thresholds
        self.score_row.show_value(
            round(thresholds.score * _SCORE_STEPS),
            f"{thresholds.score:.2f}" if thresholds.score >= 0.03 else f"{thresholds.score:.3f}",
            operating_point.sentence(self._model, thresholds, is_withheld=self._is_withheld),
            can_reset=thresholds.score != own.score,
        )
        self.overlap_row.show_value(
            round(thresholds.overlap * _OVERLAP_STEPS),
            f"{thresholds.overlap:.2f}",
            overlap_note(thresholds.overlap),
            can_reset=thresholds.overlap != own.overlap,
        )
        self.size_row.show_value(
            position_of(thresholds.size),
            "mean" if thresholds.size is None else f"{thresholds.size:.1f}",
            size_note(thresholds.size, self._model.members),
            can_reset=thresholds.size != own.size,
        )
        self.histogram.show_threshold(thresholds.score)
        self._show_figures()

    def _show_figures(self) -> None:
        """Show the operating point and its place on the curve, or neither where no figure may be shown."""
        model, thresholds = self._model, self._thresholds
        is_curve_offered = model is not None and bool(model.points and model.measured_on) and not self._is_withheld
        self.curve_button.setVisible(is_curve_offered)
        self.curve.setVisible(is_curve_offered and self.curve_button.isChecked())
        if model is not None and thresholds is not None:
            point = operating_point.point_in_force(model, thresholds, is_withheld=self._is_withheld)
            self.curve.show_point(point)
            self.score_row.show_note(operating_point.sentence(model, thresholds, is_withheld=self._is_withheld))

    def show_candidates(self, candidates: Candidates | None) -> None:
        """Show how the scores are spread."""
        if candidates is not self._candidates:
            self._candidates = candidates
            self.histogram.show_scores(None if candidates is None else candidates.scores)

    def _move(self, **changed: float | None) -> None:
        if self._thresholds is not None:
            self.thresholds_moved.emit(replace(self._thresholds, **changed))  # type: ignore[arg-type]  # one field, of its own type

    def _reset(self, name: str) -> None:
        if self._thresholds is not None and self._model is not None:
            own = self._model.thresholds
            self.thresholds_moved.emit(replace(self._thresholds, **{name: getattr(own, name)}))


def size_of(position: int) -> float | None:
    """Return the size setting of a position of the slider."""
    return None if position == MEAN_POSITION else (position - 1) / _SIZE_STEPS


def position_of(size: float | None) -> int:
    """Return the slider's position of a size setting."""
    return MEAN_POSITION if size is None else round(size * _SIZE_STEPS) + 1


def overlap_note(overlap: float) -> str:
    """Return in words how far two boxes may overlap."""
    if overlap < 0.005:
        return "boxes may not overlap"
    return "boxes may hardly overlap" if overlap <= 0.15 else "boxes may overlap"


def size_note(size: float | None, members: int) -> str:
    """Return in words which size of the members' boxes is drawn, and what the dotted lines about it are."""
    if members == 1:
        return "the box of the one member"
    if size is None:
        return "members' mean; dotted: 20th to 80th percentile"
    drawn = "20th percentile" if size == 0 else f"20th percentile − {size:.1f} × spread"
    return f"{drawn}; dotted: 20th, 80th"


class SliderRow(QWidget):
    """Title, a link back to the model's own value, the value, the slider and a note."""

    moved = Signal(int)
    reset_asked = Signal()

    def __init__(
        self,
        title: str,
        maximum: int,
        minimum: int = 0,
        above: QWidget | None = None,
        parent: QWidget | None = None,
        *,
        note_lines: int = 1,
    ) -> None:
        """Make a row; its note has room for ``note_lines``, so that nothing moves while the slider does."""
        super().__init__(parent)
        self.slider = MarkedSlider(maximum, minimum)
        self.slider.setAccessibleName(title)
        self._value = QLabel("–")
        theme.set_role(self._value, "value")
        self._note = QLabel()
        theme.set_role(self._note, "note")
        self._note.setWordWrap(True)  # a figure without its data set would be worse than none: never cut off
        self._note.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._note.setMinimumHeight(_NOTE_LINE * note_lines)
        self.reset = QPushButton("↺ default")
        theme.set_role(self.reset, "link")
        self.reset.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.reset.setToolTip("Back to the model's own value.")
        self.reset.setAccessibleName(f"{title}: back to the model's own value")
        self.reset.clicked.connect(self.reset_asked)
        self.slider.valueChanged.connect(self.moved)
        self._lay_out(title, above)

    def _lay_out(self, title: str, above: QWidget | None) -> None:
        self._head = head = QHBoxLayout()
        head.addWidget(QLabel(title))
        head.addStretch(1)
        head.addWidget(self.reset)
        head.addWidget(self._value)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        layout.addLayout(head)
        if above:
            layout.addWidget(above)
        layout.addWidget(self.slider)
        layout.addWidget(self._note)

    def add_disclosure(self, title: str, content: QWidget) -> QPushButton:
        """Return a button in the head that shows and hides some content below the note."""
        button = QPushButton(f"{title} ▸")
        theme.set_role(button, "link")
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(title)
        button.setToolTip("Sensitivity over false positives per image; the dot is where the slider stands.")
        button.toggled.connect(content.setVisible)
        button.toggled.connect(lambda is_open: button.setText(f"{title} {'▾' if is_open else '▸'}"))
        self._head.insertWidget(1, button)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.addWidget(content)
        return button

    @property
    def note(self) -> str:
        """The words below the slider."""
        return self._note.text()

    def show_note(self, note: str) -> None:
        """Show other words below the slider."""
        self._note.setText(note)

    def set_mark(self, position: int) -> None:
        """Show where the model's own value is."""
        self.slider.set_mark(position)

    def show_value(self, position: int, value: str, note: str, *, can_reset: bool) -> None:
        """Show a value without reporting it as moved."""
        self.slider.blockSignals(True)
        self.slider.setValue(position)
        self.slider.blockSignals(False)
        self._value.setText(value)
        self._note.setText(note)
        self.reset.setEnabled(can_reset)
