"""How quickly something goes on, and when it will be done: by what the last half minute brought.

The whole run would not do: a scan that is resumed begins with thousands of files that cost nothing.
"""

import time
from collections import deque
from collections.abc import Callable

WINDOW_SECONDS = 30.0
_SAMPLE_SECONDS = 0.5


class Pace:
    """Counts what is done.

    Args:
        clock: seconds from any beginning.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._done = 0
        self._samples = deque([(clock(), 0)])

    def add(self) -> None:
        """Count one."""
        self._done += 1
        now = self._clock()
        if now - self._samples[-1][0] >= _SAMPLE_SECONDS:
            self._samples.append((now, self._done))
        while len(self._samples) > 2 and now - self._samples[1][0] >= WINDOW_SECONDS:
            self._samples.popleft()

    @property
    def per_second(self) -> float | None:
        """How many a second, None before there is anything to tell."""
        begun, before = self._samples[0]
        seconds = self._clock() - begun
        return (self._done - before) / seconds if seconds >= _SAMPLE_SECONDS and self._done > before else None

    def words(self, what: str, total: int) -> str:
        """Return "12 files/s, 3 min left", or "" before there is anything to tell."""
        rate = self.per_second
        if rate is None:
            return ""
        left = max(total - self._done, 0)
        return f"{_number(rate)} {what}/s" + (f", {time_left(left / rate)} left" if left else "")


def _number(rate: float) -> str:
    return f"{rate:.0f}" if rate >= 10 else f"{rate:.1f}" if rate >= 0.1 else f"{rate:.2f}"


def time_left(seconds: float) -> str:
    """Return a time as a person says it: "40 s", "12 min", "3 h 05 min"."""
    if seconds < 59.5:
        return f"{max(round(seconds), 1)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
