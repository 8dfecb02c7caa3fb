"""Runs a bundle's OpenVINO graphs: the default engine on CPU, without torch."""

import os
import threading
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core.candidates import DetectorError
from cxr_viewer.detection.bundle import ModelBundle
from cxr_viewer.detection.ensemble import Ensemble
from cxr_viewer.detection.graph_outputs import member_output
from cxr_viewer.detection.merging import MemberOutput
from cxr_viewer.detection.openvino_runtime import import_openvino


class OpenVinoEnsemble(Ensemble):
    """Members compiled for the CPU; bf16 arithmetic where the processor has it and ``precision`` allows it."""

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
            precision: "auto" (bf16 where the processor has it), "fp32" or "bf16".
            cache_folder: where compiled graphs are kept for the next start; None keeps none.
            threads: processor threads of one inference; 0 leaves it to OpenVINO.
            many: one stream of inferences per core, for most images a second.

        Raises:
            DetectorError: a graph cannot be compiled, or bf16 was demanded of a processor without it.
        """
        openvino = import_openvino()
        core = openvino.Core()
        has_bf16 = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        if precision == "bf16" and not has_bf16:
            raise DetectorError("This processor has no bf16 arithmetic; choose --precision fp32 or auto.")
        used = "bf16" if has_bf16 and precision != "fp32" else "fp32"
        super().__init__(bundle, f"CPU · OpenVINO {used} · {os.cpu_count()} cores")
        settings: dict[str, object] = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": "bf16" if used == "bf16" else "f32",
        }
        if threads:
            settings["INFERENCE_NUM_THREADS"] = threads
        if cache_folder is not None:
            cache_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            settings["CACHE_DIR"] = str(cache_folder)
        self._lock = threading.Lock()
        self._requests = []
        for member in bundle.members:
            try:
                compiled = core.compile_model(str(bundle.folder / member.graph), "CPU", settings)
            except RuntimeError as error:
                raise DetectorError(f"{bundle.folder / member.graph} cannot be compiled for this processor.") from error
            self._requests.append(compiled.create_infer_request())

    def run_batch(self, index: int, network_inputs: NDArray[np.float32]) -> list[MemberOutput]:
        """Return one member's output for each image, one image after the other."""
        with self._lock:
            return [self._run(index, network_input[None]) for network_input in network_inputs]

    def _run(self, index: int, network_input: NDArray[np.float32]) -> MemberOutput:
        try:
            results = self._requests[index].infer({0: network_input})
        except RuntimeError as error:
            raise DetectorError(f"Member {index + 1} of {self.name} failed on the processor.") from error
        return member_output({name: value for output, value in results.items() for name in output.names})
