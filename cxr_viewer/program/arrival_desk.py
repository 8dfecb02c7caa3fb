"""Where the program that runs takes requests of later starts, on threads of its own.

The wire is ``multiprocessing.connection``: a socket in a private folder, or a named pipe. Both sides prove that they
know the key in that folder; what they say is JSON, and nothing is unpickled.
"""

import contextlib
import os
import secrets
import threading
import time
from collections.abc import Callable
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener, answer_challenge, deliver_challenge
from pathlib import Path

from cxr_viewer.program import request as requests
from cxr_viewer.program.file_lock import FileLock
from cxr_viewer.program.meeting_place import MeetingPlace
from cxr_viewer.program.request import Request
from cxr_viewer.store import private_file

TAKEN = b"taken"
_IS_SOCKET = os.name == "posix"
_PATIENCE_S = 5.0
_MOST_AT_ONCE = 8
_PAUSE_S = 0.1


class Arrival:
    """A request that waits to be taken; whoever sent it may have given up."""

    def __init__(self, request: Request, connection: Connection) -> None:
        self.request = request
        self._connection = connection
        self._lock = threading.Lock()
        self._ended = threading.Event()

    def take(self) -> bool:
        """Tell the sender that its request is taken; returns False when it no longer waits: it must not be done."""
        with self._lock:
            if self._ended.is_set():
                return False
            try:
                self._connection.send_bytes(TAKEN)
            except OSError:
                return False
            finally:
                self._ended.set()
        return True

    def wait(self, seconds: float) -> None:
        """Wait until it is taken; after that time it cannot be taken any more."""
        self._ended.wait(seconds)
        with self._lock:
            self._ended.set()


class ArrivalDesk:
    """Listens from the moment it is made; what arrives before ``deliver_to`` is taken, and kept until then."""

    def __init__(self, place: MeetingPlace, lock: FileLock) -> None:
        """Begin to listen.

        Args:
            lock: held by the caller, and released by ``close``.

        Raises:
            OSError: the place cannot be listened at.
        """
        self._address, self._lock = place.address, lock
        self._guard = threading.Lock()
        self._early: list[Request] = []
        self._consumer: Callable[[Arrival], None] | None = None
        self._is_closed = False
        self._room = threading.BoundedSemaphore(_MOST_AT_ONCE)
        if _IS_SOCKET:  # whoever held the lock before may have died: what lies there is nobody's
            Path(place.address).unlink(missing_ok=True)
        self._key = secrets.token_bytes(32)
        private_file.prepare(place.key)
        place.key.write_bytes(self._key)
        self._listener = Listener(place.address, backlog=_MOST_AT_ONCE)
        if _IS_SOCKET:
            Path(place.address).chmod(0o600)
        threading.Thread(target=self._listen, name="arrivals", daemon=True).start()

    def deliver_to(self, consumer: Callable[[Arrival], None]) -> tuple[Request, ...]:
        """Hand every later arrival to ``consumer``, on a thread of the desk; return what came before."""
        with self._guard:
            self._consumer = consumer
            early, self._early = tuple(self._early), []
        return early

    def close(self) -> None:
        """Stop listening, and let another start have the place."""
        if not self._is_closed:
            self._is_closed = True
            with contextlib.suppress(OSError):
                Client(self._address).close()  # wakes the thread that waits in accept
            self._listener.close()
            self._lock.release()

    def _listen(self) -> None:
        while not self._is_closed:
            try:
                connection = self._listener.accept()
            except OSError:
                if not self._is_closed:
                    time.sleep(_PAUSE_S)
                continue
            if self._is_closed or not self._room.acquire(blocking=False):
                connection.close()
                continue
            threading.Thread(target=self._attend, args=(connection,), name="arrival", daemon=True).start()

    def _attend(self, connection: Connection) -> None:
        """Hear one sender out; whatever is wrong with it costs its own thread only."""
        try:
            with connection:
                deliver_challenge(connection, self._key)
                answer_challenge(connection, self._key)
                arrival = Arrival(requests.decoded(connection.recv_bytes(requests.LARGEST)), connection)
                with self._guard:
                    consumer = self._consumer
                    if consumer is None and arrival.take():
                        self._early.append(arrival.request)
                if consumer is not None:
                    consumer(arrival)
                    arrival.wait(_PATIENCE_S)
        except (AuthenticationError, EOFError, OSError, ValueError):
            return
        finally:
            self._room.release()
