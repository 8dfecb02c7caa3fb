"""Age bands and salted identifiers."""

import pytest
from pydicom.uid import UID

from cxr_viewer.dicom.pseudonyms import age_band, derived_uid, pseudonym


@pytest.mark.parametrize(
    ("age", "band"),
    [
        ("057Y", "050Y"),
        ("51", "050Y"),
        ("50", "050Y"),
        ("49Y", "040Y"),
        ("9Y", "000Y"),
        ("018M", "000Y"),
        ("130M", "010Y"),
        ("020W", "000Y"),
        ("400D", "000Y"),
        ("89Y", "080Y"),
        ("090Y", "090Y"),
        ("104Y", "090Y"),
        ("411Y", "090Y"),
        ("fifty", ""),
        ("", ""),
    ],
)
def test_ages_become_bands_of_ten_years_and_the_oldest_one_band(age: str, band: str) -> None:
    assert age_band(age, "", "") == band


@pytest.mark.parametrize(
    ("birth", "study", "band"),
    [
        ("19600101", "20200101", "060Y"),
        ("19600102", "20200101", "050Y"),
        ("1960.01.01", "2020.06.01", "060Y"),
        ("19600101", "", ""),
        ("20200101", "19600101", ""),
        ("d14a028c2a3a", "20200101", ""),
    ],
)
def test_without_an_age_the_dates_give_the_band(birth: str, study: str, band: str) -> None:
    assert age_band("", birth, study) == band


def test_pseudonyms_depend_on_salt_kind_and_value() -> None:
    base = pseudonym(b"s", "patient", "1")
    assert base == pseudonym(b"s", "patient", "1")
    assert (
        len({base, pseudonym(b"t", "patient", "1"), pseudonym(b"s", "study", "1"), pseudonym(b"s", "patient", "2")})
        == 4
    )


def test_derived_uids_are_valid() -> None:
    for value in range(200):
        uid = UID(derived_uid(b"salt", "study", str(value)))
        assert uid.is_valid
        assert len(uid) <= 64
