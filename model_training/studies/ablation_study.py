"""Runs an ablation and writes its table and pictures; an unfinished one goes on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from model_training.studies import ablations, overlap_sweep, round_pictures, tables, variant_picture
from model_training.studies.ablations import Ablation, AblationPlan
from model_training.studies.comparing_rows import difference
from model_training.studies.measured_row import MeasuredRow
from model_training.studies.row import Row, StudyData
from model_training.studies.running import run_rows

TABLE = "ablation.md"

_QUESTIONS = {
    Ablation.AUGMENTATION: "the paper's augmentation sets (its Table 3)",
    Ablation.MULTITASK: "the global head beside the boxes (the paper's multi-task training)",
    Ablation.ENCODERS: "encoders (the paper's section 4.3)",
    Ablation.DROPOUT: "dropout of class head and global head",
    Ablation.LEVELS: "pyramid levels, with and without the extra output for small anchors",
    Ablation.NMS: "the overlap of non-maximum suppression against the score threshold (the paper's Figure 8)",
}


@dataclass(frozen=True, slots=True)
class AblationRequest:
    """What is asked for: which ablation, on which data, how many fits at a time."""

    plan: AblationPlan
    data: StudyData
    jobs: int = 1


def run(request: AblationRequest, report: Callable[[str], None]) -> Path:
    """Fit and measure all variants and return the file with the table.

    Raises:
        FolderInUseError: the folder holds another study.
        StudyError: a child process died.
    """
    plan, data = request.plan, request.data
    asked = ablations.rows(plan)
    measured = run_rows(data, asked, request.jobs, report)
    tables.write_rows(data.out, list(measured.values()))
    lines = [*_head(request, asked[0])]
    for test in next(iter(measured.values())).figures:
        lines += ["", f"## {test}", "", *_table(measured, test)]
        variant_picture.draw(data.out / f"variants-{test}.png", list(measured.values()), test)
    runs = {name: data.run_folder(row) for name, row in zip(measured, asked, strict=True)}
    round_pictures.draw(data.out / "rounds.png", runs)
    if plan.ablation is Ablation.NMS:
        lines += ["", "## Overlap and score", "", *overlap_sweep.run(data, asked[0])]
    tables.write_text(data.out / TABLE, lines)
    return data.out / TABLE


def _head(request: AblationRequest, row: Row) -> list[str]:
    plan = request.plan
    base = plan.recipe or ablations.BASES[plan.scale]
    where = (
        "Thresholds fixed on a tuning set, figures on other sets"
        if request.data.tuning
        else f"Fold {plan.fold} is held out: half of its persons fix the thresholds, the others give the figures"
    )
    return [
        f"# Ablation: {_QUESTIONS[plan.ablation]}",
        "",
        f"Base recipe `{base}`, {row.recipe.schedule.samples} samples a fit, {plan.seeds} "
        f"{'seed' if plan.seeds == 1 else 'seeds'}. {where}. Brackets: 95 % bootstrap over persons; the last column is "
        "the paired difference in mAP from the first variant of the same seed.",
    ]


def _table(measured: Mapping[str, MeasuredRow], test: str) -> list[str]:
    rows = list(measured.values())
    first = {_seed_of(row): row for row in rows if row.group == rows[0].group}
    lines = []
    for row in rows:
        baseline = first[_seed_of(row)]
        text = "–" if row is baseline else tables.interval_text(difference(row, baseline, test))
        lines.append([row.name, *tables.cells(row, test), text])
    return tables.markdown(["variant", *tables.COLUMNS, "difference"], lines)


def _seed_of(row: MeasuredRow) -> str:
    return row.name.rsplit("-", 1)[-1]
