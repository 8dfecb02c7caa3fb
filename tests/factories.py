"""Small valid inputs for tests: DICOM files, candidates, reviews and a detector that answers what it was told."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import DigitalXRayImageStorageForPresentation, ExplicitVRLittleEndian, generate_uid

from cxr_viewer.core import geometry
from cxr_viewer.core.candidates import (
    Candidates,
    DetectionStopped,
    NetworkInput,
    SelectionRules,
    Thresholds,
    ignore,
    never,
)
from cxr_viewer.core.correction_set import ReviewedInstance
from cxr_viewer.core.findings import Finding, FindingState, FindingUid, Origin, ReadingContext, ReviewOutcome
from cxr_viewer.core.gate import GateScore
from cxr_viewer.core.geometry import Box
from cxr_viewer.detection import preprocessing
from cxr_viewer.detection.fallback import DeviceLostError

BUNDLE_DIGEST = "b" * 64
THRESHOLDS = Thresholds(0.3, 0.1)
RULES = SelectionRules(0.0, 1.0)
BOX = Box(10, 20, 40, 60)
MEAN_BOX = Box(8, 18, 42, 62)


def radiograph(rows: int = 256, columns: int = 224, seed: int = 0) -> NDArray[np.uint16]:
    """Return 12-bit stored values (rows, columns) with two dark lungs, a bright middle and noise."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:rows, 0:columns]
    y, x = (y + 0.5) / rows, (x + 0.5) / columns
    lungs = sum(np.exp(-(((x - centre) / 0.14) ** 4) - ((y - 0.45) / 0.3) ** 4) for centre in (0.28, 0.72))
    values = 2600 - 1800 * lungs + random.normal(0, 40, (rows, columns))
    stored: NDArray[np.uint16] = np.clip(values, 0, 4095).astype(np.uint16)
    return stored


def dicom_dataset(pixels: NDArray[Any] | None = None, **elements: object) -> Dataset:
    """Return a frontal chest DX of an invented patient; keyword arguments replace elements, None removes one."""
    pixels = radiograph() if pixels is None else pixels
    values: dict[str, object] = {
        "SOPClassUID": DigitalXRayImageStorageForPresentation,
        "SOPInstanceUID": generate_uid(),
        "SeriesInstanceUID": generate_uid(),
        "StudyInstanceUID": generate_uid(),
        "PatientName": "Phantom^Invented",
        "PatientID": "INVENTED-1",
        "PatientAge": "054Y",
        "PatientSex": "F",
        "StudyDate": "20200102",
        "Modality": "DX",
        "BodyPartExamined": "CHEST",
        "ViewPosition": "PA",
        "InstanceNumber": 1,
        "ImagerPixelSpacing": [0.2, 0.2],
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "Rows": pixels.shape[-2],
        "Columns": pixels.shape[-1],
        "BitsAllocated": pixels.dtype.itemsize * 8,
        "BitsStored": 8 if pixels.dtype.itemsize == 1 else 12,
        "HighBit": 7 if pixels.dtype.itemsize == 1 else 11,
        "PixelRepresentation": 0,
        "PixelData": pixels.tobytes(),
    }
    values |= elements
    dataset = Dataset()
    for keyword, value in values.items():
        if value is not None:
            setattr(dataset, keyword, value)
    dataset["PixelData"].VR = "OB" if pixels.dtype.itemsize == 1 else "OW"
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.get("SOPClassUID", DigitalXRayImageStorageForPresentation)
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.get("SOPInstanceUID", "1.2.3")
    return dataset


def dicom_file(
    path: Path,
    pixels: NDArray[Any] | None = None,
    **elements: object,
) -> Path:
    """Write a small valid chest radiograph, parents included, and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    dicom_dataset(pixels, **elements).save_as(path, enforce_file_format=True)
    return path


def candidates(
    boxes: Sequence[Sequence[float]] = ((10, 20, 40, 60), (60, 20, 90, 70)),
    member_scores: Sequence[Sequence[float]] = ((0.9, 0.7), (0.4, 0.2)),
    rows: int = 120,
    columns: int = 100,
    opacity_probability: float | None = None,
    gate: GateScore | None = None,
) -> Candidates:
    """Return candidates with these mean boxes; the size spreads 10 % about the mean, anchors count from 7."""
    corners = np.asarray(boxes, dtype=np.float32).reshape(-1, 4)
    sizes = np.log(np.maximum(corners[:, 2:] - corners[:, :2], 1e-3))
    return Candidates(
        anchor_index=np.arange(7, 7 + len(corners), dtype=np.int32),
        centre=np.asarray((corners[:, :2] + corners[:, 2:]) / 2, dtype=np.float32),
        log_size_mean=sizes,
        log_size_low=sizes - np.float32(0.1),
        log_size_high=sizes + np.float32(0.1),
        member_scores=np.asarray(member_scores, dtype=np.float32).reshape(len(corners), -1),
        rows=rows,
        columns=columns,
        opacity_probability=opacity_probability,
        gate=gate,
    )


@dataclass
class FakeDetector:
    """A Detector that finds two boxes at fixed places of every image, scored by how bright the image is there.

    Attributes:
        boxes: fractions of the image's width and height, x1 y1 x2 y2.
        error: raised by ``detect`` instead of an answer.
        gate: what its gate makes of every image.
        seconds: how long each of its members takes.
        shapes: sizes of the images it was shown, in order.
        input_side, batch_size, calls_at_once: as a detector's.
    """

    name: str = "Fake ensemble 1"
    digest: str = BUNDLE_DIGEST
    members: int = 2
    device: str = "CPU · test"
    notice: str = ""
    learned_from: str = ""
    thresholds: Thresholds = THRESHOLDS
    rules: SelectionRules = RULES
    boxes: tuple[tuple[float, float, float, float], ...] = ((0.15, 0.3, 0.42, 0.6), (0.58, 0.3, 0.85, 0.6))
    opacity_probability: float | None = 0.25
    gate: GateScore | None = None
    error: Exception | None = None
    seconds: float = 0.0
    shapes: list[tuple[int, int]] = field(default_factory=list)
    input_side: int = 64
    batch_size: int = 1
    calls_at_once: int = 1

    def detect(
        self,
        image: NDArray[np.uint8],
        should_stop: Callable[[], bool] = never,
        on_member: Callable[[int], None] = ignore,
    ) -> Candidates:
        """Return one candidate for each box, best first."""
        if self.error is not None:
            raise self.error
        self.shapes.append((image.shape[0], image.shape[1]))
        return self._found(preprocessing.prepared(image, self.input_side), should_stop, on_member)

    def detect_batch(self, inputs: Sequence[NetworkInput], should_stop: Callable[[], bool] = never) -> list[Candidates]:
        """Return what ``detect`` gives for each image."""
        if self.error is not None:
            raise self.error
        self.shapes += [(entry.rows, entry.columns) for entry in inputs]
        return [self._found(entry, should_stop, ignore) for entry in inputs]

    def _found(
        self, entry: NetworkInput, should_stop: Callable[[], bool], on_member: Callable[[int], None]
    ) -> Candidates:
        for member in range(self.members):
            if should_stop():
                raise DetectionStopped
            time.sleep(self.seconds)
            on_member(member + 1)
        picture = preprocessing.letterbox_of(entry.rows, entry.columns, self.input_side).picture(entry.square)
        fractions = np.array(self.boxes, dtype=np.float32).reshape(-1, 4)
        means = [0.3 + 0.6 * _mean_inside(picture, corners) / 255 for corners in fractions * _sides(*picture.shape)]
        order = np.argsort(-np.array(means), kind="stable")
        spread = np.linspace(-0.05, 0.05, self.members)
        scores = [[float(np.clip(means[index] + d, 0, 1)) for d in spread] for index in order]
        corners = (fractions * _sides(entry.rows, entry.columns))[order]
        return candidates(corners.tolist(), scores, entry.rows, entry.columns, self.opacity_probability, self.gate)


class LostDetector(FakeDetector):
    """A FakeDetector on a GPU that is lost after some images."""

    runs_left: int = 0

    def _found(
        self, entry: NetworkInput, should_stop: Callable[[], bool], on_member: Callable[[int], None]
    ) -> Candidates:
        if self.runs_left <= 0:
            raise DeviceLostError("The GPU ran out of memory.")
        self.runs_left -= 1
        return super()._found(entry, should_stop, on_member)


def lost_gpu(after: int, input_side: int = 64) -> LostDetector:
    """Return a detector whose device is lost after some images."""
    detector = LostDetector(device="GPU · test", input_side=input_side)
    detector.runs_left = after
    return detector


def _sides(rows: int, columns: int) -> NDArray[np.float32]:
    return np.array([columns, rows, columns, rows], dtype=np.float32)


def _mean_inside(image: NDArray[np.uint8], corners: geometry.Boxes) -> float:
    x1, y1, x2, y2 = (int(value) for value in corners)
    return float(image[y1 : y2 + 1, x1 : x2 + 1].mean())


def origin(box: Box = BOX, mean_box: Box = MEAN_BOX, anchor_index: int = 7) -> Origin:
    """Return where a finding came from: an anchor of the fake detector's bundle."""
    return Origin(BUNDLE_DIGEST, anchor_index, box, mean_box, 0.8, 2, 2)


def finding(state: FindingState = FindingState.ACCEPTED, box: Box = BOX, uid: str = "f1") -> Finding:
    """Return a finding of that state; the model's states get an origin."""
    is_readers_own = state in (FindingState.ADDED, FindingState.REMOVED)
    return Finding(FindingUid(uid), state, box, None if is_readers_own else origin())


def reviewed_instance(
    *findings: Finding,
    key: str = "a" * 64,
    reader: str = "ada",
    outcome: ReviewOutcome = ReviewOutcome.OPACITY,
    rows: int = 120,
    columns: int = 100,
) -> ReviewedInstance:
    """Return a signed review as it leaves the workstation."""
    return ReviewedInstance(
        key=key,
        reader=reader,
        outcome=outcome,
        findings=findings,
        context=ReadingContext(BUNDLE_DIGEST, THRESHOLDS),
        signed_at=datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC),
        begun_at=datetime(2024, 5, 6, 7, 7, 0, tzinfo=UTC),
        rows=rows,
        columns=columns,
    )
