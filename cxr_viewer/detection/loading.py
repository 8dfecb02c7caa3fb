"""Chooses the engine for a bundle and starts it; torch is imported only where it will be used."""

import ctypes.util
import importlib.util
import sys
from pathlib import Path

from cxr_viewer.core.candidates import Detector, DetectorError
from cxr_viewer.detection import bundle as bundles


def load_detector(
    folder: str | Path,
    device: str = "auto",
    backend: str = "auto",
    precision: str = "auto",
    cache_folder: Path | None = None,
    threads: int = 0,
    many: bool = False,
) -> Detector:
    """Return the bundle's ensemble, ready to run.

    Args:
        folder: a model bundle.
        device: "auto" (CUDA when torch and a driver are there, else CPU), "cpu" or "cuda".
        backend: "auto" (torch on CUDA, OpenVINO on CPU), "openvino" or "torch".
        precision: "auto", "fp32" or "bf16".
        cache_folder: keeps compiled OpenVINO graphs between starts.
        threads: processor threads of one OpenVINO inference; 0 leaves it to OpenVINO.
        many: most images a second (a scan) instead of the least time for one image (the viewer).

    Raises:
        BundleError: the bundle is refused.
        DetectorError: the engine or device cannot be used.
    """
    checked = bundles.read(Path(folder))
    has_torch = importlib.util.find_spec("torch") is not None
    wants_cuda = device == "cuda" or (device == "auto" and backend != "openvino" and has_torch and _has_cuda_driver())
    if backend == "openvino" and device == "cuda":
        raise DetectorError("OpenVINO runs on the CPU here; choose --backend torch for CUDA.")
    if backend == "torch" or wants_cuda:
        if not has_torch:
            raise DetectorError("torch is not installed; install cxr-viewer[gpu], or choose --backend openvino.")
        from cxr_viewer.detection.torch_ensemble import TorchEnsemble

        return TorchEnsemble(checked, device, precision)
    from cxr_viewer.detection.openvino_ensemble import OpenVinoEnsemble

    return OpenVinoEnsemble(checked, precision, cache_folder, threads, many)


def _has_cuda_driver() -> bool:
    """Return whether an NVIDIA driver is installed, without importing torch."""
    name = "nvcuda" if sys.platform == "win32" else "cuda"
    return ctypes.util.find_library(name) is not None
