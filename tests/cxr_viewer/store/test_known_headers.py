"""Headers in the cache: found again while the file is the same, and gone with what is erased."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxr_viewer.core import found_text
from cxr_viewer.core.studies import Instance, InstanceKey
from cxr_viewer.store import known_headers
from cxr_viewer.store.candidate_cache import CandidateCache, KnownFile
from cxr_viewer.store.file_stamp import FileStamp


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[CandidateCache]:
    with CandidateCache(tmp_path / "cache.sqlite") as opened:
        yield opened


def header(folder: Path, name: str, patient: str) -> tuple[FileStamp, str]:
    """Write a file and return what its header might say."""
    path = folder / name
    path.write_bytes(name.encode())
    instance = Instance(path=path, rows=300, columns=200, patient_id=patient, patient_name=f"{patient}, Jane")
    return FileStamp.of(path), found_text.written(instance)


def test_a_header_is_known_until_the_file_changes(cache: CandidateCache, tmp_path: Path) -> None:
    stamp, text = header(tmp_path, "a.dcm", "Doe")
    cache.remember_headers([(stamp, text)])
    assert cache.known_headers([stamp]) == {stamp.path: text}
    os.utime(stamp.path, ns=(1, 1))
    assert cache.known_headers([FileStamp.of(stamp.path)]) == {}


def test_a_header_read_by_another_version_is_read_again(
    cache: CandidateCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = header(tmp_path, "a.dcm", "Doe")
    cache.remember_headers([read])
    monkeypatch.setattr(known_headers, "_READ_BY", "99.0 abcd")
    assert cache.known_headers([read[0]]) == {}


def test_it_survives_closing_and_is_the_users_own(cache: CandidateCache, tmp_path: Path) -> None:
    stamp, text = header(tmp_path, "a.dcm", "Doe")
    cache.remember_headers([(stamp, text)])
    cache.close()
    if os.name == "posix":
        assert {path.stat().st_mode & 0o077 for path in tmp_path.glob("cache.sqlite*")} == {0}
    with CandidateCache(tmp_path / "cache.sqlite") as again:
        assert again.known_headers([stamp]) == {stamp.path: text}


def test_clearing_leaves_no_byte_of_a_patient(cache: CandidateCache, tmp_path: Path) -> None:
    cache.remember_headers([header(tmp_path, "a.dcm", "Doe")])
    assert b"Doe, Jane" in _bytes(cache)
    cache.clear()
    assert b"Doe, Jane" not in _bytes(cache)


def test_erasing_a_file_forgets_all_headers_of_its_patient_and_nobody_elses(
    cache: CandidateCache, tmp_path: Path
) -> None:
    shown, elsewhere, others = (header(tmp_path, f"{n}.dcm", who) for n, who in enumerate(("Doe", "Doe", "Roe")))
    cache.remember_headers([shown, elsewhere, others])
    cache.forget([], [shown[0].path])
    assert cache.known_headers([shown[0], elsewhere[0], others[0]]) == {others[0].path: others[1]}
    assert b"Doe, Jane" not in _bytes(cache)
    assert b"Roe, Jane" in _bytes(cache)


def test_erasing_by_pixels_forgets_the_header_of_their_file(cache: CandidateCache, tmp_path: Path) -> None:
    stamp, text = header(tmp_path, "a.dcm", "Doe")
    cache.remember_headers([(stamp, text)])
    cache.remember_file(stamp, KnownFile(InstanceKey("k"), 300, 200))
    cache.forget([InstanceKey("k")])
    assert cache.known_headers([stamp]) == {}
    assert b"Doe, Jane" not in _bytes(cache)


def test_a_header_that_cannot_be_read_goes_with_any_erasure(cache: CandidateCache, tmp_path: Path) -> None:
    stamp, _ = header(tmp_path, "a.dcm", "Doe")
    cache.remember_headers([(stamp, "Doe, Jane in no layout")])
    cache.forget([InstanceKey("other")])
    assert b"Doe, Jane" not in _bytes(cache)


def test_what_is_being_erased_is_not_written_again(cache: CandidateCache, tmp_path: Path) -> None:
    read = header(tmp_path, "a.dcm", "Doe")
    cache.remember_headers([read], should_stop=lambda: True)
    assert cache.known_headers([read[0]]) == {}


def test_headers_leave_before_files_and_candidates_when_the_cache_is_full(tmp_path: Path) -> None:
    with CandidateCache(tmp_path / "small.sqlite", cap_bytes=120_000) as cache:
        stamp, text = header(tmp_path, "a.dcm", "Doe")
        cache.remember_file(stamp, KnownFile(InstanceKey("k"), 300, 200))
        many = [(FileStamp(Path(f"/ward/{n}.dcm"), 1, 1), text) for n in range(900)]
        cache.remember_headers(many)
        assert cache.size_bytes <= 120_000
        kept = cache.known_headers([stamp for stamp, _ in many])
        assert 0 < len(kept) < 900
        assert Path("/ward/899.dcm") in kept, "the oldest go first"
        assert stamp.path in cache.known_files([stamp])


def _bytes(cache: CandidateCache) -> bytes:
    folder, name = cache.path.parent, cache.path.name
    return b"".join(path.read_bytes() for path in sorted(folder.glob(f"{name}*")))
