"""cxr-scan: reads every radiograph below the given paths and writes tables and a report."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from enum import StrEnum
from functools import partial
from multiprocessing import freeze_support
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cxr_viewer.commands.outcome import WrongCallError, plain_ending, show_version

if TYPE_CHECKING:
    from cxr_viewer.commands.archive_store import ArchiveStore
    from cxr_viewer.core.candidates import Thresholds
    from cxr_viewer.scan.archive import ScanSummary
    from cxr_viewer.scan.detection import Candidature
    from cxr_viewer.scan.runner import LocalRunner
    from cxr_viewer.scan.runner import Runner as AnyRunner

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class Device(StrEnum):
    """Where the ensemble runs."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


class Backend(StrEnum):
    """Which engine runs it."""

    AUTO = "auto"
    OPENVINO = "openvino"
    TORCH = "torch"


class Precision(StrEnum):
    """In which arithmetic."""

    AUTO = "auto"
    FP32 = "fp32"
    BF16 = "bf16"


class Runner(StrEnum):
    """Who spreads the work."""

    LOCAL = "local"
    RAY = "ray"


@app.command(no_args_is_help=True)
def scan(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Files and folders to read.", show_default=False)
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the results; new or empty.", show_default=False)],
    bundle: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Model bundle.", show_default="the bundled demo ensemble")
    ] = None,
    score: Annotated[
        float | None, typer.Option(metavar="S", help="Least score of a detection.", show_default="as the bundle says")
    ] = None,
    overlap: Annotated[
        float | None,
        typer.Option(
            metavar="T", help="Overlap (IoU) above which the worse box goes.", show_default="as the bundle says"
        ),
    ] = None,
    size: Annotated[
        str | None,
        typer.Option(metavar="mean/S", help="Box size: mean, or shrink 0 to 1.6.", show_default="as the bundle says"),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="Also keep detections for the viewer, with this review store.", show_default=False
        ),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the scan in --out.")] = False,
    workers: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Processes that read files.", show_default="cores")
    ] = None,
    device: Annotated[Device, typer.Option(help="Where the ensemble runs.")] = Device.AUTO,
    backend: Annotated[Backend, typer.Option(help="Which engine runs it.")] = Backend.AUTO,
    precision: Annotated[Precision, typer.Option(help="In which arithmetic.")] = Precision.AUTO,
    runner: Annotated[
        Runner, typer.Option(help="This machine's processes, or a Ray cluster (needs cxr-viewer[cluster]).")
    ] = Runner.LOCAL,
    ray_address: Annotated[
        str | None,
        typer.Option(
            metavar="ADDR",
            help="Ray cluster to join: auto or HOST:PORT. All its nodes must reach PATH and the bundle at the same "
            "paths and have the same cxr-viewer.",
            show_default="a cluster of this machine for this scan",
        ),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Read every DICOM, PNG, JPEG and TIFF below PATH and write tables and a report into DIR.

    Research use, not a medical device.

    Example: cxr-scan /data/archive --out results
    """
    from cxr_viewer import resources
    from cxr_viewer.commands.cluster_scan import cluster_runner
    from cxr_viewer.core.candidates import DetectorError
    from cxr_viewer.detection import BundleError
    from cxr_viewer.scan.ray_errors import RunnerError
    from cxr_viewer.store.errors import StoreError

    again = "Go on with the same command and --resume."
    with plain_ending("cxr-scan", (BundleError, DetectorError, RunnerError, StoreError), again):
        _check_call(paths, out, runner, ray_address, resume)
        with ExitStack() as stack:
            archive_store = _open_store(store, stack)
            engine = device.value, backend.value, precision.value
            folder = bundle if bundle is not None else resources.path("models/demo")
            wanted = partial(_thresholds, score=score, overlap=overlap, size=size)
            if runner is Runner.RAY:
                reading: AnyRunner = cluster_runner(
                    folder, engine, wanted, paths, workers, _default_workers(), ray_address, stack
                )
            else:
                reading = _local_runner(folder, engine, wanted, workers or _default_workers(), stack)
            summary = _scan(paths, out, reading, archive_store)
        if reading.facts.notice:
            typer.echo(f"cxr-scan: {reading.facts.notice}", err=True)
        _tell(summary, out)


def _check_call(paths: list[Path], out: Path, runner: Runner, ray_address: str | None, resume: bool) -> None:
    from cxr_viewer.commands.cluster_scan import check_ray
    from cxr_viewer.scan.resume import OutFolderError, prepare_out

    if runner is Runner.RAY:
        check_ray(ray_address)
    elif ray_address is not None:
        raise WrongCallError("--ray-address names a Ray cluster; add --runner ray, or leave it out.")
    for path in paths:
        if not path.exists():
            raise WrongCallError(f"{path} does not exist; name a file or folder to read.")
    try:
        prepare_out(out, resume)
    except OutFolderError as error:
        raise WrongCallError(str(error)) from error


def _open_store(url: str | None, stack: ExitStack) -> "ArchiveStore | None":
    if url is None:
        return None
    from cxr_viewer.commands.archive_store import ArchiveStore
    from cxr_viewer.store.errors import StoreError
    from cxr_viewer.store.locations import journal_path

    try:
        path = journal_path(url)
    except StoreError as error:
        raise WrongCallError(str(error)) from error
    return stack.enter_context(ArchiveStore(path))


def _local_runner(
    folder: Path,
    engine: tuple[str, str, str],
    wanted: "Callable[[Thresholds], Thresholds]",
    workers: int,
    stack: ExitStack,
) -> "LocalRunner":
    from cxr_viewer.detection import load_detector
    from cxr_viewer.scan.detection import Detection
    from cxr_viewer.scan.runner import LocalRunner, reading_processes
    from cxr_viewer.store.locations import graphs_folder

    pool = stack.enter_context(reading_processes(workers))
    pool.warm_up()  # the processes that read files get ready while the ensemble is loaded
    detector = load_detector(folder, *engine, graphs_folder(), many=True)
    return LocalRunner(Detection(detector, wanted(detector.thresholds)), workers, pool)


def _thresholds(default: "Thresholds", score: float | None, overlap: float | None, size: str | None) -> "Thresholds":
    from cxr_viewer.core.candidates import Thresholds, parse_size

    try:
        return Thresholds(
            default.score if score is None else score,
            default.overlap if overlap is None else overlap,
            default.size if size is None else parse_size(size),
        )
    except ValueError as error:
        raise WrongCallError(str(error)) from error


def _scan(paths: list[Path], out: Path, runner: "AnyRunner", store: "ArchiveStore | None") -> "ScanSummary":
    from cxr_viewer.commands.progress import shown_progress
    from cxr_viewer.scan.archive import ScanListeners, ScanSettings, scan_archive
    from cxr_viewer.scan.resume import OutFolderError
    from cxr_viewer.scan.scanned_file import ScannedFile, Status

    settings = ScanSettings(tuple(paths), out, runner.thresholds, runner.facts.learned_from)

    def keep(read: "Candidature") -> None:
        if store is not None:
            store.keep(read.scanned, read.candidates, runner.facts)

    with shown_progress() as progress:

        def on_file(scanned: ScannedFile) -> None:
            progress.done(scanned.status is Status.FAILED)

        try:
            return scan_archive(settings, runner, ScanListeners(progress.found, on_file, keep))
        except OutFolderError as error:
            raise WrongCallError(str(error)) from error


def _default_workers() -> int:
    """Return the cores that this program may use: where decoding or the ensemble is slow, either can fill them all."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _tell(summary: "ScanSummary", out: Path) -> None:
    from cxr_viewer.scan.scanned_file import Status

    counts = ", ".join(f"{summary.counts[status]} {status}" for status in Status)
    files = summary.counts.total()
    typer.echo(f"{files} files: {counts}; {summary.detections} detections. Results are in {out}.")


def main() -> None:
    """Run the command."""
    freeze_support()
    app()
