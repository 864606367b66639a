"""A moment says in words which parameters a model had, and what has become of them since."""

from itertools import islice

from nnlab.probes import Moment
from nnlab.probes.moment import moment_of
from nnlab.training.hand_edits import change_by_hand
from tests.training.runs import toy_run

BIAS = ("dense2.bias", (1,))


def test_a_moment_says_the_step_or_what_was_put_back_and_whether_somebody_edited_it():
    assert Moment(step=1200).words == "step 1,200"
    assert Moment(step=1200, since=1150).words == "steps 1,150 to 1,200"
    assert Moment(step=1200, since=1200).words == "step 1,200"
    assert Moment(step=1200, epoch=3, kept_epoch=3).words == "the end of epoch 3"
    assert Moment(step=1200, kept_epoch=3, is_edited=True).words == "epoch 3, restored, edited by hand"


def test_it_is_told_what_has_become_of_the_model_since():
    run = toy_run()
    before = moment_of(run)
    assert before.until(moment_of(run)) == ""
    change_by_hand(run, *BIAS, 3.0)
    assert before.until(moment_of(run)) == "weights were changed by hand since"
    next(run)
    assert before.until(moment_of(run)) == "the model is now at step 1"


def test_parameters_that_were_put_back_are_those_of_their_epoch_and_not_of_the_last_step():
    # At this rate it soon becomes worse.
    run = toy_run(epochs=6, keep="best", learning_rate=3.0)
    list(islice(run, run.total_steps))
    # All steps are made, and nothing has been put back yet.
    before = moment_of(run)
    assert next(run, None) is None
    now, restored = moment_of(run), f"epoch {run.kept_epoch}, restored"
    assert 0 < run.kept_epoch < 6 and now.words == restored
    assert before.until(now) == f"the model is now at {restored}"
    assert now.until(moment_of(run)) == ""


def test_a_copy_is_the_same_run_and_another_is_another():
    run = toy_run()
    next(run)
    change_by_hand(run, *BIAS, 3.0)
    assert moment_of(run.replica()) == moment_of(run)
    assert moment_of(toy_run()).run != moment_of(run).run
