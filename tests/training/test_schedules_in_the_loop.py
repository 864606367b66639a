"""Warm-up, plateaus, clipping and charges, seen from the loop: what each step really does."""

import math
from itertools import islice

import numpy as np
import pytest

from nnlab.models.confusion import Confusion
from nnlab.models.layers.activations import Sigmoid, Softmax, Tanh
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.sparsity import ActivityL1, KLSparsity
from nnlab.training import EpochEnd, TrainingRun
from nnlab.training.evaluation import Evaluation
from tests.training.runs import numbered_run, toy_data, toy_run

# A rate at which nothing ever changes.
STILL = 1e-30


def epoch_rates(run: TrainingRun) -> list[float]:
    """The learning rate at the end of each epoch, as a share of the rate set by hand."""
    return [step.learning_rate / run.settings.learning_rate for step in run if step.epoch_end]


def test_the_rate_warms_up_within_epochs():
    run, _ = numbered_run(16, epochs=3, warmup=1.5, learning_rate=1e-6)
    rates = [step.learning_rate / 1e-6 for step in run]
    assert rates == pytest.approx([1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6, 1, 1, 1, 1, 1, 1, 1])


def test_warm_up_scales_what_the_schedule_says():
    run, _ = numbered_run(8, epochs=4, warmup=2.0, schedule="cosine", learning_rate=1e-6)
    epochs = [position / 2 for position in range(8)]
    expected = [(1 + math.cos(math.pi * epoch / 4)) / 2 * min((epoch + 0.5) / 2, 1) for epoch in epochs]
    assert [step.learning_rate / 1e-6 for step in run] == pytest.approx(expected)


def test_the_first_step_of_a_warm_up_is_a_small_one():
    warm, cold = toy_run(warmup=1.0, optimizer="sgd"), toy_run(optimizer="sgd")
    start = warm.model.parameters.values.copy()
    for run in (warm, cold):
        next(run)
    moved, far = (np.abs(run.model.parameters.values - start).max() for run in (warm, cold))
    assert 0 < moved == pytest.approx(far / warm.batches, rel=1e-3)


@pytest.mark.parametrize("validation", [0.2, 0.0], ids=["validation", "training"])
@pytest.mark.parametrize(("patience", "expected"), [(1, [1, 1, 0.5, 0.25, 0.125, 0.0625]), (2, [1, 1, 1, 0.5, 0.5, 0.25])])
def test_the_rate_drops_when_the_loss_has_not_fallen_for_so_many_epochs(validation: float, patience: int, expected):
    settings = {"schedule": "plateau", "decay": 0.5, "decay_every": patience, "epochs": 6, "learning_rate": STILL}
    # In single precision a mean over shuffled batches moves by its rounding: examples stay in one order.
    run = toy_run(toy_data(validation=validation), shuffle=False, **settings)
    assert epoch_rates(run) == pytest.approx(expected)


def test_a_lower_loss_lets_the_rate_stand():
    run = toy_run(schedule="plateau", decay=0.5, decay_every=1, epochs=6, learning_rate=0.02, optimizer="sgd")
    losses = []
    rates = []
    for step in run:
        if step.epoch_end:
            losses.append(step.epoch_end.validation.loss)
            rates.append(step.learning_rate)
    assert losses == sorted(losses, reverse=True)
    assert set(rates) == {0.02}


def test_validation_decides_where_there_is_one(monkeypatch: pytest.MonkeyPatch):
    losses = iter([5.0, 4.0, 4.0, 3.0, 3.5, 3.2])
    monkeypatch.setattr("nnlab.training.loop.judge", lambda *_: Evaluation(next(losses), Confusion.of_cells([], 2)))
    run = toy_run(schedule="plateau", decay=0.1, decay_every=1, epochs=6, learning_rate=STILL)
    assert epoch_rates(run) == pytest.approx([1, 1, 1, 0.1, 0.1, 0.01])


def test_drops_are_counted_whatever_the_schedule_so_that_going_over_to_plateau_knows_them():
    run = toy_run(epochs=6, schedule="step", decay_every=1, learning_rate=STILL, shuffle=False)
    list(run)
    assert run.plateau.drops == 5


@pytest.mark.parametrize("largest", [1e-3, 0.05, 1e6])
def test_a_step_of_gradient_descent_is_never_longer_than_the_clipped_norm(largest: float):
    plain, clipped = (toy_run(optimizer="sgd", learning_rate=0.1, clip_norm=norm, l2=0.1) for norm in (0.0, largest))
    start = plain.model.parameters.values.copy()
    changes = []
    for run in (plain, clipped):
        next(run)
        changes.append((run.model.parameters.values - start).astype(np.float64))
    free, held = changes
    norm = np.linalg.norm(free) / 0.1
    np.testing.assert_allclose(held, free * min(1, largest / norm), rtol=1e-3, atol=1e-7)
    assert np.linalg.norm(held) <= 0.1 * largest * 1.01


def test_what_layers_charge_is_in_the_loss_of_steps_and_epochs_but_not_of_validation():
    def layers(weight: float):
        charges = KLSparsity(0.05, weight), ActivityL1(weight)
        return (Dense(6, initializer="xavier"), Sigmoid(), *charges, Dense(2), Softmax())

    free, charged = (toy_run(layers=layers(weight), learning_rate=STILL, epochs=1) for weight in (0.0, 1.0))
    steps = list(zip(free, charged, strict=True))
    # The charge of each unit is the same for the outputs of an untrained layer whatever the batch: about a half is active.
    assert all(dear.loss - cheap.loss > 3 for cheap, dear in steps)
    ends = [step.epoch_end for step in steps[-1]]
    assert ends[1].train_loss - ends[0].train_loss > 3
    assert ends[1].validation.loss == ends[0].validation.loss


@pytest.mark.parametrize("penalty", ["l1", "l2"])
def test_penalties_on_weights_are_not_in_the_loss_that_is_told(penalty: str):
    free, charged = toy_run(), toy_run(**{penalty: 1.0})
    assert next(free).loss == next(charged).loss
    assert (free.model.parameters.values != charged.model.parameters.values).any()


def test_the_rate_and_the_clipping_may_change_between_two_steps():
    run = toy_run(optimizer="sgd", learning_rate=0.1, epochs=5)
    list(islice(run, 3))
    run.settings = run.settings.with_live(toy_run(clip_norm=1e-4, warmup=0.0, learning_rate=0.1, epochs=5).settings)
    before = run.model.parameters.values.copy()
    next(run)
    assert np.linalg.norm(run.model.parameters.values - before) <= 1.01e-5


def test_an_epoch_without_a_validation_set_still_ends():
    run = toy_run(toy_data(validation=0.0), layers=(Dense(4), Tanh(), Dense(2), Softmax()), epochs=1)
    end = list(run)[-1].epoch_end
    assert isinstance(end, EpochEnd)
    assert math.isnan(end.validation.loss)
    assert end.is_best
