"""The shipped ensemble in bf16 and in fp32, on the demo and on real images: scores within 0.02, the same detections."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from cxr_viewer import resources
from cxr_viewer.core.candidates import Candidates
from cxr_viewer.detection import bundle as bundles
from cxr_viewer.detection.merging import candidates_of, gathered
from cxr_viewer.detection.openvino_ensemble import OpenVinoEnsemble
from cxr_viewer.detection.openvino_runtime import import_openvino
from cxr_viewer.detection.preprocessing import letterbox_of, network_input, prepared
from cxr_viewer.dicom import pixels, windowing
from cxr_viewer.dicom.errors import DicomReadError
from tests import real_data
from tests.detection_ties import differences
from tests.gate_files import FRONTAL, gate_files

MOST_TIES = 0.1
"""Share of images whose detections may hang on a tie."""

Pair = tuple[OpenVinoEnsemble, OpenVinoEnsemble]


@pytest.fixture(scope="module")
def pair() -> Pair:
    """The same members in bf16 and in fp32."""
    if "BF16" not in import_openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        pytest.skip("this processor has no bf16 arithmetic")
    bundle = bundles.read(resources.path("models/demo"))
    return OpenVinoEnsemble(bundle, "bf16"), OpenVinoEnsemble(bundle, "fp32")


def _pictures(paths: list[Path]) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    for path in paths:
        try:
            yield path.name, windowing.presentation(pixels.decode(path))
        except DicomReadError:
            assert "badCOM" in path.name  # the one that no decoder opens


def _compare(pair: Pair, paths: list[Path]) -> None:
    furthest, faults, ties, images = ("", 0.0), [], [], 0
    for name, picture in _pictures(paths):
        entry = prepared(picture, pair[0].input_side)
        batch, placement = network_input(entry.square), letterbox_of(entry.rows, entry.columns, pair[0].input_side)
        outputs = [[engine.run_member(member, batch) for member in range(engine.members)] for engine in pair]
        half, full = (np.mean([output.scores for output in members], axis=0) for members in outputs)
        furthest = max(furthest, (name, float(np.abs(half - full).max())), key=lambda found: found[1])
        found: list[Candidates] = [candidates_of(gathered(members), pair[0]._anchors, placement) for members in outputs]
        told = differences(found[0], found[1], pair[0].thresholds, pair[0].rules)
        ties += [f"{name}: {tie}" for tie in told.ties]
        faults += [f"{name}: {fault}" for fault in told.faults]
        images += 1
    listed = "\n".join(("ties:", *ties))
    assert 0 < furthest[1] <= 0.02, f"{furthest}\n{listed}"  # 0 would mean that both ran in the same arithmetic
    assert not faults, "\n".join(("not explained by a tie:", *faults, listed))
    assert len({tie.partition(":")[0] for tie in ties}) <= MOST_TIES * images + 1, listed


def test_demo_images(pair: Pair) -> None:
    _compare(pair, sorted(resources.path("demo").glob("*.dcm")))


@pytest.mark.parametrize(
    "share", [pytest.param(12, id="every twelfth"), pytest.param(1, id="all", marks=pytest.mark.long)]
)
def test_real_frontal_chests(pair: Pair, share: int) -> None:
    _compare(pair, [file.path for file in gate_files(real_data.folder()) if file.what == FRONTAL][::share])
