"""How far two studies lie apart, in the words a reader thinks in."""

from datetime import date, datetime


def date_of(value: str) -> date | None:
    """Return a DICOM date (YYYYMMDD, in old files YYYY.MM.DD); None when it is none."""
    digits = value.strip().replace(".", "").replace("-", "")
    try:
        return datetime.strptime(digits, "%Y%m%d").date() if len(digits) == 8 else None
    except ValueError:
        return None


def time_of(value: str) -> str:
    """Return hour, minute and second of a DICOM time as digits that can be compared, "" when it is none."""
    digits = value.strip().replace(":", "").split(".")[0]
    return digits.ljust(6, "0") if digits.isdecimal() and len(digits) in (2, 4, 6) else ""


def words(earlier: date, later: date) -> str:
    """Return the time between two days, for example "14 months"."""
    days = (later - earlier).days
    months = (later.year - earlier.year) * 12 + later.month - earlier.month - (later.day < earlier.day)
    if months >= 24:
        return _count(months // 12, "year")
    if days >= 56:
        return _count(months, "month")
    if days >= 14:
        return _count(days // 7, "week")
    return _count(days, "day")


def _count(number: int, unit: str) -> str:
    return f"1 {unit}" if number == 1 else f"{number} {unit}s"
