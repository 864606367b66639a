"""What was done to a run by hand: what is taken back before the next step was not done."""

from dataclasses import replace

from nnlab.experiments.assembly import assemble
from nnlab.training.events import ParameterEdit, SettingsChange, Stop, with_event
from nnlab.training.hand_edits import change_by_hand
from tests.experiments.cases import SMALL


def test_settings_that_are_again_what_they_were_leave_no_event() -> None:
    run = assemble(SMALL, [])
    next(iter(run))
    as_they_were = run.settings
    run.settings = replace(as_they_were, learning_rate=0.5)
    run.settings = replace(run.settings, batch_size=16)
    run.settings = replace(run.settings, batch_size=as_they_were.batch_size)
    assert run.events == (SettingsChange(1, {"learning_rate": as_they_were.learning_rate}, {"learning_rate": 0.5}),)
    run.settings = as_they_were
    assert run.events == ()


def test_edits_taken_back_one_after_the_other_leave_no_event() -> None:
    run = assemble(SMALL, [])
    next(iter(run))
    places = ((0, 0), (0, 1))
    weights = run.model.parameters.view("dense1.weight")
    before = [float(weights[place]) for place in places]
    for place in places:
        change_by_hand(run, "dense1.weight", place, 0.75)
    for place, value in reversed(list(zip(places, before, strict=True))):
        change_by_hand(run, "dense1.weight", place, value)
    assert run.events == () and run.edited == {}


def test_what_is_taken_back_at_a_later_step_was_done() -> None:
    there, back = ParameterEdit(1, "w", (0,), 1.0, 2.0), ParameterEdit(2, "w", (0,), 2.0, 1.0)
    assert with_event((there,), back) == (there, back)
    change, undone = SettingsChange(1, {"seed": 1}, {"seed": 2}), SettingsChange(2, {"seed": 2}, {"seed": 1})
    assert with_event((Stop(1, "loss"), change), undone) == (Stop(1, "loss"), change, undone)
