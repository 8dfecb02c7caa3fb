"""Thumbnails of an archive stay within a number, those in sight first."""

from pathlib import Path

from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from cxr_viewer.core.studies import Instance, InstanceKey
from cxr_viewer.ui.thumbnail_shelf import KEPT, ThumbnailShelf
from cxr_viewer.ui.worklist_entry import WorklistEntry
from cxr_viewer.ui.worklist_model import WorklistModel

PICTURE = QImage(4, 4, QImage.Format.Format_Grayscale8)


def _entries(count: int) -> list[WorklistEntry]:
    paths = (Path(f"/ward/{number}.dcm") for number in range(count))
    return [WorklistEntry.of_instance(Instance(path=path, rows=1, columns=1)) for path in paths]


def test_the_row_out_of_sight_for_longest_loses_its_thumbnail_and_asks_again() -> None:
    shelf, entries = ThumbnailShelf(kept=3), _entries(4)
    for entry in entries[:3]:
        entry.is_thumbnail_asked = True
        shelf.put(entry, PICTURE)
    shelf.touch(entries[:1])
    shelf.put(entries[3], PICTURE)
    assert [entry.thumbnail is not None for entry in entries] == [True, False, True, True]
    assert not entries[1].is_thumbnail_asked
    assert entries[0].is_thumbnail_asked


def test_a_worklist_of_thousands_keeps_some_hundreds(qtbot: QtBot) -> None:
    model, entries = WorklistModel(), _entries(2000)
    model.append(entries)
    model.keep_in_sight(entries[:10])
    for number, entry in enumerate(entries):
        model.keep_in_sight(entries[:10])
        model.set_decoded(entry.path, InstanceKey(f"{number:064d}"), PICTURE)
    assert sum(entry.thumbnail is not None for entry in entries) == KEPT
    assert all(entry.thumbnail is not None for entry in entries[:10])
    assert entries[-1].thumbnail is not None
    model.clear()
    model.append(_entries(3))
    assert model.at(0).thumbnail is None
