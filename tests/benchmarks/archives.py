"""Makes the archives of the benchmarks, always the same ones (seed in `archive_files`).

Run: python -m tests.benchmarks.archives mixed|many|headers OUT [--count N]

- mixed, 500 files (about 1.4 GB): what a hospital's archive holds. 40 % secondary captures of 1024 x 1024 in JPEG; 30 %
  CR and DX of 4 to 9 megapixels and 12 to 16 bits (14 % uncompressed, 6 % JPEG 2000, 6 % JPEG Lossless, 3 % RLE, 1 %
  JPEG-LS); 20 % PNG; 4 % lateral views; 3 % broken files; 3 % no images.
- many, 10,000 files (about 1.2 GB): 92 % secondary captures of 512 x 512 in JPEG; 4 % PNG; 1 % large uncompressed; 1.5
  % broken; 1.5 % no images.
- headers, 26,684 files: headers as of the RSNA challenge, with a hole for the pixels.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random

from tests.benchmarks import archive_files as files
from tests.benchmarks.archive_files import SEED, Mix, Writer

MIXED: Mix = {
    "secondary capture": (0.40, files.rsna_like, ".dcm"),
    "uncompressed": (0.14, partial(files.large, syntax="explicit"), ".dcm"),
    "JPEG 2000": (0.06, partial(files.large, syntax="jpeg-2000"), ""),
    "JPEG Lossless": (0.06, partial(files.large, syntax="jpeg-lossless"), ".dcm"),
    "RLE": (0.03, partial(files.large, syntax="rle"), ".dcm"),
    "JPEG-LS": (0.01, partial(files.large, syntax="jpeg-ls"), ".dcm"),
    "PNG": (0.20, files.picture, ".png"),
    "lateral": (0.04, partial(files.large, syntax="explicit", view="LL"), ".dcm"),
    "broken": (0.03, files.broken, ".dcm"),
    "no image": (0.03, files.no_image, ".txt"),
}
MANY: Mix = {
    "secondary capture": (0.92, partial(files.rsna_like, side=512), ".dcm"),
    "PNG": (0.04, partial(files.picture, side=512), ".png"),
    "uncompressed": (0.01, partial(files.large, syntax="explicit"), ".dcm"),
    "broken": (0.015, files.broken, ".dcm"),
    "no image": (0.015, files.no_image, ".txt"),
}
HEADERS: Mix = {"header": (1.0, files.header, ".dcm")}
KINDS = {"mixed": (MIXED, 500), "many": (MANY, 10_000), "headers": (HEADERS, 26_684)}


def make(kind: str, out: Path, count: int | None = None) -> Path:
    """Make an archive in a folder unless it is there already, and return the folder.

    Args:
        kind: one of KINDS.
        count: files, the kind's own number when None; the shares stay.
    """
    mix, usual = KINDS[kind]
    count = usual if count is None else count
    done = out.with_name(f"{out.name}.made")
    if out.is_dir() and done.exists() and done.read_text(encoding="ascii") == f"{kind} {count} {SEED}":
        return out
    tasks = list(_tasks(mix, out, count))
    for folder in {path.parent for _, path, _ in tasks}:
        folder.mkdir(parents=True, exist_ok=True)
    chunks = [tasks[start : start + 50] for start in range(0, count, 50)]
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for _ in pool.map(_write, chunks):
            pass
    done.write_text(f"{kind} {count} {SEED}", encoding="ascii")
    return out


def _tasks(mix: Mix, out: Path, count: int) -> list[tuple[Callable[[Path, int], None], Path, int]]:
    """Return who writes which file under which number; kinds lie among each other, some 20 files to a folder."""
    whose: list[str] = []
    for name, (share, _, _) in mix.items():
        whose += [name] * round(share * count)
    whose = (whose + [next(iter(mix))] * count)[:count]
    Random(SEED).shuffle(whose)
    flat = len(mix) == 1
    return [
        (mix[name][1], out / ("" if flat else f"{number // 20:04d}") / f"{number:08d}{mix[name][2]}", number)
        for number, name in enumerate(whose)
    ]


def _write(tasks: list[tuple[Writer, Path, int]]) -> None:
    for write, path, number in tasks:
        write(path, number)


def main() -> None:
    """Make what the command line names."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("kind", choices=KINDS)
    options.add_argument("out", type=Path)
    options.add_argument("--count", type=int)
    chosen = options.parse_args()
    begun = time.perf_counter()
    make(chosen.kind, chosen.out, chosen.count)
    size = sum(path.stat().st_size for path in chosen.out.rglob("*") if path.is_file())
    sys.stdout.write(f"{chosen.out}: {size / 1e6:.0f} MB in {time.perf_counter() - begun:.0f} s\n")


if __name__ == "__main__":
    main()
