"""Shows how far a scan is, on stderr: a bar on a terminal, now and then a line elsewhere."""

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

from cxr_viewer.commands.pace import Pace

LINE_SECONDS = 15.0
"""Where there is no terminal, one line in this time."""


_BAR_SECONDS = 1.0
"""A bar's figures change no quicker than a person reads."""


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

    def __init__(self, what: str, seconds: float = LINE_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._what = what
        self._seconds = seconds
        self._clock = clock
        self._pace = Pace(clock)
        self._total = self._done = self._failed = 0
        self._said = clock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.stderr.flush()

    def found(self, total: int) -> None:
        """Say how many files there are."""
        self._total = total
        self._pace = Pace(self._clock)
        self._say(f"{total} {self._what} found")

    def done(self, is_failure: bool) -> None:
        """Count one file, and say so when the last line is old."""
        self._done += 1
        self._failed += is_failure
        self._pace.add()
        if self._clock() - self._said >= self._seconds:
            failed = f"{self._failed} failed" if self._failed else ""
            parts = f"{self._done} of {self._total} {self._what}", failed, self._pace.words(self._what, self._total)
            self._say(", ".join(part for part in parts if part))

    def _say(self, line: str) -> None:
        self._said = self._clock()
        sys.stderr.write(line + "\n")
        sys.stderr.flush()


class BarProgress:
    """A bar with how quickly it moves and the time that is left."""

    def __init__(self, what: str, clock: Callable[[], float] = time.monotonic) -> None:
        from rich import progress
        from rich.console import Console

        self._bar = progress.Progress(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TextColumn("{task.fields[failed]}"),
            progress.TextColumn("{task.fields[pace]}"),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task(f"Looking for {what}", total=None, failed="", pace="")
        self._what = what
        self._clock = clock
        self._pace = Pace(clock)
        self._failed = self._total = 0
        self._shown = clock()

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def found(self, total: int) -> None:
        """Start the bar."""
        self._total = total
        self._pace = Pace(self._clock)
        self._bar.update(self._task, description="Reading", total=total)

    def done(self, is_failure: bool) -> None:
        """Move the bar by one file."""
        self._failed += is_failure
        self._pace.add()
        failed = f"{self._failed} failed" if self._failed else ""
        if self._clock() - self._shown < _BAR_SECONDS:
            self._bar.update(self._task, advance=1, failed=failed)
            return
        self._shown = self._clock()
        self._bar.update(self._task, advance=1, failed=failed, pace=self._pace.words(self._what, self._total))
