"""Runs the rows of a study, several at once in child processes; a study that was stopped goes on with the same call."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import get_context, parent_process

from model_training.studies.measured_row import MeasuredRow
from model_training.studies.measuring import run_row
from model_training.studies.row import Row, StudyData


class StudyError(Exception):
    """The study cannot go on; the message is a sentence."""


def run_rows(data: StudyData, rows: Sequence[Row], jobs: int, report: Callable[[str], None]) -> dict[str, MeasuredRow]:
    """Fit and measure rows, ``jobs`` at a time, and return them by name, in the order of ``rows``.

    Args:
        data: what all rows share.
        rows: to do; done ones cost nothing.
        jobs: processes; 1 works in this one.
        report: told one line per round of each fit; a function of a module, because children call it too.

    Raises:
        StudyError: a child process died.
    """
    done: dict[str, MeasuredRow] = {}
    if jobs == 1:
        for row in rows:
            done[row.name] = run_row(data, row, partial(say_of, report, row.name))
        return done
    for name, measured in _in_children(data, rows, jobs, report):
        done[name] = measured
    return {row.name: done[row.name] for row in rows}


def _in_children(
    data: StudyData, rows: Sequence[Row], jobs: int, report: Callable[[str], None]
) -> Iterator[tuple[str, MeasuredRow]]:
    """Yield rows as they are done; no row waits inside the pool, so that Ctrl-C starts none."""
    waiting = list(rows)
    running: dict[Future[MeasuredRow], str] = {}
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_end_with_the_parent)
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                row = waiting.pop(0)
                running[pool.submit(run_row, data, row, partial(say_of, report, row.name))] = row.name
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                yield running.pop(future), future.result()
    except BrokenProcessPool as error:
        raise StudyError(
            "A process of the study died, perhaps for want of memory; give the same command with fewer --jobs."
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def say_of(report: Callable[[str], None], name: str, line: str) -> None:
    """Report a line of a row or run by its name."""
    report(f"{name}: {line}")


def _end_with_the_parent() -> None:
    """End this process when its parent is killed: two processes must not write into one run."""

    def watch() -> None:
        parent = parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
