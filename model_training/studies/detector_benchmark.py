"""The phantom benchmark: torchvision's rules, `paper` and `strong` alike, then members and ensembles of the best."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from model_training.studies import benchmark_plan, benchmark_report
from model_training.studies.benchmark_data import Progress, prepare
from model_training.studies.benchmark_plan import OWN, Benchmark
from model_training.studies.ensemble_rows import ensemble_rows
from model_training.studies.measured_row import MeasuredRow
from model_training.studies.row import StudyData
from model_training.studies.running import run_rows

TEST = "test"


@dataclass(frozen=True, slots=True)
class BenchmarkRequest:
    """What is asked for.

    Attributes:
        out: folder of the study; an unfinished one goes on.
        benchmark: its numbers.
        also: name and folder of further prepared test sets.
        jobs: rows at a time.
        accelerator: Lightning's.
        threads: processor threads of one row.
    """

    out: Path
    benchmark: Benchmark
    also: tuple[tuple[str, Path], ...] = ()
    jobs: int = 1
    accelerator: str = "auto"
    threads: int = 1


def run(request: BenchmarkRequest, report: Callable[[str], None], progress: Progress) -> Path:
    """Run the benchmark, or go on with it, and return the file with its table.

    Args:
        request: what is asked for.
        report: told one line per round of each fit; a function of a module.
        progress: given what is counted, returns a listener of (done, of).

    Raises:
        FolderInUseError: the folder holds another study.
        StudyError: a child process died.
    """
    plan = request.benchmark
    folders = prepare(request.out, plan, request.jobs, progress)
    tests = ((TEST, folders.test), *request.also)
    data = StudyData(request.out, (folders.train,), (folders.tuning,), tests, request.accelerator, request.threads)
    rows = run_rows(data, benchmark_plan.first_rows(plan), request.jobs, report)
    chosen = {group: best_of(rows.values(), group) for group in benchmark_plan.WORDS}
    best = max((chosen[group] for group in OWN), key=lambda row: row.tuning)
    folds = benchmark_plan.fold_rows(plan, best.group, best.learning_rate)
    members = run_rows(data, folds, request.jobs, report)
    mean, consensus = ensemble_rows(data, folds)
    tables = benchmark_report.Tables(
        plan=plan,
        rows=tuple(rows.values()),
        chosen=chosen,
        members=tuple(members.values()),
        ensemble=mean,
        consensus=consensus,
        tests=tuple(name for name, _ in tests),
    )
    return benchmark_report.write(request.out, tables)


def best_of(rows: Iterable[MeasuredRow], group: str) -> MeasuredRow:
    """Return the row of a group that the tuning set likes best."""
    return max((row for row in rows if row.group == group), key=lambda row: row.tuning)
