"""A sign-off that stands as assessments: the model's boxes that were judged, those that were not, and added ones."""

from cxr_viewer.core.ledger import VERBS, Assessment, Verb
from cxr_viewer.store.records import SignedReview


def assessments_of(signed: SignedReview) -> tuple[Assessment, ...]:
    """Return the assessments of a review: in the order of the gestures, then what was left without a judgement."""
    made = [pair for pair in zip(signed.findings, signed.made, strict=True) if pair[0].state in VERBS]
    gestures = sorted({each.gesture_id for _, each in made})
    judged = [
        Assessment(
            VERBS[finding.state],
            finding,
            finding.origin,
            each.made_at,
            each.context,
            gestures.index(each.gesture_id) + 1,
        )
        for finding, each in made
    ]
    judged.sort(key=lambda assessment: assessment.order or 0)
    review = signed.review
    left = [
        Assessment(Verb.NOT_ASSESSED, None, origin, review.signed_at, review.context, None)
        for origin in signed.unjudged
    ]
    return (*judged, *left)
