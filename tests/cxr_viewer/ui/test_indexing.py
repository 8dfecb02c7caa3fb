"""Rows are handed over while the search goes on; a new search ends the old."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cxr_viewer.core.found_text import Found
from cxr_viewer.core.studies import Instance, InstanceKey, SkippedFile, UnreadableFile
from cxr_viewer.store.candidate_cache import CandidateCache, KnownFile
from cxr_viewer.store.file_stamp import FileStamp
from cxr_viewer.ui.background import BackgroundTasks
from cxr_viewer.ui.indexing import Indexer, IndexSummary


@pytest.fixture
def files(qtbot: QtBot) -> Iterator[BackgroundTasks]:
    made = BackgroundTasks("files", 1)
    yield made
    made.close()


def _index(paths: Iterable[Path], _should_stop: Callable[[], bool]) -> Iterator[Found]:
    for path in paths:
        yield Instance(path=path / "a.dcm", rows=300, columns=260)
        yield UnreadableFile(path / "b.dcm", "empty file")
        yield SkippedFile(path / "c.txt", "text")


def test_rows_and_summary(files: BackgroundTasks, qtbot: QtBot, tmp_path: Path) -> None:
    indexer = Indexer(_index, files, None)
    names: list[str] = []
    indexer.found.connect(lambda batch: names.extend(entry.path.name for entry in batch))
    with qtbot.waitSignal(indexer.finished) as finished:
        indexer.start((tmp_path, tmp_path / "nowhere"))
    assert names == ["a.dcm", "b.dcm"]
    assert finished.args
    summary = finished.args[0]
    assert (summary.readable, summary.unreadable, summary.skipped) == (1, 1, 1)
    assert summary.missing == (tmp_path / "nowhere",)
    assert not indexer.is_running


def test_identity_of_a_known_file_needs_no_decoding(files: BackgroundTasks, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "a.dcm").write_bytes(b"pixels")
    with CandidateCache(tmp_path / "cache.sqlite") as cache:
        cache.remember_file(FileStamp.of(tmp_path / "a.dcm"), KnownFile(InstanceKey("k"), 300, 260))
        indexer = Indexer(_index, files, cache)
        with qtbot.waitSignal(indexer.found) as found:
            indexer.start((tmp_path,))
    assert found.args
    assert [entry.key for entry in found.args[0]] == ["k", None]


def test_a_new_search_silences_the_old(files: BackgroundTasks, qtbot: QtBot, tmp_path: Path) -> None:
    indexer = Indexer(_index, files, None)
    summaries: list[IndexSummary] = []
    indexer.finished.connect(summaries.append)
    indexer.start((tmp_path,))
    indexer.start((tmp_path / "nowhere",))
    qtbot.waitUntil(lambda: files.is_idle)
    assert [summary.paths for summary in summaries] == [(tmp_path / "nowhere",)]


def test_sentences() -> None:
    folder = Path("/ward")
    assert IndexSummary((folder,), 3, 0, 0).sentence == ""
    assert IndexSummary((folder,), 0, 0, 0, (folder,)).sentence.startswith("/ward does not exist.")
    assert "2 other files were passed over" in IndexSummary((folder,), 0, 0, 2).sentence
