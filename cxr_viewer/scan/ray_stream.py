"""Streams files through the two stages on Ray Data, in any order, with bounded memory on every node."""

import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from typing import Any

import numpy as np
import pyarrow as pa
import ray.data
from numpy.typing import NDArray
from ray.exceptions import RayError
from ray.util.annotations import RayDeprecationWarning

from cxr_viewer.core.candidates import Detector, Thresholds
from cxr_viewer.scan.ray_errors import RunnerError
from cxr_viewer.scan.ray_shares import Shares
from cxr_viewer.scan.ray_stages import Detecting, Outcome, Preparing, outcomes_of

DetectingArguments = tuple[Callable[[], Detector], str, Thresholds, NDArray[np.uint64]]

_RETRIES = 2
"""Times that Ray does a block of files again after its worker was lost, before it gives the block up."""

_STAGE: dict[str, Any] = {
    "batch_size": None,  # a block, as it comes
    "batch_format": "pyarrow",
    "max_restarts": -1,
    "max_task_retries": _RETRIES,
}

_INIT_DEATHS = 3
"""Workers of a stage that may die one after the other while they start, before the scan ends."""

_BLOCK_BYTES = 8 * 1024**2


def outcomes(
    tables: Sequence[pa.Table], side: int, detecting: DetectingArguments, shares: Shares, alone: bool
) -> Iterator[tuple[int, Outcome]]:
    """Yield place and outcome of files as they are done; those of a block that Ray gave up do not come.

    Args:
        tables: blocks of places and encoded paths.
        side: of the detector's square, in pixels.
        detecting: what `Detecting` is made with.
        shares: workers of each stage.
        alone: whether a worker shall have one block in hand, so that no other is lost with it; slower.

    Raises:
        RunnerError: the cluster cannot go on.
    """
    _set_context()
    try:
        with closing(_batches(ray.data.from_arrow(list(tables)), side, detecting, shares, alone)) as batches:
            for batch in batches:
                yield from outcomes_of(batch)
    except RayError as error:
        reason = str(error).strip().rpartition("\n")[2].rstrip(".") or type(error).__name__
        raise RunnerError(f"The cluster could not go on: {reason}.") from error


def _batches(
    dataset: ray.data.Dataset, side: int, detecting: DetectingArguments, shares: Shares, alone: bool
) -> Generator[dict[str, Any], None, None]:
    with warnings.catch_warnings():
        # Without a limit of retries, a file that kills its worker would be done again for ever; Ray Data has no other
        # way to set one until 2.64, which the bound in pyproject.toml keeps away.
        warnings.filterwarnings("ignore", "`ray_remote_args` is deprecated", RayDeprecationWarning)
        prepared = dataset.map_batches(
            Preparing, fn_constructor_args=(side,), compute=_pool(shares.preparing, alone), num_cpus=1, **_STAGE
        )
        detected = prepared.map_batches(
            Detecting,
            fn_constructor_args=detecting,
            compute=_pool(shares.detecting, alone),
            num_cpus=0 if shares.on_gpu else 1,
            num_gpus=1 if shares.on_gpu else 0,
            **_STAGE,
        )
    yield from detected.iter_batches(batch_size=None, prefetch_batches=0, batch_format="numpy")


def _pool(workers: int, alone: bool) -> ray.data.ActorPoolStrategy:
    """Return a pool that begins with one worker when others use the cluster too, and grows as they leave it."""
    return ray.data.ActorPoolStrategy(
        min_size=1, max_size=workers, initial_size=workers, max_tasks_in_flight_per_actor=1 if alone else None
    )


def _set_context() -> None:
    """Tell Ray Data to be quiet, to hold little in flight, and to go on without blocks whose worker was lost."""
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    context.execution_options.preserve_order = False
    context.target_max_block_size = _BLOCK_BYTES
    context.max_errored_blocks = -1
    context.max_consecutive_actor_init_deaths = _INIT_DEATHS
