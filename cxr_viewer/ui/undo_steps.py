"""Names of the steps on the undo stack, and what the names alone decide: the verdict drafted, boxes shown anyway."""

from collections.abc import Iterable

from cxr_viewer.core.findings import Finding, ReviewOutcome

ACCEPT = "Accept opacity"
REJECT = "Reject box"
MOVE = "Move opacity"
ADD = "Draw opacity"
DELETE = "Delete box"
DUPLICATE = "Duplicate box"
DESCRIBE = "Describe opacity"
COMMENT = "Comment on opacity"
COMMENT_ON_IMAGE = "Comment on image"
ASK_SECOND_READ = "Ask for a second read"
NO_SECOND_READ = "No second read needed"
SHOW_ANYWAY = "Show boxes of a withheld image"

OUTCOME_TEXT = {
    ReviewOutcome.OPACITY: "Opacity",
    ReviewOutcome.NO_OPACITY: "No opacity",
    ReviewOutcome.UNREADABLE: "Unreadable",
}
_VERDICTS = {f"Verdict: {text}": outcome for outcome, text in OUTCOME_TEXT.items()}


def description_step(before: Finding, after: Finding, label_words: str) -> str:
    """Return the name of changing label or comment; it never holds what was typed.

    Args:
        label_words: of the label after.
    """
    if before.label == after.label:
        return COMMENT
    if before.comment != after.comment:
        return DESCRIBE
    return f"Label as {label_words}" if after.label else "Take label off"


def accept_step(label_words: str) -> str:
    """Return the name of accepting, with the label that is given with it."""
    return f"Accept as {label_words}" if label_words else ACCEPT


def verdict_step(outcome: ReviewOutcome) -> str:
    """Return the name of choosing a verdict; as a gesture without findings in the journal, a draft survives."""
    return next(name for name, value in _VERDICTS.items() if value is outcome)


def drafted_outcome(standing_steps: Iterable[str]) -> ReviewOutcome | None:
    """Return the verdict that the steps not undone leave chosen, the last one counting."""
    chosen = None
    for name in standing_steps:
        chosen = _VERDICTS.get(name, chosen)
    return chosen


def is_shown_anyway(standing_steps: Iterable[str]) -> bool:
    """Return whether the reader asked for the boxes of a withheld image."""
    return SHOW_ANYWAY in standing_steps
