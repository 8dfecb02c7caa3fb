"""What earlier runs of the program left when they died: read once at a start, and made into reports."""

import contextlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cxr_viewer.program import crash_folder, crash_trail, crash_words
from cxr_viewer.program.crash_watch import report_text
from cxr_viewer.program.file_lock import FileLock
from cxr_viewer.store import private_file

QUICK_S = 60.0
MOST_QUICK_DEATHS = 2
_COUNT = "quick-deaths"

_SIGNALS = re.compile(
    r"(?:Fatal Python error|Windows fatal exception): "
    r"(Segmentation fault|Aborted|Bus error|Illegal instruction|Floating-point exception|Floating point exception|"
    r"access violation|stack overflow|int divide by zero|float divide by zero|code 0x[0-9a-f]+)"
)
_THREAD = re.compile(r"(Current thread|Thread) 0x[0-9a-f]+.*\(most recent call first\):")
_FRAME = re.compile(r'  File "(.*)", line (\d+) in ([\w<>.]+)')
_ACTION = re.compile(r"\w{1,60}")


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What a start finds.

    Attributes:
        has_died: the last run ended by dying, and left a report.
        dies_at_once: two runs in a row died within a minute, so what was open is not opened by itself.
    """

    has_died: bool = False
    dies_at_once: bool = False


def collect(folder: Path) -> Aftermath:
    """Make reports of what dead programs left, and delete it; what belongs to a running one is left alone."""
    has_died = False
    try:
        trails = sorted(folder.glob(f"*{crash_trail.SUFFIX}"), key=lambda path: path.stat().st_mtime)
    except OSError:
        return Aftermath()
    for trail in trails:
        alive = FileLock(trail.with_suffix(crash_trail.ALIVE))
        with contextlib.suppress(OSError):
            if alive.acquire():
                has_died = _bury(folder, trail) or has_died
                alive.release()
                alive.path.unlink(missing_ok=True)
    return Aftermath(has_died, _quick_deaths(folder) >= MOST_QUICK_DEATHS)


def forget_quick_deaths(folder: Path) -> None:
    """A run ended in order: whatever killed those before is over."""
    with contextlib.suppress(OSError):
        (folder / _COUNT).unlink(missing_ok=True)


def _bury(folder: Path, trail: Path) -> bool:
    """Report a death and delete its trail; returns whether it was one (being killed from outside is none)."""
    text = trail.read_bytes().decode("utf-8", "replace")
    ended = trail.stat().st_mtime
    trail.unlink()
    lines = text.splitlines()
    began = next((_number(line) for line in lines if line.startswith(crash_trail.STARTED)), ended)
    signal = _SIGNALS.search(text)
    if signal is None and not any(line.startswith(crash_trail.ERROR) for line in lines):
        return False
    if signal is not None:
        facts = next(
            (line.removeprefix(crash_trail.FACTS) for line in lines if line.startswith(crash_trail.FACTS)), "?"
        )
        actions = [line.removeprefix(crash_trail.ACTION) for line in lines if line.startswith(crash_trail.ACTION)]
        known = tuple(action for action in actions if _ACTION.fullmatch(action))[-20:]
        when = datetime.fromtimestamp(ended, UTC)
        what = f"the program died ({signal[1]})"
        crash_folder.keep(folder, report_text(what, facts, when, ended - began, known, _stack(lines)), when)
    is_quick = ended - began < QUICK_S
    private_file.prepare(folder / _COUNT)
    (folder / _COUNT).write_text(str(_quick_deaths(folder) + 1 if is_quick else 0), encoding="ascii")
    return True


def _stack(lines: list[str]) -> list[str]:
    """Return the threads and frames that faulthandler wrote, and nothing else of the file."""
    stack = []
    for line in lines:
        if found := _THREAD.fullmatch(line):
            stack.append("thread that failed:" if found[1] == "Current thread" else "another thread:")
        elif found := _FRAME.fullmatch(line):
            place = crash_words.place_of(found[1])
            stack.append(f"  {place}:{found[2]} in {found[3]}" if place != "elsewhere" else f"  {place}")
    return stack


def _number(line: str) -> float:
    try:
        return float(line.split()[1])
    except (ValueError, IndexError):
        return 0.0


def _quick_deaths(folder: Path) -> int:
    try:
        return int((folder / _COUNT).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0
