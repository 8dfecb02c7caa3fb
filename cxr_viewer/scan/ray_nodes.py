"""Looks at the scan from every node of a cluster before work begins: the same program, the bundle, the paths."""

from collections.abc import Sequence
from pathlib import Path

import ray
from ray.exceptions import GetTimeoutError, RayError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from cxr_viewer import __version__
from cxr_viewer.scan.ray_cluster import working_nodes
from cxr_viewer.scan.ray_errors import RunnerError

_PATIENCE_S = 120.0
"""Seconds for every node to start one worker."""


def check_nodes(bundle: Path, paths: Sequence[Path]) -> None:
    """Check that every node has this program and reaches what this machine reaches.

    Args:
        bundle: folder of the model bundle, absolute.
        paths: what is scanned, absolute.

    Raises:
        RunnerError: names the first node that does not, and what it lacks.
    """
    look = ray.remote(num_cpus=0, max_retries=1)(what_is_missing)
    answers = {}
    for node in working_nodes():
        place = NodeAffinitySchedulingStrategy(node["NodeID"], soft=False)
        answers[node["NodeManagerAddress"]] = look.options(scheduling_strategy=place).remote(
            __version__, str(bundle), [str(path) for path in paths]
        )
    for address, answer in answers.items():
        try:
            missing = ray.get(answer, timeout=_PATIENCE_S)
        except GetTimeoutError as error:
            raise RunnerError(
                f"Node {address} of the cluster did not answer within {_PATIENCE_S:.0f} seconds."
            ) from error
        except RayError as error:
            raise RunnerError(f"Node {address} of the cluster cannot run the scan: {_reason(error)}.") from error
        if missing:
            raise RunnerError(f"Node {address} of the cluster {missing}.")


def what_is_missing(version: str, bundle: str, paths: Sequence[str]) -> str:
    """Return what this node lacks, as the end of a sentence; "" when nothing is missing."""
    if version != __version__:
        return f"has cxr-viewer {__version__}, and this machine {version}; install the same version on all nodes"
    if not (Path(bundle) / "bundle.json").is_file():
        return f"has no model bundle at {bundle}; put it on a file system that all nodes share"
    for path in paths:
        if not Path(path).exists():
            return f"cannot see {path}; scan what lies on a file system that all nodes share"
    return ""


def _reason(error: RayError) -> str:
    if "No module named 'cxr_viewer" in str(error):
        return "cxr-viewer is not installed there; install cxr-viewer[cluster] on all nodes"
    return str(error).strip().rpartition("\n")[2].rstrip(".") or type(error).__name__
