"""Orders of the worklist, on rows with known facts."""

from pathlib import Path

import pytest

from cxr_viewer.core.disagreement import Disagreement
from cxr_viewer.core.studies import Instance, UnreadableFile
from cxr_viewer.store.known_answer import KnownAnswer
from cxr_viewer.store.records import InstanceState, Progress
from cxr_viewer.ui.worklist_entry import WorklistEntry
from cxr_viewer.ui.worklist_order import PLACES, Order, SortKey, arranged


def _entry(name: str, answer: KnownAnswer | None, progress: Progress, **elements: object) -> WorklistEntry:
    instance = Instance(path=Path(name), rows=300, columns=260, **elements)  # type: ignore[arg-type]
    entry = WorklistEntry.of_instance(instance)
    entry.answer, entry.state = answer, InstanceState(progress)
    return entry


UNREAD, SIGNED = Progress.UNREAD, Progress.SIGNED
ROWS = [
    _entry("a", KnownAnswer(0.9, Disagreement(0.0, 0, 4)), UNREAD, patient_name="zoe", study_date="20200101"),
    _entry("b", KnownAnswer(0.4, Disagreement(0.5, 2, 4)), UNREAD, patient_name="Abel", view_position="LL"),
    _entry("c", None, UNREAD, study_date="20240101", view_position="PA"),
    WorklistEntry.of_unreadable(UnreadableFile(Path("d"), "empty file")),
    _entry("e", KnownAnswer(0.7, Disagreement(0.9, 1, 4)), SIGNED, patient_id="M1", study_date="20210101"),
    _entry("f", KnownAnswer(0.2, Disagreement(0.1, 1, 4)), UNREAD, patient_name="Abel", view_position="AP"),
    _entry("g", KnownAnswer(None, None, "no chest"), UNREAD, patient_name="Ben", study_date="20240101"),
]


def _sorted(order: Order) -> str:
    places = [PLACES[order.key](entry) for entry in ROWS]
    return "".join(ROWS[row].path.name for row in arranged(places, order))


@pytest.mark.parametrize(
    ("key", "ascending", "descending"),
    [
        (SortKey.FOUND, "abcdefg", "gfedcba"),
        (SortKey.PATIENT, "bfgeacd", "aegbfcd"),
        (SortKey.DATE, "aecgbfd", "cgeabfd"),
        (SortKey.VIEW, "cfbaegd", "aegbfcd"),
        (SortKey.STATE, "abcfged", "eabcfgd"),
        (SortKey.SCORE, "fbeacgd", "aebfcgd"),
        (SortKey.USEFUL, "afbcged", "bfacged"),
    ],
)
def test_rows_without_a_value_are_last_in_either_direction_and_rows_alike_stay(
    key: SortKey, ascending: str, descending: str
) -> None:
    assert _sorted(Order(key)) == ascending
    assert _sorted(Order(key, is_descending=True)) == descending


def test_most_useful_is_unread_and_disputed_then_unknown_then_signed() -> None:
    assert Order.by(SortKey.USEFUL) == Order(SortKey.USEFUL, is_descending=True)
    assert _sorted(Order.by(SortKey.USEFUL)) == "bfacged"


def test_images_of_a_patient_are_newest_first() -> None:
    days = ("20191231", "20240102", "20240101")
    entries = [_entry(day, None, UNREAD, patient_name="Abel", study_date=day) for day in days]
    places = [PLACES[SortKey.PATIENT](entry) for entry in entries]
    assert arranged(places, Order(SortKey.PATIENT)) == [1, 2, 0]


@pytest.mark.parametrize("key", list(SortKey))
@pytest.mark.parametrize("is_descending", [False, True])
def test_an_order_survives_the_settings(key: SortKey, is_descending: bool) -> None:
    order = Order(key, is_descending)
    assert Order.parse(order.text) == order
    assert order.words.startswith(key.value)


@pytest.mark.parametrize("text", ["", "colour ascending", "2"])
def test_settings_of_something_else_are_the_order_of_finding(text: str) -> None:
    assert Order.parse(text) == Order()


def test_rows_that_need_a_second_read_stand_before_signed_ones() -> None:
    entries = [_entry(name, None, progress) for name, progress in (("a", SIGNED), ("b", SIGNED), ("c", UNREAD))]
    entries[1].state = InstanceState(SIGNED, needs_second_read=True)
    places = [PLACES[SortKey.STATE](entry) for entry in entries]
    assert arranged(places, Order(SortKey.STATE)) == [2, 1, 0]
