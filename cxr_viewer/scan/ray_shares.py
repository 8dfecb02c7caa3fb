"""How a cluster's processors are shared out among the two stages of a scan."""

from dataclasses import dataclass

from cxr_viewer.scan.ray_cluster import Cluster
from cxr_viewer.scan.ray_errors import RunnerError


@dataclass(frozen=True, slots=True)
class Shares:
    """Workers of each stage.

    Attributes:
        nodes: of the cluster; 0 where none was joined.
        preparing: workers that read files, one processor each.
        detecting: workers that hold a detector.
        on_gpu: whether each of these has a GPU; otherwise it runs on all processors of its node, beside the others.
    """

    nodes: int = 0
    preparing: int = 0
    detecting: int = 0
    on_gpu: bool = False


def shared_out(cluster: Cluster, wants_gpu: bool | None, workers: int | None) -> Shares:
    """Return the workers of a cluster: a detector for each GPU, or for each node; all other processors prepare.

    Args:
        cluster: nodes and processors.
        wants_gpu: True to insist on GPUs, False to leave them alone, None for what there is.
        workers: that prepare, at most; None for no such limit.

    Raises:
        RunnerError: there is no GPU to insist on, or no processor.
    """
    if wants_gpu and not cluster.gpus:
        raise RunnerError("The cluster has no GPU; leave --device out, or choose --device cpu.")
    on_gpu = bool(cluster.gpus) and wants_gpu is not False
    detecting = cluster.gpus if on_gpu else cluster.nodes
    free = cluster.cpus - (0 if on_gpu else detecting)
    if free < 1:
        raise RunnerError(
            f"The cluster has {cluster.cpus} processors for {cluster.nodes} nodes; two on each are needed."
        )
    return Shares(cluster.nodes, min(workers or free, free), detecting, on_gpu)
