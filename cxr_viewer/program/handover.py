"""Hands what a start of the program was asked for to the window that runs already."""

import threading
import time
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client
from pathlib import Path

from cxr_viewer.program import request as requests
from cxr_viewer.program.arrival_desk import TAKEN
from cxr_viewer.program.meeting_place import MeetingPlace
from cxr_viewer.program.request import Request

PATIENCE_S = 2.0
_PAUSE_S = 0.02


def hand_over(request: Request, place: MeetingPlace, patience_s: float = PATIENCE_S) -> bool:
    """Return whether the running window took the request, within ``patience_s`` seconds."""
    answer: list[bool] = []
    deadline = time.monotonic() + patience_s

    def ask() -> None:
        answer.append(_ask(request, place, deadline))

    # A peer that is stopped would hold the proof of the key up for ever, so a thread waits, and may be left behind.
    thread = threading.Thread(target=ask, name="handover", daemon=True)
    thread.start()
    thread.join(patience_s + _PAUSE_S)
    return bool(answer and answer[0])


def _ask(request: Request, place: MeetingPlace, deadline: float) -> bool:
    """Try until the deadline: whoever holds the lock may not listen yet."""
    while time.monotonic() < deadline:
        try:
            with Client(place.address, authkey=Path(place.key).read_bytes()) as connection:
                if time.monotonic() >= deadline:
                    return False
                connection.send_bytes(requests.encoded(request))
                if connection.poll(max(0.0, deadline - time.monotonic())):
                    return connection.recv_bytes(len(TAKEN)) == TAKEN
                return False
        except (AuthenticationError, EOFError, OSError, ValueError):
            time.sleep(_PAUSE_S)
    return False
