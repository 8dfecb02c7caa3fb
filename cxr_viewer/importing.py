"""Boxes of others come in: as findings of the reader who drew them, never of the one who imports them.

They are appended to the journal like gestures of that reader. No review is signed in anybody's name: an image without
boxes in the file leaves no trace. The same file gives the same findings, so importing it again adds nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from cxr_viewer.core.findings import Finding, FindingState, FindingUid, ReadingContext
from cxr_viewer.core.geometry import Box
from cxr_viewer.core.interchange.boxes_of_others import ForeignBox, ForeignImage
from cxr_viewer.core.studies import Instance, InstanceKey
from cxr_viewer.dicom.errors import DicomReadError
from cxr_viewer.dicom.pixel_header import DecodedInstance
from cxr_viewer.store.history import Change
from cxr_viewer.store.records import IMPORT_GESTURE, KnownInstance

if TYPE_CHECKING:
    from cxr_viewer.store.journal import Journal

_OUTSIDE = 1.0
"""Native pixels that a box may leave its image by, for rounding; what is beyond that was drawn on another image."""

Decode = Callable[[Path], DecodedInstance]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file.

    Attributes:
        images: that got boxes, or had these already.
        added: boxes that are new.
        known: boxes that were there from an earlier import.
        empty: images on which somebody drew nothing: nothing is stored of them.
        left_out: a sentence for every image and box that did not come in, with file and line.
    """

    images: int = 0
    added: int = 0
    known: int = 0
    empty: int = 0
    left_out: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The whole in one sentence."""
        parts = [f"{_count(self.added, 'box', 'boxes')} added on {_count(self.images, 'image', 'images')}"]
        if self.known:
            parts.append(f"{self.known} there already")
        if self.empty:
            parts.append(f"{_count(self.empty, 'image', 'images')} without a box")
        return f"{', '.join(parts)}; {len(self.left_out)} left out."

    @property
    def text(self) -> str:
        """The whole as lines."""
        return "\n".join([self.sentence, *self.left_out]) + "\n"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def bring_in(
    images: Iterable[ForeignImage],
    reader: str,
    instances: Iterable[Instance],
    decode: Decode,
    journal: "Journal",
    on_image: Callable[[], None] = lambda: None,
) -> ImportReport:
    """Append the boxes of a file as findings of ``reader``.

    Args:
        images: of ``boxes_of_others.read``.
        reader: who drew them, in the words of whoever imports.
        instances: where the images may be; matched by SOP Instance UID, file name or stem.
        decode: of the files that match, because identity and true size are known only then.
        on_image: told after each image of the file.

    Raises:
        StoreError: the journal cannot be written; images before that are in it.
    """
    known = _by_name(instances)
    left_out: list[str] = []
    touched = added = already = empty = 0
    for image in images:
        path = _matching(image, known, left_out)
        if path is not None and not image.boxes:
            empty += 1
        elif path is not None:
            try:
                decoded = decode(path)
            except (DicomReadError, OSError) as error:
                left_out.append(f"{image.place}: {path.name} cannot be decoded: {error}")
                on_image()
                continue
            findings = _findings(image, reader, decoded, left_out)
            new = _append(journal, path, decoded, reader, findings, image, left_out) if findings else 0
            if new is not None and findings:
                touched, added, already = touched + 1, added + new, already + len(findings) - new
        on_image()
    return ImportReport(touched, added, already, empty, tuple(left_out))


def _by_name(instances: Iterable[Instance]) -> dict[str, set[Path]]:
    """Return the files by every name that a list may call them."""
    known: dict[str, set[Path]] = defaultdict(set)
    for instance in instances:
        for name in {instance.sop_instance_uid, instance.path.name, instance.path.stem} - {""}:
            known[name.casefold()].add(instance.path)
    return known


def _matching(image: ForeignImage, known: dict[str, set[Path]], left_out: list[str]) -> Path | None:
    name = image.name.replace("\\", "/").rsplit("/", 1)[-1]
    stem = name.rpartition(".")[0] if Path(name).suffix.lower() in _ENDINGS else name
    found = known.get(name.casefold()) or known.get(stem.casefold()) or set()
    if len(found) == 1:
        return next(iter(found))
    if not found:
        left_out.append(f"{image.place}: no image is called {image.name}")
    else:
        left_out.append(f"{image.place}: {len(found)} images are called {image.name}; which one is meant is not known")
    return None


_ENDINGS = {".dcm", ".dicom", ".png", ".jpg", ".jpeg", ".tif", ".tiff"}


def _findings(image: ForeignImage, reader: str, decoded: DecodedInstance, left_out: list[str]) -> list[Finding]:
    rows, columns = (int(length) for length in decoded.pixels.shape)
    if image.size is not None and image.size != (rows, columns):
        stated = f"{image.size[1]} x {image.size[0]}"
        left_out.append(f"{image.place}: the file says {stated} pixels, the image has {columns} x {rows}")
        return []
    findings = []
    for each in image.boxes:
        if _is_inside(each.box, rows, columns):
            findings.append(_finding(each, reader, decoded.key, rows, columns))
        else:
            box = each.box
            left_out.append(
                f"{each.place}: the box {box.x1:g}, {box.y1:g} to {box.x2:g}, {box.y2:g} leaves its image of "
                f"{columns} x {rows} pixels"
            )
    return findings


def _is_inside(box: Box, rows: int, columns: int) -> bool:
    return min(box.x1, box.y1) >= -_OUTSIDE and box.x2 <= columns + _OUTSIDE and box.y2 <= rows + _OUTSIDE


def _finding(each: ForeignBox, reader: str, key: InstanceKey, rows: int, columns: int) -> Finding:
    box = each.box.clipped(rows, columns)
    corners = " ".join(f"{value:.3f}" for value in (box.x1, box.y1, box.x2, box.y2))
    uid = sha256(f"{reader}\n{key}\n{corners}\n{each.kind}".encode()).hexdigest()[:32]
    return Finding(FindingUid(uid), FindingState.ADDED, box, comment=each.kind)


def _append(
    journal: "Journal",
    path: Path,
    decoded: DecodedInstance,
    reader: str,
    findings: list[Finding],
    image: ForeignImage,
    left_out: list[str],
) -> int | None:
    """Append what is not there yet as one gesture; return how many, None when the reader works here themselves."""
    key = decoded.key
    if any(entry.name != IMPORT_GESTURE for entry in journal.history(key, reader)):
        left_out.append(f"{image.place}: {reader} has read this image here; boxes of a file are not mixed with that")
        return None
    there = {finding.uid for finding in journal.current_findings(key, reader)}
    new = [Change(None, finding) for finding in findings if finding.uid not in there]
    if new:
        rows, columns = (int(length) for length in decoded.pixels.shape)
        if journal.instance(key) is None:
            journal.remember_instance(KnownInstance(key, rows, columns, path))
        journal.append_changes(key, new, reader, ReadingContext(), IMPORT_GESTURE)
    return len(new)
