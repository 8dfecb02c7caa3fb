"""What the phantom benchmark writes: one table in Markdown, the rows for programs, and two kinds of pictures."""

from dataclasses import dataclass
from pathlib import Path

from model_training import curves, froc_picture
from model_training.curves import Froc
from model_training.studies import rate_picture, tables
from model_training.studies.benchmark_plan import PAPER, STRONG, TORCHVISION, WORDS, Benchmark
from model_training.studies.comparing_rows import difference_from_mean
from model_training.studies.measured_row import MeasuredRow

TABLE = "benchmark.md"


@dataclass(frozen=True, slots=True)
class Tables:
    """All rows of a finished benchmark.

    Attributes:
        plan: its numbers.
        rows: every recipe at every learning rate, fold 0.
        chosen: per recipe the row that the tuning set likes best.
        members: the folds of the best recipe of ours.
        ensemble, consensus: of these members.
        tests: names of the test sets.
    """

    plan: Benchmark
    rows: tuple[MeasuredRow, ...]
    chosen: dict[str, MeasuredRow]
    members: tuple[MeasuredRow, ...]
    ensemble: MeasuredRow
    consensus: MeasuredRow
    tests: tuple[str, ...]

    @property
    def best_member(self) -> MeasuredRow:
        """The member that the tuning set likes best."""
        return max(self.members, key=lambda row: row.tuning)

    @property
    def shown(self) -> dict[str, MeasuredRow]:
        """The rows of the main table by their words."""
        best = f"best single member (`{self.best_member.group}`, {self.best_member.name.rsplit('-', 1)[-1]})"
        return {
            **{words: self.chosen[group] for group, words in WORDS.items()},
            best: self.best_member,
            "ensemble of 4 folds": self.ensemble,
            f"ensemble, consensus size ({self.consensus.settings})": self.consensus,
        }

    @property
    def pairs(self) -> dict[str, tuple[MeasuredRow, tuple[MeasuredRow, ...]]]:
        """The comparisons that are asked about, by their words: a row, and those from whose mean it differs."""
        torchvision = (self.chosen[TORCHVISION],)
        return {
            "strong − paper": (self.chosen[STRONG], (self.chosen[PAPER],)),
            "strong − torchvision's rules": (self.chosen[STRONG], torchvision),
            "best member − torchvision's rules": (self.best_member, torchvision),
            "ensemble − torchvision's rules": (self.ensemble, torchvision),
            "ensemble − best member": (self.ensemble, (self.best_member,)),
            "ensemble − mean of its members": (self.ensemble, self.members),
            "consensus size − mean size": (self.consensus, (self.ensemble,)),
        }


def write(out: Path, own: Tables) -> Path:
    """Write everything and return the file with the table."""
    every = (*own.rows, *(row for row in own.members if row not in own.rows), own.ensemble, own.consensus)
    tables.write_rows(out, every)
    for test in own.tests:
        shown = {words.replace("`", ""): _curve(row, test) for words, row in own.shown.items()}
        froc_picture.draw(out / f"froc-{test}.png", shown, f"FROC on {test}")
        rate_picture.draw(out / f"rates-{test}.png", {group: _group(own, group) for group in WORDS}, test)
    lines = [*_head(own.plan)]
    for test in own.tests:
        lines += ["", f"## {test}", "", *_main(own, test), "", *_differences(own, test)]
    lines += ["", "## All fits", ""]
    for test in own.tests:
        lines += [f"On {test}:", "", *_all(own, every, test), ""]
    tables.write_text(out / TABLE, lines[:-1])
    return out / TABLE


def _head(plan: Benchmark) -> list[str]:
    return [
        "# Phantom benchmark",
        "",
        f"Every fit: {plan.samples} samples of {plan.train.count} phantoms (seed {plan.train.seed}), "
        f"{plan.side} pixels. "
        f"Thresholds and learning rates fixed on {plan.tuning.count} phantoms (seed {plan.tuning.seed}); `test` are "
        f"{plan.test.count} others (seed {plan.test.seed}). Brackets: 95 % bootstrap over persons. The column "
        '"tuning set" is the mAP there, by which rates and members are chosen.',
    ]


def _main(own: Tables, test: str) -> list[str]:
    lines = [[words, *tables.cells(row, test)] for words, row in own.shown.items()]
    return tables.markdown(["row", *tables.COLUMNS], lines)


def _differences(own: Tables, test: str) -> list[str]:
    lines = [
        [words, tables.interval_text(difference_from_mean(row, others, test))]
        for words, (row, others) in own.pairs.items()
    ]
    return tables.markdown(["difference on the same images", "mAP"], lines)


def _all(own: Tables, every: tuple[MeasuredRow, ...], test: str) -> list[str]:
    lines = []
    for row in every:
        chosen = " (chosen)" if row in own.chosen.values() else ""
        lines.append([f"{row.name}{chosen}", *tables.cells(row, test)])
    return tables.markdown(["row", *tables.COLUMNS], lines)


def _group(own: Tables, group: str) -> list[MeasuredRow]:
    return [row for row in own.rows if row.group == group]


def _curve(row: MeasuredRow, test: str) -> Froc:
    found = row.detections(test)
    return curves.froc(curves.mark(found.boxes, found.scores, found.truths))
