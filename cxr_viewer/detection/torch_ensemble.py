"""Runs a bundle's safetensors weights with torch: the engine for CUDA, and the reference on CPU."""

import threading

import numpy as np
import torch
from numpy.typing import NDArray

from cxr_viewer.core.candidates import DetectorError
from cxr_viewer.detection.bundle import ModelBundle
from cxr_viewer.detection.ensemble import Ensemble
from cxr_viewer.detection.member_network import MemberNetwork, load_network
from cxr_viewer.detection.merging import MemberOutput


class TorchEnsemble(Ensemble):
    """Members in float32, or bf16 by autocast where asked for or, on CUDA, by default."""

    def __init__(self, bundle: ModelBundle, device: str = "auto", precision: str = "auto") -> None:
        """Load all members.

        Args:
            device: "auto", "cpu" or "cuda".
            precision: "auto" (bf16 on CUDA, fp32 on CPU), "fp32" or "bf16".

        Raises:
            DetectorError: the device cannot be used or weights do not fit.
        """
        chosen = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
        if chosen == "cuda" and not torch.cuda.is_available():
            raise DetectorError("No CUDA device can be used here; choose --device cpu or auto.")
        self._torch_device = torch.device(chosen)
        self._half = precision == "bf16" or (precision == "auto" and chosen == "cuda")
        label = torch.cuda.get_device_name(0) if chosen == "cuda" else "CPU"
        super().__init__(bundle, f"{label} · torch {'bf16' if self._half else 'fp32'}")
        self._lock = threading.Lock()
        self._networks = [
            MemberNetwork(load_network(bundle.network, bundle.folder / member.weights))
            .eval()
            .to(self._torch_device)
            .to(memory_format=torch.channels_last)
            for member in bundle.members
        ]

    def run_batch(self, index: int, network_inputs: NDArray[np.float32]) -> list[MemberOutput]:
        """Return one member's output for each image, run together."""
        images = torch.from_numpy(network_inputs).to(self._torch_device, memory_format=torch.channels_last)
        try:
            with (
                self._lock,
                torch.inference_mode(),
                torch.autocast(self._torch_device.type, dtype=torch.bfloat16, enabled=self._half),
            ):
                outputs = [output.float().cpu().numpy() for output in self._networks[index](images)]
        except torch.OutOfMemoryError as error:
            raise DetectorError(f"{self._device} ran out of memory with {self.name}; choose --device cpu.") from error
        scores, deltas, features, *classes = outputs
        return [
            MemberOutput(scores[image], deltas[image], classes[0][image] if classes else None, features[image])
            for image in range(len(network_inputs))
        ]
