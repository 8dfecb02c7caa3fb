"""How soon the installed program's window is there: from the start of the process to its picture on an X screen.

Prints a Markdown table. Cold: the page cache is dropped before each start (root); warm: started just before.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from installers.build import FROZEN
from installers.program import WINDOW
from package_test import screen

STARTS = 5

_SHOWN = 0.2
"""Share of the screen that the window lights; an empty one is black."""


def main() -> int:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / "Xvfb_screen0"
        server = subprocess.Popen(
            ["Xvfb", ":78", "-screen", "0", "1600x1000x24", "-fbdir", folder, "-nolisten", "tcp"],
            stderr=subprocess.DEVNULL,
        )
        try:
            if not screen.wait_for(lambda: dump.exists() and dump.stat().st_size > 1_000_000, 30):
                raise RuntimeError("Xvfb did not start; is it installed?")
            sys.stdout.write("| start | best s | median s | worst s | processor s, median |\n|---|---|---|---|---|\n")
            _measure(dump, Path(folder) / "home", is_cold=False)
            for is_cold in (True, False):
                rows = [_measure(dump, Path(folder) / "home", is_cold) for _ in range(STARTS)]
                wall, work = (sorted(values) for values in zip(*rows, strict=True))
                sys.stdout.write(
                    f"| {'cold' if is_cold else 'warm'} | {wall[0]:.2f} | {wall[len(wall) // 2]:.2f} "
                    f"| {wall[-1]:.2f} | {work[len(work) // 2]:.2f} |\n"
                )
        finally:
            server.terminate()
            server.wait()
    return 0


def _measure(dump: Path, home: Path, is_cold: bool) -> tuple[float, float]:
    """Start the program; return seconds until its window is drawn and processor seconds of its process by then."""
    home.mkdir(exist_ok=True)
    if is_cold:
        os.sync()
        Path("/proc/sys/vm/drop_caches").write_text("3", encoding="ascii")
    dark = screen.wait_for(lambda: screen.bright_share(screen.picture(dump)) < _SHOWN, 30)
    if not dark:
        raise RuntimeError("the screen does not become empty")
    environment = {"DISPLAY": ":78", "HOME": str(home), "PATH": os.environ["PATH"]}
    begin = time.monotonic()
    process = subprocess.Popen([str(FROZEN / WINDOW)], env=environment, stderr=subprocess.DEVNULL)
    try:
        shown = screen.wait_for(lambda: screen.bright_share(screen.picture(dump)) > _SHOWN, 60, step_s=0.02)
        seconds = time.monotonic() - begin
        if not shown:
            raise RuntimeError("the window did not appear within 60 s")
        return seconds, _processor_seconds(process.pid)
    finally:
        process.terminate()
        process.wait()
        time.sleep(1)


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main())
