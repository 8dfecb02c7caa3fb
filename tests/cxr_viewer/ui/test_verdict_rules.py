"""When a verdict may be signed, and what is said beside it."""

import pytest

from cxr_viewer.core.findings import ReviewOutcome
from cxr_viewer.ui.verdict_rules import advise

OPACITY, NONE, UNREADABLE = ReviewOutcome.OPACITY, ReviewOutcome.NO_OPACITY, ReviewOutcome.UNREADABLE


@pytest.mark.parametrize(
    ("outcome", "asserted", "unjudged", "can_sign", "said"),
    [
        (None, 0, 0, False, "No opacity drawn. Is that your verdict?"),
        (None, 2, 0, False, "2 boxes drawn or accepted. Choose your verdict."),
        (OPACITY, 0, 3, False, "Opacity, but no box says where: accept or draw one."),
        (OPACITY, 1, 0, True, ""),
        (OPACITY, 1, 2, True, "2 boxes of the model not judged; they stay so."),
        (NONE, 0, 0, True, ""),
        (NONE, 0, 1, True, "1 box of the model not judged; it stays so."),
        (NONE, 1, 0, False, "No opacity, but 1 box of yours says otherwise."),
        (UNREADABLE, 0, 4, True, ""),
        (UNREADABLE, 2, 0, True, ""),
    ],
)
def test_advice(outcome: ReviewOutcome | None, asserted: int, unjudged: int, can_sign: bool, said: str) -> None:
    advice = advise(outcome, asserted, unjudged)
    assert (advice.can_sign, advice.text) == (can_sign, said)
    assert not advice.is_warning or not can_sign


def test_signed_verdict_says_what_a_change_does() -> None:
    assert "withdraws" in advise(NONE, 0, 0, is_signed=True).text
