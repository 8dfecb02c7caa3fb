"""Finds the real radiographs of a folder that can serve as backgrounds, and says why the others cannot."""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from cxr_viewer.dicom.content import DICOM_CONTENTS, HEAD_BYTES, RASTER_CONTENTS, recognise
from cxr_viewer.dicom.errors import DicomReadError
from cxr_viewer.dicom.files import find_files
from model_training.phantom.background import read_background
from model_training.phantom.lungs import LungsNotFoundError
from model_training.test_persons import PersonList, nih_person

_EXAMINED_SIDE = 64
_SHOWN = 5
_NIH_STEM = re.compile(r"(\d{8})_\d{3}")


class BackgroundError(Exception):
    """A folder of backgrounds that cannot be used; the message is a sentence."""


@dataclass(frozen=True)
class BackgroundFile:
    """One image that can serve as a background, or a person on a list who must not.

    Args:
        digest: sha256 of the file, hexadecimal.
    """

    path: Path
    digest: str = ""

    @property
    def key(self) -> str:
        """Return the stem of the file, by which a list of test persons may name it."""
        return self.path.stem

    @property
    def person(self) -> str:
        """Return the person as datasets name one, known of files named as the NIH does; else the stem."""
        match = _NIH_STEM.fullmatch(self.path.stem)
        return nih_person(match.group(1)) if match else self.path.stem

    @property
    def nih_image(self) -> str:
        """Return the name of the NIH image, or "" when it is not named like one."""
        return f"{self.path.stem}.png" if _NIH_STEM.fullmatch(self.path.stem) else ""


@dataclass(frozen=True)
class Backgrounds:
    """The backgrounds of a folder.

    Args:
        files: by the order of their digests, so that neither names nor places change what a seed draws.
        left_out: a sentence on every image that cannot be used.
    """

    files: tuple[BackgroundFile, ...]
    left_out: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Return the sha256 over the digests of all files."""
        return hashlib.sha256("".join(file.digest for file in self.files).encode()).hexdigest()

    def drawn(self, seed: int) -> BackgroundFile:
        """Return the background of one image; equal seeds draw equal files."""
        return self.files[int(np.random.default_rng([seed, 2]).integers(len(self.files)))]


def find_backgrounds(
    folder: Path,
    test_persons: PersonList | None = None,
    workers: int = 1,
    on_progress: Callable[[int, int], None] | None = None,
) -> Backgrounds:
    """Examine every image below a folder: whether it can be decoded, and whether its lungs are found.

    Args:
        test_persons: persons whose images are refused.
        workers: child processes; 1 works in this process.
        on_progress: told (images examined, images in all) after each image.

    Raises:
        BackgroundError: an image is of a test person, or not one can be used.
    """
    paths = [path for path in find_files([folder]) if _is_image(path)]
    _refuse(folder, paths, test_persons)
    files: dict[str, BackgroundFile] = {}
    left_out = []
    for done, (path, answer) in enumerate(zip(paths, _answers(paths, workers), strict=True), start=1):
        if isinstance(answer, BackgroundFile):
            twin = files.setdefault(answer.digest, answer)
            if twin is not answer:
                left_out.append(f"{path.relative_to(folder)}: it is the same file as {twin.path.relative_to(folder)}")
        else:
            left_out.append(f"{path.relative_to(folder)}: {answer}")
        if on_progress is not None:
            on_progress(done, len(paths))
    if not files:
        reason = f"; the first: {left_out[0]}" if left_out else ""
        raise BackgroundError(f"Of {len(paths)} images below {folder} not one can serve as a background{reason}.")
    return Backgrounds(tuple(files[digest] for digest in sorted(files)), tuple(left_out))


def _is_image(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return recognise(file.read(HEAD_BYTES)) in DICOM_CONTENTS | RASTER_CONTENTS
    except OSError:
        return True  # so that it is named


def _refuse(folder: Path, paths: Sequence[Path], persons: PersonList | None) -> None:
    if persons is None:
        return
    found = [(file, line) for file in map(BackgroundFile, paths) if (line := persons.line_of(file)) is not None]
    if found:
        first = list(dict.fromkeys(f"{file.person} ({persons.path}, line {line})" for file, line in found))
        more = ", …" if len(first) > _SHOWN else ""
        raise BackgroundError(
            f"{len(found)} of {len(paths)} images below {folder} are of persons who are for testing only: "
            f"{', '.join(first[:_SHOWN])}{more}. Take them out of the folder."
        )


def _answers(paths: Sequence[Path], workers: int) -> Iterator[BackgroundFile | str]:
    if workers == 1 or len(paths) < 2:
        yield from map(examine, paths)
        return
    pool = ProcessPoolExecutor(min(workers, len(paths)), mp_context=get_context("spawn"))
    try:
        yield from pool.map(examine, paths, chunksize=4)
    except BrokenProcessPool as error:
        message = "A worker process died, perhaps for want of memory; call again with fewer workers."
        raise BackgroundError(message) from error
    finally:
        pool.shutdown(cancel_futures=True)


def examine(path: Path) -> BackgroundFile | str:
    """Return the background, or a phrase that says why the image cannot be one."""
    try:
        return BackgroundFile(path, read_background(path, _EXAMINED_SIDE).source.digest)
    except (DicomReadError, LungsNotFoundError) as error:
        return str(error)
    except OSError as error:
        return f"it cannot be read: {error.strerror or 'input error'}"
