"""Settings replaced between two steps act at the next."""

from dataclasses import fields, replace
from itertools import islice

import numpy as np
import pytest

from nnlab.models.optimizers import OPTIMIZERS, Momentum
from nnlab.models.regularizers import ElasticNet
from nnlab.models.schedules import Step
from nnlab.settings import describe, with_value
from nnlab.training import TrainingSettings
from tests.training.runs import numbered_run, toy_run


def test_a_change_of_the_learning_rate_acts_at_the_next_step():
    run = toy_run(optimizer="sgd", learning_rate=0.1)
    next(run)
    before = run.model.parameters.values.copy()
    run.settings = replace(run.settings, learning_rate=0.5)
    np.testing.assert_array_equal(run.model.parameters.values, before)
    assert next(run).learning_rate == 0.5
    np.testing.assert_allclose(
        run.model.parameters.values, before - 0.5 * run.model.parameters.gradient, rtol=1e-5, atol=1e-7
    )


def test_a_change_of_the_batch_size_acts_at_the_next_step():
    run, model = numbered_run(20, batch_size=4)
    next(run)
    run.settings = replace(run.settings, batch_size=7)
    assert next(run).examples == 7 == len(model.seen[1])


def test_a_change_of_an_optimizers_number_acts_at_the_next_step():
    run = toy_run(optimizer="momentum", momentum=0.9, learning_rate=0.1)
    next(run)
    run.settings = replace(run.settings, optimizer=Momentum(0.0))
    before = run.model.parameters.values.copy()
    next(run)
    np.testing.assert_allclose(
        run.model.parameters.values, before - 0.1 * run.model.parameters.gradient, rtol=1e-4, atol=1e-7
    )


LIVE_CHANGES = {
    "learning_rate": 0.2,
    "warmup": 3.0,
    "clip_norm": 0.5,
    "schedule": Step(decay=0.9, every=2),
    "batching": "full-batch",
    "batch_size": 7,
    "shuffle": False,
    "epochs": 5,
    "steps": 40,
    "penalty": ElasticNet(l2=0.1, l1=0.1),
    "patience": 3,
    "keep": "last",
    "stop_when": ("not_finite",),
}


def test_every_live_setting_has_a_row():
    assert {entry.name for entry in fields(TrainingSettings) if describe(entry).live} == set(LIVE_CHANGES)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("name", LIVE_CHANGES)
def test_a_live_setting_may_change_in_mid_epoch(name: str, optimizer: str):
    run = toy_run(optimizer=optimizer, epochs=4, learning_rate=0.01)
    list(islice(run, 7))
    changed = replace(run.settings, **{name: LIVE_CHANGES[name]})
    assert changed != run.settings
    assert not run.settings.needs_reset(changed)
    run.settings = changed
    list(run)
    assert run.stopped
    assert np.isfinite(run.model.parameters.values).all()


OWN_CHANGES = {"momentum": 0.5, "beta1": 0.5, "beta2": 0.9, "epsilon": 1e-4, "smoothing": 0.9, "weight_decay": 0.1}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_number_of_an_optimizer_may_change_in_mid_epoch(optimizer: str):
    for entry in fields(OPTIMIZERS[optimizer]):
        run = toy_run(optimizer=optimizer, epochs=4, learning_rate=0.01)
        list(islice(run, 7))
        changed = with_value(run.settings, f"optimizer.{entry.name}", OWN_CHANGES[entry.name])
        assert changed != run.settings
        assert not run.settings.needs_reset(changed)
        run.settings = changed
        list(run)
        assert run.stopped
        assert np.isfinite(run.model.parameters.values).all()
