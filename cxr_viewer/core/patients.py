"""Whether two instances show the same person, and whether they belong to one study: rather no than a mistake."""

import unicodedata

from cxr_viewer.core.studies import Instance

_NO_IDENTIFIER = frozenset(
    [
        "0",
        "na",
        "n/a",
        "none",
        "null",
        "unknown",
        "unk",
        "anon",
        "anonym",
        "anonymous",
        "anonymised",
        "anonymized",
        "deidentified",
        "removed",
        "test",
        "patient",
        "xxx",
        "id",
        "noid",
    ]
)
"""What careless de-identification leaves in Patient ID: one word for everybody."""


def is_same_patient(one: Instance, other: Instance) -> bool:
    """Whether two instances are surely of one person.

    The Patient ID has to say something and to be equal; the name has to be equal too (without case and accents), and
    birth date and sex must not differ where both are given. An image without a Patient ID belongs to nobody.
    """
    return (
        names_patient(one)
        and one.patient_id.strip() == other.patient_id.strip()
        and _plain_name(one.patient_name) == _plain_name(other.patient_name)
        and _agree(one.birth_date, other.birth_date)
        and _agree(_sex(one), _sex(other))
    )


def names_patient(instance: Instance) -> bool:
    """Whether an instance says whose it is."""
    identifier = instance.patient_id.strip()
    return bool(identifier) and identifier.casefold() not in _NO_IDENTIFIER


def is_same_study(one: Instance, other: Instance) -> bool:
    """Whether two instances are of one study, as ``studies.group`` puts them together; files without UID are not."""
    return bool(one.study_instance_uid) and (one.study_instance_uid, one.patient_id, one.patient_name) == (
        other.study_instance_uid,
        other.patient_id,
        other.patient_name,
    )


def _agree(one: str, other: str) -> bool:
    one, other = one.strip(), other.strip()
    return not one or not other or one == other


def _sex(instance: Instance) -> str:
    sex = instance.sex.strip().upper()
    return sex if sex in ("F", "M") else ""


def _plain_name(value: str) -> str:
    """Return the letters of a person name's first component group (PS3.5 6.2.1), without case and accents."""
    decomposed = unicodedata.normalize("NFKD", value.split("=")[0].casefold())
    letters = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(letters.replace("^", " ").replace(",", " ").split())
