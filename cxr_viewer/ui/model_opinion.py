"""What the model says about the instance on the screen: candidates, and what the sliders leave of them."""

from collections.abc import Iterable

import numpy as np

from cxr_viewer.core import matching, suppression
from cxr_viewer.core.candidates import Candidates, Thresholds, no_detections
from cxr_viewer.core.findings import Finding
from cxr_viewer.ui import overlay
from cxr_viewer.ui.model_facts import ModelFacts


class ModelOpinion:
    """Model, sliders and candidates in, detections that still wait for the reader out."""

    def __init__(self) -> None:
        self.model: ModelFacts | None = None
        self.thresholds: Thresholds | None = None
        self.candidates: Candidates | None = None
        self.detections = no_detections(0)

    @property
    def best_uid(self) -> str:
        """Name of the best detection that waits, "" for none."""
        return overlay.detection_uid(int(self.detections.anchor_index[0])) if len(self.detections) else ""

    def use(self, model: ModelFacts | None, thresholds: Thresholds | None) -> None:
        """Use another model, with its own thresholds unless others are given; what the old one said is dropped."""
        self.model = model
        self.thresholds = thresholds or (model.thresholds if model else None)
        self.candidates = None

    def select(self, findings: Iterable[Finding]) -> None:
        """Select the detections among the candidates, without those the reader judged already."""
        if self.candidates is None or self.thresholds is None or self.model is None:
            self.detections = no_detections(self.model.members if self.model else 0)
        else:
            found = suppression.select(self.candidates, self.thresholds, self.model.rules)
            self.detections = matching.unjudged(found, findings, self.model.digest)

    def row_of(self, uid: str) -> int | None:
        """Return the row of the detection of that name."""
        anchor = overlay.anchor_of(uid)
        found = np.flatnonzero(self.detections.anchor_index == (-1 if anchor is None else anchor))
        return int(found[0]) if len(found) else None
