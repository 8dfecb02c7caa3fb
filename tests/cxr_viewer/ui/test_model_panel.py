"""The chip says in words what the model is doing."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from cxr_viewer.ui.model_panel import ModelPanel, chip_of, model_line
from cxr_viewer.ui.model_state import ModelState, Stage
from tests.cxr_viewer.ui.readings import model


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (ModelState(Stage.RUNNING, members_done=2, members=4), "CPU · 2/4"),
        (ModelState(Stage.DONE, seconds=0.214), "CPU · 0.21 s"),
        (ModelState(Stage.DONE), "CPU"),
        (ModelState(Stage.WITHHELD, "lateral view"), "withheld"),
        (ModelState(Stage.REFUSED, "changed"), "bundle refused"),
    ],
)
def test_chip(state: ModelState, text: str) -> None:
    assert chip_of(state, model())[0] == text


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_has_words(stage: Stage) -> None:
    assert chip_of(ModelState(stage), None)[0]


def test_line_says_what_the_model_learned_from() -> None:
    assert model_line(replace(model(), learned_from="trained on simulations")).endswith("trained on simulations")
    assert "reading works without one" in model_line(None)


def test_stop_is_offered_only_while_members_run(qtbot: QtBot) -> None:
    panel = ModelPanel()
    qtbot.addWidget(panel)
    for stage in Stage:
        panel.show_state(ModelState(stage))
        assert panel.stop.isHidden() == (stage is not Stage.RUNNING)
    with qtbot.waitSignal(panel.stop_asked):
        panel.stop.click()


def test_settled_means_that_nothing_more_comes_by_itself() -> None:
    waiting = {stage for stage in Stage if not ModelState(stage).is_settled}
    assert waiting == {Stage.LOADING_MODEL, Stage.WAITING, Stage.RUNNING}
