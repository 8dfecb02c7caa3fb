"""The shipped gate on real files, judged by their pixels alone: chests pass, everything else is withheld."""

from pathlib import Path

import numpy as np
import pytest

from cxr_viewer import resources
from cxr_viewer.core import gate
from cxr_viewer.detection import bundle as bundles
from cxr_viewer.detection import input_gate, preprocessing
from cxr_viewer.detection.input_gate import InputGate
from cxr_viewer.dicom import pixels, windowing
from cxr_viewer.dicom.errors import DicomReadError
from tests import real_data
from tests.gate_files import FRONTAL, OTHER, gate_files

MOST_CHESTS_WITHHELD = 0.05
LEAST_OTHERS_WITHHELD = 0.80

Verdicts = dict[str, list[tuple[str, str, bool]]]
"""What a file shows -> of each file: name, reason or "", and whether size or colour alone withhold it."""


@pytest.fixture(scope="module")
def verdicts() -> Verdicts:
    bundle = bundles.read(resources.path("models/demo"))
    if not bundle.gate:
        pytest.skip("the shipped bundle has no input gate yet; cxr-train gate puts one in")
    judge = input_gate.read(bundle.folder / bundle.gate)
    root = real_data.folder()
    found: Verdicts = {FRONTAL: [], OTHER: []}
    for file in gate_files(root):
        try:
            found[file.what].append((file.path.name, *_judged(file.path, judge, bundle.network.input_side)))
        except DicomReadError:  # nothing to judge: such a file is a failed row
            assert file.what == OTHER
    return found


def _judged(path: Path, judge: InputGate, side: int) -> tuple[str, bool]:
    """Return why a file is withheld, by everything but its header, and whether size or colour suffice."""
    decoded = pixels.decode(path)
    image = windowing.presentation(decoded)
    by_size = gate.pixel_verdict(rows=image.shape[0], columns=image.shape[1], is_colour=decoded.header.is_colour)
    score = judge.judge(preprocessing.network_input(preprocessing.letterbox(image, side)[0]))
    return gate.first_withheld(by_size, gate.learned_verdict(score)).reason, by_size.withheld


def test_real_frontal_chests_pass(verdicts: Verdicts) -> None:
    chests = verdicts[FRONTAL]
    assert len(chests) > 150
    withheld = [name for name, reason, _ in chests if reason]
    assert len(withheld) <= MOST_CHESTS_WITHHELD * len(chests), withheld


def test_what_is_no_frontal_chest_is_withheld(verdicts: Verdicts) -> None:
    others = verdicts[OTHER]
    assert len(others) > 60
    passed = [name for name, reason, _ in others if not reason]
    assert len(passed) <= (1 - LEAST_OTHERS_WITHHELD) * len(others), passed


def test_that_holds_without_the_help_of_size_and_colour(verdicts: Verdicts) -> None:
    seen = [(name, reason) for name, reason, by_size in verdicts[OTHER] if not by_size]
    assert len(seen) > 40
    assert np.mean([bool(reason) for _, reason in seen]) >= LEAST_OTHERS_WITHHELD, seen
