"""What a scan finds is where the viewer looks for it."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest

from cxr_viewer.commands import archive_store
from cxr_viewer.commands.archive_store import ArchiveStore
from cxr_viewer.core.disagreement import Disagreement
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.store.candidate_cache import CandidateCache, KnownFile
from cxr_viewer.store.file_stamp import FileStamp
from cxr_viewer.store.journal import Journal
from cxr_viewer.store.known_answer import KnownAnswer
from cxr_viewer.store.locations import default_cache_path
from cxr_viewer.store.records import KnownInstance
from tests.cxr_viewer.scan.scanned_files import scanned_file
from tests.factories import BUNDLE_DIGEST, FakeDetector, candidates


def _kept(store: Path, keys: Sequence[str]) -> tuple[int, int]:
    """Return how many of some instances a journal and the cache know."""
    known = [InstanceKey(key) for key in keys]
    with Journal.open(store) as journal, CandidateCache(default_cache_path()) as cache:
        registered = sum(journal.instance(key) is not None for key in known)
        return registered, sum(cache.get(key, BUNDLE_DIGEST) is not None for key in known)


def test_images_are_written_together_and_all_of_them_when_the_scan_is_interrupted(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    keys = [f"{number:064d}" for number in range(archive_store._TOGETHER + 3)]

    def scan() -> None:
        with ArchiveStore(path) as store:
            for number, key in enumerate(keys):
                store.keep(scanned_file(f"/archive/{number}.dcm", key=key), candidates(), FakeDetector())
            assert _kept(path, keys) == (archive_store._TOGETHER,) * 2
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan()
    assert _kept(path, keys) == (len(keys), len(keys))


def test_a_slow_scan_does_not_let_images_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_store, "_SECONDS", -1.0)
    path = tmp_path / "journal.sqlite"
    with ArchiveStore(path) as store:
        store.keep(scanned_file(), candidates(), FakeDetector())
        assert _kept(path, ["a" * 64]) == (1, 1)


def test_images_that_are_kept_again_are_kept_once(tmp_path: Path) -> None:
    with ArchiveStore(tmp_path / "journal.sqlite") as store:
        for path in ("/archive/a.dcm", "/archive/copy.dcm"):
            store.keep(scanned_file(path), candidates(), FakeDetector())
    with Journal.open(tmp_path / "journal.sqlite") as journal:
        known = journal.instance(InstanceKey("a" * 64))
    assert known is not None
    assert known.path == Path("/archive/copy.dcm")
    with CandidateCache(default_cache_path()) as cache:
        stamps = [FileStamp(Path(path), 1000, 5) for path in ("/archive/a.dcm", "/archive/copy.dcm")]
        assert len(cache.known_files(stamps)) == 2


def test_instance_candidates_and_file_are_kept(tmp_path: Path) -> None:
    row, found = scanned_file("/archive/a.dcm"), candidates()
    with ArchiveStore(tmp_path / "journal.sqlite") as store:
        store.keep(row, found, FakeDetector())
    key, path = InstanceKey(row.instance_key), Path("/archive/a.dcm")
    with Journal.open(tmp_path / "journal.sqlite") as journal:
        assert journal.instance(key) == KnownInstance(key, 120, 100, path, "1.2.3", "1.2")
    with CandidateCache(default_cache_path()) as cache:
        kept = cache.get(key, BUNDLE_DIGEST)
        [answer] = cache.answers([key], BUNDLE_DIGEST).values()
        assert cache.known_files([FileStamp(path, 1000, 5)]) == {path: KnownFile(key, 120, 100)}
    assert kept is not None
    assert kept.member_scores.tolist() == found.member_scores.tolist()
    # The second place divides the members: 0.4 reaches the bundle's 0.3, 0.2 does not.
    assert answer == KnownAnswer(found.top_score, Disagreement(cast(float, pytest.approx(0.2)), 1, 2))
