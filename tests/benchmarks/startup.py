"""How long the program takes to start: window painted, first key taken, first image painted, and what it imports.

Run: python -m tests.benchmarks.startup [--runs 5] [--xcb] [--no-cold]

The real program starts again and again in a process of its own over a private home: empty (nothing was ever opened),
and over a known folder with a saved finding. Time counts from before the interpreter starts. "Cold": the operating
system forgets the files of interpreter, libraries and program before (all it has read where that is allowed, else
what no running program uses). The model loads as always, after the window; the first image does not wait for it.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from cxr_viewer.core import findings
from cxr_viewer.core.findings import ReadingContext
from cxr_viewer.core.geometry import Box
from cxr_viewer.dicom import pixels
from cxr_viewer.store.journal import Journal
from tests.benchmarks.startup_mark import MARK
from tests.factories import dicom_file, radiograph

_IMPORTS = 15
_DROP = Path("/proc/sys/vm/drop_caches")
_SIDE = 2000
_LINE = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \|(\s+)(\S+)")


def start(home: Path, arguments: Sequence[str], *options: str) -> tuple[dict[str, float], str]:
    """Run the program once; return what it says of itself and its stderr."""
    call = [sys.executable, *options, "-m", "tests.benchmarks.startup_watch"]
    environment = {**os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run")}
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        environment.pop(name, None)
    (home / "run").mkdir(exist_ok=True, mode=0o700)
    begun = time.monotonic_ns()
    ran = subprocess.run(
        [*call, str(begun), *arguments], env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    if ran.returncode or not ran.stdout:
        raise RuntimeError(f"The program did not start: {ran.stderr[-2000:]}")
    return json.loads(ran.stdout.splitlines()[-1]), ran.stderr


def forget_files() -> str:
    """Let the operating system forget the files of interpreter and libraries; return how, in words."""
    os.sync()
    try:
        _DROP.write_text("3", encoding="ascii")
        return "page cache dropped"
    except OSError:
        pass
    if not hasattr(os, "posix_fadvise"):
        return "files could not be forgotten: as warm"
    places = {
        sysconfig.get_path("stdlib"),
        sysconfig.get_path("purelib"),
        str(Path(__file__).parents[2] / "cxr_viewer"),
    }
    for place in places:
        for file in Path(place).rglob("*.*"):
            if file.is_file():
                with file.open("rb") as opened:
                    os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return "files of interpreter and libraries forgotten"


def known_home(home: Path, folder: Path, arguments: list[str]) -> None:
    """Make a home in which a folder was opened before and one finding was saved."""
    for number in range(3):
        dicom_file(folder / f"{number}.dcm", radiograph(_SIDE, _SIDE, seed=number), PatientName=f"Phantom^{number}")
    with Journal.open(home / "journal.sqlite") as journal:
        key = pixels.decode(folder / "0.dcm").key
        finding = findings.add(Box(300, 300, 700, 800))
        journal.append_finding(key, finding, "benchmark", ReadingContext(), "Add opacity")
    start(home, arguments)


@contextmanager
def screen(is_xcb: bool) -> Iterator[str]:
    """Give the program a screen: none (offscreen), or a virtual one of X11."""
    if not is_xcb:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        yield "offscreen"
        return
    number = f":{90 + os.getpid() % 900}"
    server = subprocess.Popen(["Xvfb", number, "-screen", "0", "1920x1080x24"], stderr=subprocess.DEVNULL)
    os.environ |= {"QT_QPA_PLATFORM": "xcb", "DISPLAY": number}
    try:
        time.sleep(1)
        yield "X11 (Xvfb)"
    finally:
        server.terminate()
        server.wait()


def imports(stderr: str) -> tuple[list[tuple[str, float, bool]], float]:
    """Return the most expensive imports (name, milliseconds with what they import, before the window was painted).

    Nested lines are left out where their parent takes the same time within a tenth, so that chains show once.
    """
    found, before = [], MARK in stderr
    for line in stderr.splitlines():
        if line.strip() == MARK:
            before = False
        elif match := _LINE.match(line):
            found.append((match.group(4), int(match.group(2)) / 1000, before, len(match.group(3))))
    chosen: list[tuple[str, float, bool]] = []
    for index, (name, ms, is_before, depth) in enumerate(found):
        parent = next((entry for entry in found[index + 1 :] if entry[3] < depth), None)
        if parent is None or ms < 0.9 * parent[1]:
            chosen.append((name, ms, is_before))
    outermost = sum(ms for _, ms, is_before, depth in found if is_before and depth == 1)
    return sorted(chosen, key=lambda entry: -entry[1])[:_IMPORTS], outermost


def _row(name: str, runs: list[dict[str, float]]) -> str:
    cells = [f"{median(run[key] for run in runs):.2f}" if key in runs[0] else "" for key in _COLUMNS]
    worst = max(run.get("image", run["usable"]) for run in runs)
    return f"| {name} | {' | '.join(cells)} | {worst:.2f} |"


_COLUMNS = ("painted", "usable", "image", "painted, processor", "image, processor")


def main() -> None:
    """Start again and again, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--xcb", action="store_true", help="on a virtual X11 screen, if Xvfb is installed")
    parser.add_argument("--no-cold", action="store_true", help="leave the page cache alone")
    options = parser.parse_args()
    with TemporaryDirectory() as name, screen(options.xcb and shutil.which("Xvfb") is not None) as platform:
        empty, home, folder = Path(name) / "empty", Path(name) / "home", Path(name) / "studies"
        home.mkdir()
        arguments = [str(folder), "--store", str(home / "journal.sqlite"), "--reader", "benchmark"]
        known_home(home, folder, arguments)
        runs: dict[str, list[dict[str, float]]] = {}
        how = ""
        for _ in range(options.runs):
            for is_cold in (False,) if options.no_cold else (False, True):
                state = "cold" if is_cold else "warm"
                shutil.rmtree(empty, ignore_errors=True)
                empty.mkdir()
                for what, call in (("first start, nothing opened", (empty, [])), ("known folder", (home, arguments))):
                    how = forget_files() if is_cold else how
                    runs.setdefault(f"{what}, {state}", []).append(start(*call)[0])
        chosen, total = imports(start(home, arguments, "-X", "importtime")[1])
    last = runs["known folder, warm"][-1]
    lines = [
        f"### Start of the program, {platform}, median of {options.runs} starts, seconds from before the interpreter",
        "",
        "| start | window painted | key taken | image painted | processor until painted | until the image | worst |",
        "|---|---|---|---|---|---|---|",
        *(_row(what, found) for what, found in sorted(runs.items())),
        "",
        f"Cold: {how or 'not measured'}. At the first image {last['findings']:.0f} saved finding(s) of the folder were "
        f"drawn and {'the' if last['model'] else 'no'} model was loaded.",
        "",
        f"### The {_IMPORTS} most expensive imports of the window's process ({total:.0f} ms of all before the window, "
        "as `-X importtime` counts, which slows them)",
        "",
        "| module, with what it imports | ms | before the window is painted |",
        "|---|---|---|",
        *(f"| {module} | {ms:.0f} | {'yes' if is_before else 'no'} |" for module, ms, is_before in chosen),
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
