"""The engines on this machine's CPU: members and ensembles against torch, and against the rate of matrix products.

Run: python -m tests.benchmarks.engines [member] [paper] [demo] [starts]     (all parts by default, about 3 minutes)
"""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from cxr_viewer import resources
from cxr_viewer.core.candidates import NetworkInput
from cxr_viewer.detection import bundle as bundles
from cxr_viewer.detection import load_detector
from cxr_viewer.detection.bundle import ModelBundle
from cxr_viewer.detection.member_network import MemberNetwork, load_network
from cxr_viewer.detection.network_spec import NetworkSpec
from cxr_viewer.detection.openvino_ensemble import OpenVinoEnsemble
from tests.benchmarks.many_members import same_members
from tests.benchmarks.pairing import medians, table
from tests.bundle_factory import random_network

MEMBER = NetworkSpec(encoder="legacy_seresnext50_32x4d")
PAPER = NetworkSpec(encoder="legacy_seresnext101_32x4d")
PAPER_MEMBERS = 12
_SQUARE = 2048
_DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}


def member(folder: Path) -> str:
    """One SE-ResNeXt-50 member at 512 px: targets 1.4 times torch fp32 with fp32, 2.5 with bf16."""
    bundle = same_members(folder / "member", MEMBER, 1)
    engines = {f"OpenVINO {name}": OpenVinoEnsemble(bundle, name) for name in _precisions()}
    picture = _picture(MEMBER.input_side)
    ways: dict[str, Callable[[], object]] = {
        "torch fp32 contiguous": _Eager(bundle, torch.contiguous_format).run,
        "torch fp32 channels-last": _Eager(bundle, torch.channels_last).run,
        **{name: partial(engine.run_member, 0, picture) for name, engine in engines.items()},
        **_products(),
    }
    seconds = medians(ways, 5)
    best = min((name for name in ways if name.startswith("torch")), key=lambda name: seconds[name])
    shown = {name: value for name, value in seconds.items() if not name.startswith("product")}
    title = "One SE-ResNeXt-50 member at 512 px (targets: 1.4 with fp32, 2.5 with bf16)"
    return table(title, shown, best) + "\n\n" + _rates(MEMBER, seconds, 1)


def paper(folder: Path) -> str:
    """The paper's ensemble, one image: target 2.5 times the eager loop, and 80 % of the rate of matrix products."""
    bundle = same_members(folder / "paper", PAPER, PAPER_MEMBERS)
    eager = _Eager(bundle, torch.contiguous_format)
    detector = OpenVinoEnsemble(bundle, "auto", folder / "graphs")
    ways: dict[str, Callable[[], object]] = {
        "torch eager loop": eager.run,
        f"OpenVINO {detector.precision}": partial(detector.detect_batch, [_entry(PAPER.input_side)]),
        **_products(),
    }
    seconds = medians(ways, 1)  # one round after the one that warms up: each takes seconds, and spreads little
    shown = {name: value for name, value in seconds.items() if not name.startswith("product")}
    title = (
        f"Ensemble of {PAPER_MEMBERS} SE-ResNeXt-101 at 512 px, one image (targets: 2.5; 80 % of the products' rate)"
    )
    return table(title, shown, "torch eager loop") + "\n\n" + _rates(PAPER, seconds, PAPER_MEMBERS)


def demo(folder: Path) -> str:
    """The demo ensemble at 256 px (target 30 ms) and four such members at 512 px (target 100 ms)."""
    shipped = bundles.read(resources.path("models/demo"))
    large = same_members(folder / "demo-512", replace(shipped.network, input_side=512), 4)
    ways: dict[str, Callable[[], object]] = {}
    for side, bundle in ((256, shipped), (512, large)):
        for name in (*_precisions(), "auto"):
            detector = load_detector(bundle.folder, "cpu", precision=name, cache_folder=folder / "graphs")
            words = f"{name} (takes {detector.device.split(' · ')[1].split()[-1]})" if name == "auto" else name
            ways[f"{side} px, {words}"] = partial(detector.detect, _radiograph())
    return table(
        "Four members of the demo's kind, one 1024 x 1024 image, letterbox to candidates (targets: 30 ms at 256 px, "
        "100 ms at 512 px)",
        medians(ways, 30),
        next(iter(ways)),
    )


def starts(folder: Path) -> str:
    """Loading with an empty folder of compiled graphs, and again."""
    large = same_members(folder / "start", MEMBER, 1)
    ways: dict[str, Callable[[], object]] = {}
    for words, bundle in (("demo", bundles.read(resources.path("models/demo"))), ("SE-ResNeXt-50", large)):
        ways[f"{words}: first start"] = partial(_first_start, bundle, folder)
        kept = folder / f"graphs {words}"
        ways[f"{words}: second start"] = partial(load_detector, bundle.folder, "cpu", cache_folder=kept)
        ways[f"{words}: without a cache, fp32"] = partial(load_detector, bundle.folder, "cpu", precision="fp32")
    return table("Loading a bundle, digests and choice of precision included", medians(ways, 2), next(iter(ways)))


def _first_start(bundle: ModelBundle, folder: Path) -> None:
    with TemporaryDirectory(dir=folder) as empty:
        load_detector(bundle.folder, "cpu", cache_folder=Path(empty))


class _Eager:
    """torch fp32, member after member, as one writes it; all members share one network of the same weights."""

    def __init__(self, bundle: ModelBundle, layout: torch.memory_format) -> None:
        network = MemberNetwork(load_network(bundle.network, bundle.folder / bundle.members[0].weights)).eval()
        self._network = network.to(memory_format=layout)
        self._members = len(bundle.members)
        self._image = torch.from_numpy(_picture(bundle.network.input_side)).to(memory_format=layout)

    def run(self) -> None:
        """Run every member."""
        with torch.inference_mode():
            for _ in range(self._members):
                self._network(self._image)


def _precisions() -> tuple[str, ...]:
    try:
        OpenVinoEnsemble(bundles.read(resources.path("models/demo")), "bf16")
    except Exception as error:  # noqa: BLE001 - whatever the reason, it is told and the rest is measured
        sys.stdout.write(f"bf16 cannot be measured: {error}\n")
        return ("fp32",)
    return ("fp32", "bf16")


def _products() -> dict[str, Callable[[], object]]:
    """Return products of large matrices by torch's library (oneDNN or MKL) in each precision."""
    left, right = torch.rand(2, _SQUARE, _SQUARE)
    return {
        f"product {name}": partial(torch.matmul, left.to(dtype), right.to(dtype)) for name, dtype in _DTYPES.items()
    }


def _rates(spec: NetworkSpec, seconds: Mapping[str, float], members: int) -> str:
    """Return each engine's rate and its share of the rate of matrix products measured in the same run."""
    work = members * _flop(spec)
    rows = ["| way | GFLOP | GFLOP/s | share of the product's rate |", "|---|---|---|---|"]
    product = {name: 2 * _SQUARE**3 / seconds[f"product {name}"] for name in _DTYPES}
    rows += [
        f"| product {name} | {2 * _SQUARE**3 / 1e9:.0f} | {rate / 1e9:.0f} | 1 |" for name, rate in product.items()
    ]
    for name, value in seconds.items():
        if not name.startswith("product"):
            rate = work / value
            share = rate / product["bf16" if name.endswith("bf16") else "fp32"]
            rows.append(f"| {name} | {work / 1e9:.0f} | {rate / 1e9:.0f} | {share:.2f} |")
    return "\n".join(rows)


def _flop(spec: NetworkSpec) -> float:
    """Return the floating point operations of one run of one member; a multiplication and an addition are two."""
    network, image = random_network(spec), torch.from_numpy(_picture(spec.input_side))
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        network(image)
    return float(counter.get_total_flops())


def _picture(side: int) -> np.ndarray:
    return np.random.default_rng(0).random((1, 1, side, side), dtype=np.float32)


def _entry(side: int) -> NetworkInput:
    return NetworkInput((_picture(side)[0, 0] * 255).astype(np.uint8), 2048, 2048)


def _radiograph() -> np.ndarray:
    return np.kron(_entry(128).square, np.ones((8, 8), np.uint8))


PARTS = {"member": member, "paper": paper, "demo": demo, "starts": starts}


def main() -> None:
    """Print the tables that were asked for."""
    torch.set_num_threads(os.cpu_count() or 1)
    wanted = sys.argv[1:] or list(PARTS)
    if unknown := set(wanted) - set(PARTS):
        raise SystemExit(f"There is no part {', '.join(sorted(unknown))}; choose among {', '.join(PARTS)}.")
    for name in wanted:
        with TemporaryDirectory() as folder:
            sys.stdout.write(PARTS[name](Path(folder)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
