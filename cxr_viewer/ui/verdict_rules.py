"""When a verdict may be signed, and what is said beside it.

A careful reader expects that a signature never contradicts the boxes, and that silence is not taken for a verdict:

- Without a verdict nothing is signed.
- "Opacity" without a box is not signed: the box says where, and a correction set has no other way to say it.
- "No opacity" beside boxes that the reader asserts is not signed: one of the two is a slip.
- "Unreadable" is signed as it is; boxes stay as they are.
- Detections that nobody judged stay unjudged: they are recorded neither as accepted nor as rejected, and that is said.

All of it stands beside the verdict as text; no dialog asks.
"""

from dataclasses import dataclass

from cxr_viewer.core.findings import ReviewOutcome


@dataclass(frozen=True, slots=True)
class VerdictAdvice:
    """Whether the verdict can be signed now, and the sentence beside it."""

    can_sign: bool
    text: str = ""
    is_warning: bool = False


def advise(outcome: ReviewOutcome | None, asserted: int, unjudged: int, *, is_signed: bool = False) -> VerdictAdvice:
    """Return the advice for a verdict.

    Args:
        outcome: what the reader chose, or None.
        asserted: boxes that the reader accepted, adjusted or added.
        unjudged: detections on the screen that still wait.
        is_signed: whether this very verdict is signed already.
    """
    if is_signed:
        return VerdictAdvice(True, "Signed. Any change withdraws the signature.")
    if outcome is None:
        if asserted:
            return VerdictAdvice(False, f"{_boxes(asserted)} drawn or accepted. Choose your verdict.")
        return VerdictAdvice(False, "No opacity drawn. Is that your verdict?")
    if outcome is ReviewOutcome.OPACITY and not asserted:
        return VerdictAdvice(False, "Opacity, but no box says where: accept or draw one.", is_warning=True)
    if outcome is ReviewOutcome.NO_OPACITY and asserted:
        text = f"No opacity, but {_boxes(asserted)} of yours {'says' if asserted == 1 else 'say'} otherwise."
        return VerdictAdvice(False, text, is_warning=True)
    if unjudged and outcome is not ReviewOutcome.UNREADABLE:
        return VerdictAdvice(
            True, f"{_boxes(unjudged)} of the model not judged; {'it stays' if unjudged == 1 else 'they stay'} so."
        )
    return VerdictAdvice(True)


def _boxes(count: int) -> str:
    return "1 box" if count == 1 else f"{count} boxes"
