"""What is told of a model whose parameters were changed by hand."""

import numpy as np
import pytest

from nnlab.probes import START, Selection, look
from nnlab.probes.inspector import InspectorOptions
from nnlab.training import TrainingRun
from nnlab.training.hand_edits import change_by_hand
from tests.training.runs import toy_run

BIAS = ("dense2.bias", (1,))


def said(run: TrainingRun) -> list[str]:
    """What the probes have to say."""
    weight = Selection(weight=BIAS, options=InspectorOptions(focus="weight"))
    answers = [look(run, "predictions"), look(run, "distributions"), look(run, "parts"), look(run, "inspector", weight)]
    assert len({answer.moment for answer in answers}) == 1
    moment = answers[0].moment
    return [look(run, "confusion").value.found.words, moment.words, str(moment.is_edited)]


def test_a_model_is_told_to_be_edited_until_training_moves_it():
    run = toy_run()
    next(run)
    assert said(run) == ["step 1", "step 1", "False"]
    change_by_hand(run, *BIAS, 60.0)
    assert said(run) == ["step 1, edited by hand", "step 1, edited by hand", "True"]
    assert said(run.replica())[1] == "step 1, edited by hand"
    next(run)
    assert said(run)[1:] == ["step 2", "False"]


@pytest.mark.parametrize(
    "place", [("dense2.bias", (2,)), ("dense2.bias", (-1,)), ("dense2.bias", (0, 0)), ("dense9.bias", (0,))]
)
def test_a_parameter_that_is_not_there_is_refused(place: tuple[str, tuple[int, ...]]):
    run = toy_run()
    before = run.model.parameters.values.copy()
    assert change_by_hand(run, *place, 60.0) is None
    assert np.array_equal(run.model.parameters.values, before) and not run.hand_edits and not run.edited


def test_the_confusion_is_that_of_the_edited_model():
    run = toy_run()
    list(run)
    change_by_hand(run, *BIAS, 60.0)
    answer = look(run, "confusion", START).value
    assert run.kept_epoch == run.epoch and answer.found.words == f"the end of epoch {run.epoch}, edited by hand"
    assert answer.confusion[:, 1].sum() == answer.confusion.sum()


def test_an_untrained_model_that_was_edited_is_not_told_to_be_as_before_training():
    run = toy_run()
    change_by_hand(run, *BIAS, 60.0)
    assert said(run)[0] == "step 0, edited by hand"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_model_whose_edits_were_all_taken_back_is_not_edited(order: tuple[int, int]):
    run = toy_run()
    next(run)
    places = [BIAS, ("dense1.weight", (0, 2))]
    before = [change_by_hand(run, *place, 2.5) for place in places]
    change_by_hand(run, *BIAS, 7.0)
    for place in order:
        assert run.edited
        assert change_by_hand(run, *places[place], before[place]) == (7.0, 2.5)[place]
    assert not run.edited and run.hand_edits == 5
    assert said(run)[0] == "step 1"


def test_the_best_epoch_that_is_put_back_brings_unedited_parameters():
    run = toy_run(epochs=2, learning_rate=0.1)
    for step in run:
        if step.number == run.total_steps:
            break
    change_by_hand(run, *BIAS, 60.0)
    assert next(run, None) is None and run.kept_epoch
    assert not run.edited
    assert np.abs(run.model.parameters.view("dense2.bias")).max() < 60
