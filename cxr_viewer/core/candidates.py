"""What the model proposes: candidates before thresholds, detections after them, and the detector's protocol."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core import geometry
from cxr_viewer.core.gate import GateScore

SCORE_FLOOR = 0.025
"""Lowest mean score a candidate may have (facts of the 2018 recipe, section 5.1)."""

MAXIMUM_CANDIDATES = 1000
"""Most candidates kept of one image, best mean score first."""

MAXIMUM_OVERLAP = 0.5
"""Upper end of the overlap slider, an IoU."""

MAXIMUM_SHRINK = 1.6
"""Upper end of the consensus size slider: the paper's optimised percentile-spread factor."""


class DetectorError(Exception):
    """The detector could not run; the message is a sentence for the reader."""


class DetectionStopped(Exception):
    """Detection was asked to stop between two members."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Candidates of one instance and one bundle, best mean score first, before thresholds and NMS.

    Attributes:
        anchor_index: (N,) int32, position in the ensemble's shared anchor grid.
        centre: (N, 2) float32, mean centre over members, x and y, native pixels.
        log_size_mean, log_size_low, log_size_high: (N, 2) float32, mean, 20th and 80th percentile over members of
            the natural logarithm of width and height, native pixels.
        member_scores: (N, M) float32 in [0, 1].
        rows, columns: size of the image.
        opacity_probability: mean softmax of "Lung Opacity" over members, or None without a global head.
        gate: what the bundle's learned gate made of the image, or None without one.
    """

    anchor_index: NDArray[np.int32]
    centre: NDArray[np.float32]
    log_size_mean: NDArray[np.float32]
    log_size_low: NDArray[np.float32]
    log_size_high: NDArray[np.float32]
    member_scores: NDArray[np.float32]
    rows: int
    columns: int
    opacity_probability: float | None = None
    gate: GateScore | None = None

    def __len__(self) -> int:
        return len(self.anchor_index)

    @property
    def members(self) -> int:
        return int(self.member_scores.shape[1])

    @property
    def scores(self) -> NDArray[np.float32]:
        """Mean score over members, (N,)."""
        return np.asarray(self.member_scores.mean(axis=1), dtype=np.float32)

    @property
    def mean_boxes(self) -> geometry.Boxes:
        """Mean boxes over members, (N, 4), clipped to the image."""
        return self.boxes_of(self.log_size_mean)

    @property
    def top_score(self) -> float:
        """Best mean score, 0 when there is no candidate."""
        return float(self.scores[0]) if len(self) else 0.0

    def boxes_of(self, log_size: NDArray[np.float32]) -> geometry.Boxes:
        """Return boxes (N, 4) of the given log sizes (N, 2) about the mean centres, clipped to the image."""
        return geometry.clip(geometry.from_centres(self.centre, np.exp(log_size)), self.rows, self.columns)

    def subset(self, index: NDArray[np.intp]) -> "Candidates":
        """Return the candidates at ``index``, in that order."""
        return Candidates(
            self.anchor_index[index],
            self.centre[index],
            self.log_size_mean[index],
            self.log_size_low[index],
            self.log_size_high[index],
            self.member_scores[index],
            self.rows,
            self.columns,
            self.opacity_probability,
            self.gate,
        )


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The sliders.

    Attributes:
        score: lowest mean score shown, in [SCORE_FLOOR, 1].
        overlap: IoU above which the worse of two boxes is dropped (NMS), in [0, 0.5].
        size: None for the mean box over members; else the consensus shrink s in [0, 1.6], where 0 is the 20th
            percentile of the members' sizes.
    """

    score: float
    overlap: float
    size: float | None = None

    def __post_init__(self) -> None:
        if not SCORE_FLOOR <= self.score <= 1:
            raise ValueError(f"The score threshold must lie between {SCORE_FLOOR} and 1, not {self.score}.")
        if not 0 <= self.overlap <= MAXIMUM_OVERLAP:
            raise ValueError(f"The overlap threshold must lie between 0 and {MAXIMUM_OVERLAP}, not {self.overlap}.")
        if self.size is not None and not 0 <= self.size <= MAXIMUM_SHRINK:
            raise ValueError(f"The size must be 'mean' or lie between 0 and {MAXIMUM_SHRINK}, not {self.size}.")

    @property
    def size_text(self) -> str:
        """The size as the files and the command line write it: ``mean`` or a number."""
        return "mean" if self.size is None else f"{self.size:g}"


def parse_size(text: str) -> float | None:
    """Read ``mean`` or a shrink factor; raises ValueError with a sentence."""
    if text.strip().lower() == "mean":
        return None
    try:
        return float(text)
    except ValueError as error:
        raise ValueError(f"The size must be 'mean' or a number, not '{text}'.") from error


@dataclass(frozen=True, slots=True)
class SelectionRules:
    """Selection steps that a bundle fixes and no slider moves.

    Attributes:
        relative: detections that score less than this share of the best one are dropped (0.5 in the 2018 recipe;
            0 switches the rule off).
        scale: width and height factor about the centre after NMS (0.875 in the 1st place's code; 1 leaves boxes).
    """

    relative: float = 0.5
    scale: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """Candidates that passed the thresholds in force, best score first; native pixels.

    Attributes:
        boxes: (N, 4) float32, as shown.
        scores: (N,) float32, mean over members.
        anchor_index: (N,) int32.
        members_agreeing: (N,) int32, members whose own score reaches the score threshold.
        members: number of members of the ensemble.
        mean_boxes: (N, 4) float32, mean box over members: what training learns from an accepted finding.
        low_boxes, high_boxes: (N, 4) float32, 20th and 80th percentile sizes: the uncertainty halo.
    """

    boxes: geometry.Boxes
    scores: NDArray[np.float32]
    anchor_index: NDArray[np.int32]
    members_agreeing: NDArray[np.int32]
    members: int
    mean_boxes: geometry.Boxes
    low_boxes: geometry.Boxes
    high_boxes: geometry.Boxes

    def __len__(self) -> int:
        return len(self.scores)

    def subset(self, index: NDArray[np.intp] | NDArray[np.bool_]) -> "Detections":
        """Return the detections at ``index``."""
        return Detections(
            self.boxes[index],
            self.scores[index],
            self.anchor_index[index],
            self.members_agreeing[index],
            self.members,
            self.mean_boxes[index],
            self.low_boxes[index],
            self.high_boxes[index],
        )


def no_detections(members: int) -> Detections:
    """Return an empty set of detections."""
    boxes = np.zeros((0, 4), dtype=np.float32)
    integers = np.zeros(0, dtype=np.int32)
    return Detections(boxes, np.zeros(0, np.float32), integers, integers, members, boxes, boxes, boxes)


def never() -> bool:
    """Answer of a detection that nobody stops."""
    return False


def ignore(_member: int) -> None:
    """Listener of a detection that nobody watches."""


@dataclass(frozen=True, slots=True, eq=False)
class NetworkInput:
    """An image as the networks take it, small enough to travel between processes.

    Attributes:
        square: (S, S) uint8, the letterboxed image; ``detection.preprocessing`` makes it.
        rows, columns: native size, from which the placement in the square follows.
    """

    square: NDArray[np.uint8]
    rows: int
    columns: int


class DetectorFacts(Protocol):
    """What can be said of an ensemble, wherever it runs."""

    @property
    def name(self) -> str:
        """Name and version of the bundle, for the reader."""

    @property
    def digest(self) -> str:
        """sha256 of the bundle's contents, hexadecimal: caches and ledgers are bound to it."""

    @property
    def members(self) -> int:
        """Number of networks."""

    @property
    def device(self) -> str:
        """Device, engine and precision really used, in words."""

    @property
    def thresholds(self) -> Thresholds:
        """The bundle's default thresholds."""

    @property
    def rules(self) -> SelectionRules:
        """The bundle's fixed selection rules."""

    @property
    def learned_from(self) -> str:
        """What it was trained on, a sentence that every view of the output repeats; "" when nothing is said."""

    @property
    def notice(self) -> str:
        """Why another device than the wanted one is used, a sentence; "" when all is well. It may come at any run."""


class Detector(DetectorFacts, Protocol):
    """An ensemble that is ready to run. ``detect`` and ``detect_batch`` may be called by several threads at once."""

    @property
    def input_side(self) -> int:
        """Side of the square that the networks take, in pixels."""

    @property
    def batch_size(self) -> int:
        """Images that one call of ``detect_batch`` takes best: 1 on a CPU, more on a GPU."""

    @property
    def calls_at_once(self) -> int:
        """Threads that may call ``detect_batch`` at the same time with profit; more of them wait for each other."""

    def detect_batch(self, inputs: Sequence[NetworkInput], should_stop: Callable[[], bool] = never) -> list[Candidates]:
        """Return the candidates of each image, in order; the same as ``detect`` gives for the native images.

        Args:
            inputs: squares of ``input_side``; any number of them, ``batch_size`` best.
            should_stop: asked between members.

        Raises:
            DetectionStopped: ``should_stop`` answered yes.
            DetectorError: the engine failed; the message is for the reader.
        """

    def detect(
        self,
        image: NDArray[np.uint8],
        should_stop: Callable[[], bool] = never,
        on_member: Callable[[int], None] = ignore,
    ) -> Candidates:
        """Return the candidates of one image.

        Args:
            image: (rows, columns) uint8, as ``windowing.presentation`` gives it: bright is dense.
            should_stop: asked between members.
            on_member: told the number of members done after each one.

        Raises:
            DetectionStopped: ``should_stop`` answered yes.
            DetectorError: the engine failed; the message is for the reader.
        """
