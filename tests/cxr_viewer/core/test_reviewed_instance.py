"""A review that breaks the rules of what may leave is refused with a sentence."""

import dataclasses
from datetime import datetime

import pytest

from cxr_viewer.core.findings import Finding, FindingState, FindingUid, ReadingContext, ReviewOutcome
from cxr_viewer.core.geometry import Box
from cxr_viewer.core.reviewed_instance import CorrectionSetError, ReviewedInstance, check
from tests.factories import BUNDLE_DIGEST, finding, origin, reviewed_instance


def test_review_that_keeps_the_rules_passes() -> None:
    check(reviewed_instance(finding(), finding(FindingState.REJECTED, uid="f2"), finding(FindingState.ADDED, uid="f3")))
    check(reviewed_instance(finding(FindingState.REJECTED), outcome=ReviewOutcome.NO_OPACITY))


def test_bundles_are_those_of_the_context_and_of_the_findings() -> None:
    other = dataclasses.replace(origin(), bundle_digest="c" * 64)
    review = reviewed_instance(dataclasses.replace(finding(), origin=other), finding(FindingState.ADDED))
    assert review.bundle_digests == {BUNDLE_DIGEST, "c" * 64}
    assert dataclasses.replace(review, context=ReadingContext(), findings=()).bundle_digests == set()


@pytest.mark.parametrize(
    ("review", "sentence"),
    [
        (reviewed_instance(key="../../etc/passwd"), "64 hexadecimal"),
        (reviewed_instance(reader=""), "no reader"),
        (reviewed_instance(rows=0), "image size"),
        (reviewed_instance(finding(), outcome=ReviewOutcome.NO_OPACITY), "asserts one"),
        (reviewed_instance(finding(box=Box(10, 20, 101, 60))), "outside the image"),
        (reviewed_instance(finding(box=Box(10, 20, 10, 60))), "empty or outside"),
        (reviewed_instance(finding(box=Box(float("nan"), 20, 30, 60))), "empty or outside"),
        (reviewed_instance(Finding(FindingUid("f"), FindingState.ACCEPTED, Box(1, 1, 2, 2))), "no origin"),
        (reviewed_instance(Finding(FindingUid("f"), FindingState.ADDED, Box(1, 1, 2, 2), origin())), "an origin"),
        (dataclasses.replace(reviewed_instance(), signed_at=datetime(2024, 1, 1)), "without a zone"),
    ],
)
def test_review_that_breaks_the_rules_is_refused(review: ReviewedInstance, sentence: str) -> None:
    with pytest.raises(CorrectionSetError, match=sentence):
        check(review)
