"""The correction set: the folder in which signed reviews leave and from which training learns.

A set is ``manifest.json``, ``reviews.jsonl`` (one line per signed review, see ``review_json``) and
``images/<key>.dcm``. Keys are salted instance keys, and the salt is not written.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cxr_viewer.core import review_json
from cxr_viewer.core.findings import FindingState, ReviewOutcome
from cxr_viewer.core.reviewed_instance import CorrectionSetError, ReviewedInstance, check
from cxr_viewer.core.whole_folder import written_whole

__all__ = ["CorrectionSet", "CorrectionSetError", "ReviewedInstance", "check", "read", "write"]

FORMAT = "cxr-correction-set"
FORMAT_VERSION = 1


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
            lines.write(json.dumps(review_json.to_json(review), ensure_ascii=False, allow_nan=False) + "\n")
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
        created, version = review_json.time_of(manifest["created"]), str(manifest["app_version"])
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
            review = review_json.from_json(_object(_parse(line, where), where))
        except (KeyError, TypeError, ValueError) as error:
            raise CorrectionSetError(f"{where} is not a review of the correction-set format ({error!r}).") from error
        check(review)
        reviews.append(review)
    return reviews


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
