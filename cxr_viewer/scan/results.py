"""The five files of a scan: three tables written as the rows come, the report and the summary at the end."""

import csv
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from cxr_viewer.core.geometry import Box
from cxr_viewer.core.interchange.rsna_csv import SUBMISSION_COLUMNS, ScoredBox, prediction_string
from cxr_viewer.scan.scanned_file import FoundBox, ScannedFile, Status

INSTANCES = "instances.csv"
DETECTIONS = "detections.csv"
SUBMISSION = "submission.csv"
REPORT = "report.html"
SUMMARY = "scan.json"
RESULT_FILES = (INSTANCES, DETECTIONS, SUBMISSION, REPORT, SUMMARY)

INSTANCE_COLUMNS = (
    "path",
    "frame",
    "instance_key",
    "sop_instance_uid",
    "study_instance_uid",
    "status",
    "reason",
    "rows",
    "columns",
    "opacity_probability",
    "top_score",
    "detections",
    "seconds",
)
DETECTION_COLUMNS = (
    "path",
    "instance_key",
    "sop_instance_uid",
    "study_instance_uid",
    "x",
    "y",
    "width",
    "height",
    "score",
    "members_agreeing",
    "members",
)
_TABLES = {INSTANCES: INSTANCE_COLUMNS, DETECTIONS: DETECTION_COLUMNS, SUBMISSION: SUBMISSION_COLUMNS}


class ResultFiles:
    """The result files while they grow: beside their names until ``finish`` gives them these."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._files: dict[str, TextIO] = {}
        self._writers: dict[str, Any] = {}
        self._open_files = ExitStack()

    def __enter__(self) -> Self:
        for name, columns in _TABLES.items():
            file = self._partial(name).open("w", encoding="utf-8", errors="backslashreplace", newline="")
            self._files[name] = self._open_files.enter_context(file)
            self._writers[name] = csv.writer(file, lineterminator="\n")
            self._writers[name].writerow(columns)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the tables; what was not finished is removed, because the ledger can write it again."""
        try:
            self._open_files.close()
        except OSError:  # a full disk shows again when buffers are flushed; the first error is the one to tell
            if error is None:
                raise
        finally:
            for name in RESULT_FILES:
                self._partial(name).unlink(missing_ok=True)

    def add(self, scanned: ScannedFile) -> None:
        """Write the rows of one file."""
        self._writers[INSTANCES].writerow(instance_row(scanned))
        self._writers[DETECTIONS].writerows(detection_rows(scanned))
        if scanned.status is Status.OK:
            boxes = [ScoredBox(each.score, _box(each)) for each in scanned.detections]
            self._writers[SUBMISSION].writerow((scanned.stem, prediction_string(boxes)))

    def finish(self, report: Iterable[str], summary: Mapping[str, Any]) -> None:
        """Write report and summary, and give all five files their names; the summary comes last."""
        with self._partial(REPORT).open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as page:
            page.writelines(report)
            _sync(page)
        with self._partial(SUMMARY).open("w", encoding="utf-8", newline="\n") as document:
            json.dump(summary, document, indent=2)
            document.write("\n")
            _sync(document)
        for table in self._files.values():
            _sync(table)
        self._open_files.close()
        for name in RESULT_FILES:
            self._partial(name).replace(self._out / name)

    def _partial(self, name: str) -> Path:
        return self._out / f"{name}.partial"


def _sync(file: TextIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def instance_row(scanned: ScannedFile) -> tuple[str, ...]:
    """Return the cells of ``instances.csv``; what was not determined is empty."""
    was_read = scanned.top_score is not None
    return (
        scanned.stamp.path,
        "" if scanned.frame is None else str(scanned.frame),
        scanned.instance_key,
        _foreign(scanned.sop_instance_uid),
        _foreign(scanned.study_instance_uid),
        str(scanned.status),
        scanned.reason,
        str(scanned.rows or ""),
        str(scanned.columns or ""),
        _decimals(scanned.opacity_probability, 4),
        _decimals(scanned.top_score, 4),
        str(len(scanned.detections)) if was_read else "",
        _decimals(scanned.seconds, 3),
    )


def detection_rows(scanned: ScannedFile) -> Iterable[tuple[str, ...]]:
    """Return the rows of ``detections.csv`` for one file, best score first."""
    uids = _foreign(scanned.sop_instance_uid), _foreign(scanned.study_instance_uid)
    for box in scanned.detections:
        sides = (_decimals(value, 2) for value in (box.x, box.y, box.width, box.height))
        votes = str(box.members_agreeing), str(box.members)
        yield (scanned.stamp.path, scanned.instance_key, *uids, *sides, _decimals(box.score, 4), *votes)


def _decimals(value: float | None, places: int) -> str:
    return "" if value is None else f"{value:.{places}f}"


def _foreign(text: str) -> str:
    """Return text of a file's header without control characters, and so that no spreadsheet takes it for a formula."""
    plain = "".join(character if character.isprintable() else " " for character in text).strip()
    return f"'{plain}" if plain.startswith(("=", "+", "-", "@")) else plain


def _box(found: FoundBox) -> Box:
    return Box(found.x, found.y, found.x + found.width, found.y + found.height)
