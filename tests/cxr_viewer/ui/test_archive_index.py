"""Headers are read in children, in the order of finding; known ones are not read at all, hostile ones cost a row."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from cxr_viewer.core.found_text import Found
from cxr_viewer.core.studies import Instance, SkippedFile, UnreadableFile
from cxr_viewer.dicom import catalogue, decoding_child
from cxr_viewer.dicom.decoding import DecodingPool
from cxr_viewer.store.candidate_cache import CandidateCache
from cxr_viewer.ui.archive_index import ArchiveIndex
from tests.cxr_viewer.dicom import child_behaviour
from tests.factories import dicom_file, radiograph


def never() -> bool:
    """Do not stop."""
    return False


@pytest.fixture(scope="module")
def pool() -> Iterator[DecodingPool]:
    with DecodingPool(2) as made:
        yield made


@pytest.fixture
def ward(tmp_path: Path) -> Path:
    folder = tmp_path / "ward"
    for number in range(70):
        dicom_file(folder / f"{number:03d}.dcm", radiograph(20, 30), PatientName=f"Doe^{number}")
    (folder / "005.txt").write_text("a note", encoding="ascii")
    (folder / "007.png").write_bytes(b"")
    return folder


class Counting:
    """A pool that counts what its children are asked, and may let a child die over a file."""

    def __init__(self, pool: DecodingPool, poison: str = "") -> None:
        self.pool, self.poison = pool, poison
        self.asked: list[str] = []

    def call(self, function: Callable[..., object], *arguments: list[str]) -> "Future[object]":
        """Do as the pool does."""
        self.asked += arguments[0] if isinstance(arguments[0], list) else []
        if self.poison and any(self.poison in path for path in arguments[0]):
            return self.pool.call(child_behaviour.crash_with_memory, "")
        return self.pool.call(function, *arguments)


def test_children_find_what_this_process_finds_in_the_same_order(pool: DecodingPool, ward: Path) -> None:
    expected = list(catalogue.index([ward]))
    assert len(expected) == 72
    assert {type(found) for found in expected} == {Instance, SkippedFile, UnreadableFile}
    assert list(ArchiveIndex(pool, None)([ward], never)) == expected


def test_a_known_folder_is_opened_without_opening_a_file(pool: DecodingPool, ward: Path, tmp_path: Path) -> None:
    counting = Counting(pool)
    with CandidateCache(tmp_path / "cache.sqlite") as cache:
        index = ArchiveIndex(counting, cache)  # type: ignore[arg-type]
        first = list(index([ward], never))
        assert len(counting.asked) == 72
        counting.asked.clear()
        assert list(index([ward], never)) == first
        assert counting.asked == [str(ward / "007.png")], "what could not be read is tried again"
        counting.asked.clear()
        dicom_file(ward / "030.dcm", radiograph(20, 30), PatientName="Roe")
        os.utime(ward / "030.dcm", ns=(7, 7))
        again = list(index([ward], never))
    assert counting.asked == [str(ward / "007.png"), str(ward / "030.dcm")]
    assert [found.path for found in again] == [found.path for found in first]
    assert [found.path.name for found in again if isinstance(found, Instance) and found.patient_name == "Roe"] == [
        "030.dcm"
    ]


def test_a_file_that_kills_its_reader_costs_one_row(pool: DecodingPool, ward: Path) -> None:
    found = list(ArchiveIndex(Counting(pool, "050.dcm"), None)([ward], never))  # type: ignore[arg-type]
    expected = list(catalogue.index([ward]))
    assert [entry.path for entry in found] == [entry.path for entry in expected]
    different = [(one, other) for one, other in zip(found, expected, strict=True) if one != other]
    assert [one for one, _ in different] == [
        UnreadableFile(ward / "050.dcm", "its header could not be read: the decoder crashed")
    ]


def test_rows_come_before_the_whole_archive_is_read(pool: DecodingPool, ward: Path) -> None:
    counting = Counting(pool)
    rows: Iterator[Found] = ArchiveIndex(counting, None, ahead=1)([ward], never)  # type: ignore[arg-type]
    next(rows)
    assert len(counting.asked) <= 6


def test_it_stops_when_told_and_then_keeps_nothing(pool: DecodingPool, ward: Path, tmp_path: Path) -> None:
    stopped: list[bool] = []
    with CandidateCache(tmp_path / "cache.sqlite") as cache:
        rows = ArchiveIndex(pool, cache)([ward], lambda: bool(stopped))
        first = next(rows)
        stopped.append(True)
        assert len(list(rows)) < 70
        counting = Counting(pool)
        again = next(iter(ArchiveIndex(counting, cache)([ward], never)))  # type: ignore[arg-type]
    assert again == first
    assert str(first.path) in counting.asked


def test_a_file_given_alone_and_one_that_is_missing(pool: DecodingPool, ward: Path, tmp_path: Path) -> None:
    found = list(ArchiveIndex(pool, None)([ward / "003.dcm", tmp_path / "none.dcm"], never))
    assert isinstance(found[0], Instance)
    assert found[1:] == [UnreadableFile(tmp_path / "none.dcm", "the file does not exist")]


def test_a_medium_directory_is_read_in_a_child(pool: DecodingPool, ward: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Listing(Counting):
        def call(self, function: Callable[..., object], *arguments: object) -> "Future[object]":
            if function is decoding_child.listed_by:
                asked.append(str(arguments[0]))
                listing: Future[object] = Future()
                listing.set_result([str(ward / "001.dcm"), str(ward / "002.dcm")])
                return listing
            return self.pool.call(function, *arguments)

    found = list(ArchiveIndex(Listing(pool), None)([ward / "005.txt"], never))  # type: ignore[arg-type]
    assert asked == [str(ward / "005.txt")]
    assert [entry.path.name for entry in found] == ["005.txt", "001.dcm", "002.dcm"]
