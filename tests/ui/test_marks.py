"""What the timeline marks: epochs, the best one, and what was done by hand, each told in words."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnlab.experiments.assembly import assemble
from nnlab.training.events import SettingsChange, Stop
from nnlab.training.hand_edits import change_by_hand
from nnlab.training.history import History
from nnlab.ui.theme import DARK
from nnlab.ui.timeline.marks import Mark, marks_near, marks_of
from nnlab.ui.timeline.track import Track
from tests.experiments.cases import SMALL


def test_epochs_the_best_edits_and_changes_are_marked_and_told():
    run, history, experiment = assemble(SMALL, []), History(), SMALL
    for step in run:
        history.extend([step])
        if step.number == 2:
            run.settings = replace(run.settings, learning_rate=0.03)
        if step.number == 5:
            change_by_hand(run, "dense1.weight", (0, 1), 0.75)
            run.settings = replace(run.settings, batch_size=16)
        experiment = replace(experiment, training=run.settings)
    marks = marks_of(history, run.events, experiment)
    told = [(mark.step, mark.kind, mark.words) for mark in marks]
    ends = [int(step) for step in history.epochs["step"].values]
    assert [(step, words) for step, kind, words in told if kind == "epoch"] == [
        (end, f"the end of epoch {number}") for number, end in enumerate(ends, 1)
    ]
    assert [(step, words) for step, kind, words in told if kind == "settings"] == [
        (2, "learning rate 0.1 to 0.03"),
        (5, "batch size 8 to 16"),
    ]
    ((step, edited),) = [(step, words) for step, kind, words in told if kind == "edit"]
    assert step == 5 and edited.startswith("weight dense1.weight[0, 1] ") and edited.endswith(" to 0.75")
    ((step, best),) = [(step, words) for step, kind, words in told if kind == "best"]
    assert step in ends and "the best epoch so far" in best and "validation loss" in best
    assert [mark.kind for mark in marks][-1] == "best"


def test_a_change_that_makes_no_sense_any_more_is_marked_as_one():
    """Of a run of another nnlab: what it calls a setting is not known here."""
    events = (SettingsChange(1, {"learning_rate": 0.2}, {"learning_rate": 0.1}), SettingsChange(2, {"mood": 1}, {"mood": 2}))
    told = [(mark.step, mark.words) for mark in marks_of(History(), events, SMALL)]
    assert told == [(1, "settings changed"), (2, "settings changed")]


def test_a_stop_is_marked_with_its_reason():
    (mark,) = marks_of(History(), (Stop(4, "the loss fell below 0.1"),), SMALL)
    assert (mark.step, mark.kind, mark.words) == (4, "stop", "stopped: the loss fell below 0.1")


def test_of_marks_near_each_other_the_nearest_of_each_kind_is_told():
    marks = (Mark(10, "epoch", "a"), Mark(13, "epoch", "b"), Mark(12, "best", "c"), Mark(40, "edit", "d"))
    assert [mark.words for mark in marks_near(marks, 12, 3)] == ["b", "c"]
    assert marks_near(marks, 25, 3) == ()


@pytest.fixture
def track(qtbot: QtBot) -> Track:
    track = Track()
    qtbot.addWidget(track)
    track.resize(400, 30)
    track.show_run(0, 1000, None, [Mark(500, "epoch", "the end of epoch 1")])
    track.show()
    return track


def test_hovering_tells_the_step_and_what_is_marked_there(track: Track):
    x = track.x_of(500)
    assert track.words_at(x) == "step 500\nstep 500: the end of epoch 1"
    assert track.words_at(track.x_of(100)) == "step 100"
    assert (track.step_at(-50), track.step_at(9999)) == (0, 1000)


def test_a_click_near_a_mark_means_it_and_a_drag_means_every_step(track: Track):
    wanted = []
    track.wanted.connect(wanted.append)
    QTest.mouseClick(track, Qt.MouseButton.LeftButton, pos=QPoint(round(track.x_of(500)) + 2, 15))
    assert wanted == [500]
    QTest.mouseClick(track, Qt.MouseButton.LeftButton, pos=QPoint(round(track.x_of(300)), 15))
    assert abs(wanted[-1] - 300) <= 2


def test_what_is_painted_says_where_one_stands(track: Track):
    """In the past the way from there to now is fainter, and the handle has the past's colour."""
    track.apply_theme(DARK)
    now = track.grab().toImage()
    track.show_run(0, 1000, 200, track.marks)
    then = track.grab().toImage()
    at = round(track.x_of(200)), 15
    assert then.pixelColor(*at).name().upper() == DARK.past
    assert now.pixelColor(*at).name().upper() == DARK.accent
    ahead = round(track.x_of(700)), 15
    assert then.pixelColor(*ahead).name().upper() == DARK.faint
    assert now.pixelColor(*ahead).name().upper() == DARK.accent
