"""What a scan finds is where the viewer looks for it."""

from pathlib import Path
from typing import cast

import pytest

from cxr_viewer.commands.archive_store import ArchiveStore
from cxr_viewer.core.disagreement import Disagreement
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.store.candidate_cache import CandidateCache, FileStamp, KnownFile
from cxr_viewer.store.journal import Journal
from cxr_viewer.store.known_answer import KnownAnswer
from cxr_viewer.store.locations import default_cache_path
from cxr_viewer.store.records import KnownInstance
from tests.cxr_viewer.scan.scanned_files import scanned_file
from tests.factories import BUNDLE_DIGEST, FakeDetector, candidates


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
