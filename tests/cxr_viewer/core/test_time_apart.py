"""Time between studies in words."""

from datetime import date

import pytest

from cxr_viewer.core import time_apart


@pytest.mark.parametrize(
    ("earlier", "later", "words"),
    [
        ("20200101", "20200102", "1 day"),
        ("20200101", "20200114", "13 days"),
        ("20200101", "20200115", "2 weeks"),
        ("20200101", "20200225", "7 weeks"),
        ("20200101", "20200301", "2 months"),
        ("20190103", "20200302", "13 months"),
        ("20190102", "20200302", "14 months"),
        ("20180302", "20200301", "23 months"),
        ("20180302", "20200302", "2 years"),
        ("20000229", "20200228", "19 years"),
    ],
)
def test_time_apart_is_said_in_the_unit_a_reader_thinks_in(earlier: str, later: str, words: str) -> None:
    first, second = time_apart.date_of(earlier), time_apart.date_of(later)
    assert first
    assert second
    assert time_apart.words(first, second) == words


def test_dates_of_old_and_damaged_files() -> None:
    assert time_apart.date_of("1998.03.04") == date(1998, 3, 4)
    assert [time_apart.date_of(text) for text in ("", "20201301", "2020", "yesterday")] == [None] * 4


def test_times_can_be_compared_whatever_their_length() -> None:
    assert [time_apart.time_of(text) for text in ("09", "0941", "09:41:07", "094107.123")] == [
        "090000",
        "094100",
        "094107",
        "094107",
    ]
    assert [time_apart.time_of(text) for text in ("", "9", "noon")] == ["", "", ""]
