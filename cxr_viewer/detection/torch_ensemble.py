"""Runs a bundle's safetensors weights with torch: the engine for CUDA, and the reference on CPU."""

import threading
from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cxr_viewer.core.candidates import MAXIMUM_CANDIDATES, DetectorError, ignore, never
from cxr_viewer.detection.bundle import ModelBundle
from cxr_viewer.detection.cuda_graphs import GraphedNetwork
from cxr_viewer.detection.ensemble import Ensemble
from cxr_viewer.detection.fallback import DeviceLostError
from cxr_viewer.detection.member_network import MemberNetwork, load_network
from cxr_viewer.detection.merging import MemberOutput, MembersAnswer

_GATHERED = MAXIMUM_CANDIDATES + 24
"""Anchors brought back from the device: some more than are kept, for its mean of scores may round otherwise."""

_LARGEST_BATCH = 8
_BYTES_PER_IMAGE = 1 << 30
"""Rough guess of what one image of 512 px takes on a GPU beside the weights, graphs included."""


class TorchEnsemble(Ensemble):
    """Members in float32, or bf16 where asked for or, on CUDA, by default.

    On CUDA the members of a batch follow each other without the host waiting: each is one CUDA graph, the best anchors
    are gathered on the device, and the host waits once for a batch.
    """

    def __init__(self, bundle: ModelBundle, device: str = "auto", precision: str = "auto") -> None:
        """Load all members, and on CUDA run them once: a device that is there may still not work.

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
        self._is_cuda = chosen == "cuda"
        self._half = precision == "bf16" or (precision == "auto" and self._is_cuda)
        label = torch.cuda.get_device_name(0) if self._is_cuda else "CPU"
        super().__init__(bundle, f"{label} · torch {'bf16' if self._half else 'fp32'}")
        self._lock = threading.Lock()
        self._graphed: dict[tuple[int, int], GraphedNetwork] = {}
        with _Guard(self):
            self._networks = [self._network(index) for index in range(self.members)]
            self._batch_size = self._fitting_batch()
        if self._is_cuda:
            torch.backends.cudnn.benchmark = True  # shapes are fixed: the search pays
            self.answers(np.zeros((1, 1, self.input_side, self.input_side), np.float32))

    @property
    def batch_size(self) -> int:
        """Images that one call takes best: 1 on the CPU."""
        return self._batch_size

    @property
    def calls_at_once(self) -> int:
        """On CUDA a second call prepares and merges while the first one has the device."""
        return 2 if self._is_cuda else 1

    def run_batch(self, index: int, network_inputs: NDArray[np.float32]) -> list[MemberOutput]:
        """Return one member's whole output for each image, run together."""
        with self._lock, _Guard(self), torch.inference_mode():
            images = self._on_device(network_inputs)
            outputs = [output.float().cpu().numpy() for output in self._run(index, images)]
        scores, deltas, features, *classes = outputs
        return [
            MemberOutput(scores[image], deltas[image], classes[0][image] if classes else None, features[image])
            for image in range(len(network_inputs))
        ]

    def answers(
        self,
        network_inputs: NDArray[np.float32],
        should_stop: Callable[[], bool] = never,
        on_member: Callable[[int], None] = ignore,
    ) -> list[MembersAnswer]:
        """Return what all members say of each image at its best anchors; the host waits for the device once."""
        count = len(network_inputs)
        with self._lock, _Guard(self), torch.inference_mode():
            images = self._on_device(self._padded(network_inputs))
            outputs = []
            for index in self._numbers(should_stop, on_member):
                outputs.append(self._graph(index, images)(images) if self._is_cuda else self._run(index, images))
            best = self._brought_back(_best_anchors(outputs))
        anchor_index, scores, deltas, *opacity = (part.numpy() for part in best)
        return [
            MembersAnswer(
                anchor_index[image], scores[image], deltas[image], float(opacity[0][image]) if opacity else None
            )
            for image in range(count)
        ]

    def _network(self, index: int) -> MemberNetwork:
        member = self.bundle.members[index]
        network = MemberNetwork(load_network(self.bundle.network, self.bundle.folder / member.weights)).eval()
        if self._half:  # stored as autocast would make them at every run; normalisation keeps float32
            for module in network.modules():
                if isinstance(module, torch.nn.Conv2d | torch.nn.Linear):
                    module.to(torch.bfloat16)
        return network.to(self._torch_device).to(memory_format=torch.channels_last)

    def _run(self, index: int, images: Tensor) -> Sequence[Tensor]:
        # without its cache of weights, which must not outlive the recording of a CUDA graph
        with torch.autocast(self._torch_device.type, torch.bfloat16, enabled=self._half, cache_enabled=False):
            outputs: Sequence[Tensor] = self._networks[index](images)
            return outputs

    def _graph(self, index: int, images: Tensor) -> GraphedNetwork:
        key = (index, len(images))
        if key not in self._graphed:
            self._graphed[key] = GraphedNetwork(lambda batch: self._run(index, batch), images)
        return self._graphed[key]

    def _padded(self, network_inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Fill up a batch on CUDA: a graph has one shape, and two shapes (one image, a full batch) are enough."""
        missing = self._batch_size - len(network_inputs)
        if not self._is_cuda or len(network_inputs) == 1 or missing <= 0:
            return network_inputs
        return np.concatenate([network_inputs, np.zeros((missing, *network_inputs.shape[1:]), np.float32)])

    def _on_device(self, network_inputs: NDArray[np.float32]) -> Tensor:
        images = torch.from_numpy(network_inputs)
        if self._is_cuda:
            images = images.pin_memory().to(self._torch_device, non_blocking=True)
        return images.to(memory_format=torch.channels_last)

    def _brought_back(self, parts: Sequence[Tensor]) -> list[Tensor]:
        """Return tensors of the device in the host's memory, after one wait for all of them."""
        if not self._is_cuda:
            return list(parts)
        copies = [torch.empty(part.shape, dtype=part.dtype, pin_memory=True) for part in parts]
        for copy, part in zip(copies, parts, strict=True):
            copy.copy_(part, non_blocking=True)
        torch.cuda.current_stream().synchronize()
        return copies

    def _fitting_batch(self) -> int:
        if not self._is_cuda:
            return 1
        free, _total = torch.cuda.mem_get_info()
        images = int(free / (_BYTES_PER_IMAGE * (self.input_side / 512) ** 2))
        return max(1, min(_LARGEST_BATCH, 1 << max(0, images.bit_length() - 1)))


def _best_anchors(outputs: Sequence[Sequence[Tensor]]) -> list[Tensor]:
    """Return anchor index (B, N), scores (B, N, M), box deltas (B, M, N, 4) and the opacity's probability (B,), if any.

    Args:
        outputs: of each member as ``MemberNetwork`` gives them.
    """
    scores = torch.stack([output[0].float() for output in outputs], dim=1)
    index = scores.mean(dim=1).topk(min(_GATHERED, scores.shape[2]), dim=1, sorted=False).indices
    at = index[:, None].expand(-1, len(outputs), -1)
    deltas = [output[1].float().gather(1, index[..., None].expand(-1, -1, 4)) for output in outputs]
    found = [index, scores.gather(2, at).transpose(1, 2).contiguous(), torch.stack(deltas, dim=1)]
    if len(outputs[0]) > 3:
        found.append(torch.stack([output[3][:, 2].float() for output in outputs]).mean(dim=0))
    return found


class _Guard:
    """Turns what torch raises of a device into a sentence, and tells a lost GPU from other failures."""

    def __init__(self, ensemble: TorchEnsemble) -> None:
        self._device, self._name = ensemble.device, ensemble.name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, RuntimeError):
            raise device_error(error, self._device, self._name) from error


def device_error(error: RuntimeError, device: str, name: str) -> DetectorError:
    """Return the error that tells a reader what torch met; DeviceLostError where another device can go on."""
    where = device.split(" · ")[0]
    if isinstance(error, torch.OutOfMemoryError):
        return DeviceLostError(f"{where} ran out of memory with {name}.")
    if isinstance(error, torch.AcceleratorError) or any(word in str(error) for word in ("CUDA", "cuDNN", "CUBLAS")):
        return DeviceLostError(f"{where} failed or was lost.")
    return DetectorError(f"{name} failed on {where}; choose --backend openvino.")
