"""One window per user, screen, store and named reader: the first start has it, later ones hand over to it."""

from dataclasses import dataclass
from pathlib import Path

from cxr_viewer.program import handover, meeting_place
from cxr_viewer.program.arrival_desk import ArrivalDesk
from cxr_viewer.program.file_lock import FileLock
from cxr_viewer.program.meeting_place import MeetingPlace
from cxr_viewer.program.request import Request

NO_ANSWER = (
    "Another window of CXR Viewer is running on this journal and does not answer, so this is a window of its own. "
    "Both can be used; what is done in either is kept."
)


@dataclass(frozen=True, slots=True)
class Entry:
    """How a start of the program goes on.

    Attributes:
        is_handed_over: the running window does what was asked for; there is nothing left to do.
        desk: takes later starts; None in a window beside which another one is the first.
        sentence: what the reader should know about it, "" for nothing.
    """

    is_handed_over: bool = False
    desk: ArrivalDesk | None = None
    sentence: str = ""


def enter(request: Request, store: Path, reader: str) -> Entry:
    """Be the first window, or hand the request to it.

    A window that does not answer costs two seconds, never a start.
    """
    try:
        place = meeting_place.of(store, reader)
        lock = FileLock(place.lock)
        if lock.acquire():
            return Entry(desk=_desk(place, lock))
    except OSError:
        return Entry()  # nowhere to meet: every start is a window of its own
    if handover.hand_over(request, place):
        return Entry(is_handed_over=True)
    return Entry(sentence=NO_ANSWER)


def _desk(place: MeetingPlace, lock: FileLock) -> ArrivalDesk:
    try:
        return ArrivalDesk(place, lock)
    except OSError:
        lock.release()
        raise
