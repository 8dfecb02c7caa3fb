"""The status bar: position and value, last durable write, what is ready, model and engine."""

from datetime import datetime

from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from cxr_viewer.ui import theme
from cxr_viewer.ui.model_facts import ModelFacts


class StatusLine(QStatusBar):
    """Shows facts; nothing in it can be clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self._position, self._saved, self._ready, self._found, self._model = (QLabel() for _ in range(5))
        self._position.setMinimumWidth(250)
        self._position.setAccessibleName("Position and value under the cursor")
        self._saved.setAccessibleName("Last durable write")
        for label in (self._position, self._saved, self._ready, self._found):
            self.addWidget(label)
        self.addPermanentWidget(self._model)
        self.show_model(None)

    def show_position(self, point: tuple[float, float] | None, value: float | None, unit: str) -> None:
        """Show the native pixel under the cursor and its value in modality units."""
        if point is None or value is None:
            self._position.setText("")
            return
        number = f"{value:.0f}" if value == round(value) else f"{value:.4g}"
        self._position.setText(f"x {int(point[0])}  y {int(point[1])}  value {number} {unit}".rstrip())

    def show_saved(self, time: datetime) -> None:
        """Show the time of the last durable write."""
        theme.set_role(self._saved, "good")
        self._saved.setText(f"● Saved {time.astimezone():%H:%M:%S}")

    def show_unsaved(self, reason: str) -> None:
        """Show that nothing can be saved."""
        theme.set_role(self._saved, "bad")
        self._saved.setText("● Not saved")
        self._saved.setToolTip(reason)

    def show_ready(self, text: str) -> None:
        """Show the state of the next image."""
        self._ready.setText(text)

    def show_found(self, text: str) -> None:
        """Show how far the search for files is."""
        self._found.setText(text)

    def show_model(self, model: ModelFacts | None) -> None:
        """Show bundle, digest and engine."""
        if model is None:
            self._model.setText("no model")
            return
        self._model.setText(f"{model.name} · sha256 {model.short_digest} · {model.device}")
        self._model.setToolTip(model.digest)
