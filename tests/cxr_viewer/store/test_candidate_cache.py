"""Candidates are kept per instance and bundle within a cap, from any thread, and their loss hurts nobody."""

import os
import sqlite3
import stat
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cxr_viewer.core.candidates import Candidates
from cxr_viewer.core.disagreement import Disagreement
from cxr_viewer.core.gate import GateScore
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.store import candidate_cache
from cxr_viewer.store.candidate_cache import CandidateCache, KnownFile
from cxr_viewer.store.file_stamp import FileStamp
from cxr_viewer.store.private_file import database_files
from tests import factories
from tests.cxr_viewer.store.test_candidate_bytes import assert_identical

DIGEST = factories.BUNDLE_DIGEST
KEY = InstanceKey("a" * 64)


def many(seed: int, count: int = 300) -> Candidates:
    """Return candidates that take about 12 kB."""
    chance = np.random.default_rng(seed)
    boxes = np.sort(chance.uniform(0, 2000, (count, 4)), axis=1)
    return factories.candidates(boxes.tolist(), chance.uniform(0, 1, (count, 4)).tolist(), 2000, 2000, 0.3)


def key(index: int) -> InstanceKey:
    return InstanceKey(f"{index:064x}")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "candidates.sqlite"


@pytest.fixture
def cache(path: Path) -> Iterator[CandidateCache]:
    with CandidateCache(path) as opened:
        yield opened


def test_candidates_come_back_exactly_also_after_a_restart(path: Path) -> None:
    kept = many(1)
    with CandidateCache(path) as cache:
        cache.put(KEY, DIGEST, kept)
    with CandidateCache(path) as cache:
        found = cache.get(KEY, DIGEST)
    assert found is not None
    assert_identical(kept, found)


def test_an_instance_and_a_bundle_make_the_place(cache: CandidateCache) -> None:
    cache.put(KEY, DIGEST, many(1))
    assert cache.get(KEY, "c" * 64) is None
    assert cache.get(key(2), DIGEST) is None


def test_putting_again_replaces(cache: CandidateCache) -> None:
    cache.put(KEY, DIGEST, many(1))
    cache.put(KEY, DIGEST, many(2))
    found = cache.get(KEY, DIGEST)
    assert found is not None
    assert_identical(many(2), found)


def test_what_was_not_used_for_longest_goes_first_and_the_cap_holds(path: Path) -> None:
    cap = 1_000_000
    with CandidateCache(path, cap) as cache:
        for index in range(150):
            cache.put(key(index), DIGEST, many(index))
            assert cache.get(key(0), DIGEST) is not None  # in use all the time
            assert cache.size_bytes <= cap
        kept = [index for index in range(150) if cache.get(key(index), DIGEST) is not None]
    assert kept[0] == 0
    assert 30 < len(kept) < 120
    assert kept[1:] == list(range(kept[1], 150))
    assert path.stat().st_size < 1.2 * cap


def test_scores_outlive_the_candidates(path: Path) -> None:
    with CandidateCache(path, 600_000) as cache:
        for index in range(100):
            cache.put(key(index), DIGEST, many(index))
        assert cache.get(key(0), DIGEST) is None
        answers = cache.answers([key(0), key(99), key(1000)], DIGEST)
    scores = {place: answer.top_score for place, answer in answers.items()}
    assert scores == {key(0): many(0).top_score, key(99): many(99).top_score}


def test_a_cap_smaller_than_one_entry_keeps_nothing_and_ends(path: Path) -> None:
    with CandidateCache(path, 1) as cache:
        cache.put(KEY, DIGEST, many(1))
        cache.remember_file(FileStamp(Path("/disc/IM1"), 1, 1), KnownFile(KEY, 120, 100))
        assert cache.get(KEY, DIGEST) is None


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_all_files_of_the_cache_are_private(path: Path, cache: CandidateCache) -> None:
    cache.put(KEY, DIGEST, many(1))
    assert [stat.S_IMODE(file.stat().st_mode) for file in database_files(path)] == [0o600] * 3


def test_threads_share_the_cache(cache: CandidateCache) -> None:
    wrong: list[object] = []

    def use(thread: int) -> None:
        try:
            for index in range(20):
                place = key(100 * thread + index)
                cache.put(place, DIGEST, many(index, 20))
                found = cache.get(place, DIGEST)
                assert found is not None
                assert_identical(many(index, 20), found)
        except (AssertionError, sqlite3.Error) as error:
            wrong.append(error)

    threads = [threading.Thread(target=use, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_two_programs_share_the_cache(path: Path, cache: CandidateCache) -> None:
    with CandidateCache(path) as scan:
        scan.put(KEY, DIGEST, many(1))
    assert cache.get(KEY, DIGEST) is not None


def test_a_file_that_breaks_while_it_is_open_is_made_anew(path: Path) -> None:
    with CandidateCache(path) as cache:
        for index in range(30):
            cache.put(key(index), DIGEST, many(index))
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)
    with CandidateCache(path) as cache:
        assert cache.get(key(0), DIGEST) is None
        cache.put(KEY, DIGEST, many(1))
        assert cache.get(KEY, DIGEST) is not None


def test_one_damaged_entry_is_dropped(path: Path, cache: CandidateCache) -> None:
    cache.put(KEY, DIGEST, many(1))
    cache.put(key(2), DIGEST, many(2))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("UPDATE candidates SET content = x'00112233' WHERE instance_key = ?", (KEY,))
    assert cache.get(KEY, DIGEST) is None
    assert cache.get(key(2), DIGEST) is not None
    assert other.execute("SELECT count(*) FROM candidates").fetchone() == (1,)
    other.close()


def test_a_cache_in_use_by_another_program_is_a_miss(path: Path, cache: CandidateCache) -> None:
    assert cache._connection is not None
    cache._connection.execute("PRAGMA busy_timeout = 10")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    cache.put(KEY, DIGEST, many(1))
    assert cache.get(KEY, DIGEST) is None
    other.execute("ROLLBACK")
    other.close()
    cache.put(KEY, DIGEST, many(1))
    assert cache.get(KEY, DIGEST) is not None


def test_a_full_disk_is_a_miss(cache: CandidateCache) -> None:
    assert cache._connection is not None
    cache._connection.execute("PRAGMA max_page_count = 1")  # SQLite takes the present size
    cache.put(KEY, DIGEST, many(1))
    assert cache.get(KEY, DIGEST) is None


def test_without_a_writable_folder_the_program_goes_on_with_a_little_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidate_cache, "_CAP_IN_MEMORY_BYTES", 208_192)
    (tmp_path / "file").touch()
    with CandidateCache(tmp_path / "file" / "candidates.sqlite") as cache:
        for index in range(40):
            cache.put(key(index), DIGEST, many(index))
        assert cache.get(key(39), DIGEST) is not None
        assert cache.size_bytes <= 200_000


def test_a_closed_cache_finds_and_keeps_nothing(path: Path) -> None:
    cache = CandidateCache(path)
    cache.put(KEY, DIGEST, many(1))
    cache.close()
    cache.put(key(2), DIGEST, many(1))  # a late answer of the inference thread
    assert cache.get(KEY, DIGEST) is None
    cache.close()


def test_a_file_is_known_until_it_changes(tmp_path: Path, cache: CandidateCache) -> None:
    image, other = tmp_path / "IM1", tmp_path / "IM2"
    image.write_bytes(b"pixels")
    other.write_bytes(b"pixels")
    known = KnownFile(KEY, 120, 100)
    cache.remember_file(FileStamp.of(image), known)
    assert cache.known_files([FileStamp.of(image), FileStamp.of(other)]) == {image: known}
    image.write_bytes(b"others")
    changed = FileStamp.of(image)
    changed = FileStamp(image, changed.size, changed.mtime_ns + 1)  # clocks of file systems may be coarse
    assert cache.known_files([changed]) == {}
    cache.remember_file(changed, KnownFile(key(2), 120, 100))
    assert cache.known_files([changed]) == {image: KnownFile(key(2), 120, 100)}


def test_many_files_are_asked_for_at_once_and_only_unchanged_ones_are_known(
    tmp_path: Path, cache: CandidateCache
) -> None:
    files = [tmp_path / f"IM{number}" for number in range(1203)]  # more than one question
    files += [Path(os.fsdecode(os.fsencode(tmp_path) + b"/IM\xff"))]
    for file in files:
        file.write_bytes(b"pixels")
    kept, changed, removed = files[1:], files[7], files[1200]
    for number, file in enumerate(kept):
        cache.remember_file(FileStamp.of(file), KnownFile(key(number), 120, 100))
    changed.write_bytes(b"longer than before")
    removed.unlink()
    expected = {file: KnownFile(key(number), 120, 100) for number, file in enumerate(kept)}
    del expected[changed], expected[removed]
    assert cache.unchanged_files(files) == expected


def test_known_files_outlive_candidates_under_the_cap(path: Path) -> None:
    stamp, known = FileStamp(Path("/disc/IM1"), 10, 20), KnownFile(KEY, 120, 100)
    with CandidateCache(path, 400_000) as cache:
        cache.remember_file(stamp, known)
        for index in range(80):
            cache.put(key(index), DIGEST, many(index))
        assert cache.known_files([stamp]) == {stamp.path: known}


def test_clearing_forgets_everything_and_gives_the_space_back(path: Path, cache: CandidateCache) -> None:
    for index in range(50):
        cache.put(key(index), DIGEST, many(index))
    cache.remember_file(FileStamp(Path("/disc/IM1"), 10, 20), KnownFile(KEY, 120, 100))
    cache.clear()
    assert cache.get(key(0), DIGEST) is None
    assert cache.answers([key(0)], DIGEST) == {}
    assert cache.known_files([FileStamp(Path("/disc/IM1"), 10, 20)]) == {}
    assert sum(file.stat().st_size for file in database_files(path) if file.suffix != ".sqlite-shm") < 100_000
    assert b"IM1" not in path.read_bytes()


def test_what_the_gate_withheld_is_kept_but_has_no_score_to_sort_by(cache: CandidateCache) -> None:
    withheld = factories.candidates(gate=GateScore(0.9, 0.5))
    cache.put(key(0), DIGEST, withheld)
    cache.put(key(1), DIGEST, factories.candidates(gate=GateScore(0.1, 0.5)))
    found = cache.get(key(0), DIGEST)
    assert found is not None
    assert found.gate == GateScore(0.9, 0.5)
    answers = cache.answers([key(0), key(1)], DIGEST)
    assert answers[key(0)].top_score is None
    assert "does not look like a frontal chest radiograph" in answers[key(0)].withheld
    assert (answers[key(1)].top_score, answers[key(1)].withheld) == (factories.candidates().top_score, "")


def test_disagreement_is_kept_beside_the_score(path: Path) -> None:
    divided = Disagreement(0.25, 1, 2)
    with CandidateCache(path) as cache:
        cache.put(key(0), DIGEST, factories.candidates(), divided)
        cache.put(key(1), DIGEST, factories.candidates())
        cache.put(key(2), DIGEST, factories.candidates(gate=GateScore(0.9, 0.5)), divided)
    with CandidateCache(path) as cache:
        answers = cache.answers([key(0), key(1), key(2)], DIGEST)
    assert [answers[key(number)].disagreement for number in range(3)] == [divided, None, None]
