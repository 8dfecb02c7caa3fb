"""What a reader waits for: one image through the demo ensemble, the sliders, the window, the journal.

Run: python -m tests.benchmarks.reading
"""

import os
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_windowing

from cxr_viewer import resources
from cxr_viewer.core import findings, suppression
from cxr_viewer.core.candidates import Candidates, SelectionRules, Thresholds
from cxr_viewer.core.geometry import Box
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.detection import load_detector
from cxr_viewer.dicom import decoding, pixels, windowing
from cxr_viewer.dicom.pixel_header import PixelHeader, Window
from cxr_viewer.store.journal import Journal
from tests.benchmarks.pairing import medians, table


def ensemble() -> str:
    """The demo ensemble of four on one image: both engines, the same weights."""
    torch.set_num_threads(os.cpu_count() or 1)
    folder = resources.path("models/demo")
    image = windowing.presentation(pixels.decode(_demo_image()))
    ways = {
        "torch fp32": load_detector(folder, device="cpu", backend="torch", precision="fp32"),
        "OpenVINO fp32": load_detector(folder, device="cpu", precision="fp32"),
        "OpenVINO auto": load_detector(folder, device="cpu"),
    }
    results = medians({name: partial(way.detect, image) for name, way in ways.items()}, 30)
    return table("Demo ensemble of 4 at 256 px, one 1024 x 1024 image, letterbox to candidates", results, "torch fp32")


def sliders() -> str:
    """Re-selection among 1,000 candidates of 12 members."""
    candidates = _candidates(1000, 12)
    rules = SelectionRules()
    settings = {
        "score 0.3, overlap 0.05, mean": Thresholds(0.3, 0.05),
        "score 0.025, overlap 0.05, s = 1.6": Thresholds(0.025, 0.05, 1.6),
        "score 0.025, overlap 0.5, mean": Thresholds(0.025, 0.5),
    }
    ways = {name: partial(suppression.select, candidates, setting, rules) for name, setting in settings.items()}
    results = medians(ways, 50)
    return table(
        "Slider move: selection among 1,000 candidates of 12 members", results, "score 0.3, overlap 0.05, mean"
    )


def window() -> str:
    """Window/level of a 3000 x 3000 16-bit image, against pydicom's own function."""
    array = np.random.default_rng(0).integers(0, 65536, (3000, 3000), dtype=np.uint16)
    setting = Window(30000.0, 40000.0)
    header = PixelHeader(photometric="MONOCHROME2", bits_stored=16)
    dataset = Dataset()
    dataset.WindowCenter, dataset.WindowWidth = 30000.0, 40000.0
    dataset.PhotometricInterpretation, dataset.BitsStored, dataset.PixelRepresentation = "MONOCHROME2", 16, 0
    ways = {
        "pydicom apply_windowing": lambda: apply_windowing(array, dataset),
        "windowing.render": lambda: windowing.render(array, header, setting),
    }
    return table("Window of a 3000 x 3000 16-bit image", medians(ways, 7), "pydicom apply_windowing")


def decode() -> str:
    """A demo image (JPEG 2000, 1024 x 1024): in this process, and through a running child."""
    path = _demo_image()
    with decoding.DecodingPool(workers=1) as pool:
        ways = {"in this process": lambda: pixels.decode(path), "through a child": lambda: pool.decode(path)}
        return table("Decoding one 1024 x 1024 JPEG 2000", medians(ways, 15), "in this process")


def journal() -> str:
    """One durable gesture."""
    with TemporaryDirectory() as folder, Journal.open(Path(folder) / "journal.sqlite") as store:
        key = InstanceKey("0" * 64)

        def draw() -> None:
            finding = findings.add(Box(10, 10, 60, 60))
            store.append_finding(key, finding, "reader", findings.ReadingContext(), "Draw opacity")

        return table("Journal: one gesture, WAL and synchronous=FULL", medians({"append": draw}, 200), "append")


def _demo_image() -> Path:
    return sorted(resources.path("demo").glob("*.dcm"))[0]


def _candidates(count: int, members: int) -> Candidates:
    generator = np.random.default_rng(1)
    scores = np.sort(generator.beta(1, 6, count))[::-1].clip(0.03, 1)
    spread = generator.normal(0, 0.15, (count, 2))

    def single(values: NDArray[np.floating]) -> NDArray[np.float32]:
        return values.astype(np.float32)

    size = np.log(generator.uniform(60, 500, (count, 2)))
    noise = generator.normal(0, 0.02, (count, members))
    return Candidates(
        np.arange(count, dtype=np.int32),
        single(generator.uniform(0, 2000, (count, 2))),
        single(size),
        single(size - np.abs(spread)),
        single(size + np.abs(spread)),
        single((scores[:, None] + noise).clip(0.03, 1)),
        2000,
        2000,
    )


def main() -> None:
    """Print all tables."""
    for benchmark in (ensemble, sliders, window, decode, journal):
        sys.stdout.write(benchmark() + "\n")


if __name__ == "__main__":
    main()
