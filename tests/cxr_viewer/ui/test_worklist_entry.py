"""What a row says."""

from pathlib import Path

import pytest

from cxr_viewer.core.findings import ReviewOutcome
from cxr_viewer.core.studies import Instance, UnreadableFile
from cxr_viewer.store.records import InstanceState, Progress
from cxr_viewer.ui.worklist_entry import WorklistEntry, date_text, person_name


def _entry(**elements: object) -> WorklistEntry:
    values: dict[str, object] = {"path": Path("/ward/x.dcm"), "rows": 300, "columns": 260}
    return WorklistEntry.of_instance(Instance(**(values | elements)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("Doe^Jane^Mary", "Doe, Jane Mary"),
        ("Doe", "Doe"),
        ("^Jane", "Jane"),
        ("Yamada^Tarou=山田^太郎", "Yamada, Tarou"),
        ("", ""),
    ],
)
def test_names_are_read_as_the_standard_writes_them(stored: str, shown: str) -> None:
    assert person_name(stored) == shown


def test_who_it_is_falls_back_to_identifier_and_file() -> None:
    assert _entry(patient_name="Doe^Jane", patient_id="7").title == "Doe, Jane"
    assert _entry(patient_id="7").title == "7"
    assert _entry().title == "x.dcm"


def test_missing_everything_leaves_the_folder() -> None:
    assert _entry().subtitle == "ward"
    assert _entry(view_position="PA", study_date="20240102").subtitle == "PA · 2024-01-02"
    assert date_text("someday") == "someday"


@pytest.mark.parametrize(
    ("state", "line", "glyph"),
    [
        (InstanceState(), "unread", "○"),
        (InstanceState(Progress.IN_PROGRESS, None, 2), "in progress · 2 opacities", "◐"),
        (InstanceState(Progress.IN_PROGRESS), "in progress", "◐"),
        (InstanceState(Progress.SIGNED, ReviewOutcome.OPACITY, 1), "1 opacity", "✓"),
        (InstanceState(Progress.SIGNED, ReviewOutcome.NO_OPACITY), "no opacity", "✓"),
        (InstanceState(Progress.SIGNED, ReviewOutcome.UNREADABLE), "unreadable", "✓"),
        (InstanceState(needs_second_read=True), "2nd read asked · unread", "◆"),
        (InstanceState(Progress.SIGNED, ReviewOutcome.OPACITY, 2, True), "2nd read asked · 2 opacities", "◆"),
    ],
)
def test_state_is_a_shape_and_a_line(state: InstanceState, line: str, glyph: str) -> None:
    entry = _entry()
    entry.state = state
    assert (entry.line, entry.glyph) == (line, glyph)


def test_withheld_and_unreadable_rows_say_why() -> None:
    lateral = _entry(modality="DX", view_position="LL")
    assert lateral.glyph == "⊘"
    assert "lateral" in lateral.line
    broken = WorklistEntry.of_unreadable(UnreadableFile(Path("b.dcm"), "empty file"))
    assert (broken.title, broken.line, broken.glyph, broken.is_readable) == ("b.dcm", "empty file", "✕", False)
    assert "cannot be read" in broken.spoken
