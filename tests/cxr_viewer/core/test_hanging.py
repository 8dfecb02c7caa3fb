"""Which images stand beside the one that is read: rules that are data, and that never throw."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from cxr_viewer import resources
from cxr_viewer.core import hanging
from cxr_viewer.core.hanging import Beside, Shows, Stands, StudyOf
from cxr_viewer.core.studies import Instance
from tests.cxr_viewer.core.instances import instance

SHIPPED = hanging.parse(resources.read_text("hanging_rules.toml"))

NOW = instance("now", study_date="20200315", study_time="0941")
YEAR_AGO = instance("year", study_date="20190114")
LATERAL_THEN = instance("year-lateral", study_date="20190114", study_instance_uid="1.2.year", view_position="LL")
WEEK_AGO = instance("week", study_date="20200308", view_position="AP")
LATERAL_NOW = instance("lateral", study_date="20200315", study_instance_uid="1.2.now", view_position="LL")
LATER = instance("later", study_date="20210101")
STRANGER = instance("stranger", study_date="20190101", patient_id="P2", patient_name="Other^One")
WARD = (NOW, YEAR_AGO, LATERAL_THEN, WEEK_AGO, LATERAL_NOW, LATER, STRANGER)


def _offered(current: Instance, shows: Shows, ward: tuple[Instance, ...] = WARD) -> list[str]:
    return [entry.instance.path.stem for entry in hanging.beside(current, ward, SHIPPED.rules, shows)]


def _only(current: Instance, ward: tuple[Instance, ...], shows: Shows = Shows.PRIOR) -> Beside:
    [entry] = hanging.beside(current, ward, SHIPPED.rules, shows)
    return entry


def test_the_rules_that_ship_are_understood() -> None:
    assert SHIPPED.problems == ()
    assert {rule.shows for rule in SHIPPED.rules} == set(Shows)


def test_priors_are_one_image_a_study_newest_first_and_of_the_same_view() -> None:
    assert _offered(NOW, Shows.PRIOR) == ["week", "year"]
    assert _offered(LATERAL_NOW, Shows.PRIOR) == ["week", "year-lateral"]
    assert _offered(LATER, Shows.PRIOR) == ["now", "week", "year"]
    assert _offered(YEAR_AGO, Shows.PRIOR) == []


def test_a_stranger_never_stands_beside() -> None:
    for shows in Shows:
        assert _offered(STRANGER, shows) == []
        assert "stranger" not in _offered(NOW, shows)


def test_an_image_without_a_patient_has_no_priors() -> None:
    unnamed = tuple(
        instance(str(number), patient_id="", study_date=f"2020010{number + 1}", is_dicom=False) for number in range(3)
    )
    assert _offered(unnamed[2], Shows.PRIOR, unnamed) == []


def test_pa_stands_left_and_lateral_right_whichever_is_read() -> None:
    study = (NOW, LATERAL_NOW)
    lateral, frontal = _only(NOW, study, Shows.VIEWS), _only(LATERAL_NOW, study, Shows.VIEWS)
    assert (lateral.instance, lateral.stands, lateral.relation) == (
        LATERAL_NOW,
        Stands.RIGHT,
        "lateral view of this study",
    )
    assert (frontal.instance, frontal.stands, frontal.relation) == (NOW, Stands.LEFT, "frontal view of this study")


def test_every_other_image_of_the_study_can_be_reached() -> None:
    oblique = instance("oblique", study_instance_uid="1.2.now", view_position="RAO")
    bare = instance("bare", study_instance_uid="1.2.now", view_position="")
    assert _offered(NOW, Shows.VIEWS, (*WARD, bare, oblique)) == ["lateral", "bare", "oblique"]


def test_time_apart_is_said() -> None:
    assert _only(NOW, (YEAR_AGO,)).relation == "prior, 14 months earlier"
    same_day = instance("morning", study_date="20200315", study_time="0700")
    assert _only(NOW, (same_day,)).relation == "prior, earlier on the same day"
    assert hanging.beside(same_day, (NOW,), SHIPPED.rules, Shows.PRIOR) == ()


def test_a_study_whose_order_nobody_knows_is_offered_as_such_and_last() -> None:
    undated, same_day = instance("undated", study_date=""), instance("no-time", study_date="20200315")
    assert _only(NOW, (undated,)).relation == "another study, date unknown"
    assert _only(NOW, (same_day,)).relation == "another study of the same day"
    assert _offered(NOW, Shows.PRIOR, (undated, YEAR_AGO)) == ["year", "undated"]


def test_a_copy_of_the_image_is_not_offered() -> None:
    copy = instance("copy", study_instance_uid="1.2.now", sop_instance_uid=NOW.sop_instance_uid)
    assert _offered(NOW, Shows.VIEWS, (NOW, copy)) == []


def test_a_radiograph_is_compared_with_radiographs() -> None:
    ward = tuple(
        instance(modality or "none", study_date="20190101", modality=modality, study_instance_uid=f"1.3.{number}")
        for number, modality in enumerate(("CR", "CT", "", "DX", "OT"))
    )
    now = instance("now", study_date="20200315", modality="DX")
    assert sorted(_offered(now, Shows.PRIOR, ward)) == ["CR", "DX", "OT", "none"]
    slices = instance("ct-now", study_date="20200315", modality="CT")
    assert _offered(slices, Shows.PRIOR, ward) == ["CT"]


def test_a_rule_that_is_none_is_left_out_and_said() -> None:
    found = hanging.parse(
        """
        [[rule]]
        shows = "prior"
        study = "earlier"
        [[rule]]
        shows = "yesterday's"
        study = "earlier"
        [[rule]]
        shows = "views"
        """
    )
    assert [rule.study for rule in found.rules] == [StudyOf.EARLIER]
    assert [problem[:24] for problem in found.problems] == ["Hanging rule 2 is left o", "Hanging rule 3 is left o"]
    assert hanging.parse("this is no TOML").rules == ()
    assert "no TOML" in hanging.parse("this is no TOML").problems[0]
    assert "[[rule]]" in hanging.parse("rule = 3").problems[0]
    assert len(hanging.parse('rule = ["x", 3]').problems) == 2


WORDS = st.text(max_size=12) | st.sampled_from(["20200101", "PA", "LL", "0", "20201340", "L\\F", "P1"])
INSTANCES = st.builds(
    Instance,
    path=st.sampled_from([Path(f"/x/{number}") for number in range(4)]),
    rows=st.just(1),
    columns=st.just(1),
    study_instance_uid=WORDS,
    sop_instance_uid=WORDS,
    patient_id=WORDS,
    patient_name=WORDS,
    birth_date=WORDS,
    sex=WORDS,
    study_date=WORDS,
    study_time=WORDS,
    view_position=WORDS,
    view_code=WORDS,
    patient_orientation=st.tuples(WORDS, WORDS) | st.just(()),
    image_descriptions=st.lists(WORDS, max_size=2).map(tuple),
    series_number=st.none() | st.integers(),
    instance_number=st.none() | st.integers(),
)


@given(st.lists(INSTANCES, min_size=1, max_size=6), st.sampled_from(list(Shows)))
def test_no_header_makes_the_rules_throw_or_mix_patients(found: list[Instance], shows: Shows) -> None:
    for entry in hanging.beside(found[0], found, SHIPPED.rules, shows):
        assert entry.instance.patient_id.strip() == found[0].patient_id.strip()
        assert entry.instance.path != found[0].path
        assert entry.relation


@given(st.text(max_size=80))
def test_no_text_makes_reading_the_rules_throw(text: str) -> None:
    found = hanging.parse(text)
    assert isinstance(found.rules, tuple)


@given(st.lists(st.dictionaries(st.sampled_from(["shows", "when", "study", "view", "stands"]), WORDS), max_size=4))
def test_no_row_makes_reading_the_rules_throw(rows: list[dict[str, str]]) -> None:
    lines = [f"[[rule]]\n{''.join(f'{key} = {value!r}' + chr(10) for key, value in row.items())}" for row in rows]
    found = hanging.parse("\n".join(lines))
    assert len(found.rules) + len(found.problems) >= min(1, len(rows))
