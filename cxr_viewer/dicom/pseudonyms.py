"""What stands in for identities in files that leave: salted identifiers and age bands."""

import hashlib
import hmac
import re

AGE_BAND_YEARS = 10
OLDEST_BAND = 90
"""Ages of 90 and above are one band, as in the HIPAA safe harbour (45 CFR 164.514(b)(2)(i)(C))."""

_AGE = re.compile(r"(\d{1,3})\s*([DWMY]?)", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})[.:\-/]?(\d{2})[.:\-/]?(\d{2})")
_UNITS_PER_YEAR = {"D": 365, "W": 52, "M": 12, "Y": 1, "": 1}


def pseudonym(salt: bytes, kind: str, value: str) -> bytes:
    """Return 32 bytes that stand for a value of a kind; without the salt nobody can find the value by trying."""
    return hmac.new(salt, f"{kind}\0{value}".encode("utf-8", "surrogateescape"), hashlib.sha256).digest()


def derived_uid(salt: bytes, kind: str, value: str) -> str:
    """Return a UID under the UUID root (PS3.5 B.2): the same for the same value and salt."""
    return f"2.25.{int.from_bytes(pseudonym(salt, kind, value)[:16], 'big')}"


def age_band(age: str, birth_date: str, study_date: str) -> str:
    """Return the first year of a band of ten years as an age string, e.g. "050Y" for 50 to 59; "" when unknown.

    Args:
        age: Patient's Age; archives also write it without its unit, and that means years.
        birth_date, study_date: used where there is no age.
    """
    stated = _AGE.fullmatch(age.strip())
    if stated:
        years = int(stated[1]) // _UNITS_PER_YEAR[stated[2].upper()]
    else:
        between = _years_between(birth_date, study_date)
        if between is None:
            return ""
        years = between
    return f"{min(years // AGE_BAND_YEARS * AGE_BAND_YEARS, OLDEST_BAND):03d}Y"


def _years_between(birth_date: str, study_date: str) -> int | None:
    birth, study = _DATE.fullmatch(birth_date.strip()), _DATE.fullmatch(study_date.strip())
    if birth is None or study is None:
        return None
    before_birthday = (study[2], study[3]) < (birth[2], birth[3])
    years = int(study[1]) - int(birth[1]) - before_birthday
    return years if 0 <= years < 130 else None
