"""Decodes images once, in worker processes, into the pixels of a prepared dataset.

The picture is the one that the viewer shows by default and the detector gets: ``windowing.presentation``, then
``preprocessing.letterbox``.
"""

import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import numpy as np

from cxr_viewer.detection.preprocessing import letterbox
from cxr_viewer.dicom import pixels, windowing
from cxr_viewer.dicom.errors import DicomReadError
from model_training.dataset import DatasetError
from model_training.image_identity import identify
from model_training.import_progress import Outcome

_CHUNK = 16
_CHUNKS_PER_WORKER = 4
_Chunk = list[tuple[int, Path]]


def prepare_images(
    paths: Sequence[Path], todo: Sequence[int], target: Path, side: int, workers: int
) -> Iterator[Outcome]:
    """Decode images into their places of a file of pixels and yield what became of each, in any order.

    Args:
        paths: of all images of the dataset.
        todo: indices of those that are still to do.
        target: file of (N, side, side) uint8, there already.
        side: of the prepared images in pixels.
        workers: processes; 0 works in this one.

    Raises:
        DatasetError: a worker process died.
    """
    chunks = [
        [(index, paths[index]) for index in todo[start : start + _CHUNK]] for start in range(0, len(todo), _CHUNK)
    ]
    if not workers:
        for chunk in chunks:
            yield from _prepare_chunk(chunk, target, len(paths), side)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_leave_interrupts_to_the_parent) as pool:
        try:
            yield from _collect(pool, chunks, workers, lambda chunk: (chunk, target, len(paths), side))
        except BrokenProcessPool as error:
            raise DatasetError(
                "A worker process died, perhaps for want of memory; give the same command with fewer --workers."
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


def _collect(
    pool: ProcessPoolExecutor, chunks: Iterable[_Chunk], workers: int, arguments: Callable[[_Chunk], tuple[Any, ...]]
) -> Iterator[Outcome]:
    """Yield outcomes as they come, with a few chunks per worker under way."""
    running: set[Future[list[Outcome]]] = set()
    for chunk in chunks:
        running.add(pool.submit(_prepare_chunk, *arguments(chunk)))
        if len(running) >= _CHUNKS_PER_WORKER * workers:
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                yield from future.result()
    for future in running:
        yield from future.result()


def _leave_interrupts_to_the_parent() -> None:
    """Ctrl-C reaches every process of the terminal; only the parent answers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _prepare_chunk(chunk: _Chunk, target: Path, count: int, side: int) -> list[Outcome]:
    """Decode some images into their places of the shared file; runs in a worker process."""
    store = np.memmap(target, dtype=np.uint8, mode="r+", shape=(count, side, side))
    outcomes = []
    for index, path in chunk:
        try:
            image = windowing.presentation(pixels.decode(path))
            identity = identify(path)
        except (DicomReadError, OSError) as error:
            outcomes.append(Outcome(index, 0, 0, f"{path}: {error}"))
            continue
        store[index] = letterbox(image, side)[0]
        rows, columns = image.shape
        uids = identity.sop_instance_uid, identity.study_instance_uid
        outcomes.append(Outcome(index, rows, columns, "", *uids, identity.digest))
    store.flush()
    return outcomes
