"""Parameters and buffers go back together, at the best epoch and after divergence."""

from dataclasses import replace

import numpy as np
import pytest

from nnlab.datasets import DatasetSettings
from nnlab.errors import DivergedError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import Experiment
from nnlab.models import MLPSettings
from nnlab.models.layers import LAYERS
from nnlab.models.layers.dense import Dense
from nnlab.training import TrainingRun, TrainingSettings, evaluate
from tests.training.runs import training_settings


def normalised_run(**training: object) -> TrainingRun:
    layers = (Dense(8), LAYERS["batch_norm"](), LAYERS["relu"](), Dense(2), LAYERS["softmax"]())
    settings = training_settings({"batch_size": 16, "epochs": 12, "learning_rate": 0.3} | training)
    dataset = DatasetSettings({"kind": "moons", "samples": 100, "noise": 0.4}, validation=0.3)
    return assemble(Experiment(dataset=dataset, model=MLPSettings(layers=layers), training=settings), [])


def test_the_best_epoch_comes_back_with_its_running_statistics():
    run = normalised_run()
    list(run)
    assert run.best.epoch < 12
    again = evaluate(run.model, run.data.learning, run.data.split.validation, run.data.dataset.targets)
    assert again.loss == pytest.approx(run.best.validation.loss, rel=1e-6)


def test_divergence_leaves_finite_running_statistics():
    run = normalised_run(learning_rate=1000.0, l2=100.0)
    with pytest.raises(DivergedError):
        list(run)
    assert np.isfinite(run.model.buffers.values).all()
    assert np.isfinite(run.model.parameters.values).all()


def test_overflow_at_the_last_step_is_divergence():
    layers = (Dense(8), LAYERS["relu"](), Dense(2))
    model = MLPSettings(layers=layers, loss="mean_squared_error")
    training = TrainingSettings(learning_rate=1000.0, epochs=50, keep="last", batching="full-batch")
    experiment = Experiment(dataset=DatasetSettings("xor", validation=0.0), model=model, training=training)
    for steps in range(1, 40):
        run = assemble(replace(experiment, training=replace(training, steps=steps)), [])
        try:
            list(run)
        except DivergedError:
            break
        assert np.isfinite(run.model.parameters.values).all()
    else:
        pytest.fail("nothing diverged")
    assert np.isfinite(run.model.parameters.values).all()


def test_an_epoch_with_an_infinite_validation_loss_is_divergence():
    run = normalised_run(optimizer="sgd", learning_rate=1000.0, l2=1.0, batching="full-batch", epochs=200)
    with pytest.raises(DivergedError):
        list(run)
    assert run.best is None or np.isfinite(run.best.validation.loss)


def test_turning_shuffling_off_within_an_epoch_shows_no_example_twice():
    run = normalised_run(batch_size=8)
    seen = []
    gather = run.data.learning.gather

    def remember(index):
        seen.extend(index)
        return gather(index)

    next(run)
    object.__setattr__(run.data.learning, "gather", remember)
    first = list(run._order._order[:8])
    run.settings = replace(run.settings, shuffle=False)
    while run.epoch == 0 and run.position < len(run.data.split.train) - 8:
        next(run)
    assert len(set(first + seen)) == len(first + seen)
