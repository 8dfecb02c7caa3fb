"""Archives: how near cxr-scan comes to the machine's bound, how quickly it resumes, and whether its memory is flat.

Run: python -m tests.benchmarks.scan speed   (2 to 3 minutes)
     python -m tests.benchmarks.scan many    (10,000 files; 2 to 3 minutes)
     python -m tests.benchmarks.scan long    (the same with the demo ensemble, whose own time makes it 6 to 10 minutes)

Memory and resuming do not depend on how long the networks take, so that `many` runs two small ones (128 px, random
weights, the tests' bundle): everything else is done as with any bundle.

Archives come from `archives` and stay in $CXR_BENCHMARKS (a folder of the temporary files by default). All files were
read before they are measured, so that the disk does not count.
"""

import csv
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from cxr_viewer import resources
from cxr_viewer.core.gate import header_verdict, pixel_verdict
from cxr_viewer.core.studies import Instance
from cxr_viewer.core.suppression import select
from cxr_viewer.detection import load_detector, preprocessing
from cxr_viewer.dicom import pixels, plugins, windowing
from cxr_viewer.dicom.catalogue import find_files, read_header
from cxr_viewer.dicom.errors import DicomReadError
from cxr_viewer.scan.resume import LEDGER
from tests.benchmarks.archives import make

BUNDLE = resources.path("models/demo")
COMMAND = [sys.executable, "-c", "from cxr_viewer.commands.scan import main; main()"]
FOLDER = Path(os.environ.get("CXR_BENCHMARKS", Path(gettempdir()) / "cxr-benchmarks"))


@dataclass(slots=True)
class Loop:
    """What the plain loop spent, in seconds: by the clock, and of the processor on decoding and on the ensemble."""

    files: int = 0
    detected: int = 0
    wall: float = 0.0
    processor: float = 0.0
    decoding: float = 0.0
    ensemble: float = 0.0


def plain_loop(archive: Path, out: Path) -> Loop:
    """Read an archive as a script would: one process, one thread in decoder and engine, one file after the other."""
    plugins.use_threads(1)
    detector = load_detector(BUNDLE, device="cpu", threads=1)
    spent = Loop()
    begun, begun_processor = time.perf_counter(), time.process_time()
    with (out / "plain.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        for path in find_files([archive]):
            spent.files += 1
            header = read_header(path)
            if not isinstance(header, Instance):
                continue
            start = time.process_time()
            try:
                decoded = pixels.decode(path)
            except DicomReadError:
                continue
            finally:
                spent.decoding += time.process_time() - start
            rows, columns = decoded.pixels.shape
            is_colour = decoded.header.is_colour
            verdict = pixel_verdict(rows=rows, columns=columns, is_colour=is_colour)
            if header_verdict(header).withheld or verdict.withheld:
                continue
            network_input = preprocessing.prepared(windowing.presentation(decoded), detector.input_side)
            start = time.process_time()
            candidates = detector.detect_batch([network_input])[0]
            spent.ensemble += time.process_time() - start
            spent.detected += 1
            for box in select(candidates, detector.thresholds, detector.rules).boxes.tolist():
                table.writerow([path, decoded.key, *box])
    spent.wall = time.perf_counter() - begun
    spent.processor = time.process_time() - begun_processor
    return spent


def speed() -> str:
    """Compare the command with the machine's bound and with the plain loop, both measured around it."""
    archive = make("mixed", FOLDER / "mixed")
    _warm(archive)
    cores = len(os.sched_getaffinity(0))
    with TemporaryDirectory() as name:
        out = Path(name)
        loop = plain_loop(archive, out)
        runs = [_scan(archive, out / f"scan-{number}") for number in range(3)]
    wall, processor = sorted(runs)[1]
    decode, ensemble = 1000 * loop.decoding / loop.files, 1000 * loop.ensemble / loop.files
    work = loop.decoding + loop.ensemble
    bound = work / cores
    ways = {
        "plain loop, one process, one thread": (loop.wall, loop.processor),
        f"bound: cores / (decode {decode:.0f} ms + ensemble {ensemble:.0f} ms of one thread a file)": (bound, work),
        "cxr-scan, the whole command, median of 3": (wall, processor),
    }
    return "\n".join(
        [
            f"\n### cxr-scan of {loop.files} mixed files, {loop.detected} of them through the demo ensemble\n",
            "| way | seconds | files/s | processor seconds |",
            "|---|---|---|---|",
            *(
                f"| {name} | {clock:.1f} | {loop.files / clock:.1f} | {cpu:.1f} |"
                for name, (clock, cpu) in ways.items()
            ),
            f"\n{cores} cores. cxr-scan reaches {100 * bound / wall:.0f} % of the bound by the clock and "
            f"{100 * work / processor:.0f} % by processor time; it is {loop.wall / wall:.2f} times "
            "as fast as the loop.",
        ]
    )


def many() -> str:
    """Sample the memory of a scan of 10,000 files, then resume it; with small networks."""
    from tests.bundle_factory import tiny_bundle  # torch, which the other parts do not need

    with TemporaryDirectory() as name:
        return _many(tiny_bundle(Path(name) / "tiny").folder)


def long() -> str:
    """Sample the memory of a scan of 10,000 files, then resume it; with the demo ensemble."""
    return _many(BUNDLE)


def _many(bundle: Path) -> str:
    chosen = ("--bundle", str(bundle))
    archive = make("many", FOLDER / "many")
    _warm(archive)
    with TemporaryDirectory() as name:
        out = Path(name) / "out"
        begun = time.perf_counter()
        process = subprocess.Popen([*COMMAND, str(archive), "--out", str(out), *chosen], stderr=subprocess.DEVNULL)
        samples = list(_memory(process, out / LEDGER))
        seconds = time.perf_counter() - begun
        resumed, _ = _scan(archive, out, "--resume", *chosen)
        again = _scan(archive, out, "--resume", *chosen)[0]
    lines = [
        f"\n### cxr-scan of 10,000 files with {bundle.name}\n",
        f"First scan {seconds:.0f} s; resumed when finished: {resumed:.1f} s, once more: {again:.1f} s.\n",
        "| files done | program MB | children MB | all MB |",
        "|---|---|---|---|",
    ]
    for mark in (500, 1000, 2000, 4000, 6000, 8000, 9900):
        near = [each for each in samples if abs(each[0] - mark) <= 100]
        if near:
            own = max(sample[1] for sample in near)
            theirs = max(sample[2] for sample in near)
            lines.append(f"| {mark} | {own:.0f} | {theirs:.0f} | {own + theirs:.0f} |")
    return "\n".join(lines)


def _scan(archive: Path, out: Path, *options: str) -> tuple[float, float]:
    """Return seconds by the clock and of the processor, children included, of the whole command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    subprocess.run(
        [*COMMAND, str(archive), "--out", str(out), *options],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _warm(archive: Path) -> None:
    for path in archive.rglob("*"):
        if path.is_file():
            path.read_bytes()


def _memory(process: "subprocess.Popen[bytes]", ledger: Path) -> Iterator[tuple[int, float, float]]:
    """Yield files done, and resident megabytes of the program and of its children, twice a second until it ends."""
    pause = threading.Event()
    done = read = 0
    while process.poll() is None:
        if ledger.exists():
            with ledger.open("rb") as file:
                file.seek(read)
                fresh = file.read()
            read, done = read + len(fresh), done + fresh.count(b"\n")
        own = _resident(process.pid)
        yield done, own, sum(_resident(child) for child in _children(process.pid))
        pause.wait(0.5)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            found += [int(child) for child in (task / "children").read_text(encoding="ascii").split()]
        except OSError:
            continue
    return found + [deeper for child in found for deeper in _children(child)]


def _resident(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    """Print what was asked for."""
    parts = {"speed": speed, "many": many, "long": long}
    for name in sys.argv[1:] or ["speed"]:
        sys.stdout.write(parts[name]() + "\n")


if __name__ == "__main__":
    main()
