"""A loss that is no longer a number ends training in words, with finite parameters."""

import math
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from nnlab.errors import DivergedError
from nnlab.models.layers.activations import ReLU, Softmax
from nnlab.models.layers.batch_norm import BatchNorm
from nnlab.models.layers.dense import Dense
from nnlab.models.losses import LOSSES, BatchLoss
from nnlab.training.ending import DIVERGED
from tests.sentences import assert_one_sentence
from tests.training.runs import toy_data, toy_run

NORMALISED = (Dense(6), BatchNorm(), ReLU(), Dense(2), Softmax())
# A stack whose loss runs away at a high learning rate.
UNBOUNDED = {"layers": (Dense(8), ReLU(), Dense(2)), "loss": "mean_squared_error"}


def test_divergence_leaves_finite_parameters_and_names_step_and_rate():
    run = toy_run(toy_data(validation=0.0), learning_rate=1000, epochs=100, **UNBOUNDED)
    start = run.model.parameters.values.copy()
    with pytest.raises(DivergedError) as caught:
        list(run)
    assert_one_sentence(caught.value, "step 7 ", "1000", "learning rate", "step 0")
    assert caught.value.exit_status == 3
    assert (run.stopped, run.divergence) == (DIVERGED, str(caught.value))
    assert next(run, None) is None
    assert run.step == 0 and not any(vector.any() for vector in run.vectors.values())
    assert run.best is None
    np.testing.assert_array_equal(run.model.parameters.values, start)


@pytest.mark.parametrize(("validation", "step", "best"), [(0.0, 64, None), (0.2, 70, 12)])
def test_the_last_good_parameters_are_of_a_recent_step_or_of_the_last_epoch_that_was_judged(validation, step, best):
    data = toy_data(validation=validation)
    run, quiet = (toy_run(data, epochs=100, learning_rate=0.01, **UNBOUNDED) for _ in range(2))
    list(islice(run, 71))
    run.settings = replace(run.settings, learning_rate=1000.0)
    with pytest.raises(DivergedError, match=rf"back at step {step}\b"):
        list(run)
    list(islice(quiet, step))
    np.testing.assert_array_equal(run.model.parameters.values, quiet.model.parameters.values)
    assert run.counters == quiet.counters
    # Of an epoch that was not judged and is undone nobody knows whether its numbers were good.
    assert (run.best and run.best.epoch) == best
    inputs, labels = run.data.learning.gather(run.data.split.train)
    assert math.isfinite(run.model.evaluate(inputs, labels)[0].loss)


@pytest.mark.parametrize("keep", ["best", "last"])
@pytest.mark.parametrize(("validation", "epochs"), [(0.0, 30), (0.2, 30), (0.0, 1)])
@pytest.mark.parametrize("steps", [0, 3])
def test_a_variance_that_overflows_is_divergence_though_the_loss_is_a_number(
    keep: str, validation: float, epochs: int, steps: int, monkeypatch: pytest.MonkeyPatch
):
    run = toy_run(toy_data(validation=validation), NORMALISED, epochs=epochs, keep=keep, steps=steps)
    learn, variance = run.model.loss_and_gradient, run.model.buffers.view("batch_norm1.variance")

    def overflow(*arguments: object) -> BatchLoss:
        result = learn(*arguments)
        variance.fill(np.inf)
        return result

    monkeypatch.setattr(run.model, "loss_and_gradient", overflow)
    with pytest.raises(DivergedError, match="running mean or variance after step") as caught:
        list(run)
    assert_one_sentence(caught.value, "back at step 0")
    assert np.isfinite(run.model.buffers.values).all() and np.isfinite(run.model.parameters.values).all()


def test_a_run_that_trained_on_and_diverged_has_the_epoch_again_that_it_had_kept(monkeypatch: pytest.MonkeyPatch):
    run = toy_run(epochs=10, learning_rate=3.0)
    list(run)
    kept, numbers = run.kept_epoch, run.model.parameters.values.copy()
    assert 0 < kept < run.epoch
    run.settings = replace(run.settings, epochs=20)
    list(islice(run, 2))
    assert not run.kept_epoch
    copy = run.replica()
    for each in (run, copy):
        monkeypatch.setattr(each.model, "loss_and_gradient", lambda *_: BatchLoss(math.nan, 0))
        with pytest.raises(DivergedError):
            next(each)
        assert each.kept_epoch == kept
        np.testing.assert_array_equal(each.model.parameters.values, numbers)


@pytest.mark.parametrize("poison", [np.nan, np.inf])
def test_a_loss_that_is_not_a_number_stops_the_very_step(poison: float):
    run = toy_run()
    list(islice(run, 3))
    run.model.parameters.values[...] = poison
    with pytest.raises(DivergedError, match=r"step 4\b"):
        next(run)
    assert np.isfinite(run.model.parameters.values).all()


def test_a_loss_that_is_infinite_is_divergence_too():
    run = toy_run(**UNBOUNDED)
    # Squared, this is beyond single precision; nothing in the pass is not a number.
    run.model.parameters.values[...] = 1e15
    with pytest.raises(DivergedError, match=r"step 1\b"):
        next(run)


@pytest.mark.parametrize("loss", LOSSES)
def test_divergence_is_told_by_every_loss(loss: str):
    fused = LOSSES[loss].fused_with
    run = toy_run(layers=(*UNBOUNDED["layers"], *([fused()] if fused else [])), loss=loss)
    run.model.parameters.values[...] = np.nan
    with pytest.raises(DivergedError, match=r"step 1\b"):
        next(run)
