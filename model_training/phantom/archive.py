"""Writes a folder of phantoms: DICOM files, RSNA-form labels and classes, masks and a manifest."""

import csv
import io
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from cxr_viewer.core.geometry import Box
from cxr_viewer.core.interchange.rsna_csv import LabelledImage, write_classes, write_labels
from cxr_viewer.dicom.errors import DicomReadError
from model_training.phantom.background import compose, read_background
from model_training.phantom.background_files import BackgroundFile, Backgrounds
from model_training.phantom.dicom_writer import write
from model_training.phantom.domain import DOMAINS, PLAIN
from model_training.phantom.lungs import LungsNotFoundError
from model_training.phantom.phantom import (
    CLASSES,
    GENERATOR_VERSION,
    RSNA_SHARES,
    SMALLEST_SIDE,
    ImageClass,
    Phantom,
    simulate,
)
from model_training.phantom.transfer_syntax import TRANSFER_SYNTAXES, TransferSyntax
from model_training.phantom.variation import readers_boxes
from model_training.rsna_mapping import CSV_COLUMNS

SyntaxChoice = Literal["explicit", "rle", "jpeg-lossless", "jpeg-ls", "jpeg-2000", "mixed"]
SYNTAX_CHOICES: tuple[SyntaxChoice, ...] = get_args(SyntaxChoice)

_RECORDS = ".records"
_BACKGROUND_DOMAIN = "background"
_Task = tuple[Path, "ArchivePlan", int, BackgroundFile | None]


class PhantomArchiveError(Exception):
    """A folder of phantoms that cannot be written; the message says why and what to do."""


@dataclass(frozen=True)
class ArchivePlan:
    """What makes two folders equal but for their number of images."""

    seed: int
    side: int
    transfer_syntax: SyntaxChoice
    shares: tuple[tuple[str, float], ...]
    prefix: str
    domain: str = "plain"
    generator_version: str = GENERATOR_VERSION

    def image_id(self, number: int) -> str:
        """Return the file stem of the image of this number, counted from 1."""
        return f"{self.prefix}-{number:05d}"

    def image_seed(self, number: int) -> int:
        """Return the seed of one image; different archive seeds share no image."""
        return int(np.random.SeedSequence([self.seed, number]).generate_state(1, np.uint64)[0])

    def image_syntax(self, number: int) -> TransferSyntax:
        """Return the transfer syntax of one image; "mixed" goes through all in turn."""
        if self.transfer_syntax == "mixed":
            return TRANSFER_SYNTAXES[number % len(TRANSFER_SYNTAXES)]
        return self.transfer_syntax


@dataclass(frozen=True)
class BackgroundPlan(ArchivePlan):
    """What makes two folders of phantoms in real backgrounds equal but for their number of images."""

    backgrounds_digest: str = ""
    source: str = "background-phantoms"
    note: str = (
        "The pixels come from real radiographs, into which opacities were composed; whoever made this folder vouches "
        "that they are normal frontal chests. Nothing that ships is trained with them."
    )


def write_archive(
    out: Path,
    count: int,
    seed: int,
    *,
    side: int = 1024,
    transfer_syntax: SyntaxChoice = "jpeg-2000",
    shares: Mapping[ImageClass, float] = RSNA_SHARES,
    workers: int = 1,
    prefix: str = "phantom",
    domain: str = "plain",
    backgrounds: Backgrounds | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write `count` phantoms below `out`: images/*.dcm, labels.csv, classes.csv, masks/*.png, manifest.json.

    Where backgrounds are NIH images, mapping.csv says which, so that an import knows the persons. Images that an
    earlier, interrupted or smaller call with the same settings has written are kept. A mask picture is 8 bit, its value
    the number of the opacity (1 ...) in the order of the labels; images without opacities have none.

    Args:
        shares: relative weight of each image class.
        workers: child processes; 1 works in this process.
        domain: name in ``domain.DOMAINS``; only without backgrounds.
        backgrounds: real radiographs, one of which is drawn for each image; those without an opacity are "Normal".
        on_progress: told (images done, images in all) after each image.

    Raises:
        PhantomArchiveError: the settings are wrong, the folder holds other phantoms, or it cannot be written.
    """
    _check(count, side, transfer_syntax, shares, workers)
    if domain not in DOMAINS:
        raise PhantomArchiveError(f"The domain must be one of {', '.join(DOMAINS)}, not {domain!r}.")
    weights = tuple((name, float(shares.get(name, 0))) for name in CLASSES)
    plan = ArchivePlan(seed, side, transfer_syntax, weights, prefix, domain)
    if backgrounds is not None:
        if domain != "plain":
            raise PhantomArchiveError("Domains are for simulated chests: take either a domain or backgrounds.")
        plan = BackgroundPlan(
            seed, side, transfer_syntax, weights, prefix, _BACKGROUND_DOMAIN, backgrounds_digest=backgrounds.digest
        )
    report = on_progress or (lambda done, total: None)
    try:
        _prepare(out, plan, count)
        missing = [number for number in range(1, count + 1) if not _is_complete(out, plan, number)]
        done = count - len(missing)
        report(done, count)
        tasks = [
            (out, plan, number, None if backgrounds is None else backgrounds.drawn(plan.image_seed(number)))
            for number in missing
        ]
        for _ in _write_missing(tasks, workers):
            done += 1
            report(done, count)
        _write_tables(out, plan, count)
    except OSError as error:
        where = error.filename or out
        raise PhantomArchiveError(f"{where} cannot be written: {error.strerror or error}.") from error
    except BrokenProcessPool as error:
        message = "A worker process died, perhaps for want of memory; call again with fewer workers to go on."
        raise PhantomArchiveError(message) from error


def _check(count: int, side: int, syntax: str, shares: Mapping[ImageClass, float], workers: int) -> None:
    unknown = sorted(set(shares) - set(CLASSES))
    if count < 1:
        raise PhantomArchiveError(f"The number of phantoms must be at least 1, not {count}.")
    if side < SMALLEST_SIDE:
        raise PhantomArchiveError(f"The side must be at least {SMALLEST_SIDE} pixels, not {side}.")
    if syntax not in SYNTAX_CHOICES:
        raise PhantomArchiveError(f"The transfer syntax must be one of {', '.join(SYNTAX_CHOICES)}, not {syntax!r}.")
    if unknown or min(shares.values(), default=0) < 0 or sum(shares.values()) <= 0:
        raise PhantomArchiveError(f"The shares must be weights of the classes {'; '.join(CLASSES)}, not all 0.")
    if workers < 1:
        raise PhantomArchiveError(f"At least 1 worker is needed, not {workers}.")


def _prepare(out: Path, plan: ArchivePlan, count: int) -> None:
    """Make the folders, or accept those of the same plan."""
    manifest = out / "manifest.json"
    if manifest.exists():
        earlier = _read_json(manifest)
        expected = json.loads(json.dumps(asdict(plan)))
        differing = [name for name, value in expected.items() if earlier.get(name) != value]
        if differing:
            names = ", ".join(differing)
            raise PhantomArchiveError(f"{out} holds phantoms of other settings ({names}); choose another folder.")
        if int(earlier.get("count", 0)) > count:
            raise PhantomArchiveError(f"{out} already holds {earlier['count']} phantoms; choose another folder.")
    elif out.exists() and any(out.iterdir()):
        raise PhantomArchiveError(f"{out} is not empty and holds no phantoms; choose another folder.")
    for folder in ("images", "masks", _RECORDS):
        (out / folder).mkdir(parents=True, exist_ok=True)
    _replace(manifest, _as_json({**asdict(plan), "count": count, "complete": False}))


def _is_complete(out: Path, plan: ArchivePlan, number: int) -> bool:
    """Tell whether the image's files are all there; the record is written last and knows the DICOM file's size."""
    name = plan.image_id(number)
    record, image = out / _RECORDS / f"{name}.json", out / "images" / f"{name}.dcm"
    if not record.exists() or not image.exists():
        return False
    try:
        known = _read_json(record)
    except PhantomArchiveError:
        return False
    has_mask = not known.get("boxes") or (out / "masks" / f"{name}.png").exists()
    return bool(has_mask and known.get("bytes") == image.stat().st_size)


def _write_missing(tasks: Sequence[_Task], workers: int) -> Iterator[int]:
    if workers == 1 or len(tasks) < 2:
        for task in tasks:
            yield write_image(*task)
        return
    pool = ProcessPoolExecutor(min(workers, len(tasks)), mp_context=get_context("spawn"))
    remaining = iter(tasks)
    waiting: set[Future[int]] = set()
    try:
        while True:
            for task in remaining:  # a short queue, so that an interruption stops soon
                waiting.add(pool.submit(write_image, *task))
                if len(waiting) >= 3 * workers:
                    break
            if not waiting:
                return
            finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in finished:
                yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def write_image(out: Path, plan: ArchivePlan, number: int, background: BackgroundFile | None = None) -> int:
    """Simulate and write one image, its mask and, last, its record; return its number."""
    name = plan.image_id(number)
    shares: dict[ImageClass, float] = {image_class: dict(plan.shares).get(image_class, 0.0) for image_class in CLASSES}
    seed, domain = plan.image_seed(number), DOMAINS.get(plan.domain, PLAIN)
    if background is None:
        phantom = simulate(seed, plan.side, shares=shares, domain=domain)
    else:
        phantom = _composed(seed, plan.side, shares["Lung Opacity"] / sum(shares.values()), background)
    reader = np.random.default_rng([seed, 1])
    labelled = readers_boxes(reader, phantom.boxes, plan.side, domain.reader_noise)
    image = out / "images" / f"{name}.dcm"
    syntax = plan.image_syntax(number)
    write(phantom, image, transfer_syntax=syntax, number=number, prefix=plan.prefix)
    if phantom.masks:
        _, png = cv2.imencode(".png", numbered_mask(phantom))
        _replace(out / "masks" / f"{name}.png", png.tobytes())
    record = _record(phantom, labelled.tolist(), name, syntax, image.stat().st_size)
    _replace(out / _RECORDS / f"{name}.json", _as_json(record))
    return number


def _composed(seed: int, side: int, opacity_share: float, file: BackgroundFile) -> Phantom:
    try:
        background = read_background(file.path, side)
    except (DicomReadError, LungsNotFoundError) as error:
        raise PhantomArchiveError(f"{file.path} has changed since it was examined: {error}.") from error
    if background.source.digest != file.digest:
        raise PhantomArchiveError(f"{file.path} has changed since it was examined; call again.")
    return compose(seed, background, opacity_share)


def numbered_mask(phantom: Phantom) -> NDArray[np.uint8]:
    """Return (side, side) uint8: 0 where there is no opacity, else the opacity's number from 1."""
    mask = np.zeros(phantom.pixels.shape, np.uint8)
    for number, each in enumerate(phantom.masks, start=1):
        mask[each] = number
    return mask


def _record(
    phantom: Phantom, labelled: list[list[float]], name: str, syntax: TransferSyntax, size: int
) -> dict[str, Any]:
    record = {
        "id": name,
        "seed": phantom.seed,
        "bytes": size,
        "transfer_syntax": syntax,
        "class": phantom.image_class,
        "boxes": labelled,
        "strengths": [round(value, 3) for value in phantom.strengths],
        "view_position": phantom.view_position,
        "photometric_interpretation": phantom.photometric_interpretation,
        "distractors": list(phantom.distractors),
        "devices": list(phantom.devices),
    }
    if phantom.background is not None:
        record["view_position"] = ""  # of the fitted chest, not of the person
        record["background"] = {"name": phantom.background.name, "sha256": phantom.background.digest}
    return record


def _write_tables(out: Path, plan: ArchivePlan, count: int) -> None:
    """Write labels, classes and, last, the complete manifest from the images' records."""
    records = [_read_json(out / _RECORDS / f"{plan.image_id(number)}.json") for number in range(1, count + 1)]
    images = [LabelledImage(r["id"], tuple(Box(*corners) for corners in r["boxes"]), r["class"]) for r in records]
    for name, write_table in (("labels.csv", write_labels), ("classes.csv", write_classes)):
        partial = out / f".{name}.part"
        write_table(partial, images)
        partial.replace(out / name)
    _write_mapping(out, records)
    _replace(out / "manifest.json", _as_json({**asdict(plan), "count": count, "complete": True, "images": records}))


def _write_mapping(out: Path, records: Sequence[Mapping[str, Any]]) -> None:
    """Write which NIH images the backgrounds were, as ``rsna_mapping`` reads it, if there are any."""
    images = {r["id"]: BackgroundFile(Path(r["background"]["name"])).nih_image for r in records if "background" in r}
    rows = [(name, image) for name, image in images.items() if image]
    if not rows:
        return
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([CSV_COLUMNS, *rows])
    _replace(out / "mapping.csv", text.getvalue().encode("utf-8"))


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError) as error:
        raise PhantomArchiveError(f"{path} is damaged; delete it and call again.") from error
    if not isinstance(content, dict):
        raise PhantomArchiveError(f"{path} is damaged; delete it and call again.")
    return content


def _as_json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=1) + "\n").encode("utf-8")


def _replace(path: Path, content: bytes) -> None:
    """Write a file beside and rename it."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
