"""The model looks at rows that the reader has not come to, without ever making the reader wait."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from cxr_viewer.core import disagreement
from cxr_viewer.core.candidates import DetectorError
from cxr_viewer.core.gate import GateScore
from cxr_viewer.core.studies import InstanceKey
from cxr_viewer.dicom import pixels
from cxr_viewer.store.candidate_cache import CandidateCache, KnownFile
from cxr_viewer.store.file_stamp import FileStamp
from cxr_viewer.store.records import InstanceState, Progress
from cxr_viewer.ui import detections_ahead
from cxr_viewer.ui.detections_ahead import Pass
from cxr_viewer.ui.device_polarity import name_of_answers
from cxr_viewer.ui.settings import DETECT_AHEAD
from cxr_viewer.ui.workspace import Workspace
from tests.cxr_viewer.ui.desks import Desk, press
from tests.factories import FakeDetector, candidates, dicom_file, radiograph

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


def _asked(detector: FakeDetector) -> list[int]:
    """Return the images the detector was shown, in order, by their columns."""
    return [columns for _, columns in detector.shapes]


@pytest.fixture
def corridor(tmp_path: Path) -> Path:
    """Six radiographs, told apart by their columns 260 to 265; the fourth is a lateral view."""
    folder = tmp_path / "corridor"
    for number in range(6):
        view = "LL" if number == 3 else "PA"
        dicom_file(folder / f"{number}.dcm", radiograph(300, 260 + number, seed=number), ViewPosition=view)
    return folder


def _answered(workspace: Workspace) -> list[bool]:
    return [entry.answer is not None for entry in workspace.worklist.entries]


def test_rows_ahead_are_looked_at_in_the_order_of_the_list_but_for_withheld_ones(desk: Desk, corridor: Path) -> None:
    desk.looks_ahead, desk.detector = True, (detector := FakeDetector())
    workspace = desk.open(corridor)
    desk.wait_until_quiet()
    assert _asked(detector) == [260, 261, 262, 264, 265]
    assert _answered(workspace) == [True, True, True, False, True, True]
    assert workspace.flow.shown == corridor / "0.dcm", "the image on the screen stays"
    assert [entry.key is not None for entry in workspace.worklist.entries] == [True] * 6


def test_nothing_is_looked_at_ahead_where_that_is_switched_off(desk: Desk, corridor: Path) -> None:
    desk.detector = (detector := FakeDetector())
    desk.open(corridor)
    desk.wait_until_quiet()
    assert _asked(detector) == [260, 261], "the image on the screen and the next one"


@pytest.mark.drives("detect_ahead")
def test_the_switch_has_a_key_and_is_remembered(desk: Desk, corridor: Path) -> None:
    desk.detector = (detector := FakeDetector())
    workspace = desk.open(corridor)
    desk.wait_until_quiet()
    press(workspace.window.image_view, Key.Key_F5, SHIFT)
    assert workspace.window.named_actions["detect_ahead"].isChecked()
    assert desk.supplies().settings.get(DETECT_AHEAD) is True
    desk.wait_until_quiet()
    assert _asked(detector) == [260, 261, 262, 264, 265]
    assert workspace.window.worklist.foot.sentence == ""
    press(workspace.window.image_view, Key.Key_F5, SHIFT)
    assert not workspace.ahead.is_on


def test_the_image_the_reader_asks_for_goes_before_the_rows_ahead(desk: Desk, corridor: Path) -> None:
    desk.looks_ahead = True
    desk.detector = detector = FakeDetector(members=20, seconds=0.01)
    workspace = desk.open(corridor)
    desk.qtbot.waitUntil(lambda: 262 in _asked(detector), timeout=20_000)
    workspace.flow.open(corridor / "5.dcm")
    desk.wait_for_detections()
    assert workspace.flow.shown == corridor / "5.dcm"
    assert _asked(detector)[:4] == [260, 261, 262, 265]
    assert len(workspace.session.detections) == 2
    desk.wait_until_quiet()
    assert _asked(detector)[4:] == [262, 264], "rows that made room are looked at afterwards"
    assert _answered(workspace) == [True, True, True, False, True, True]


def test_a_hand_on_the_image_puts_rows_ahead_off(desk: Desk, corridor: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.looks_ahead = True
    monkeypatch.setattr(detections_ahead, "_REST_MS", 60_000)
    workspace = desk.open(corridor)
    workspace.window.image_view.pointed.emit((1.0, 1.0))
    desk.qtbot.waitUntil(lambda: workspace.files.is_idle and workspace.thumbnails.is_idle)
    workspace.ahead._go_on()
    assert not workspace.ahead.is_working


def test_only_so_many_rows_ahead_are_looked_at(desk: Desk, corridor: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detections_ahead, "AHEAD", 2)
    desk.looks_ahead, desk.detector = True, (detector := FakeDetector())
    workspace = desk.open(corridor)
    desk.wait_until_quiet()
    assert _asked(detector) == [260, 261, 262]
    press(workspace.window.image_view, Key.Key_D)
    desk.wait_for_detections()
    press(workspace.window.image_view, Key.Key_D)
    desk.wait_for_detections()
    desk.wait_until_quiet()
    assert _asked(detector) == [260, 261, 262, 264]


@pytest.mark.drives("detect_all")
def test_the_whole_list_is_run_over_with_what_is_known_left_alone_and_a_summary(desk: Desk, corridor: Path) -> None:
    desk.detector = (detector := FakeDetector())
    whole = (corridor / "5.dcm").read_bytes()
    (corridor / "5.dcm").write_bytes(whole[:-40_000])
    dicom_file(corridor / "6.dcm", radiograph(300, 266, seed=6))
    dicom_file(corridor / "7.dcm", radiograph(300, 267, seed=7))
    workspace = desk.open(corridor)
    view = workspace.window.image_view
    desk.wait_until_quiet()
    workspace.worklist.set_state(_key(workspace, corridor / "6.dcm"), InstanceState(Progress.SIGNED))
    press(view, Key.Key_F5, CONTROL)
    assert workspace.window.named_actions["detect_all"].isChecked()
    assert workspace.window.worklist.foot.sentence.startswith("Model: 0 of ")
    desk.wait_until_quiet()
    assert _asked(detector) == [260, 261, 262, 264, 267], "no withheld, signed or unreadable row, and none twice"
    assert not workspace.window.named_actions["detect_all"].isChecked()
    assert workspace.window.worklist.foot.sentence == "The model looked at 3 rows."


def test_a_run_over_the_list_can_be_stopped_and_says_what_is_left(desk: Desk, corridor: Path) -> None:
    desk.detector = FakeDetector(members=4, seconds=0.05)
    workspace = desk.open(corridor)
    desk.wait_until_quiet()
    desk.trigger("detect_all")
    desk.qtbot.waitUntil(lambda: workspace.ahead.state.done == 1, timeout=20_000)
    desk.trigger("detect_all")
    desk.wait_until_quiet()
    assert workspace.window.worklist.foot.sentence == "The model looked at 1 row, 2 left."
    assert sum(_answered(workspace)) == 3


def test_rows_that_the_models_own_gate_withholds_are_counted_and_not_asked_again(desk: Desk, corridor: Path) -> None:
    desk.detector = detector = FakeDetector(gate=GateScore(0.9, 0.5))
    workspace = desk.open(corridor)
    desk.wait_until_quiet()
    desk.trigger("detect_all")
    desk.wait_until_quiet()
    assert workspace.window.worklist.foot.sentence == "The model looked at 3 rows, withheld from 3."
    assert len(_asked(detector)) == 5
    desk.trigger("detect_all")
    desk.wait_until_quiet()
    assert len(_asked(detector)) == 5


def test_a_broken_engine_is_said_once_and_ends_the_pass(desk: Desk, corridor: Path) -> None:
    desk.detector = FakeDetector(error=DetectorError("The engine ran out of memory."))
    workspace = desk.open(corridor)
    desk.wait_until_quiet()
    failures: list[str] = []
    workspace.runner.failed.connect(lambda _key, reason: failures.append(reason))
    desk.trigger("detect_all")
    desk.wait_until_quiet()
    sentence = workspace.window.worklist.foot.sentence
    assert sentence.startswith("The engine ran out of memory. The model looked at 0 rows")
    assert len(failures) == 3, "of five rows that wait"
    assert not workspace.ahead.is_on


def test_closing_the_window_ends_a_pass_that_goes_on(desk: Desk, corridor: Path) -> None:
    desk.looks_ahead, desk.detector = True, FakeDetector(members=50, seconds=0.01)
    workspace = desk.open(corridor)
    desk.qtbot.waitUntil(lambda: workspace.ahead.is_working, timeout=20_000)
    desk.close()
    assert not workspace.ahead.is_on


def test_what_a_scan_left_in_the_cache_is_shown_and_not_run_again(desk: Desk, corridor: Path) -> None:
    desk.detector, desk.looks_ahead = (detector := FakeDetector()), True
    found = candidates(rows=300, columns=260)
    dispute = disagreement.of(found, detector.thresholds)
    with CandidateCache(desk.folder / "cache.sqlite") as cache:
        for path in sorted(corridor.glob("*.dcm")):
            key = pixels.decode(path).key
            cache.put(key, detector.digest, found, dispute)
            cache.remember_file(FileStamp.of(path), KnownFile(key, 300, 260))
    workspace = desk.open(corridor)
    desk.wait_until_quiet()
    assert _asked(detector) == []
    assert [entry.top_score for entry in workspace.worklist.entries] == [pytest.approx(0.8)] * 6
    assert workspace.worklist.entries[1].line == "1 of 2 disagrees"


def test_a_pass_is_told_in_words() -> None:
    assert Pass(1).summary == "The model looked at 1 row."
    assert Pass(9, 4, 2, 1).summary == "The model looked at 9 rows, withheld from 2, 1 cannot be read, 4 left."


def _key(workspace: Workspace, path: Path) -> InstanceKey:
    entry = workspace.worklist.entry(path)
    assert entry
    assert entry.key
    return entry.key


def test_rows_ahead_of_a_device_whose_polarity_was_corrected_are_seen_corrected(desk: Desk, tmp_path: Path) -> None:
    for number in range(3):
        dicom_file(
            tmp_path / "room" / f"{number}.dcm",
            radiograph(300, 260, seed=number),
            Manufacturer="Maker",
            ManufacturerModelName="M1",
        )
    workspace = desk.open(tmp_path / "room")
    desk.trigger("wrong_polarity")
    desk.wait_for_detections()
    desk.wait_until_quiet()
    desk.trigger("detect_all")
    desk.wait_until_quiet()
    key = _key(workspace, tmp_path / "room" / "2.dcm")
    with CandidateCache(desk.folder / "cache.sqlite") as cache:
        assert cache.answers([key], desk.detector.digest) == {}
        [answer] = cache.answers([key], name_of_answers(desk.detector.digest, True)).values()
    entry = workspace.worklist.entry(tmp_path / "room" / "2.dcm")
    assert entry
    assert entry.answer == answer
