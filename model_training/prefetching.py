"""Batches made ahead of time by threads, in order: the device need not wait for memory maps and disks.

A batch is a function of its number, so that the order in which threads finish changes nothing; reading and copying
pixels release the interpreter's lock, so that threads do and processes need not start.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

from model_training.dataset import Batch

THREADS = 2
AHEAD = 4
"""Batches that are made or being made beyond the one in use."""


@dataclass(slots=True)
class Waiting:
    """Seconds that the training process waited for batches."""

    seconds: float = 0.0


class Prefetched:
    """A stretch of batches, in order."""

    def __init__(self, numbers: Sequence[int], batch_of: Callable[[int], Batch], waiting: Waiting) -> None:
        """Set up.

        Args:
            numbers: of the batches.
            batch_of: makes one.
            waiting: told how long the batches were waited for.
        """
        self._numbers, self._batch_of, self._waiting = numbers, batch_of, waiting

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[Batch]:
        numbers = iter(self._numbers)
        with ThreadPoolExecutor(THREADS, thread_name_prefix="batches") as pool:
            pending: deque[Future[Batch]] = deque(
                pool.submit(self._batch_of, number) for number in islice(numbers, AHEAD)
            )
            try:
                while pending:
                    began = time.monotonic()
                    batch = pending.popleft().result()
                    self._waiting.seconds += time.monotonic() - began
                    pending.extend(pool.submit(self._batch_of, number) for number in islice(numbers, 1))
                    yield batch
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
