"""What the search box understands, on rows with known facts."""

from datetime import date
from pathlib import Path

import pytest

from cxr_viewer.core.disagreement import Disagreement
from cxr_viewer.core.studies import Instance, UnreadableFile
from cxr_viewer.store.known_answer import KnownAnswer
from cxr_viewer.store.records import InstanceState, Progress
from cxr_viewer.ui import worklist_query
from cxr_viewer.ui.worklist_entry import WorklistEntry
from cxr_viewer.ui.worklist_query import condition_of, parse, with_condition

TODAY = date(2024, 3, 31)


def _entry(name: str, **elements: object) -> WorklistEntry:
    return WorklistEntry.of_instance(Instance(path=Path(name), rows=300, columns=260, **elements))  # type: ignore[arg-type]


def _rows() -> list[WorklistEntry]:
    a = _entry("a", patient_name="Müller^Änne=山田", view_position="PA", study_date="20240331", accession_number="X77")
    b = _entry("b", patient_id="P-7", view_position="AP", study_date="20240301", study_description="Thorax Bett")
    c = _entry("c", patient_name="Doe^Jo", view_position="LL", study_date="20230715", modality="DX")
    d = _entry("d")
    e = WorklistEntry.of_unreadable(UnreadableFile(Path("e"), "empty file"))
    a.answer = KnownAnswer(0.9, Disagreement(0.5, 2, 4))
    b.answer = KnownAnswer(0.5, Disagreement(0.0, 0, 4))
    d.answer = KnownAnswer(0.25)
    a.state, b.state = InstanceState(Progress.SIGNED), InstanceState(Progress.IN_PROGRESS, needs_second_read=True)
    return [a, b, c, d, e]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "abcde"),
        ("müller", "a"),
        ("山田", "a"),
        ("MÜLLER x77", "a"),
        ("müller p-7", ""),
        ("thorax", "b"),
        ("date:2024", "ab"),
        ("date:2024-03", "ab"),
        ("date:2024-03-01", "b"),
        ("date:20240301", "b"),
        ("date:>2023", "ab"),
        ("date:>=2023", "abc"),
        ("date:<2024", "c"),
        ("date:<=2024-03-01", "bc"),
        ("date:2023-07..2024-03-01", "bc"),
        ("date:today", "a"),
        ("date:30d", "a"),
        ("date:31d", "ab"),
        ("date:5w", "ab"),
        ("date:1y", "abc"),
        ("view:pa", "a"),
        ("view:pa,ap", "ab"),
        ("view:lateral", "c"),
        ("view:other", "d"),
        ("score:>0.5", "a"),
        ("score:>=0.5", "ab"),
        ("score:<0.5", "d"),
        ("score:<=0.25", "d"),
        ("score:0.25..0.5", "bd"),
        ("score:0.9", "a"),
        ("disagree:yes", "a"),
        ("disagree:>0.6", ""),
        ("state:unread", "cd"),
        ("state:progress", "b"),
        ("state:signed", "a"),
        ("state:second", "b"),
        ("state:withheld", "c"),
        ("state:broken", "e"),
        ("date:2024 view:pa score:>0.5", "a"),
        ("VIEW:PA", "a"),
    ],
)
def test_conditions_and_words(text: str, found: str) -> None:
    query = parse(text, TODAY)
    assert "".join(entry.path.name for entry in _rows() if query.admits(entry)) == found
    assert query.problem == ""
    assert query.is_empty is (text == "")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("date:2024-13", "date:2024-13 is no date"),
        ("date:soon", "date:soon is no date"),
        ("date:2024-3", "is no date"),
        ("view:top", "write view:pa, view:ap, view:lateral or view:other"),
        ("score:high", "has no number; write score:>0.5"),
        ("score:0.1..b", "has no number"),
        ("disagree:no", "has no number"),
        ("state:done", "state:unread"),
    ],
)
def test_what_is_not_understood_is_named_and_passed_over(text: str, told: str) -> None:
    query = parse(f"müller {text}", TODAY)
    assert told in query.problem
    assert query.problem.endswith(".")
    assert [entry.path.name for entry in _rows() if query.admits(entry)] == ["a"]


@pytest.mark.parametrize("name", ["date", "view", "score", "state", "disagree"])
def test_a_condition_that_is_just_being_typed_is_no_problem(name: str) -> None:
    query = parse(f"{name}:", TODAY)
    assert query.problem == ""
    assert query.is_empty


def test_a_colon_in_other_words_is_searched_for() -> None:
    assert parse("ward:3", TODAY).words == ("ward:3",)


def test_conditions_are_put_into_a_search_and_taken_out() -> None:
    text = with_condition("müller view:ap  date:7d", "view", "pa")
    assert text == "müller date:7d view:pa"
    assert condition_of(text, "view") == "pa"
    assert condition_of(text, "score") == ""
    assert with_condition(text, "view", "") == "müller date:7d"


def test_the_help_names_every_condition() -> None:
    for name in worklist_query._READERS:
        assert f"{name}:" in worklist_query.HELP
        assert any(f"{name}:" in written for written, _ in worklist_query.EXAMPLES)
