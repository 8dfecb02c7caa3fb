"""Runs a bundle's OpenVINO graphs: the default engine on CPU, without torch."""

import os
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core.candidates import DetectorError
from cxr_viewer.detection import precision_choice
from cxr_viewer.detection.bundle import ModelBundle
from cxr_viewer.detection.ensemble import Ensemble
from cxr_viewer.detection.graph_outputs import member_output
from cxr_viewer.detection.merging import MemberOutput
from cxr_viewer.detection.openvino_runtime import import_openvino

_MOST_STREAMS = 8
"""Inferences at once, at most: each holds activations of its own (65 MB for a deep member at 512 px); more cores than
that share out among the streams."""


class OpenVinoEnsemble(Ensemble):
    """Members compiled for the CPU and run back to back, each on all cores, or several images at once.

    Measured (docs/adr/0020): back to back on all cores is the fastest for one image and can stop between members; one
    stream per core is the fastest for many images of a small network, and as fast for a large one.
    """

    def __init__(
        self,
        bundle: ModelBundle,
        precision: str = "auto",
        cache_folder: Path | None = None,
        threads: int = 0,
        many: bool = False,
    ) -> None:
        """Compile all graphs.

        Args:
            precision: "auto" (bf16 where it was measured to be faster, see ``precision_choice``), "fp32" or "bf16".
            cache_folder: where compiled graphs and the measured precision are kept for the next start; None keeps
                none, and then "auto" is fp32.
            threads: processor threads of one inference; 0 leaves it to OpenVINO.
            many: several images at once, for most images a second.

        Raises:
            DetectorError: a graph cannot be compiled, or bf16 was demanded of a processor without it.
        """
        self._core = import_openvino().Core()
        settings = _settings(threads, many)
        self._graphs = [bundle.folder / member.graph for member in bundle.members]
        if cache_folder is not None:
            cache_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            settings |= {"CACHE_DIR": str(cache_folder), "CACHE_MODE": "OPTIMIZE_SIZE"}  # without a copy of the weights
        chosen = self._chosen(precision, cache_folder, bundle)
        compiled = [self._compile(graph, settings, chosen) for graph in self._graphs]
        cores = compiled[0].get_property("INFERENCE_NUM_THREADS")
        hint = compiled[0].get_property("INFERENCE_PRECISION_HINT")  # what is used, not what was asked for
        self._precision = "bf16" if hint.to_string() == "bf16" else "fp32"
        super().__init__(bundle, f"CPU · OpenVINO {self._precision} · {cores} {'core' if cores == 1 else 'cores'}")
        self._lanes: SimpleQueue[list[Any]] = SimpleQueue()
        self._calls_at_once = int(compiled[0].get_property("NUM_STREAMS"))
        for _ in range(self._calls_at_once):
            self._lanes.put([graph.create_infer_request() for graph in compiled])

    @property
    def precision(self) -> str:
        """Arithmetic really used: "fp32" or "bf16"."""
        return self._precision

    @property
    def calls_at_once(self) -> int:
        """Inferences that run at the same time, each on cores of its own."""
        return self._calls_at_once

    def run_batch(self, index: int, network_inputs: NDArray[np.float32]) -> list[MemberOutput]:
        """Return one member's output for each image, one image after the other."""
        lane = self._lanes.get()
        try:
            return [_run(lane[index], network_input[None]) for network_input in network_inputs]
        except RuntimeError as error:
            raise DetectorError(f"Member {index + 1} of {self.name} failed on the processor.") from error
        finally:
            self._lanes.put(lane)

    def _chosen(self, precision: str, cache_folder: Path | None, bundle: ModelBundle) -> str:
        has_bf16 = "BF16" in self._core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        if precision == "bf16" and not has_bf16:
            raise DetectorError("This processor has no bf16 arithmetic; choose --precision fp32 or auto.")
        if precision != "auto":
            return precision
        if not has_bf16 or cache_folder is None:
            return "fp32"
        facts = {
            "processor": str(self._core.get_property("CPU", "FULL_DEVICE_NAME")),
            "engine": str(import_openvino().__version__),
            "bundle": bundle.digest,
        }
        return precision_choice.decided(cache_folder, facts, lambda: self._timings(bundle.network.input_side))

    def _timings(self, side: int) -> dict[str, float]:
        """Return the seconds of the first member in each precision on all cores, whatever it will be run for."""
        picture = np.random.default_rng(0).random((1, 1, side, side), dtype=np.float32)
        settings = _settings(0, many=False)
        requests = {
            name: self._compile(self._graphs[0], settings, name).create_infer_request() for name in ("fp32", "bf16")
        }
        return precision_choice.timed({name: partial(_run, request, picture) for name, request in requests.items()})

    def _compile(self, graph: Path, settings: dict[str, object], precision: str) -> Any:  # noqa: ANN401 - no types
        try:
            hint = {"INFERENCE_PRECISION_HINT": "bf16" if precision == "bf16" else "f32"}
            return self._core.compile_model(str(graph), "CPU", {**settings, **hint})
        except RuntimeError as error:
            raise DetectorError(f"{graph} cannot be compiled for this processor.") from error


def _settings(threads: int, many: bool) -> dict[str, object]:
    cores = os.cpu_count() or 1
    if many:
        streams = max(1, min(cores // max(1, threads), _MOST_STREAMS))
        return {"NUM_STREAMS": streams, **({"INFERENCE_NUM_THREADS": streams * threads} if threads else {})}
    return {"PERFORMANCE_HINT": "LATENCY", **({"INFERENCE_NUM_THREADS": threads} if threads else {})}


def _run(request: Any, network_input: NDArray[np.float32]) -> MemberOutput:  # noqa: ANN401 - openvino has no types
    results = request.infer({0: network_input})
    return member_output({name: value for output, value in results.items() for name in output.names})
