"""A cluster's processors are shared out so that no stage waits for a processor that another one keeps."""

import pytest

from cxr_viewer.scan.ray_cluster import Cluster
from cxr_viewer.scan.ray_errors import RunnerError
from cxr_viewer.scan.ray_shares import Shares, shared_out


@pytest.mark.parametrize(
    ("cluster", "wants_gpu", "workers", "shares"),
    [
        (Cluster(1, 3, 0), None, None, Shares(1, 2, 1, on_gpu=False)),
        (Cluster(4, 64, 0), None, None, Shares(4, 60, 4, on_gpu=False)),
        (Cluster(4, 64, 0), False, 10, Shares(4, 10, 4, on_gpu=False)),
        (Cluster(2, 64, 8), None, None, Shares(2, 64, 8, on_gpu=True)),
        (Cluster(2, 64, 8), True, 500, Shares(2, 64, 8, on_gpu=True)),
        (Cluster(2, 64, 8), False, None, Shares(2, 62, 2, on_gpu=False)),
    ],
)
def test_detectors_have_gpus_or_nodes_and_all_other_processors_prepare(
    cluster: Cluster, wants_gpu: bool | None, workers: int | None, shares: Shares
) -> None:
    assert shared_out(cluster, wants_gpu, workers) == shares


def test_a_cluster_without_what_is_needed_is_a_sentence() -> None:
    with pytest.raises(RunnerError, match="no GPU"):
        shared_out(Cluster(2, 64, 0), True, None)
    with pytest.raises(RunnerError, match="2 processors for 2 nodes"):
        shared_out(Cluster(2, 2, 0), None, None)
