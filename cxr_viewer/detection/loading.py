"""Chooses the engine for a bundle and starts it; torch is imported only where it will be used."""

import ctypes
import importlib.util
import sys
from functools import partial
from pathlib import Path

from cxr_viewer.core.candidates import Detector, DetectorError
from cxr_viewer.detection import bundle as bundles
from cxr_viewer.detection.bundle import ModelBundle
from cxr_viewer.detection.ensemble import Ensemble
from cxr_viewer.detection.fallback import FallbackDetector, taken_over


def load_detector(
    folder: str | Path,
    device: str = "auto",
    backend: str = "auto",
    precision: str = "auto",
    cache_folder: Path | None = None,
    threads: int = 0,
    many: bool = False,
) -> Detector:
    """Return the bundle's ensemble, ready to run; one on a GPU goes on on the CPU when the GPU is lost.

    Args:
        folder: a model bundle.
        device: "auto" (CUDA when torch and a device that works are there, else CPU), "cpu" or "cuda".
        backend: "auto" (torch on CUDA, OpenVINO on CPU), "openvino" or "torch".
        precision: "auto", "fp32" or "bf16".
        cache_folder: keeps compiled OpenVINO graphs, and which precision was measured to be the faster one on this
            processor, between starts; ``store.locations.graphs_folder()`` is the program's. Without one "auto" is fp32.
        threads: processor threads of one OpenVINO inference; 0 leaves it to OpenVINO.
        many: most images a second (a scan) instead of the least time for one image (the viewer).

    Raises:
        BundleError: the bundle is refused.
        DetectorError: the engine or device cannot be used.
    """
    checked = bundles.read(Path(folder))
    if not _wants_cuda(device, backend):
        return _on_cpu(checked, backend, precision, cache_folder, threads, many)
    make_spare = partial(_on_cpu, checked, "auto", "auto", cache_folder, threads, many=False)
    try:
        return FallbackDetector(_on_cuda(checked, precision), make_spare)
    except DetectorError as error:
        if device == "cuda":
            raise
        return FallbackDetector(make_spare(), make_spare, taken_over(str(error)))


def load_ensemble(
    folder: str | Path, device: str = "auto", backend: str = "auto", precision: str = "auto", threads: int = 0
) -> Ensemble:
    """Return the ensemble itself, whose members can be run one by one, without another device to fall back on.

    Arguments and errors are those of ``load_detector``.
    """
    checked = bundles.read(Path(folder))
    if _wants_cuda(device, backend):
        return _on_cuda(checked, precision)
    return _on_cpu(checked, backend, precision, None, threads, many=False)


def _wants_cuda(device: str, backend: str) -> bool:
    """Return whether a GPU was asked for, or is there and may be used."""
    if backend == "openvino":
        if device == "cuda":
            raise DetectorError("OpenVINO runs on the CPU here; choose --backend torch for CUDA.")
        return False
    if device != "auto":
        return device == "cuda"
    return _has_torch() and _has_cuda_device()


def _on_cuda(bundle: ModelBundle, precision: str) -> Ensemble:
    _need_torch()
    from cxr_viewer.detection.torch_ensemble import TorchEnsemble

    return TorchEnsemble(bundle, "cuda", precision)


def _on_cpu(
    bundle: ModelBundle, backend: str, precision: str, cache_folder: Path | None, threads: int, many: bool
) -> Ensemble:
    if backend == "torch":
        _need_torch()
        from cxr_viewer.detection.torch_ensemble import TorchEnsemble

        return TorchEnsemble(bundle, "cpu", precision)
    from cxr_viewer.detection.openvino_ensemble import OpenVinoEnsemble

    return OpenVinoEnsemble(bundle, precision, cache_folder, threads, many)


def _need_torch() -> None:
    if not _has_torch():
        raise DetectorError("torch is not installed; install cxr-viewer[gpu], or choose --backend openvino.")


def _has_torch() -> bool:
    return importlib.util.find_spec("torch") is not None


def _has_cuda_device() -> bool:
    """Return whether the NVIDIA driver counts a device; torch, which takes seconds to import, is not asked."""
    name = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
    try:
        driver = ctypes.CDLL(name)
        count = ctypes.c_int(0)
        return driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0 and count.value > 0
    except (OSError, AttributeError):  # no driver, or something else of that name
        return False
