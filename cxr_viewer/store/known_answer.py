"""What a bundle said of an instance, in the few numbers that a worklist shows and sorts by."""

from dataclasses import dataclass
from typing import Self

from cxr_viewer.core.candidates import Candidates
from cxr_viewer.core.disagreement import Disagreement
from cxr_viewer.core.gate import learned_verdict


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """What a bundle said of an instance, as a worklist shows and sorts it.

    Attributes:
        top_score: best candidate; None when the bundle's gate withheld the image.
        disagreement: of its members; None with a single member, or when the gate withheld the image.
        withheld: why the bundle's gate withheld the image, "" when it did not.
    """

    top_score: float | None = None
    disagreement: Disagreement | None = None
    withheld: str = ""

    @classmethod
    def of(cls, candidates: Candidates, disagreement: Disagreement | None) -> Self:
        """Return what candidates say; those of an image that the gate withholds say only that."""
        verdict = learned_verdict(candidates.gate)
        return cls(withheld=verdict.reason) if verdict.withheld else cls(candidates.top_score, disagreement)
