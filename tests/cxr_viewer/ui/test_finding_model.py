"""Rows of the findings list."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex
from pytestqt.modeltest import ModelTester

from cxr_viewer.core import suppression
from cxr_viewer.core.candidates import no_detections
from cxr_viewer.core.findings import FindingState
from cxr_viewer.core.geometry import Box
from cxr_viewer.ui.finding_model import FindingModel, rows_of, size_text
from cxr_viewer.ui.overlay import Kind
from tests.cxr_viewer.ui.readings import header, model
from tests.factories import candidates, finding

DETECTIONS = suppression.select(candidates(), model().thresholds, model().rules)


def test_what_waits_comes_first_and_rejected_last() -> None:
    findings = tuple(finding(state, uid=state.value) for state in reversed(FindingState))
    rows = rows_of(DETECTIONS, findings, header())
    assert [row.kind for row in rows] == [
        Kind.DETECTION,
        Kind.DETECTION,
        Kind.ADDED,
        Kind.FINDING,
        Kind.FINDING,
        Kind.REJECTED,
    ]
    assert rows[0].title == "Model 0.80 · 2 of 2"
    assert {row.title for row in rows[2:]} == {"Added by you", "Accepted, adjusted", "Accepted", "Rejected"}


def test_adjusted_row_tells_how_far_the_box_went() -> None:
    [row] = rows_of(DETECTIONS.subset([]), (finding(FindingState.ADJUSTED, Box(10, 20, 40, 40)),), header())  # type: ignore[arg-type]
    assert row.detail == "IoU 0.50 with model 0.80"


@pytest.mark.parametrize(
    ("spacing", "basis", "text"),
    [
        (None, "", "30 × 40 px"),
        ((0.5, 0.2), "at detector", "6 × 20 mm at detector"),
        ((0.5, 0.5), "calibrated", "15 × 20 mm calibrated"),
    ],
)
def test_size_is_in_pixels_or_in_millimetres_with_their_basis(
    spacing: tuple[float, float] | None, basis: str, text: str
) -> None:
    assert size_text(Box(0, 0, 30, 40), header(spacing_mm=spacing, spacing_basis=basis)) == text


def test_model_keeps_the_rules_of_qt(qtmodeltester: ModelTester) -> None:
    check: Callable[[QAbstractItemModel], None] = qtmodeltester.check
    found = FindingModel()
    check(found)
    found.show(rows_of(DETECTIONS, (finding(),), header()))
    check(found)
    assert found.reach("f1") == 2
    assert found.reach("no such box") == -1


def test_of_hundreds_the_list_gets_a_page_and_the_rest_when_it_is_asked_for(qtmodeltester: ModelTester) -> None:
    found = FindingModel()
    many = tuple(finding(FindingState.ADDED, uid=f"f{number}") for number in range(200))
    found.show(rows_of(no_detections(2), many, header()))
    assert found.rowCount() == 60
    found.fetchMore(QModelIndex())
    assert found.rowCount() == 120
    assert found.reach("f199") == 199
    assert found.rowCount() == 200
    assert not found.canFetchMore(QModelIndex())
    found.fetchMore(QModelIndex())
    assert found.rowCount() == 200
    check: Callable[[QAbstractItemModel], None] = qtmodeltester.check
    check(found)


def test_rows_are_the_same_only_while_detections_findings_and_image_are() -> None:
    about, first = header(), (finding(),)
    rows = rows_of(DETECTIONS, first, about)
    assert rows == rows_of(DETECTIONS, (finding(),), about)
    assert rows != rows_of(DETECTIONS, (), about)
    assert rows != rows_of(DETECTIONS.subset(np.array([0])), first, about)
    assert (rows.waiting, rows.boxes, len(rows)) == (2, 3, 3)
    assert [row.uid for row in rows[1:]] == ["detection:8", "f1"]
