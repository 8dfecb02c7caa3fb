"""A GPU that is lost while a reader works: the image gets its boxes from the CPU, and the window says so."""

import re
from dataclasses import replace
from pathlib import Path

from cxr_viewer.core.candidates import DetectorError
from cxr_viewer.detection.fallback import FallbackDetector
from cxr_viewer.ui.model_facts import LoadedModel, facts_of
from cxr_viewer.ui.model_state import Stage
from tests.cxr_viewer.ui.desks import Desk
from tests.factories import FakeDetector, lost_gpu


def test_the_image_in_progress_is_read_on_the_cpu_and_a_banner_says_why(desk: Desk, ward: Path) -> None:
    gpu = lost_gpu(10**6)  # the window also runs it to see how fast it is
    desk.detector = FallbackDetector(gpu, FakeDetector)
    workspace = desk.open(ward)
    window, banner = workspace.window, workspace.window.device_banner
    assert window.model_panel.chip.text().startswith("GPU · 0.")
    assert banner.isHidden()

    gpu.runs_left = 0
    window.named_actions["next_instance"].trigger()
    desk.qtbot.waitUntil(lambda: banner.text != "", timeout=5000)
    desk.wait_for_detections()
    assert workspace.session.candidates is not None
    assert len(workspace.session.candidates) == 2
    assert banner.text.startswith("The GPU ran out of memory. The CPU goes on")
    assert banner.isVisibleTo(window)
    # Without a time where the answer was there already when the image came onto the screen.
    assert re.fullmatch(r"CPU( · 0\.\d\d s)?", window.model_panel.chip.text())
    assert workspace.session.model is not None
    assert workspace.session.model.device == "CPU · test"


def test_the_banner_stays_over_images_and_goes_with_the_model(desk: Desk, ward: Path) -> None:
    desk.detector = FallbackDetector(lost_gpu(0), FakeDetector)
    workspace = desk.open(ward)
    banner = workspace.window.device_banner
    assert banner.text
    workspace.window.named_actions["next_instance"].trigger()
    desk.wait_for_detections()
    assert banner.text
    other = FakeDetector(digest="d" * 64)
    workspace.runner.load(lambda: LoadedModel(other, facts_of(other)))
    desk.qtbot.waitUntil(lambda: banner.text == "", timeout=5000)


def test_a_gpu_that_could_not_be_used_at_the_start_is_said_at_once(desk: Desk, ward: Path) -> None:
    desk.detector = replace(FakeDetector(), notice="No CUDA device can be used here. The CPU goes on.")
    workspace = desk.open(ward)
    assert workspace.window.device_banner.text == "No CUDA device can be used here. The CPU goes on."


def test_a_cpu_that_fails_too_is_a_failure_with_its_sentence(desk: Desk, ward: Path) -> None:
    broken = FakeDetector(error=DetectorError("The CPU is out of memory."))
    desk.detector = FallbackDetector(lost_gpu(0), lambda: broken)
    workspace = desk.open(ward)
    assert workspace.flow.model_state.stage is Stage.FAILED
    assert workspace.window.gate_banner.text == "The CPU is out of memory."
    assert workspace.window.device_banner.text
