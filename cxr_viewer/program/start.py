"""The first thing a start does, before Qt is imported: hand over to the running window, or begin to watch itself."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cxr_viewer.program import aftermath, crash_folder, single_instance
from cxr_viewer.program.aftermath import Aftermath
from cxr_viewer.program.arrival_desk import ArrivalDesk
from cxr_viewer.program.crash_watch import CrashWatch
from cxr_viewer.program.request import Request
from cxr_viewer.store import locations
from cxr_viewer.store.errors import StoreError

_TOKENS = ("XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID")


@dataclass(frozen=True, slots=True)
class Start:
    """What this process is.

    Attributes:
        is_handed_over: the running window does what was asked for.
        desk: takes later starts, None where this is a further window, or none for a person.
        sentence: what the reader should know of it, "" for nothing.
        watch: of crashes; None where nothing can be written.
        found: what earlier runs left.
    """

    is_handed_over: bool = False
    desk: ArrivalDesk | None = None
    sentence: str = ""
    watch: CrashWatch | None = None
    found: Aftermath = field(default_factory=Aftermath)

    def close(self) -> None:
        """End in order."""
        if self.desk is not None:
            self.desk.close()
        if self.watch is not None:
            self.watch.close()
            aftermath.forget_quick_deaths(self.watch.folder)


def begin(
    paths: Sequence[Path], *, demo: bool, bundle: Path | None, store: str | None, reader: str, is_for_a_person: bool
) -> Start:
    """Hand over, or be a window.

    Args:
        reader: named on the command line, "" for nobody.
        is_for_a_person: False for a picture of the window, which is nobody's running window.
    """
    if not is_for_a_person:
        return Start(watch=_watch())
    token = next((os.environ[name] for name in _TOKENS if os.environ.get(name)), "")
    request = Request(
        tuple(str(path.expanduser().absolute()) for path in paths),
        demo,
        str(bundle.expanduser().absolute()) if bundle else "",
        token,
    )
    try:
        entry = single_instance.enter(request, locations.store_path(store), reader)
    except StoreError:
        entry = single_instance.Entry()  # the window will say what is wrong with the name
    if entry.is_handed_over:
        return Start(is_handed_over=True)
    found = aftermath.collect(crash_folder.default_folder())
    return Start(desk=entry.desk, sentence=entry.sentence, watch=_watch(), found=found)


def _watch() -> CrashWatch | None:
    try:
        return CrashWatch(crash_folder.default_folder())
    except OSError:
        return None
