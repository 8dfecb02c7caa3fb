"""Every valid review survives its line of JSON, and nothing that somebody typed is in it."""

import dataclasses
import json
from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from cxr_viewer.core import review_json
from cxr_viewer.core.candidates import Thresholds
from cxr_viewer.core.findings import Finding, FindingState, FindingUid, ReadingContext, ReviewOutcome
from cxr_viewer.core.geometry import Box
from cxr_viewer.core.reviewed_instance import ReviewedInstance, check
from tests.factories import BUNDLE_DIGEST, finding, origin, reviewed_instance

_coordinate = st.floats(0, 100, allow_nan=False, width=32)
_box = st.tuples(_coordinate, _coordinate, st.floats(0.5, 50, width=32), st.floats(0.5, 50, width=32)).map(
    lambda v: Box(v[0], v[1], v[0] + v[2], v[1] + v[3])
)
_origin = st.builds(origin, _box, _box, st.integers(0, 50_000))
_finding = st.one_of(
    st.builds(
        Finding,
        st.text(min_size=1, max_size=8).map(FindingUid),
        st.sampled_from([FindingState.ACCEPTED, FindingState.ADJUSTED, FindingState.REJECTED]),
        _box,
        _origin,
        st.sampled_from(["", "bone", "known_scar"]),
        st.sampled_from(["", "consolidation"]),
    ),
    st.builds(Finding, st.just(FindingUid("x")), st.sampled_from([FindingState.ADDED, FindingState.REMOVED]), _box),
)
_context = st.builds(
    ReadingContext,
    st.sampled_from(["", BUNDLE_DIGEST]),
    st.none() | st.builds(Thresholds, st.floats(0.025, 1), st.floats(0, 0.5), st.none() | st.floats(0, 1.6)),
)
_review = st.builds(
    ReviewedInstance,
    key=st.binary(min_size=32, max_size=32).map(bytes.hex),
    reader=st.text(st.characters(codec="utf-8"), min_size=1, max_size=20),
    outcome=st.just(ReviewOutcome.OPACITY),
    findings=st.lists(_finding, max_size=4).map(tuple),
    context=_context,
    signed_at=st.datetimes(timezones=st.just(UTC)),
    begun_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    rows=st.integers(150, 4000),
    columns=st.integers(150, 4000),
)


@given(review=_review)
def test_every_valid_review_survives_the_round_trip(review: ReviewedInstance) -> None:
    check(review)
    line = json.dumps(review_json.to_json(review), ensure_ascii=False, allow_nan=False)
    assert "\n" not in line
    assert review_json.from_json(json.loads(line)) == review


def test_a_line_of_the_first_program_is_read_and_its_reader_passes_over_what_is_new() -> None:
    review = reviewed_instance(dataclasses.replace(finding(), label="effusion"))
    line = review_json.to_json(review)
    for values in line["findings"]:
        del values["label"], values["reason"]
    assert review_json.from_json(line) == reviewed_instance(finding())


def test_free_text_does_not_leave() -> None:
    typed = dataclasses.replace(
        finding(FindingState.REJECTED), reason="scar of Mrs Invented", comment="Invented", label="as Invented said"
    )
    assert "Invented" not in json.dumps(review_json.to_json(reviewed_instance(typed)))
