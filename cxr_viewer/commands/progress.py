"""Shows how far a scan is, on stderr: a bar on a terminal, now and then a line elsewhere."""

import sys
import time
from types import TracebackType
from typing import Protocol, Self

LINE_SECONDS = 15.0
"""Where there is no terminal, one line in this time."""


class Progress(Protocol):
    """Told of the number of files when it is known, and of each one that is done."""

    def found(self, total: int) -> None:
        """Take in how many files there are."""

    def done(self, is_failure: bool) -> None:
        """Count one file."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def shown_progress(what: str = "files") -> Progress:
    """Return the kind of progress that stderr can show, for files or whatever is counted."""
    return BarProgress(what) if sys.stderr.isatty() else LineProgress(what)


class LineProgress:
    """Plain lines, for logs and pipes."""

    def __init__(self, what: str, seconds: float = LINE_SECONDS) -> None:
        self._what = what
        self._seconds = seconds
        self._total = self._done = self._failed = 0
        self._said = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.stderr.flush()

    def found(self, total: int) -> None:
        """Say how many files there are."""
        self._total = total
        self._say(f"{total} {self._what} found")

    def done(self, is_failure: bool) -> None:
        """Count one file, and say so when the last line is old."""
        self._done += 1
        self._failed += is_failure
        if time.monotonic() - self._said >= self._seconds:
            failed = f", {self._failed} failed" if self._failed else ""
            self._say(f"{self._done} of {self._total} {self._what}{failed}")

    def _say(self, line: str) -> None:
        self._said = time.monotonic()
        sys.stderr.write(line + "\n")
        sys.stderr.flush()


class BarProgress:
    """A bar with the time that is left."""

    def __init__(self, what: str) -> None:
        from rich import progress
        from rich.console import Console

        self._bar = progress.Progress(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TextColumn("{task.fields[failed]}"),
            progress.TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task(f"Looking for {what}", total=None, failed="")
        self._failed = 0

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def found(self, total: int) -> None:
        """Start the bar."""
        self._bar.update(self._task, description="Reading", total=total)

    def done(self, is_failure: bool) -> None:
        """Move the bar by one file."""
        self._failed += is_failure
        failed = f"{self._failed} failed" if self._failed else ""
        self._bar.update(self._task, advance=1, failed=failed)
