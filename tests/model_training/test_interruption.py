"""Tests of telling an interrupted run from a failed one."""

import signal
import sys
from collections.abc import Callable

import pytest

from model_training.interruption import interruptible


def leave() -> None:
    sys.exit(1)


def fail() -> None:
    raise RuntimeError("the writer failed")


@pytest.mark.parametrize("answer", [leave, fail])
def test_whatever_ctrl_c_turns_into_is_an_interruption(answer: Callable[[], None]) -> None:
    def translate() -> None:
        try:
            signal.raise_signal(signal.SIGINT)  # to this thread: another one would answer at some later time
        except KeyboardInterrupt:
            answer()

    with pytest.raises(KeyboardInterrupt) as caught, interruptible():
        translate()
    assert isinstance(caught.value.__cause__, (SystemExit, RuntimeError))


def test_a_failure_without_ctrl_c_stays_a_failure() -> None:
    with pytest.raises(RuntimeError, match="writer"), interruptible():
        fail()


def test_the_former_answer_to_ctrl_c_comes_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    with interruptible():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before
