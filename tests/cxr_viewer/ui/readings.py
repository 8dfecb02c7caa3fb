"""A reading and candidates for tests of the session, without files and threads."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core.gate import PASSED, GateVerdict
from cxr_viewer.core.studies import Instance, InstanceKey
from cxr_viewer.dicom.pixel_header import DecodedInstance, PixelHeader
from cxr_viewer.ui.displayed_image import DisplayedImage
from cxr_viewer.ui.model_facts import ModelFacts, facts_of
from cxr_viewer.ui.reading import Reading
from tests.factories import FakeDetector, radiograph

KEY = InstanceKey("1" * 64)
OTHER_KEY = InstanceKey("2" * 64)


def header(**changes: object) -> PixelHeader:
    """Return a plain pixel header."""
    values: dict[str, object] = {"photometric": "MONOCHROME2", "bits_stored": 12}
    return PixelHeader(**(values | changes))  # type: ignore[arg-type]


def displayed(pixels: NDArray[np.generic] | None = None, key: InstanceKey = KEY, **changes: object) -> DisplayedImage:
    """Return an image as the loader hands it over."""
    found = radiograph(300, 260) if pixels is None else pixels
    return DisplayedImage.of(DecodedInstance(key, found, header(**changes)))


def reading(key: InstanceKey = KEY, verdict: GateVerdict = PASSED, **elements: object) -> Reading:
    """Return the reading of an invented instance."""
    values: dict[str, object] = {"path": Path(f"/nowhere/{key[:4]}.dcm"), "rows": 300, "columns": 260}
    return Reading(Instance(**(values | elements)), displayed(key=key), verdict)  # type: ignore[arg-type]


def model() -> ModelFacts:
    """Return the facts of the fake detector."""
    return facts_of(FakeDetector())
