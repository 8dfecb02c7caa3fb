"""What was checked and how it came out; a failure is told at once and remembered."""

import sys
from collections.abc import Iterable


class Report:
    """Lines of a test, and the exit code that follows from them."""

    def __init__(self) -> None:
        self.failures = 0

    def check(self, what: str, is_so: bool, otherwise: str = "") -> bool:
        """Tell whether something is as it should be, else what was found."""
        self.failures += not is_so
        found = f": {otherwise}" if otherwise and not is_so else ""
        sys.stdout.write(f"{'ok      ' if is_so else 'FAILED  '}{what}{found}\n")
        sys.stdout.flush()
        return is_so

    def none(self, what: str, found: Iterable[object]) -> bool:
        """Tell that there is none of something, or name the first ones."""
        first = [str(each) for _, each in zip(range(5), found, strict=False)]
        return self.check(what, not first, ", ".join(first))

    def skip(self, what: str, why: str) -> None:
        """Tell that something was not checked."""
        sys.stdout.write(f"skipped {what}: {why}\n")
        sys.stdout.flush()
