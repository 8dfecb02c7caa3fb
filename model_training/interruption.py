"""Tells an interrupted run from a failed one, whatever exception Ctrl-C turned into on its way up."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise KeyboardInterrupt, with the cause, from whatever ends the block after Ctrl-C.

    Libraries answer Ctrl-C with SystemExit, or with an error of what it struck. Where Ctrl-C is ignored, and outside
    of the main thread, which alone may take signals, nothing is changed.
    """
    previous = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or previous is signal.SIG_IGN:
        yield
        return
    was_asked = False

    def ask(_number: int, _frame: FrameType | None) -> None:
        nonlocal was_asked
        was_asked = True
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, ask)
    try:
        yield
    except BaseException as error:
        if was_asked and not isinstance(error, KeyboardInterrupt):
            raise KeyboardInterrupt from error
        raise
    finally:
        signal.signal(signal.SIGINT, previous)
