"""A Ray cluster for one scan: a quiet one on this machine, which goes with the scan, or one that runs already."""

import logging
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ray
import ray.data  # configures its logger, which is silenced below
from ray.exceptions import RayError

from cxr_viewer.scan.ray_errors import RunnerError

_ENVIRONMENT: dict[str, str | None] = {
    "RAY_USAGE_STATS_ENABLED": "0",  # no telemetry
    "RAY_BACKEND_LOG_LEVEL": "fatal",  # what Ray's own processes would print into the terminal
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # leaves CUDA_VISIBLE_DEVICES to its owner, without a warning
}

_OWN_ENVIRONMENT: dict[str, str | None] = {
    # Ray's processes listen on all of the machine's addresses, and whoever may join can run programs: nobody may who
    # lacks this token. Where the mode is not set, Ray asks for tokens; without one it would write one into ~/.ray.
    "RAY_AUTH_MODE": None,
    "RAY_AUTH_TOKEN": secrets.token_hex(32),
    "RAY_worker_niceness": "0",  # Ray's 15 would let the scan starve beside whatever else runs
}

_OBJECT_STORE_BYTES = 512 * 1024**2
"""Shared memory for what travels between workers: some hundred blocks of files. Ray holds back work when it fills."""

_LONGEST_FOLDER = 40
"""Characters of the session's folder: sockets lie 64 deeper in it, and a socket's path may have 107."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """What there is to work on: nodes that lend processors, processors and graphics processors."""

    nodes: int
    cpus: int
    gpus: int


@contextmanager
def ray_cluster(address: str | None, cpus: int, cache: Path) -> Iterator[Cluster]:
    """Join the cluster at an address, or start one on this machine that ends, with its files, when the context ends.

    Args:
        address: "auto", "HOST:PORT" or "ray://HOST:PORT"; None starts one.
        cpus: processors that a started cluster shall believe to have: one for each of its workers.
        cache: folder for the session files of a started one. Where the path is too long for sockets, they lie below
            the folder for temporary files.

    Raises:
        RunnerError: the cluster cannot be reached or started.
    """
    with ExitStack() as stack:
        stack.enter_context(_environment(_ENVIRONMENT if address is not None else _ENVIRONMENT | _OWN_ENVIRONMENT))
        _silence()
        if address is None:
            folder = stack.enter_context(_session_folder(cache))
            start: dict[str, Any] = {"address": "local", "num_cpus": cpus, "object_store_memory": _OBJECT_STORE_BYTES}
            start |= {"include_dashboard": False, "_temp_dir": folder}
        else:
            start = {"address": address}
        stack.callback(ray.shutdown)
        try:
            with _no_native_output():
                ray.init(**start, log_to_driver=False, logging_level=logging.CRITICAL)
            found = ray.cluster_resources()
            nodes = len(working_nodes())
        except (RayError, OSError, RuntimeError, ValueError, ImportError) as error:
            raise RunnerError(_refusal(address, error)) from error
        yield Cluster(nodes, int(found.get("CPU", 0)), int(found.get("GPU", 0)))


def _silence() -> None:
    """Keep what Ray says of its workers out of the terminal: what they mean for the scan is told in rows and errors."""
    logging.getLogger("ray").setLevel(logging.CRITICAL)
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)
    # As Ray's own debugger does it; lost workers would otherwise be printed on stdout, and no option prevents it.
    ray._private.worker._worker_logs_enabled = False


def working_nodes() -> list[dict[str, Any]]:
    """Return what Ray says of the nodes that lend processors; the head of a cluster often lends none."""
    return [node for node in ray.nodes() if node["Alive"] and node["Resources"].get("CPU", 0) > 0]


def _refusal(address: str | None, error: Exception) -> str:
    reason = str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__
    if address is None:
        return f"Ray could not be started on this machine: {reason}."
    return f"The Ray cluster at {address} could not be joined: {reason}."


@contextmanager
def _environment(ours: Mapping[str, str | None]) -> Iterator[None]:
    """Set variables, or unset those that are None, while the cluster is used."""
    before = {name: os.environ.get(name) for name in ours}
    _set(ours)
    try:
        yield
    finally:
        _set(before)


def _set(variables: Mapping[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@contextmanager
def _no_native_output() -> Iterator[None]:
    """Drop what Ray's library writes to stderr when it starts: that it has been told to be quiet."""
    sys.stderr.flush()
    kept = os.dup(2)
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - the device has no path on some platforms
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@contextmanager
def _session_folder(cache: Path) -> Iterator[str]:
    """Make a folder that this user alone can read, and remove it at the end."""
    cache.mkdir(parents=True, exist_ok=True)
    folder = tempfile.mkdtemp(prefix="ray-", dir=cache)
    if len(folder) > _LONGEST_FOLDER:
        Path(folder).rmdir()
        folder = tempfile.mkdtemp(prefix="cxr-ray-")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # Ray's processes may still be writing their last lines
