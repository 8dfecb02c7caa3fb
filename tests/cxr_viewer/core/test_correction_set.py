"""The correction set is written whole or not at all, read back equal, and refused with a sentence when it is broken."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cxr_viewer.core import correction_set
from cxr_viewer.core.correction_set import CorrectionSetError, ReviewedInstance
from cxr_viewer.core.findings import FindingState, ReviewOutcome
from cxr_viewer.core.whole_folder import FolderInUseError
from tests.factories import BUNDLE_DIGEST, finding, reviewed_instance

CREATED = datetime(2024, 6, 1, 12, tzinfo=UTC)


def _write(folder: Path, *reviews: ReviewedInstance) -> correction_set.CorrectionSet:
    return correction_set.write(
        folder, [(review, b"image of " + review.key.encode()) for review in reviews], "1", CREATED
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small correction set of two readers and two instances."""
    folder = tmp_path / "set"
    _write(
        folder,
        reviewed_instance(finding(), finding(FindingState.REJECTED, uid="f2"), finding(FindingState.ADDED, uid="f3")),
        reviewed_instance(reader="bob", outcome=ReviewOutcome.NO_OPACITY),
        reviewed_instance(key="c" * 64, outcome=ReviewOutcome.UNREADABLE),
    )
    return folder


def test_what_is_written_reads_back_equal(tmp_path: Path) -> None:
    reviews = (reviewed_instance(finding(), finding(FindingState.ADDED, uid="f2")), reviewed_instance(reader="bob"))
    written = _write(tmp_path / "set", *reviews)
    assert correction_set.read(tmp_path / "set") == written
    assert written.reviews == reviews
    assert written.bundle_digests == (BUNDLE_DIGEST,)


def test_manifest_counts_what_the_set_holds_and_names_no_salt(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["counts"] == {
        "reviews": 3,
        "images": 2,
        "outcomes": {"opacity": 1, "no_opacity": 1, "unreadable": 1},
        "findings": {"accepted": 1, "adjusted": 0, "added": 1, "rejected": 1, "removed": 0},
    }
    assert "salt" not in json.dumps(manifest)


def test_each_image_is_written_once(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == ["images", "manifest.json", "reviews.jsonl"]
    assert sorted(path.stem for path in (folder / "images").iterdir()) == ["a" * 64, "c" * 64]
    assert (folder / "images" / f"{'a' * 64}.dcm").read_bytes() == b"image of " + b"a" * 64


def test_folder_that_is_not_empty_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(FolderInUseError, match="not empty"):
        _write(tmp_path, reviewed_instance())
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("exists", [True, False])
def test_failure_half_way_leaves_no_half_set(tmp_path: Path, exists: bool) -> None:
    folder = tmp_path / "set"
    if exists:
        folder.mkdir()

    def entries() -> Iterator[tuple[ReviewedInstance, bytes]]:
        yield reviewed_instance(), b"image"
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        correction_set.write(folder, entries(), "1", CREATED)
    assert list(tmp_path.rglob("*")) == ([folder] if exists else [])


def test_remains_of_a_killed_export_do_not_stand_in_the_way(tmp_path: Path) -> None:
    (tmp_path / ".partial" / "images").mkdir(parents=True)
    (tmp_path / ".partial" / "images" / "old.dcm").write_bytes(b"old")
    _write(tmp_path, reviewed_instance())
    assert [path.stem for path in (tmp_path / "images").iterdir()] == ["a" * 64]


def test_two_reviews_of_one_reader_and_instance_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CorrectionSetError, match="two reviews by the same reader"):
        _write(tmp_path / "set", reviewed_instance(), reviewed_instance())


@pytest.mark.parametrize("name", ["manifest.json", "reviews.jsonl", f"images/{'a' * 64}.dcm"])
def test_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(CorrectionSetError, match="missing") as caught:
        correction_set.read(folder)
    assert name in str(caught.value)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"format_version": 2}, "format version 2; this program reads version 1"),
        ({"format": "something"}, "not the manifest of a correction set"),
        ({"created": None}, "lacks the time"),
        ({"counts": {}}, "is it cut"),
    ],
)
def test_manifest_of_another_kind_is_refused(folder: Path, change: dict[str, object], sentence: str) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change), encoding="utf-8")
    with pytest.raises(CorrectionSetError, match=sentence):
        correction_set.read(folder)


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda text: text[:-20] + "\n", "line 3 is not JSON"),
        (lambda text: text[: text.index("\n") + 1], "is it cut"),
        (lambda text: text.replace('"opacity"', '"perhaps"'), "line 1 is not a review"),
        (lambda text: text.replace('"reader": "ada"', '"reader": 5'), "line 1 is not a review"),
        (lambda text: text.replace('"rows": 120', '"rows": null'), "line 1 is not a review"),
        (lambda text: text.replace("a" * 64, "../" * 10), "64 hexadecimal"),
        (lambda text: "[]\n" + text, "line 1 should hold a JSON object"),
        (lambda text: text.replace("40,", "Infinity,"), "empty or outside"),
    ],
)
def test_damaged_reviews_are_refused(folder: Path, damage: Callable[[str], str], sentence: str) -> None:
    path = folder / "reviews.jsonl"
    path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(CorrectionSetError, match=sentence):
        correction_set.read(folder)
