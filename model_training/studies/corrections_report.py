"""The table of the study of corrections: figures before and after, on the shifted kind and on the old kind."""

from collections.abc import Mapping
from pathlib import Path

from cxr_viewer.core.correction_set import CorrectionSet
from model_training import curves, froc_picture, simulated_reader
from model_training.curves import Froc
from model_training.evaluation import IMAGE_AUC, MEAN_PRECISION, sensitivity_name
from model_training.studies import tables, variant_picture
from model_training.studies.comparing_rows import difference
from model_training.studies.corrections_plan import RECIPE, CorrectionsPlan
from model_training.studies.measured_row import MeasuredRow

TABLE = "corrections.md"
BEFORE, ALONE, MIXED = "before", "corrections-alone", "corrections-and-known"
SHIFTED, OLD = "shifted", "old"

_WORDS = {
    BEFORE: "before",
    ALONE: "fitted to the corrections alone",
    MIXED: "fitted to the corrections and data of the old kind, half and half",
}
_COMPARED = {MEAN_PRECISION: "mAP", sensitivity_name(0.25): "sensitivity at 0.25", IMAGE_AUC: "image AUC"}


def write(out: Path, plan: CorrectionsPlan, rows: Mapping[str, MeasuredRow], signed: CorrectionSet) -> Path:
    """Write table, rows and pictures, and return the file with the table."""
    tables.write_rows(out, list(rows.values()))
    lines = _head(plan, signed)
    for test, words in ((SHIFTED, f"The shifted kind (`{plan.domain}`)"), (OLD, "The old kind (plain phantoms)")):
        lines += ["", f"## {words}", "", *_table(rows, test), "", *_differences(rows, test)]
        title = words.replace("`", "")
        froc_picture.draw(out / f"froc-{test}.png", {name: _curve(row, test) for name, row in rows.items()}, title)
        variant_picture.draw(out / f"variants-{test}.png", list(rows.values()), test)
    tables.write_text(out / TABLE, lines)
    return out / TABLE


def _head(plan: CorrectionsPlan, signed: CorrectionSet) -> list[str]:
    done = ", ".join(f"{count} {state}" for state, count in simulated_reader.gestures(signed).items())
    return [
        "# Do corrections help?",
        "",
        f"A simulated reader corrected {len(signed.reviews)} images of the shifted kind ({done}). Every member of the "
        f"bundle was fitted with the recipe `{RECIPE}`, {plan.samples} samples each. Each bundle's threshold is the "
        "best on tuning images of both kinds, pooled; figures are those of held-out images. Brackets: 95 % bootstrap "
        "over persons.",
    ]


def _table(rows: Mapping[str, MeasuredRow], test: str) -> list[str]:
    head, shown = ["bundle", *tables.COLUMNS[1:-1]], []
    for name, row in rows.items():
        shown.append([_WORDS[name], *tables.cells(row, test)[1:-1]])
    return tables.markdown(head, shown)


def _differences(rows: Mapping[str, MeasuredRow], test: str) -> list[str]:
    before, lines = rows[BEFORE], []
    for name in (ALONE, MIXED):
        found = [tables.interval_text(difference(rows[name], before, test, figure)) for figure in _COMPARED]
        lines.append([f"{_WORDS[name]}, minus before", *found])
    return tables.markdown(["difference on the same images", *_COMPARED.values()], lines)


def _curve(row: MeasuredRow, test: str) -> Froc:
    found = row.detections(test)
    return curves.froc(curves.mark(found.boxes, found.scores, found.truths))
