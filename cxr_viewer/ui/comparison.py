"""What stands beside the image that is read: which prior or view, and whether it is decoded."""

import logging
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from cxr_viewer import resources
from cxr_viewer.core import hanging
from cxr_viewer.core.hanging import Beside, HangingRule, Shows
from cxr_viewer.core.patients import names_patient
from cxr_viewer.core.studies import Instance
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.instance_loader import InstanceLoader
from cxr_viewer.ui.patient_index import PatientIndex
from cxr_viewer.ui.worklist_entry import date_text

_log = logging.getLogger(__name__)


def shipped_rules() -> tuple[HangingRule, ...]:
    """Return the hanging rules of the program; a row that is none is logged and left out."""
    found = hanging.parse(resources.read_text("hanging_rules.toml"))
    for problem in found.problems:
        _log.warning("%s", problem)
    return found.rules


class Comparison(QObject):
    """Looks priors and views up, steps through them and has them decoded; knows no widget.

    What is beside belongs to the image that is read: with another image everything is looked up anew. While studies
    come in, what is shown stays.
    """

    changed = Signal()
    """What is asked for, what there is, or what is ready became another."""

    def __init__(
        self,
        loader: InstanceLoader,
        index: PatientIndex,
        rules: tuple[HangingRule, ...],
        following: Callable[[], Instance | None],
        parent: QObject | None = None,
    ) -> None:
        """``following`` returns the instance that will be read next, whose prior is decoded ahead."""
        super().__init__(parent)
        self._loader, self._index, self._rules, self._following = loader, index, rules, following
        self._shows: Shows | None = None
        self._current: Instance | None = None
        self._offers: dict[Shows, tuple[Beside, ...]] = {shows: () for shows in Shows}
        self._chosen: Path | None = None
        self._image: DisplayedImage | None = None
        self._failure = ""
        loader.loaded.connect(self._on_loaded)
        loader.failed.connect(self._on_failed)
        index.grown.connect(self._on_grown)

    # -- what holds now ------------------------------------------------------------------------------------------

    @property
    def shows(self) -> Shows | None:
        """What the reader asked for; None for nothing beside the image."""
        return self._shows

    @property
    def current(self) -> Instance | None:
        """The instance that is read."""
        return self._current

    def offers(self, shows: Shows) -> tuple[Beside, ...]:
        """Return what may stand beside the image that is read, the best first."""
        return self._offers[shows]

    @property
    def count(self) -> int:
        """How many images can be stepped through."""
        return len(self._offers[self._shows]) if self._shows else 0

    @property
    def position(self) -> int:
        """Number of the image beside among them, from 0; -1 for none."""
        offers = self._offers[self._shows] if self._shows else ()
        return next((n for n, offer in enumerate(offers) if offer.instance.path == self._chosen), -1)

    @property
    def beside(self) -> Beside | None:
        """What stands beside the image, or is on its way."""
        return self._offers[self._shows][self.position] if self._shows and self.position >= 0 else None

    @property
    def image(self) -> DisplayedImage | None:
        """The decoded image of ``beside``; None while it is on its way."""
        return self._image

    @property
    def sentence(self) -> str:
        """What is said while no image stands there, "" when one does."""
        if self._image is not None or self._current is None:
            return ""
        if (offer := self.beside) is not None:
            what = "earlier study" if self._shows is Shows.PRIOR else "other image"
            when = date_text(offer.instance.study_date) if self._shows is Shows.PRIOR else ""
            name = f"The {what} of {when}" if when else f"The {what}"
            return f"{name} cannot be shown: {self._failure}." if self._failure else f"{name} is being read …"
        if self._shows is Shows.VIEWS:
            return "This study has no other image."
        if not names_patient(self._current):
            return "This image does not say whose it is, so no earlier study can be found."
        return "No earlier study of this patient is open."

    # -- what is asked for ---------------------------------------------------------------------------------------

    def show(self, shows: Shows | None) -> None:
        """Choose what stands beside the image."""
        if shows is not self._shows:
            self._shows = shows
            self._choose_first()

    def step(self, direction: int) -> None:
        """Go to the next or previous image beside; at the ends nothing happens."""
        place = self.position + direction
        if self._shows and 0 <= place < self.count and self.position >= 0:
            self._choose(self._offers[self._shows][place].instance.path)

    def read(self, current: Instance | None) -> None:
        """Another image is read, or none."""
        self._current = current
        self._look_up()
        self._choose_first()

    def ask_again(self) -> None:
        """Ask once more for what was on its way when something more urgent took its place."""
        self._request()

    def look_ahead(self) -> None:
        """Decode what will stand beside the next image, when that one is decoded itself."""
        following = self._following()
        if following is not None and self._shows:
            offers = hanging.beside(following, self._index.others(following), self._rules, self._shows)
            if offers:
                self._loader.prefetch(offers[0].instance.path)

    # -- inside --------------------------------------------------------------------------------------------------

    def _look_up(self) -> None:
        others = self._index.others(self._current) if self._current else []
        for shows in Shows:
            found = hanging.beside(self._current, others, self._rules, shows) if self._current else ()
            self._offers[shows] = found

    def _on_grown(self) -> None:
        """Look up anew, but leave what is shown where it is: only an empty place is filled."""
        before = dict(self._offers)
        self._look_up()
        if self._offers == before:
            return
        if self.position < 0:
            self._choose_first()
        else:
            self.changed.emit()

    def _choose_first(self) -> None:
        offers = self._offers[self._shows] if self._shows else ()
        self._choose(offers[0].instance.path if offers else None)

    def _choose(self, path: Path | None) -> None:
        self._chosen, self._image, self._failure = path, None, ""
        self._request()
        self.changed.emit()

    def _request(self) -> None:
        if self._chosen is None or self._image is not None or self._failure:
            return
        self._image = self._loader.known(self._chosen)
        if self._image is None:
            self._loader.prefetch(self._chosen)

    def _on_loaded(self, path: Path, image: DisplayedImage) -> None:
        if path == self._chosen and self._image is None:
            self._image, self._failure = image, ""
            self.changed.emit()

    def _on_failed(self, path: Path, reason: str) -> None:
        if path == self._chosen and self._image is None:
            self._failure = reason
            self.changed.emit()
