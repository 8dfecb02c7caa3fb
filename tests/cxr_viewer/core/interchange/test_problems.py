"""What is wrong is counted, and the first ten are named."""

import pytest

from cxr_viewer.core.interchange.problems import raise_if_any


def test_nothing_wrong_raises_nothing() -> None:
    raise_if_any([], "The files have", ValueError)


@pytest.mark.parametrize(
    ("count", "first", "last"),
    [(1, "The files have 1 problem:", "p0"), (10, "The files have 10 problems:", "p9"), (12, "", "… and 2 more")],
)
def test_problems_are_counted_and_the_first_ten_named(count: int, first: str, last: str) -> None:
    with pytest.raises(ValueError, match="problem") as raised:
        raise_if_any([f"p{number}" for number in range(count)], "The files have", ValueError)
    lines = str(raised.value).splitlines()
    assert lines[0].startswith(first)
    assert lines[-1] == last
    assert len(lines) == 1 + min(count, 11)
