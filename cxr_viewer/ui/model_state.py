"""What the model is doing for the image on the screen, as one value for the chip and the banners."""

from dataclasses import dataclass
from enum import Enum, auto


class Stage(Enum):
    """How far the model is with the image."""

    NO_MODEL = auto()
    LOADING_MODEL = auto()
    REFUSED = auto()
    WAITING = auto()
    RUNNING = auto()
    DONE = auto()
    WITHHELD = auto()
    STOPPED = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True)
class ModelState:
    """Stage with what belongs to it.

    Attributes:
        reason: sentence for the reader, for REFUSED, WITHHELD and FAILED.
        members_done, members: progress, for RUNNING.
        seconds: how long it ran, for DONE; None when the candidates were known already.
    """

    stage: Stage
    reason: str = ""
    members_done: int = 0
    members: int = 0
    seconds: float | None = None

    @property
    def is_settled(self) -> bool:
        """Whether nothing more will come by itself."""
        return self.stage not in (Stage.LOADING_MODEL, Stage.WAITING, Stage.RUNNING)

    @property
    def is_busy(self) -> bool:
        """Whether the model runs or waits to run for this image."""
        return self.stage in (Stage.WAITING, Stage.RUNNING)


NO_MODEL = ModelState(Stage.NO_MODEL)
