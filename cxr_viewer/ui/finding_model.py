"""Rows of the findings list: detections that wait, the reader's findings, rejected ones last."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, overload

import numpy as np
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from cxr_viewer.core import geometry
from cxr_viewer.core.candidates import Detections, no_detections
from cxr_viewer.core.findings import Finding, FindingState
from cxr_viewer.core.geometry import Box
from cxr_viewer.dicom.pixel_header import PixelHeader
from cxr_viewer.ui import overlay
from cxr_viewer.ui.overlay import Kind
from cxr_viewer.ui.word_lists import words

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One row: what it is and its second line."""

    uid: str
    kind: Kind
    title: str
    detail: str


class FindingRows(Sequence[FindingRow]):
    """Rows of the present state, each put into words when it is asked for: of hundreds only some are ever in sight."""

    def __init__(self, detections: Detections, findings: tuple[Finding, ...], header: PixelHeader | None) -> None:
        self._detections, self._header = detections, header
        asserted = tuple(finding for finding in findings if finding.is_asserted)
        self._findings = asserted + tuple(each for each in findings if each.state is FindingState.REJECTED)
        self.boxes = len(detections) + len(asserted)
        """How many are boxes that stand or wait: all but the rejected ones."""

    @property
    def waiting(self) -> int:
        """How many wait for the reader's judgement."""
        return len(self._detections)

    def __len__(self) -> int:
        return len(self._detections) + len(self._findings)

    @overload
    def __getitem__(self, number: int) -> FindingRow: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[FindingRow]: ...
    def __getitem__(self, number: int | slice) -> FindingRow | Sequence[FindingRow]:
        if isinstance(number, slice):
            return tuple(self[each] for each in range(*number.indices(len(self))))
        number = range(len(self))[number]
        assert self._header is not None  # rows of a session without an image are none
        if number < self.waiting:
            return _detection_row(self._detections, number, self._header)
        return _finding_row(self._findings[number - self.waiting], self._header)

    def __eq__(self, other: object) -> bool:
        """Whether both show the same state; detections that were selected anew count as changed."""
        return (
            isinstance(other, FindingRows)
            and self._detections is other._detections
            and self._findings == other._findings
            and self._header is other._header
        )

    def __hash__(self) -> int:
        return hash((id(self._detections), self._findings))

    def number_of(self, uid: str) -> int:
        """Return the number of the row of a box, -1 for none."""
        anchor = overlay.anchor_of(uid)
        if anchor is not None:
            found = np.flatnonzero(self._detections.anchor_index == anchor)
            return int(found[0]) if len(found) else -1
        return next((self.waiting + n for n, finding in enumerate(self._findings) if finding.uid == uid), -1)


def rows_of(detections: Detections, findings: tuple[Finding, ...], header: PixelHeader) -> FindingRows:
    """Return the rows for the present state."""
    return FindingRows(detections, findings, header)


NO_ROWS = FindingRows(no_detections(0), (), None)


def size_text(box: Box, header: PixelHeader) -> str:
    """Return a box's size in millimetres with their basis, or in pixels: never in bare millimetres."""
    if header.spacing_mm is None:
        return f"{box.width:.0f} × {box.height:.0f} px"
    row_mm, column_mm = header.spacing_mm
    return f"{box.width * column_mm:.0f} × {box.height * row_mm:.0f} mm {header.spacing_basis}".rstrip()


def _detection_row(detections: Detections, number: int, header: PixelHeader) -> FindingRow:
    agreeing, score = int(detections.members_agreeing[number]), float(detections.scores[number])
    return FindingRow(
        overlay.detection_uid(int(detections.anchor_index[number])),
        Kind.DETECTION,
        f"Model {score:.2f} · {agreeing} of {detections.members}",
        size_text(Box.from_row(detections.boxes[number]), header),
    )


def _finding_row(finding: Finding, header: PixelHeader) -> FindingRow:
    size, origin = size_text(finding.box, header), finding.origin
    if finding.state is FindingState.ADDED or origin is None:
        return _described(FindingRow(finding.uid, Kind.ADDED, "Added by you", size), finding)
    if finding.state is FindingState.REJECTED:
        title = f"Rejected: {words().reason_words(finding.reason)}" if finding.reason else "Rejected"
        votes = f"was {origin.score:.2f} · {origin.members_agreeing} of {origin.members}"
        return FindingRow(finding.uid, Kind.REJECTED, title, votes)
    if finding.state is FindingState.ADJUSTED:
        iou = float(geometry.pairwise_iou(finding.box.as_array(), origin.shown_box.as_array())[0, 0])
        detail = f"IoU {iou:.2f} with model {origin.score:.2f}"
        return _described(FindingRow(finding.uid, Kind.FINDING, "Accepted, adjusted", detail), finding)
    row = FindingRow(finding.uid, Kind.FINDING, "Accepted", f"{size} · model {origin.score:.2f}")
    return _described(row, finding)


def _described(row: FindingRow, finding: Finding) -> FindingRow:
    """Return a row with the label before what became of the box, and the comment before its size."""
    label = words().label_words(finding.label)
    title = f"{label[0].upper()}{label[1:]} · {row.title[0].lower()}{row.title[1:]}" if label else row.title
    return replace(row, title=title, detail=f"“{finding.comment}” · {row.detail}" if finding.comment else row.detail)


_PAGE = 60
"""Rows that the list is given at once, and again when it is scrolled to its end: it lays out all that it has."""


class FindingModel(QAbstractListModel):
    """The rows as a Qt model, a page of them at first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows = NO_ROWS
        self._count = 0  # asked for once a row by the list

    @property
    def rows(self) -> FindingRows:
        """All rows."""
        return self._rows

    def show(self, rows: FindingRows) -> None:
        """Show other rows."""
        if rows != self._rows:
            self.beginResetModel()
            self._rows, self._count = rows, min(len(rows), _PAGE)
            self.endResetModel()

    def reach(self, uid: str) -> int:
        """Return the row of a box, -1 for none; the list has it from now on."""
        number = self._rows.number_of(uid)
        self._grow(number + 1)
        return number

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._count < len(self._rows)

    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent):
            self._grow(self._count + _PAGE)

    def _grow(self, count: int) -> None:
        count = min(count, len(self._rows))
        if count > self._count:
            self.beginInsertRows(QModelIndex(), self._count, count - 1)
            self._count = count
            self.endInsertRows()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - the default Qt asks for
        return 0 if parent.isValid() else self._count

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - as Qt declares it
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{row.title}, {row.detail}"
        return None
