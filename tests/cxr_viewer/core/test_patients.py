"""Two images are of one person only when the header leaves no doubt."""

import pytest

from cxr_viewer.core.patients import is_same_patient, is_same_study, names_patient
from tests.cxr_viewer.core.instances import instance


@pytest.mark.parametrize(
    "elements",
    [
        {},
        {"patient_name": "LOVELACE^ADA"},
        {"patient_name": "Lovelace, Ada=ラブレス"},
        {"patient_name": "Lovelacé^Ada"},
        {"birth_date": ""},
        {"sex": ""},
        {"sex": "O"},
        {"patient_id": " P1 "},
    ],
)
def test_writing_the_same_person_otherwise_is_the_same_person(elements: dict[str, str]) -> None:
    assert is_same_patient(instance("a"), instance("b", **elements))


@pytest.mark.parametrize(
    "elements",
    [
        {"patient_id": "P2"},
        {"patient_id": ""},
        {"patient_name": "Lovelace^Augusta"},
        {"patient_name": ""},
        {"birth_date": "19500103"},
        {"sex": "M"},
    ],
)
def test_any_doubt_keeps_two_images_apart(elements: dict[str, str]) -> None:
    assert not is_same_patient(instance("a"), instance("b", **elements))
    assert not is_same_patient(instance("b", **elements), instance("a"))


@pytest.mark.parametrize("identifier", ["", "  ", "ANONYMOUS", "Anon", "0", "unknown", "N/A"])
def test_an_identifier_that_everybody_gets_names_nobody(identifier: str) -> None:
    nobody = instance("a", patient_id=identifier)
    assert not names_patient(nobody)
    assert not is_same_patient(nobody, instance("b", patient_id=identifier))


def test_one_study_is_one_uid_of_one_patient() -> None:
    assert is_same_study(instance("a"), instance("b", study_instance_uid="1.2.a"))
    assert not is_same_study(instance("a"), instance("b"))
    # Careless exports give many patients the same UID.
    assert not is_same_study(instance("a"), instance("b", study_instance_uid="1.2.a", patient_id="P2"))
    assert not is_same_study(instance("a", study_instance_uid=""), instance("b", study_instance_uid=""))
