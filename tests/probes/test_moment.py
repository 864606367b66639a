"""Every answer is stamped with the moment it is of, and nothing in it can be changed."""

from dataclasses import dataclass
from itertools import islice

import numpy as np
import pytest

from nnlab.models.rbm_settings import RBMSettings
from nnlab.probes import PROBES, Answer, Moment, look
from nnlab.probes.moment import moment_of
from nnlab.training.hand_edits import change_by_hand
from tests.models.small_runs import digits_run
from tests.training.runs import toy_run

BIAS = ("dense2.bias", (1,))


def test_a_moment_says_the_step_or_what_was_put_back_and_whether_somebody_edited_it():
    assert Moment(step=1200).words == "step 1,200"
    assert Moment(step=1200, since=1150).words == "steps 1,150 to 1,200"
    assert Moment(step=1200, since=1200).words == "step 1,200"
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
    run = toy_run(epochs=2, keep="best")
    list(islice(run, run.total_steps))
    # All steps are made, and nothing has been put back yet.
    before = moment_of(run)
    assert next(run, None) is None
    now, restored = moment_of(run), f"epoch {run.kept_epoch}, restored"
    assert run.kept_epoch and now.words == restored
    assert before.until(now) == f"the model is now at {restored}"
    assert now.until(moment_of(run)) == ""


def test_a_copy_is_the_same_run_and_another_is_another():
    run = toy_run()
    next(run)
    change_by_hand(run, *BIAS, 3.0)
    assert moment_of(run.replica()) == moment_of(run)
    assert moment_of(toy_run()).run != moment_of(run).run


@pytest.mark.parametrize("name", [name for name in PROBES if name not in ("latent", "samples", "reconstructions")])
def test_every_probe_is_stamped_and_frozen(name: str):
    run = toy_run()
    next(run)
    if name == "feature_maps":
        pytest.skip("points have no feature maps")
    answer = look(run, name)
    assert answer.moment == moment_of(run) and answer.moment.step == 1
    for value in vars(answer.value).values():
        if isinstance(value, np.ndarray):
            with pytest.raises(ValueError, match="read-only"):
                value[...] = 0


def test_what_a_machine_shows_is_frozen_to_the_last_array():
    answer = look(digits_run(RBMSettings(hidden=3)), "samples")
    with pytest.raises(ValueError, match="read-only"):
        answer.value.units.hidden[0] = 1


@dataclass(frozen=True)
class Inner:
    numbers: np.ndarray


@dataclass(frozen=True)
class Outer:
    inner: tuple[Inner, ...]
    named: dict[str, list[np.ndarray]]


def test_arrays_are_frozen_however_deep_they_lie():
    first, second = np.zeros(3), np.zeros(3)
    Answer(Moment(), Outer((Inner(first),), {"a": [second]}))
    for array in (first, second):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
