"""Rows of the findings list: detections that wait, the reader's findings, rejected ones last."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from cxr_viewer.core import geometry
from cxr_viewer.core.candidates import Detections
from cxr_viewer.core.findings import Finding, FindingState
from cxr_viewer.core.geometry import Box
from cxr_viewer.dicom.pixel_header import PixelHeader
from cxr_viewer.ui import overlay
from cxr_viewer.ui.overlay import Kind

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One row: what it is and its second line."""

    uid: str
    kind: Kind
    title: str
    detail: str


def rows_of(detections: Detections, findings: tuple[Finding, ...], header: PixelHeader) -> tuple[FindingRow, ...]:
    """Return the rows for the present state."""
    waiting = [_detection_row(detections, number, header) for number in range(len(detections))]
    asserted = [_finding_row(finding, header) for finding in findings if finding.is_asserted]
    rejected = [_finding_row(finding, header) for finding in findings if finding.state is FindingState.REJECTED]
    return (*waiting, *asserted, *rejected)


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
        return FindingRow(finding.uid, Kind.ADDED, "Added by you", size)
    if finding.state is FindingState.REJECTED:
        title = f"Rejected: {finding.reason}" if finding.reason else "Rejected"
        votes = f"was {origin.score:.2f} · {origin.members_agreeing} of {origin.members}"
        return FindingRow(finding.uid, Kind.REJECTED, title, votes)
    if finding.state is FindingState.ADJUSTED:
        iou = float(geometry.pairwise_iou(finding.box.as_array(), origin.shown_box.as_array())[0, 0])
        return FindingRow(
            finding.uid, Kind.FINDING, "Accepted, adjusted", f"IoU {iou:.2f} with model {origin.score:.2f}"
        )
    return FindingRow(finding.uid, Kind.FINDING, "Accepted", f"{size} · model {origin.score:.2f}")


class FindingModel(QAbstractListModel):
    """The rows as a Qt model."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[FindingRow, ...] = ()

    @property
    def rows(self) -> tuple[FindingRow, ...]:
        """All rows."""
        return self._rows

    def show(self, rows: tuple[FindingRow, ...]) -> None:
        """Show other rows."""
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()

    def row_of(self, uid: str) -> int:
        """Return the row of a box, -1 for none."""
        return next((number for number, row in enumerate(self._rows) if row.uid == uid), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - the default Qt asks for
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - as Qt declares it
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{row.title}, {row.detail}"
        return None
