"""A comparison as text, JSON, CSV and a picture."""

import csv
import json
import math
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from model_training import froc_picture
from model_training.bootstrap import Interval
from model_training.comparison import Comparison, Line
from model_training.verdict import signed

COLUMNS = (
    "table", "row", "figure", "count", "bundle", "value", "low", "high", "difference", "difference_low",
    "difference_high",
)  # fmt: skip


def text(comparison: Comparison) -> str:
    """Return all figures as plain lines, the verdicts last."""
    lines = [f"{comparison.dataset}: {comparison.images} images of {comparison.persons} persons"]
    for name, score in zip(comparison.names, comparison.scores, strict=True):
        lines.append(f"  {name}: score threshold {score:g}")
    for table, group in groupby(comparison.lines, key=lambda line: line.cell.table):
        lines += ["", table]
        for line in group:
            lines += list(_told(line, comparison))
    lines += [
        "",
        "Brackets: 95 % bootstrap over persons; differences are paired. Sizes: pixels of the 1,024 frame.",
        "",
    ]
    return "\n".join([*lines, *(verdict.sentence for verdict in comparison.verdicts)])


def write(folder: Path, comparison: Comparison) -> None:
    """Write ``comparison.txt``, ``.json`` and ``.csv``, ``froc.png`` and ``froc.csv`` into a folder."""
    _write_text(folder / "comparison.txt", text(comparison) + "\n")
    content = json.dumps(_content(comparison), indent=2, ensure_ascii=False)
    _write_text(folder / "comparison.json", content + "\n")
    curves = dict(zip(comparison.names, comparison.froc, strict=True))
    froc_picture.draw(folder / "froc.png", curves, f"FROC on {comparison.dataset}")
    froc_picture.write_table(folder / "froc.csv", curves)
    partial = folder / "comparison.csv.partial"
    with partial.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for line in comparison.lines:
            writer.writerows(_rows(line, comparison))
    partial.replace(folder / "comparison.csv")


def _told(line: Line, comparison: Comparison) -> Iterator[str]:
    what = line.cell.name.replace("_", " ")
    place = "" if line.cell.row == line.cell.table else f"{line.cell.row} ({line.cell.count}), "
    yield f"  {place}{what}"
    for name, value, difference in zip(comparison.names, line.values, line.differences, strict=True):
        yield f"    {name}: {value}" + ("" if difference is None else f"; difference {signed(difference)}")


def _rows(line: Line, comparison: Comparison) -> Iterator[list[object]]:
    cell = line.cell
    for name, value, difference in zip(comparison.names, line.values, line.differences, strict=True):
        numbers = [*_numbers(value), *(_numbers(difference) if difference else [None] * 3)]
        yield [cell.table, cell.row, cell.name, cell.count, name, *("" if n is None else n for n in numbers)]


def _content(comparison: Comparison) -> dict[str, Any]:
    return {
        "dataset": comparison.dataset,
        "dataset_digest": comparison.dataset_digest,
        "images": comparison.images,
        "persons": comparison.persons,
        "bundles": [
            {"name": name, "digest": digest, "score": score}
            for name, digest, score in zip(comparison.names, comparison.digests, comparison.scores, strict=True)
        ],
        "figures": [
            dict(zip(COLUMNS, row, strict=True)) for line in comparison.lines for row in _json(line, comparison)
        ],
        "verdicts": [
            {"bundle": name, "is_worse": own.is_worse, "is_better": own.is_better, "sentence": own.sentence}
            for name, own in zip(comparison.names[1:], comparison.verdicts, strict=True)
        ],
    }


def _json(line: Line, comparison: Comparison) -> Iterator[list[object]]:
    for row in _rows(line, comparison):
        yield [None if value == "" else value for value in row]


def _numbers(interval: Interval) -> list[float | None]:
    return [None if math.isnan(value) else round(value, 5) for value in (interval.value, interval.low, interval.high)]


def _write_text(path: Path, content: str) -> None:
    partial = path.with_name(path.name + ".partial")
    partial.write_text(content, encoding="utf-8")
    partial.replace(path)
