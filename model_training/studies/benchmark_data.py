"""Phantoms of a study by fixed seeds, written and imported; what is there already is not made again."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from model_training import preparation, rsna
from model_training.label_files import Labelled
from model_training.phantom.archive import write_archive
from model_training.phantom.phantom import RSNA_SHARES, shares_with_opacity
from model_training.studies.benchmark_plan import OPACITY_SHARE, Benchmark, PhantomSet

Progress = Callable[[str], Callable[[int, int], None]]
"""Given what is counted, returns a listener of (done, of)."""


@dataclass(frozen=True, slots=True)
class BenchmarkData:
    """Folders of prepared datasets."""

    train: Path
    tuning: Path
    test: Path


@dataclass(frozen=True, slots=True)
class PhantomMaker:
    """Makes the phantoms of one study.

    Attributes:
        out: folder of the study; phantoms lie in ``phantoms``, prepared datasets in ``datasets``.
        phantom_side: rows and columns of the phantoms.
        side: of the network's input.
        workers: processes.
        progress: of what is made.
    """

    out: Path
    phantom_side: int
    side: int
    workers: int
    progress: Progress

    def images(self, phantoms: PhantomSet, opacity_share: float | None = None, domain: str = "plain") -> Labelled:
        """Return a set of phantoms with what is true, made where it is missing; None for RSNA's share of opacities."""
        folder = self.out / "phantoms" / phantoms.name
        write_archive(
            folder,
            phantoms.count,
            phantoms.seed,
            side=self.phantom_side,
            transfer_syntax="jpeg-ls",
            shares=RSNA_SHARES if opacity_share is None else shares_with_opacity(opacity_share),
            workers=self.workers,
            prefix=phantoms.name,
            domain=domain,
            on_progress=self.progress(f"{phantoms.name} phantoms"),
        )
        labels, classes = folder / "labels.csv", folder / "classes.csv"
        return rsna.read(folder / "images", labels, classes, source=phantoms.name, persons_are_exams=True)

    def dataset(self, phantoms: PhantomSet, opacity_share: float | None = None, domain: str = "plain") -> Path:
        """Return the folder of a prepared set of phantoms, made where it is missing."""
        labelled = self.images(phantoms, opacity_share, domain)
        return preparation.prepare(
            labelled.examples,
            self.out / "datasets" / phantoms.name,
            self.side,
            phantoms.name,
            self.workers,
            on_progress=self.progress(f"{phantoms.name} images"),
        )


def prepare(out: Path, benchmark: Benchmark, workers: int, progress: Progress) -> BenchmarkData:
    """Return the data of a benchmark below ``out``, made where they are missing."""
    maker = PhantomMaker(out, benchmark.phantom_side, benchmark.side, workers, progress)
    learned = maker.dataset(benchmark.train, OPACITY_SHARE)
    return BenchmarkData(learned, maker.dataset(benchmark.tuning), maker.dataset(benchmark.test))
