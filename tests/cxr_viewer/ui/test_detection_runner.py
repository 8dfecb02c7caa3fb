"""The detector runs off the GUI thread; answers are kept, the visible image goes first."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cxr_viewer.core import disagreement
from cxr_viewer.core.candidates import DetectorError
from cxr_viewer.store.candidate_cache import CandidateCache
from cxr_viewer.store.known_answer import KnownAnswer
from cxr_viewer.ui.background import BackgroundTasks
from cxr_viewer.ui.detection_runner import DetectionRunner, Urgency
from cxr_viewer.ui.model_facts import LoadedModel, facts_of
from tests.cxr_viewer.ui.readings import KEY, OTHER_KEY, displayed
from tests.factories import FakeDetector


@dataclass
class Rig:
    """A runner with its detector."""

    runner: DetectionRunner
    inference: BackgroundTasks
    detector: FakeDetector
    cache: CandidateCache
    qtbot: QtBot

    def load(self, detector: FakeDetector) -> None:
        self.detector = detector
        with self.qtbot.waitSignal(self.runner.model_loaded):
            self.runner.load(lambda: LoadedModel(detector, facts_of(detector)))


@pytest.fixture
def rig(qtbot: QtBot, tmp_path: Path) -> Iterator[Rig]:
    inference = BackgroundTasks("inference", 1)
    cache = CandidateCache(tmp_path / "cache.sqlite")
    made = Rig(DetectionRunner(inference, cache), inference, FakeDetector(), cache, qtbot)
    made.load(made.detector)
    yield made
    made.runner.stop_all()
    inference.close()
    cache.close()


def test_members_are_counted_and_candidates_arrive(rig: Rig, qtbot: QtBot) -> None:
    counted: list[tuple[str, int, int]] = []
    rig.runner.advanced.connect(lambda *step: counted.append(step))
    with qtbot.waitSignal(rig.runner.detected) as detected:
        rig.runner.request(displayed())
    assert counted == [(KEY, 1, 2), (KEY, 2, 2)]
    assert detected.args
    assert (detected.args[0], len(detected.args[1])) == (KEY, 2)
    assert detected.args[2] >= 0


def test_known_answer_comes_at_once_without_the_network(rig: Rig, qtbot: QtBot) -> None:
    with qtbot.waitSignal(rig.runner.detected):
        rig.runner.request(displayed())
    with qtbot.waitSignal(rig.runner.detected, timeout=0) as detected:
        rig.runner.request(displayed())
    assert detected.args
    assert detected.args[2] is None
    assert len(rig.detector.shapes) == 1
    with qtbot.waitSignal(rig.runner.detected):
        rig.runner.request(displayed(), again=True)
    assert len(rig.detector.shapes) == 2


def test_answer_survives_in_the_cache_file(rig: Rig, qtbot: QtBot) -> None:
    with qtbot.waitSignal(rig.runner.detected):
        rig.runner.request(displayed())
    again = DetectionRunner(rig.inference, rig.cache)
    with qtbot.waitSignal(again.model_loaded):
        again.load(lambda: LoadedModel(rig.detector, facts_of(rig.detector)))
    found = again.known(KEY)
    assert found
    assert len(found) == 2


def test_another_bundle_is_asked_anew(rig: Rig, qtbot: QtBot) -> None:
    with qtbot.waitSignal(rig.runner.detected):
        rig.runner.request(displayed())
    rig.load(FakeDetector(digest="c" * 64))
    assert rig.runner.known(KEY) is None


def test_visible_image_stops_the_run_for_another(rig: Rig, qtbot: QtBot) -> None:
    rig.load(FakeDetector(members=50, seconds=0.01, digest="d" * 64))
    answered: list[str] = []
    rig.runner.detected.connect(lambda key, *_rest: answered.append(key))
    with qtbot.waitSignal(rig.runner.advanced):
        rig.runner.request(displayed(), Urgency.AHEAD)
    with qtbot.waitSignal(rig.runner.detected, timeout=5000):
        rig.runner.request(displayed(key=OTHER_KEY))
    assert answered == [OTHER_KEY]


def test_stopping_ends_after_the_member_that_runs(rig: Rig, qtbot: QtBot) -> None:
    rig.load(FakeDetector(members=1000, seconds=0.01, digest="d" * 64))
    with qtbot.waitSignal(rig.runner.advanced):
        rig.runner.request(displayed())
    with qtbot.waitSignal(rig.runner.stopped, timeout=500) as stopped:
        rig.runner.stop(KEY)
    assert stopped.args == [KEY]
    assert not rig.runner.is_running(KEY)


def test_failure_is_a_sentence(rig: Rig, qtbot: QtBot) -> None:
    rig.load(FakeDetector(error=DetectorError("The engine ran out of memory."), digest="e" * 64))
    with qtbot.waitSignal(rig.runner.failed) as failed:
        rig.runner.request(displayed())
    assert failed.args == [KEY, "The engine ran out of memory."]


def test_refused_bundle_leaves_the_model_in_use(rig: Rig, qtbot: QtBot) -> None:
    def refuse() -> LoadedModel:
        raise DetectorError("bundle.json was changed after it was published.")

    with qtbot.waitSignal(rig.runner.model_refused) as refused:
        rig.runner.load(refuse)
    assert refused.args == ["bundle.json was changed after it was published."]
    assert rig.runner.has_model


def test_the_next_image_goes_before_those_ahead_and_waits_for_the_visible_one(rig: Rig, qtbot: QtBot) -> None:
    rig.load(FakeDetector(members=50, seconds=0.01, digest="d" * 64))
    answered: list[str] = []
    rig.runner.detected.connect(lambda key, *_rest: answered.append(key))
    with qtbot.waitSignal(rig.runner.advanced):
        rig.runner.request(displayed(), Urgency.AHEAD)
    rig.runner.request(displayed(key=OTHER_KEY), Urgency.NEXT)
    assert not rig.runner.is_running(KEY)
    rig.runner.request(displayed(), Urgency.AHEAD)
    assert rig.runner.is_running(OTHER_KEY), "the next image does not make room for one ahead"
    qtbot.waitUntil(lambda: len(answered) == 2, timeout=5000)
    assert answered == [OTHER_KEY, KEY]


def test_a_row_gets_score_and_disagreement_with_the_answer(rig: Rig, qtbot: QtBot) -> None:
    with qtbot.waitSignal(rig.runner.answered) as answered:
        rig.runner.request(displayed())
    assert answered.args
    key, answer = answered.args
    assert key == KEY
    found = rig.runner.known(KEY)
    assert found
    assert answer == KnownAnswer(found.top_score, disagreement.of(found, rig.detector.thresholds))
    assert rig.cache.answers([KEY], rig.detector.digest) == {KEY: answer}
