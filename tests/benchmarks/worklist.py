"""What the GUI thread does for a worklist of 26,000 rows: each row of the table is a wait that the reader would feel.

Time is the processor time of the GUI thread, so that other work on the machine does not count.

Run: python -m tests.benchmarks.worklist
"""

import os
import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median
from time import thread_time

import numpy as np

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from cxr_viewer.core.disagreement import Disagreement
from cxr_viewer.core.findings import ReviewOutcome
from cxr_viewer.core.studies import Instance, InstanceKey
from cxr_viewer.store.known_answer import KnownAnswer
from cxr_viewer.store.records import InstanceState, Progress
from cxr_viewer.ui import theme
from cxr_viewer.ui.main_window import MainWindow
from cxr_viewer.ui.palette import DARK
from cxr_viewer.ui.worklist_entry import WorklistEntry
from cxr_viewer.ui.worklist_model import WorklistModel
from cxr_viewer.ui.worklist_order import Order, SortKey
from cxr_viewer.ui.worklist_query import parse
from cxr_viewer.ui.worklist_rows import StateFilter, WorklistRows

ROWS = 26_000
BATCH = 450
"""Rows handed over at once while files are found: 0.2 s of headers at 0.44 ms each."""

_ROUNDS = 7
_TODAY = date(2024, 6, 30)


def entries(count: int, first: int = 0) -> list[WorklistEntry]:
    """Return rows of invented patients with scores, dates and states."""
    chance = np.random.default_rng(first)
    rows = []
    for number in range(first, first + count):
        patient = int(chance.integers(0, count // 2 + 1))
        instance = Instance(
            path=Path(f"/archive/{number // 1000}/{number:05d}.dcm"),
            rows=2500,
            columns=2048,
            modality="DX",
            body_part="CHEST",
            view_position=("PA", "AP", "LL")[number % 3],
            patient_name=f"Phantom{patient:05d}^Invented",
            patient_id=f"P{patient:05d}",
            study_date=f"20{chance.integers(10, 25)}{chance.integers(1, 13):02d}{chance.integers(1, 29):02d}",
            study_time=f"{chance.integers(0, 24):02d}0000",
            study_description="Thorax in two planes",
        )
        entry = WorklistEntry.of_instance(instance, InstanceKey(f"{number:064x}"))
        entry.answer = KnownAnswer(float(chance.uniform()), Disagreement(float(chance.uniform()), 1, 4))
        if number % 3 == 0:
            entry.state = InstanceState(Progress.SIGNED, ReviewOutcome.NO_OPACITY)
        rows.append(entry)
    return rows


class Bench:
    """A window over the rows; every measured call ends when the list is laid out and painted."""

    def __init__(self, application: QApplication) -> None:
        self._application = application
        self.model = WorklistModel()
        self.rows = WorklistRows(self.model)
        self.window = MainWindow(self.model, self.rows)
        self.window.show()
        self.model.append(entries(ROWS))
        self.panel = self.window.worklist
        self.panel.mark(self.model.at(ROWS // 2).path)
        application.processEvents()

    def time(self, *calls: Callable[[], object]) -> tuple[float, float]:
        """Return median and longest milliseconds of calls that are made in turn, painting included."""
        times = []
        for number in range(_ROUNDS * len(calls)):
            start = thread_time()
            calls[number % len(calls)]()
            self._application.processEvents()
            times.append(1000 * (thread_time() - start))
        return median(times), max(times)

    def search(self, text: str) -> None:
        """Search as the box does."""
        self.rows.set_query(parse(text, _TODAY))


def measure(bench: Bench) -> dict[str, tuple[float, float]]:
    """Return the waits by what the reader did."""
    rows, model = bench.rows, bench.model
    found: dict[str, tuple[float, float]] = {}
    found["search: a letter more, a letter less"] = bench.time(
        lambda: bench.search("phantom000"), lambda: bench.search("phantom0001")
    )
    found["search: nobody found, and all again"] = bench.time(
        lambda: bench.search("nobody at all"), lambda: bench.search("")
    )
    found["filter: view:pa date:1y score:>0.5"] = bench.time(
        lambda: bench.search("view:pa date:1y score:>0.5"), lambda: bench.search("view:pa date:1y")
    )
    bench.search("")
    found["filter: unread, all"] = bench.time(
        lambda: rows.set_state(StateFilter.UNREAD), lambda: rows.set_state(StateFilter.ALL)
    )
    keys = [key for key in SortKey if key is not SortKey.FOUND]
    for key in keys:
        found[f"sort: {key.value.lower()}, and as found"] = bench.time(
            partial(rows.sort_by, Order.by(key)), partial(rows.sort_by, Order())
        )
    rows.sort_by(Order.by(SortKey.DATE))
    batches = iter([entries(BATCH, ROWS + 1000 * number) for number in range(_ROUNDS)])
    found[f"{BATCH} files found, sorted by date"] = bench.time(lambda: model.append(next(batches)))
    rows.sort_by(Order.by(SortKey.SCORE))
    some = iter(np.random.default_rng(1).integers(0, ROWS, 10 * _ROUNDS).tolist())
    found["an answer of the model"] = bench.time(
        lambda: model.set_answer(InstanceKey(f"{next(some):064x}"), KnownAnswer(0.5))
    )
    found["next image: look up and mark"] = bench.time(
        lambda: bench.panel.mark(rows.neighbour(model.at(next(some)).path, 1).path)  # type: ignore[union-attr]
    )
    found["next unread: look up and mark"] = bench.time(
        lambda: bench.panel.mark(rows.unread(model.at(next(some)).path, 1).path)  # type: ignore[union-attr]
    )
    found["counts of states"] = bench.time(bench.panel.refresh_counts)
    known = {InstanceKey(f"{number:064x}"): KnownAnswer(0.25) for number in range(ROWS)}
    found["all answers of another model"] = bench.time(model.clear_answers, lambda: model.add_answers(known))
    return found


def main() -> None:
    """Print the table."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication([])
    theme.apply(application, DARK)
    lines = [
        f"### Worklist of {ROWS:,} rows, painting included",
        "",
        "| what | median ms | longest ms |",
        "|---|---|---|",
    ]
    lines += [
        f"| {what} | {middle:.1f} | {longest:.1f} |" for what, (middle, longest) in measure(Bench(application)).items()
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
