"""The pace is that of the last half minute, in words that a person would use."""

import pytest

from cxr_viewer.commands.pace import Pace, time_left


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_nothing_is_told_before_there_is_anything_to_tell() -> None:
    clock = _Clock()
    pace = Pace(clock)
    pace.add()
    assert pace.words("files", 10) == ""
    clock.now = 20.0
    assert Pace(clock).words("files", 10) == ""


def test_files_that_cost_nothing_do_not_make_what_is_left_look_short() -> None:
    clock = _Clock()
    pace = Pace(clock)
    for _ in range(5000):  # taken over from an earlier run within a second
        clock.now += 0.0002
        pace.add()
    for _ in range(60):
        clock.now += 1.0
        pace.add()
    assert pace.per_second == pytest.approx(1.0, rel=0.05)
    assert pace.words("files", 5060 + 600) == "1.0 files/s, 10 min left"


def test_a_pace_that_changes_is_followed_within_half_a_minute() -> None:
    clock = _Clock()
    pace = Pace(clock)
    for seconds in [0.1] * 1000 + [2.0] * 20:
        clock.now += seconds
        pace.add()
    assert pace.per_second == pytest.approx(0.5, rel=0.1)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (40, "40 s"), (59.6, "1 min"), (754, "13 min"), (3599, "1 h 00 min"), (11_100, "3 h 05 min")],
)
def test_time_left_is_told_as_a_person_would(seconds: float, words: str) -> None:
    assert time_left(seconds) == words
