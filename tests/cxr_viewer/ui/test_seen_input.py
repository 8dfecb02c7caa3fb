"""What the panel shows is what the detector gets, byte for byte, with the chain in words and what is unusual."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from cxr_viewer import resources
from cxr_viewer.core.candidates import Candidates
from cxr_viewer.core.training_range import measure
from cxr_viewer.detection import bundle as bundles
from cxr_viewer.detection import preprocessing
from cxr_viewer.detection.ensemble import Ensemble
from cxr_viewer.detection.merging import MemberOutput
from cxr_viewer.dicom import pixels, windowing
from cxr_viewer.dicom.pixel_header import Window
from cxr_viewer.ui import input_watch, seen_input
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.model_facts import LoadedModel, ModelFacts, facts_of
from cxr_viewer.ui.network_input_panel import NetworkInputPanel
from tests.cxr_viewer.ui.desks import Desk
from tests.cxr_viewer.ui.readings import displayed, model
from tests.factories import FakeDetector, candidates, dicom_file, radiograph


@cache
def _facts() -> ModelFacts:
    squares = [preprocessing.letterbox(_grey(seed), 64) for seed in range(40)]
    return replace(
        model(),
        input_side=64,
        input_mean=0.45,
        input_std=0.25,
        training_range=measure(placement.picture(square) for square, placement in squares),
    )


def _grey(seed: int) -> np.ndarray:
    return windowing.render(
        radiograph(300, 260, seed), displayed().header, displayed(radiograph(300, 260, seed)).automatic
    )


def test_the_square_is_what_the_ensemble_lays_before_its_members() -> None:
    path = sorted(resources.path("demo").glob("*.dcm"))[0]
    decoded = pixels.decode(path)
    facts = replace(model(), input_side=256)
    taken: list[np.ndarray] = []

    class Spy(Ensemble):
        def run_batch(self, index: int, network_inputs: np.ndarray) -> list[MemberOutput]:
            taken.append(network_inputs)
            raise StopIteration

    spy = Spy(bundles.read(resources.path("models/demo")), "CPU")
    with pytest.raises(StopIteration):
        spy.detect(windowing.presentation(decoded))
    seen = seen_input.see(DisplayedImage.of(decoded), facts)
    np.testing.assert_array_equal(preprocessing.network_input(seen.square), taken[0])


def test_the_rim_does_not_count_among_the_greys() -> None:
    seen = seen_input.see(displayed(np.full((300, 100), 4000, np.uint16) + radiograph(300, 100) // 64), _facts())
    assert seen.square[:, 0].max() == 0
    assert seen.shares.sum() == pytest.approx(1)
    assert (seen.square == 0).mean() > 0.6
    assert seen.shares[0] < 0.3


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"transfer_syntax_uid": "1.2.840.10008.1.2.4.90"}, "JPEG 2000, 12 bit"),
        ({}, "picture file, 12 bit"),
        ({"photometric": "MONOCHROME1"}, "minimum white: inverted"),
        ({"windows": (Window(1700, 2600, explanation="LUNG"),)}, "header's window 1700/2600 “LUNG”"),
        ({}, "percentiles 0.5 to 99.5"),
        ({}, "260 × 300 to 64 × 64, black rim"),
        ({}, "0 to 1, less 0.45, over 0.25"),
    ],
)
def test_the_chain_is_told_in_words(changes: dict[str, object], words: str) -> None:
    assert words in seen_input.chain_of(displayed(**changes), _facts())  # type: ignore[arg-type]


def test_an_input_outside_the_training_range_is_said_and_not_withheld(desk: Desk, tmp_path: Path) -> None:
    # The header's window is wide and lies too high: nothing is clipped, all is dark.
    path = dicom_file(tmp_path / "dark.dcm", radiograph(300, 260), WindowCenter=6000, WindowWidth=12000)
    workspace = desk.open(path)
    detector = FakeDetector(digest="e" * 64)
    facts = replace(_facts(), digest="e" * 64)
    workspace.runner.load(lambda: LoadedModel(detector, facts))
    panel = workspace.window.network_input
    desk.qtbot.waitUntil(lambda: panel.verdict.text() == "unusual ⚠", timeout=5000)
    assert panel.caution.text().startswith("Unusual: ")
    assert panel.caution.text().endswith("training images.")
    assert panel.caution.isVisibleTo(panel)
    assert panel.histogram.has_band
    desk.wait_for_detections()
    assert workspace.session.candidates is not None


def test_a_usual_input_says_so(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    facts = replace(_facts(), digest="e" * 64)
    workspace.runner.load(lambda: LoadedModel(FakeDetector(digest="e" * 64), facts))
    panel = workspace.window.network_input
    desk.qtbot.waitUntil(lambda: panel.verdict.text() == "in training range ✓", timeout=5000)
    assert not panel.caution.isVisibleTo(panel)
    assert "→ modality LUT →" in panel.chain.text()


def test_a_bundle_without_a_range_says_nothing_about_one(qtbot: QtBot) -> None:
    panel = NetworkInputPanel()
    qtbot.addWidget(panel)
    panel.show_seen(seen_input.see(displayed(), replace(_facts(), training_range=None)), None)
    assert panel.verdict.text() == "frontal chest ✓"
    assert not panel.histogram.has_band


class _Stuck(FakeDetector):
    """Gives the same answer whatever it is shown, as a network behind a wrong normalisation does."""

    def detect(self, image: np.ndarray, *_: object) -> Candidates:
        return candidates(rows=image.shape[0], columns=image.shape[1])


def test_the_same_answer_for_different_images_is_warned_about(desk: Desk, ward: Path) -> None:
    desk.detector = _Stuck()
    workspace = desk.open(ward)
    panel = workspace.window.network_input
    desk.qtbot.waitUntil(lambda: panel.warning.text() == input_watch.CONSTANT, timeout=10_000)
    assert panel.warning.isVisibleTo(panel)
    detector = FakeDetector(digest="f" * 64)
    workspace.runner.load(lambda: LoadedModel(detector, facts_of(detector)))
    desk.qtbot.waitUntil(lambda: workspace.session.model is not None and workspace.session.model.digest == "f" * 64)
    assert panel.warning.text() == ""


def test_different_answers_are_not_warned_about(desk: Desk, ward: Path) -> None:
    workspace = desk.open(ward)
    desk.wait_until_quiet()
    assert workspace.window.network_input.warning.text() == ""
