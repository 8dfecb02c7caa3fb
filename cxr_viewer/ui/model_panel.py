"""Which model looks at the image, where it runs, and what it is doing."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cxr_viewer.ui import theme
from cxr_viewer.ui.model_facts import ModelFacts
from cxr_viewer.ui.model_state import ModelState, Stage


class ModelPanel(QWidget):
    """One line on the model, one chip on its work; a button stops it while it runs."""

    stop_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel("Opacity model")
        theme.set_role(title, "title")
        self.chip = QLabel()
        self.chip.setAccessibleName("State of the model")
        theme.set_role(self.chip, "chip", "")
        self.stop = QPushButton("Stop")
        theme.set_role(self.stop, "link")
        self.stop.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.stop.setToolTip("Stop after the member that runs now.")
        self.stop.setAccessibleName("Stop the model")
        self.stop.clicked.connect(self.stop_asked)
        self.stop.hide()
        self._line = QLabel()
        self._line.setWordWrap(True)
        theme.set_role(self._line, "caution")
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self.stop)
        head.addWidget(self.chip)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self._line)
        self._model: ModelFacts | None = None

    def show_model(self, model: ModelFacts | None) -> None:
        """Show the model's name, members and what it learned from."""
        self._model = model
        self._line.setText(model_line(model))
        self._line.setToolTip(model.learned_from if model else "")
        self._line.setVisible(True)

    def show_state(self, state: ModelState) -> None:
        """Show what the model is doing."""
        text, mood = chip_of(state, self._model)
        self.chip.setText(text)
        self.chip.setToolTip(state.reason or (self._model.device if self._model else ""))
        theme.set_role(self.chip, "chip", mood)
        self.stop.setVisible(state.stage is Stage.RUNNING)


def model_line(model: ModelFacts | None) -> str:
    """Return the model in one line."""
    if model is None:
        return "No model. Load a bundle from the Model menu; reading works without one."
    members = "1 member" if model.members == 1 else f"{model.members} members"
    return " · ".join(part for part in (model.name, members, model.learned_from) if part)


def chip_of(state: ModelState, model: ModelFacts | None) -> tuple[str, str]:
    """Return text and mood of the chip."""
    device = (model.device if model else "").split("·")[0].strip() or "CPU"
    texts = {
        Stage.NO_MODEL: ("no model", ""),
        Stage.LOADING_MODEL: ("loading model …", "busy"),
        Stage.REFUSED: ("bundle refused", "bad"),
        Stage.WAITING: (f"{device} · waiting", "busy"),
        Stage.RUNNING: (f"{device} · {state.members_done}/{state.members}", "busy"),
        Stage.WITHHELD: ("withheld", "busy"),
        Stage.STOPPED: ("stopped", ""),
        Stage.FAILED: ("failed", "bad"),
    }
    if state.stage is Stage.DONE:
        return (device if state.seconds is None else f"{device} · {state.seconds:.2f} s", "good")
    return texts[state.stage]
