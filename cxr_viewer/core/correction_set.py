"""The correction set: the folder in which signed reviews leave and from which training learns.

A set is ``manifest.json``, ``reviews.jsonl`` (one line per signed review) and ``images/<key>.dcm``. Reader and writer
are here together, so that one file owns the fields. Keys are salted instance keys and the salt is not written; free
text (comments, reasons) does not leave, because nobody can say what was typed into it.
"""

import json
import math
import os
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cxr_viewer.core.candidates import Thresholds, parse_size
from cxr_viewer.core.findings import Finding, FindingState, FindingUid, Origin, ReadingContext, ReviewOutcome
from cxr_viewer.core.geometry import Box
from cxr_viewer.core.whole_folder import written_whole

FORMAT = "cxr-correction-set"
FORMAT_VERSION = 1

_KEY = re.compile(r"[0-9a-f]{64}")
_OUTSIDE = 0.01  # native pixels that a box may lie outside the image by rounding


class CorrectionSetError(Exception):
    """A correction set that cannot be written or read; the message is a sentence for the reader."""


@dataclass(frozen=True, slots=True)
class ReviewedInstance:
    """One signed review of one instance, as it leaves the workstation.

    Attributes:
        key: salted instance key, 64 hexadecimal digits; the same instance of one workstation keeps its key.
        reader: who signed.
        outcome: the verdict; "no opacity" is a fact only because it stands here.
        findings: boxes in native pixels, clipped to the image.
        context: bundle and thresholds in force when it was signed.
        signed_at: time of the signature, with its zone.
        begun_at: time of the first gesture on this instance, where known.
        rows, columns: size of the image in native pixels.
    """

    key: str
    reader: str
    outcome: ReviewOutcome
    findings: tuple[Finding, ...]
    context: ReadingContext
    signed_at: datetime
    begun_at: datetime | None
    rows: int
    columns: int

    @property
    def bundle_digests(self) -> frozenset[str]:
        """Bundles that this review speaks about."""
        digests = {finding.origin.bundle_digest for finding in self.findings if finding.origin is not None}
        return frozenset(digests | {self.context.bundle_digest}) - {""}


@dataclass(frozen=True, slots=True)
class CorrectionSet:
    """A folder that can be learned from.

    Attributes:
        folder: where it lies.
        created: when it was written.
        app_version: version of the program that wrote it.
        bundle_digests: bundles that its reviews speak about, sorted.
        reviews: in the order of the file; one instance may have reviews of several readers.
    """

    folder: Path
    created: datetime
    app_version: str
    bundle_digests: tuple[str, ...]
    reviews: tuple[ReviewedInstance, ...]

    def image_path(self, key: str) -> Path:
        """Return the DICOM file of the instance with that salted key."""
        return self.folder / "images" / f"{key}.dcm"


def write(
    folder: Path,
    entries: Iterable[tuple[ReviewedInstance, bytes]],
    app_version: str,
    created: datetime,
) -> CorrectionSet:
    """Write a correction set into a folder that is missing or empty, whole or not at all.

    Args:
        folder: the set's own folder.
        entries: each review with its image, a complete de-identified DICOM file. They are taken one at a time, so
            that a generator keeps memory small; the image of a key that was already written is ignored.
        app_version: version of the program that writes.
        created: present time with its zone.

    Raises:
        FolderInUseError: the folder is not empty.
        CorrectionSetError: a review breaks the rules of the format.
        OSError: the disk is full or not writable.
    """
    with written_whole(folder, last="manifest.json") as stage:  # without a manifest it is no correction set
        written = _write_stage(stage, entries, app_version, created)
    return CorrectionSet(folder, created, app_version, _all_digests(written), tuple(written))


def _write_stage(
    stage: Path, entries: Iterable[tuple[ReviewedInstance, bytes]], app_version: str, created: datetime
) -> list[ReviewedInstance]:
    reviews: list[ReviewedInstance] = []
    signed, images = set[tuple[str, str]](), set[str]()
    (stage / "images").mkdir()
    with (stage / "reviews.jsonl").open("w", encoding="utf-8", newline="\n") as lines:
        for review, image in entries:
            check(review)
            if (review.key, review.reader) in signed:
                raise CorrectionSetError(f"Instance {review.key[:12]} has two reviews by the same reader.")
            signed.add((review.key, review.reader))
            if review.key not in images:
                images.add(review.key)
                (stage / "images" / f"{review.key}.dcm").write_bytes(image)
            lines.write(json.dumps(_review_to_json(review), ensure_ascii=False, allow_nan=False) + "\n")
            reviews.append(review)
        lines.flush()
        os.fsync(lines.fileno())
    manifest = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "created": created.isoformat(),
        "app_version": app_version,
        "bundle_digests": list(_all_digests(reviews)),
        "counts": _counts(reviews),
    }
    with (stage / "manifest.json").open("w", encoding="utf-8", newline="\n") as file:
        json.dump(manifest, file, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    return reviews


def read(folder: Path) -> CorrectionSet:
    """Read and check a correction set.

    Raises:
        CorrectionSetError: a file is missing, cut or of an unknown version; the sentence names it.
    """
    path = folder / "manifest.json"
    manifest = _object(_parse(_text(path), str(path)), str(path))
    if manifest.get("format") != FORMAT:
        raise CorrectionSetError(f"{path} is not the manifest of a correction set.")
    if manifest.get("format_version") != FORMAT_VERSION:
        version = manifest.get("format_version")
        raise CorrectionSetError(f"{path} has format version {version!r}; this program reads version {FORMAT_VERSION}.")
    reviews = _read_reviews(folder / "reviews.jsonl")
    if manifest.get("counts") != _counts(reviews):
        raise CorrectionSetError(f"{folder / 'reviews.jsonl'} does not hold what {path.name} counts; is it cut?")
    try:
        created, version = _time(manifest["created"]), str(manifest["app_version"])
    except (KeyError, TypeError, ValueError) as error:
        raise CorrectionSetError(f"{path} lacks the time or the version of the program that wrote it.") from error
    found = CorrectionSet(folder, created, version, _all_digests(reviews), tuple(reviews))
    for review in reviews:
        if not found.image_path(review.key).is_file():
            raise CorrectionSetError(f"The image {found.image_path(review.key)} is missing from the correction set.")
    return found


def _read_reviews(path: Path) -> list[ReviewedInstance]:
    reviews = []
    for number, line in enumerate(_text(path).split("\n")[:-1], start=1):
        where = f"{path}, line {number}"
        try:
            review = _review_from_json(_object(_parse(line, where), where))
        except (KeyError, TypeError, ValueError) as error:
            raise CorrectionSetError(f"{where} is not a review of the correction-set format ({error!r}).") from error
        check(review)
        reviews.append(review)
    return reviews


def check(review: ReviewedInstance) -> None:
    """Raise CorrectionSetError unless the review keeps the rules of the format."""
    name = f"The review of instance {review.key[:12]}"
    if not _KEY.fullmatch(review.key):
        raise CorrectionSetError(f"{name} has no key of 64 hexadecimal digits.")
    if not review.reader:
        raise CorrectionSetError(f"{name} has no reader.")
    if review.signed_at.tzinfo is None:
        raise CorrectionSetError(f"{name} has a time without a zone.")
    if review.rows < 1 or review.columns < 1:
        raise CorrectionSetError(f"{name} has no image size.")
    if review.outcome is ReviewOutcome.NO_OPACITY and any(finding.is_asserted for finding in review.findings):
        raise CorrectionSetError(f"{name} says 'no opacity' and asserts one.")
    for finding in review.findings:
        _check_state(finding, name)
        _check_box(finding.box, review, name)
        if finding.origin is not None:
            _check_box(finding.origin.shown_box, review, name)
            _check_box(finding.origin.mean_box, review, name)


def _check_state(finding: Finding, name: str) -> None:
    is_readers_own = finding.state in (FindingState.ADDED, FindingState.REMOVED)
    if is_readers_own == (finding.origin is not None):
        origin = "an origin" if finding.origin is not None else "no origin"
        raise CorrectionSetError(f"{name} has a finding that is {finding.state} and has {origin} in the model.")


def _check_box(box: Box, review: ReviewedInstance, name: str) -> None:
    corners = (box.x1, box.y1, box.x2, box.y2)
    is_inside = (
        all(math.isfinite(value) and value >= -_OUTSIDE for value in corners)
        and box.x2 <= review.columns + _OUTSIDE
        and box.y2 <= review.rows + _OUTSIDE
    )
    if not is_inside or box.width <= 0 or box.height <= 0:
        raise CorrectionSetError(f"{name} has a box that is empty or outside the image.")


def _counts(reviews: Iterable[ReviewedInstance]) -> dict[str, Any]:
    reviews = list(reviews)
    outcomes = Counter(str(review.outcome) for review in reviews)
    findings = Counter(str(finding.state) for review in reviews for finding in review.findings)
    return {
        "reviews": len(reviews),
        "images": len({review.key for review in reviews}),
        "outcomes": {str(outcome): outcomes[outcome] for outcome in ReviewOutcome},
        "findings": {str(state): findings[state] for state in FindingState},
    }


def _all_digests(reviews: Iterable[ReviewedInstance]) -> tuple[str, ...]:
    return tuple(sorted(frozenset[str]().union(*(review.bundle_digests for review in reviews))))


def _review_to_json(review: ReviewedInstance) -> dict[str, Any]:
    return {
        "key": review.key,
        "reader": review.reader,
        "outcome": str(review.outcome),
        "signed_at": review.signed_at.isoformat(),
        "begun_at": review.begun_at.isoformat() if review.begun_at else None,
        "rows": review.rows,
        "columns": review.columns,
        "bundle_digest": review.context.bundle_digest,
        "thresholds": _thresholds_to_json(review.context.thresholds),
        "findings": [_finding_to_json(finding) for finding in review.findings],
    }


def _review_from_json(values: dict[str, Any]) -> ReviewedInstance:
    context = ReadingContext(_string(values["bundle_digest"]), _thresholds_from_json(values["thresholds"]))
    return ReviewedInstance(
        key=_string(values["key"]),
        reader=_string(values["reader"]),
        outcome=ReviewOutcome(values["outcome"]),
        findings=tuple(_finding_from_json(finding) for finding in values["findings"]),
        context=context,
        signed_at=_time(values["signed_at"]),
        begun_at=None if values["begun_at"] is None else _time(values["begun_at"]),
        rows=int(values["rows"]),
        columns=int(values["columns"]),
    )


def _thresholds_to_json(thresholds: Thresholds | None) -> dict[str, Any] | None:
    if thresholds is None:
        return None
    size = "mean" if thresholds.size is None else thresholds.size
    return {"score": thresholds.score, "overlap": thresholds.overlap, "size": size}


def _thresholds_from_json(values: dict[str, Any] | None) -> Thresholds | None:
    if values is None:
        return None
    return Thresholds(float(values["score"]), float(values["overlap"]), parse_size(str(values["size"])))


def _finding_to_json(finding: Finding) -> dict[str, Any]:
    origin = finding.origin
    return {
        "uid": finding.uid,
        "state": str(finding.state),
        "box": _box_to_json(finding.box),
        "origin": None
        if origin is None
        else {
            "bundle_digest": origin.bundle_digest,
            "anchor_index": origin.anchor_index,
            "shown_box": _box_to_json(origin.shown_box),
            "mean_box": _box_to_json(origin.mean_box),
            "score": origin.score,
            "members_agreeing": origin.members_agreeing,
            "members": origin.members,
        },
    }


def _finding_from_json(values: dict[str, Any]) -> Finding:
    origin = values["origin"]
    return Finding(
        uid=FindingUid(_string(values["uid"])),
        state=FindingState(values["state"]),
        box=_box_from_json(values["box"]),
        origin=None
        if origin is None
        else Origin(
            bundle_digest=_string(origin["bundle_digest"]),
            anchor_index=int(origin["anchor_index"]),
            shown_box=_box_from_json(origin["shown_box"]),
            mean_box=_box_from_json(origin["mean_box"]),
            score=float(origin["score"]),
            members_agreeing=int(origin["members_agreeing"]),
            members=int(origin["members"]),
        ),
    )


def _box_to_json(box: Box) -> list[float]:
    return [box.x1, box.y1, box.x2, box.y2]


def _box_from_json(values: list[Any]) -> Box:
    x1, y1, x2, y2 = (float(value) for value in values)
    return Box(x1, y1, x2, y2)


def _time(value: object) -> datetime:
    return datetime.fromisoformat(_string(value))


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected text, found {value!r}")
    return value


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise CorrectionSetError(f"{path} is missing; this folder is not a whole correction set.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise CorrectionSetError(f"{path} cannot be read: {error}.") from error


def _parse(text: str, where: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise CorrectionSetError(f"{where} is not JSON: {error}.") from error


def _object(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise CorrectionSetError(f"{where} should hold a JSON object.")
    return value
