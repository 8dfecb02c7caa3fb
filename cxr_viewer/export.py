"""Signed reviews leave the workstation: as a correction set, in the RSNA challenge's form or as COCO, de-identified."""

import json
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from cxr_viewer import __version__, resources
from cxr_viewer.core import correction_set, ledger, vocabulary
from cxr_viewer.core.correction_set import CorrectionSetError, ReviewedInstance
from cxr_viewer.core.findings import Finding, FindingState, ReadingContext, ReviewOutcome, now
from cxr_viewer.core.geometry import Box
from cxr_viewer.core.interchange import coco, rsna_csv
from cxr_viewer.core.vocabulary import Vocabulary
from cxr_viewer.core.whole_folder import written_whole
from cxr_viewer.dicom.deidentify import NotExportableError, deidentified_file
from cxr_viewer.dicom.errors import DicomReadError
from cxr_viewer.dicom.pixel_header import DecodedInstance
from cxr_viewer.dicom.pseudonyms import pseudonym
from cxr_viewer.store.assessments import assessments_of
from cxr_viewer.store.records import SignedReview

NOTICE = "Research use, not a medical device. Reviews by readers, keys salted, images de-identified."
SALT_BYTES = 32
LEDGER_FILE = "ledger.jsonl"


class ExportFormat(StrEnum):
    """What is written."""

    CORRECTIONS = "corrections"
    RSNA = "rsna"
    COCO = "coco"
    LEDGER = "ledger"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A signed review that did not leave, and why; for the reader's eyes, not for logs."""

    path: Path | None
    instance_key: str
    reader: str
    reason: str

    def __str__(self) -> str:
        name = str(self.path) if self.path is not None else f"instance {self.instance_key[:12]}"
        return f"{name} (review by {self.reader}): {self.reason}"


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """What left and what did not."""

    reviews: int
    images: int
    left_out: tuple[LeftOut, ...]


def salt_beside(journal: Path) -> bytes:
    """Return the secret that keys are salted with; made once per journal, beside it, readable by this user only.

    It stays on the workstation, so that the same instance has the same key in every export and nobody who has the
    image can find it in one.

    Raises:
        OSError: it cannot be made or read.
    """
    path = journal.with_name(f"{journal.name}.salt")
    if not path.exists():
        partial = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(SALT_BYTES))
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    return bytes.fromhex(path.read_text(encoding="ascii"))


def export_reviews(
    reviews: Sequence[SignedReview],
    out: Path,
    form: ExportFormat,
    salt: bytes,
    decode: Callable[[Path], DecodedInstance],
    on_review: Callable[[], None] = lambda: None,
) -> ExportSummary:
    """Write signed reviews with their de-identified images into a new folder, whole or not at all.

    Args:
        reviews: as the journal gives them.
        out: missing or empty folder.
        form: corrections (a correction set), rsna (labels.csv, classes.csv) or coco (coco.json), each with images/; or
            ledger (ledger.jsonl), which has no images and needs none.
        salt: see ``salt_beside``.
        decode: decodes the first frame elsewhere, raises DicomReadError; proves that a file still holds the image.
        on_review: told of each review that is done.

    Raises:
        FolderInUseError: the folder is not empty.
        OSError: the disk is full or not writable.
    """
    if form is ExportFormat.LEDGER:
        return write_ledger(reviews, out, salt, on_review)
    desk = _Desk(salt, decode, on_review)
    match form:
        case ExportFormat.CORRECTIONS:
            exported = correction_set.write(out, desk.entries(reviews), __version__, now()).reviews
        case ExportFormat.RSNA:
            exported = _write_rsna(out, desk, reviews)
        case ExportFormat.COCO:
            exported = _write_coco(out, desk, reviews)
    return ExportSummary(len(exported), len({review.key for review in exported}), tuple(desk.left_out))


def write_ledger(
    reviews: Iterable[SignedReview], out: Path, salt: bytes, on_review: Callable[[], None] = lambda: None
) -> ExportSummary:
    """Write the assessment ledger of signed reviews into a new folder: ``ledger.jsonl``, a line for each assessment.

    Raises:
        FolderInUseError: the folder is not empty.
        OSError: the disk is full or not writable.
    """
    written, keys = 0, set[str]()
    with written_whole(out, last=LEDGER_FILE) as stage, (stage / LEDGER_FILE).open("w", encoding="utf-8") as lines:
        for signed in reviews:
            review, key = signed.review, key_of(salt, signed)
            signature = ledger.Signature(key, review.reader, review.outcome, review.signed_at)
            for assessment in assessments_of(signed):
                finding = assessment.finding and without_free_text(assessment.finding)
                line = ledger.line_of(replace(assessment, finding=finding), signature)
                lines.write(json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n")
            written += 1
            keys.add(key)
            on_review()
        lines.flush()
        os.fsync(lines.fileno())
    return ExportSummary(written, len(keys), ())


def key_of(salt: bytes, signed: SignedReview) -> str:
    """Return the exported key: the same for the same instance and workstation."""
    return pseudonym(salt, "instance", signed.instance.instance_key).hex()


class _NotThereError(Exception):
    """The reviewed image is not in its file any more."""


@dataclass(slots=True)
class _Desk:
    """Turns signed reviews into what may leave, and notes what may not."""

    salt: bytes
    decode: Callable[[Path], DecodedInstance]
    on_review: Callable[[], None]
    left_out: list[LeftOut] = field(default_factory=list)
    _sizes: dict[str, tuple[int, int]] = field(default_factory=dict)

    def entries(self, signed: Iterable[SignedReview]) -> Iterator[tuple[ReviewedInstance, bytes]]:
        """Yield each review with its image; an image that was yielded before is not made again (b"")."""
        for review in signed:
            try:
                yield self._entry(review)
            except (NotExportableError, DicomReadError, CorrectionSetError, _NotThereError) as error:
                self.leave_out(review, str(error))
            self.on_review()

    def leave_out(self, review: SignedReview, reason: str) -> None:
        """Note a review that does not leave."""
        known = review.instance
        self.left_out.append(LeftOut(known.path, known.instance_key, review.review.reader, reason))

    def _entry(self, signed: SignedReview) -> tuple[ReviewedInstance, bytes]:
        key = key_of(self.salt, signed)
        image = b""
        if key not in self._sizes:
            size, image = self._image(signed)
            entry = reviewed_instance(signed, key, *size), image
            self._sizes[key] = size
            return entry
        return reviewed_instance(signed, key, *self._sizes[key]), image

    def _image(self, signed: SignedReview) -> tuple[tuple[int, int], bytes]:
        path = signed.instance.path
        if path is None or not path.is_file():
            raise _NotThereError("the image is not where it was read; open it where it is now, and export again")
        decoded = self.decode(path)
        if decoded.key != signed.instance.instance_key:
            raise _NotThereError("the file holds another image now; open the reviewed one again, and export again")
        rows, columns = decoded.pixels.shape[:2]
        return (rows, columns), deidentified_file(
            path, salt=self.salt, is_polarity_corrected=decoded.header.is_polarity_corrected
        )


def reviewed_instance(signed: SignedReview, key: str, rows: int, columns: int) -> ReviewedInstance:
    """Return a signed review as it leaves: removed findings dropped, boxes cut to the image, no free text.

    Raises:
        CorrectionSetError: what is left breaks the rules of the format.
    """
    standing = (finding for finding in signed.findings if finding.state is not FindingState.REMOVED)
    leaving = ReviewedInstance(
        key=key,
        reader=signed.review.reader,
        outcome=signed.review.outcome,
        findings=tuple(_cut(finding, rows, columns) for finding in standing),
        context=ReadingContext(signed.review.context.bundle_digest, signed.review.context.thresholds),
        signed_at=signed.review.signed_at,
        begun_at=signed.begun_at,
        rows=rows,
        columns=columns,
    )
    correction_set.check(leaving)
    return leaving


def _cut(finding: Finding, rows: int, columns: int) -> Finding:
    origin = finding.origin
    if origin is not None:
        shown, mean = origin.shown_box.clipped(rows, columns), origin.mean_box.clipped(rows, columns)
        origin = replace(origin, shown_box=shown, mean_box=mean)
    return replace(without_free_text(finding), box=finding.box.clipped(rows, columns), origin=origin)


def without_free_text(finding: Finding) -> Finding:
    """Return a finding with codes of the program's own lists only: what somebody typed does not leave."""
    words = _words()
    return replace(finding, reason=words.reason_code(finding.reason), label=words.label_code(finding.label), comment="")


@lru_cache(maxsize=1)
def _words() -> Vocabulary:
    return vocabulary.parse(resources.read_text("vocabulary.toml"))


def _write_rsna(out: Path, desk: _Desk, reviews: Sequence[SignedReview]) -> tuple[ReviewedInstance, ...]:
    with written_whole(out, last="labels.csv") as stage:
        exported = _write_images(stage, desk, _decided(desk, reviews))
        images = [
            rsna_csv.LabelledImage(review.key, _boxes(review), _RSNA_CLASSES[review.outcome]) for review in exported
        ]
        rsna_csv.write_classes(stage / "classes.csv", images)
        rsna_csv.write_labels(stage / "labels.csv", images)
    return exported


_RSNA_CLASSES = {
    ReviewOutcome.OPACITY: rsna_csv.OPACITY,
    # The review says that there is no opacity, and no more: whether the image is normal is not asked.
    ReviewOutcome.NO_OPACITY: rsna_csv.NOT_NORMAL,
}


def _write_coco(out: Path, desk: _Desk, reviews: Sequence[SignedReview]) -> tuple[ReviewedInstance, ...]:
    with written_whole(out, last="coco.json") as stage:
        exported = _write_images(stage, desk, _decided(desk, reviews))
        images = [
            coco.LabelledImage(
                f"images/{review.key}.dcm",
                review.rows,
                review.columns,
                tuple(coco.LabelledBox(coco.OPACITY, box) for box in _boxes(review)),
            )
            for review in exported
        ]
        coco.write(stage / "coco.json", images, NOTICE)
    return exported


def _boxes(review: ReviewedInstance) -> tuple[Box, ...]:
    return tuple(finding.box for finding in review.findings if finding.is_asserted)


def _write_images(stage: Path, desk: _Desk, reviews: Iterable[SignedReview]) -> tuple[ReviewedInstance, ...]:
    (stage / "images").mkdir()
    exported = []
    for review, image in desk.entries(reviews):
        (stage / "images" / f"{review.key}.dcm").write_bytes(image)
        exported.append(review)
    return tuple(exported)


def _decided(desk: _Desk, reviews: Sequence[SignedReview]) -> list[SignedReview]:
    """Return the reviews that a format without readers and verdicts can say: the last that was signed of each image."""
    last: dict[str, SignedReview] = {}
    for review in sorted(reviews, key=lambda each: each.review.signed_at):
        earlier = last.pop(review.instance.instance_key, None)
        if earlier is not None:
            desk.leave_out(earlier, "a later review of the same image is exported")
        last[review.instance.instance_key] = review
    decided = []
    for review in last.values():
        has_boxes = any(finding.is_asserted for finding in review.findings)
        if review.review.outcome is ReviewOutcome.UNREADABLE:
            desk.leave_out(review, "signed as unreadable, which this format cannot say")
        elif review.review.outcome is ReviewOutcome.OPACITY and not has_boxes:
            desk.leave_out(review, "signed as opacity without a box, which this format cannot say")
        else:
            decided.append(review)
    return decided
