"""Prepares what ``cxr-scan --runner ray`` needs: the bundle is read here, the detector is loaded by workers."""

import importlib.util
import os
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cxr_viewer.commands.outcome import WrongCallError

if TYPE_CHECKING:
    from cxr_viewer.core.candidates import Detector, Thresholds
    from cxr_viewer.scan.runner_ray import RayRunner


def check_ray(address: str | None) -> None:
    """Check that Ray Data is installed, and that the address is that of a cluster and not of a proxy.

    Raises:
        WrongCallError: it is not.
    """
    if address is not None and address.startswith("ray://"):
        raise WrongCallError(
            "A Ray client (ray://) only relays calls, and files cannot be streamed through it; start the scan on a "
            "machine of the cluster with --ray-address auto."
        )
    if importlib.util.find_spec("ray") is None or importlib.util.find_spec("pyarrow") is None:
        raise WrongCallError(
            "Ray is not installed; install cxr-viewer[cluster], or leave --runner out to scan on this machine."
        )


def cluster_runner(
    folder: Path,
    engine: tuple[str, str, str],
    wanted: "Callable[[Thresholds], Thresholds]",
    paths: list[Path],
    workers: int | None,
    own_workers: int,
    address: str | None,
    stack: ExitStack,
) -> "RayRunner":
    """Return a runner that joins or starts a cluster when it has something to do.

    Args:
        folder: the bundle, which is read and checked on this machine, and loaded by the workers.
        engine: device, backend and precision, as the command line has them.
        wanted: makes of the bundle's thresholds those that were asked for.
        paths: as named.
        workers: processes that read files on the whole cluster, None for the number that fits.
        own_workers: that number for a cluster that is started on this machine.
        address: of a running cluster; None starts one.
        stack: leaves the cluster.

    Raises:
        BundleError: the bundle is refused.
    """
    from cxr_viewer.detection import bundle as bundles
    from cxr_viewer.scan.ray_cluster import ray_cluster
    from cxr_viewer.scan.runner_ray import ClusterEnsemble, RayRunner
    from cxr_viewer.store.locations import caches_folder

    folder = Path(os.path.abspath(folder))  # noqa: PTH100 - resolve() would follow a link that nodes share
    bundle = bundles.read(folder)
    ensemble = ClusterEnsemble(
        folder=folder,
        load=partial(load_on_node, folder, *engine),
        name=bundle.title,
        digest=bundle.digest,
        members=len(bundle.members),
        input_side=bundle.network.input_side,
        thresholds=bundle.thresholds,
        rules=bundle.rules,
        learned_from=bundle.learned_from,
        wants_gpu=_wants_gpu(*engine),
    )
    own_cpus = (workers or own_workers) + 1  # the detector's worker counts as one too
    return RayRunner(
        lambda: stack.enter_context(ray_cluster(address, own_cpus, caches_folder())),
        ensemble,
        wanted(bundle.thresholds),
        [Path(os.path.abspath(path)) for path in paths],  # noqa: PTH100
        workers,
    )


def load_on_node(folder: Path, device: str, backend: str, precision: str) -> "Detector":
    """Load the detector in a worker; compiled networks are kept in that node's own cache."""
    from cxr_viewer.detection import load_detector
    from cxr_viewer.store.locations import graphs_folder

    return load_detector(folder, device, backend, precision, graphs_folder(), many=True)


def _wants_gpu(device: str, backend: str, _precision: str) -> bool | None:
    if device == "cuda":
        return True
    if device == "cpu" or backend == "openvino" or importlib.util.find_spec("torch") is None:
        return False
    return None
