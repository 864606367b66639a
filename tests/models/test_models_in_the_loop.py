"""What the loop makes of models beyond plain networks: phases, running statistics, chains, and figures there are none of."""

import math
import tracemalloc
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.datasets import DatasetSettings, Examples
from nnlab.errors import DivergedError
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.model_file import load_model, save_model
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.cnn import CNNSettings
from nnlab.models.deep_belief import DeepBeliefSettings
from nnlab.models.layers.activations import ReLU, Sigmoid, Softmax, Tanh
from nnlab.models.layers.batch_norm import BatchNorm
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.noise import Dropout, GaussianNoise
from nnlab.models.layers.pool2d import MaxPool2D
from nnlab.models.layers.shape import Code, Flatten
from nnlab.models.layers.sparsity import KLSparsity
from nnlab.models.losses import BatchLoss
from nnlab.models.mlp import MLPSettings
from nnlab.models.model import ModelSettings
from nnlab.models.rbm_settings import RBMSettings
from nnlab.training import TrainingRun, evaluate, prepare_data
from tests.models.small_runs import digits_data, digits_run, finish_epoch, tensors
from tests.targets import numbered
from tests.training.runs import assert_same

NORMALIZED = MLPSettings((Dense(16), BatchNorm(), ReLU(), Dense(10), Softmax()))
SPARSE = AutoencoderSettings((Dense(20), Sigmoid(), KLSparsity(0.1, 0.1), Code(), Dense(64), Sigmoid()))
STACK = DeepBeliefSettings((12, 6), pretrain_epochs=2)

MODELS: dict[str, ModelSettings] = {
    "cnn": CNNSettings((Conv2D(4), ReLU(), MaxPool2D(), Flatten(), Dropout(), Dense(10), Softmax())),
    "batch norm": NORMALIZED,
    "sparse autoencoder": SPARSE,
    "tied autoencoder": AutoencoderSettings((Dense(20), Tanh(), Code(), Dense(64), Sigmoid()), tied=True),
    "rbm": RBMSettings(hidden=16),
    "persistent rbm": RBMSettings(hidden=16, persistent=True, chains=10),
    "deep belief": STACK,
}


def resumed(run: TrainingRun, model: ModelSettings) -> TrainingRun:
    """A new run that stands where this one stands."""
    fresh = TrainingRun(digits_run(model, run.data).model, run.data, run.settings)
    fresh.restore(run.checkpoint.copy())
    return fresh


@pytest.mark.parametrize("steps", [5, 8, 19, 24, 29], ids=lambda steps: f"after {steps} steps")
@pytest.mark.parametrize("name", MODELS)
def test_a_run_taken_up_again_goes_on_bit_for_bit(name: str, steps: int):
    # Eight steps an epoch: in the first epoch, between epochs, within and between phases of the stack.
    settings = {"epochs": 6, "optimizer": "adam", "learning_rate": 0.005}
    straight, halting = (digits_run(MODELS[name], **settings) for _ in range(2))
    list(islice(halting, steps))
    halting = resumed(halting, MODELS[name])
    list(halting)
    list(straight)
    assert halting.model.parameters.values.tobytes() == straight.model.parameters.values.tobytes()
    assert halting.model.buffers.values.tobytes() == straight.model.buffers.values.tobytes()


@pytest.mark.parametrize("name", ["sparse autoencoder", "tied autoencoder", "rbm", "persistent rbm", "deep belief"])
def test_models_without_classes_have_losses_but_no_accuracy(name: str):
    steps = list(digits_run(MODELS[name]))
    assert all(math.isfinite(step.loss) and math.isnan(step.score) for step in steps)
    end = steps[-1].epoch_end
    assert math.isfinite(end.train_loss)
    assert math.isfinite(end.validation.loss)
    assert math.isnan(end.train_score)
    assert math.isnan(end.validation.score)
    assert not end.validation.confusion.any()
    assert end.validation.confusion.shape == (10, 10)


@pytest.mark.parametrize("name", ["cnn", "batch norm"])
def test_the_best_parameters_that_are_kept_have_the_loss_that_is_told(name: str):
    # So large a rate that the last epoch is hardly ever the best.
    run = digits_run(MODELS[name], epochs=6, keep="best", learning_rate=0.5, seed=1)
    losses = [step.epoch_end.validation.loss for step in run if step.epoch_end]
    assert losses[-1] > min(losses)
    found = evaluate(run.model, run.data.learning, run.data.split.validation, run.data.dataset.targets)
    assert found.loss == pytest.approx(min(losses), rel=1e-5)
    assert run.evaluation.loss == min(losses)


def test_a_diverged_run_with_running_statistics_leaves_a_model_that_can_be_opened(tmp_path: Path):
    model = MLPSettings((BatchNorm(), Dense(16), ReLU(), BatchNorm(), Dense(10)), "mean_squared_error")
    run = digits_run(model, optimizer="momentum", learning_rate=1000.0, epochs=200)
    with pytest.raises(DivergedError):
        list(run)
    assert np.isfinite(run.model.buffers.values).all()
    experiment = Experiment("diverged", DatasetSettings(), model, run.settings)
    save_model(tmp_path / "diverged.safetensors", run, experiment, {})
    assert_same(load_model(tmp_path / "diverged.safetensors").checkpoint, run.checkpoint)


def test_a_new_phase_begins_with_an_optimizer_without_memories():
    run = digits_run(STACK, optimizer="adam", learning_rate=0.01, epochs=6)
    for _ in range(2):
        finish_epoch(run)
    assert run.vectors["moment1"].any()
    before = tensors(run)
    next(run)
    assert run.optimizer_start == run.step - 1 == 16
    # The first step of Adam is as long as the rate for every number that has a gradient, and no longer.
    after = tensors(run)
    change = np.abs(after["dense2.weight"] - run.model.machines[1].parameters.view("rbm2.weight"))
    np.testing.assert_allclose(change, 0.01, rtol=1e-2)
    np.testing.assert_array_equal(after["dense1.weight"], before["dense1.weight"])


def test_the_best_epoch_is_one_of_the_last_phase():
    run = digits_run(STACK, epochs=6, keep="best", learning_rate=0.01)
    ends = [step.epoch_end for step in run if step.epoch_end]
    assert [end.is_best for end in ends][::2] == [True, True, True]
    assert run.best.epoch > 4


def test_a_large_batch_in_parts_is_the_gradient_of_the_whole():
    data = digits_data(1400, validation=0.0)
    quiet = CNNSettings(tuple(layer for layer in MODELS["cnn"].layers if layer.kind != "dropout"))
    run = digits_run(quiet, data, batching="full-batch", learning_rate=1e-9, epochs=1)
    whole = run.model.replica()
    step = next(run)
    result = whole.loss_and_gradient(*data.learning.gather(data.split.train))
    assert step.loss == pytest.approx(result.loss, rel=1e-5)
    np.testing.assert_allclose(run.model.parameters.gradient, whole.parameters.gradient, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize(
    "model",
    [
        MLPSettings((Dropout(), Dense(10), Softmax())),
        MLPSettings((GaussianNoise(1.0), Dense(10), Softmax())),
        RBMSettings(hidden=16),
    ],
    ids=["dropout", "noise", "rbm"],
)
def test_the_parts_of_a_large_batch_draw_random_numbers_of_their_own(model: ModelSettings):
    # Two parts of 1024 equal pictures: what differs between their gradients has been drawn.
    whole = digits_data(4, validation=0.0).dataset
    train = Examples(np.repeat(whole.train.inputs[:1], 2048, axis=0), np.repeat(whole.train.labels[:1], 2048))
    data = prepare_data(replace(whole, train=train), DatasetSettings(validation=0.0))
    run = digits_run(model, data, batching="full-batch", epochs=1)
    gradients, learn = [], run.model.loss_and_gradient

    def recording(*arguments: Any) -> BatchLoss:
        result = learn(*arguments)
        gradients.append(run.model.parameters.gradient.copy())
        return result

    run.model.loss_and_gradient = recording
    next(run)
    assert len(gradients) == 2
    # The chains of a persistent machine move on between the parts; independent draws hardly agree in any number.
    assert (gradients[0] == gradients[1]).mean() < 0.9


def test_patience_begins_with_fine_tuning():
    # The loss of the unrolled whole is not what pretraining descends: that it stands still says nothing.
    run = digits_run(STACK, epochs=30, patience=1, learning_rate=1e-30)
    list(run)
    assert run.epoch == 6
    assert not run.model.is_pretraining


def test_a_new_phase_begins_with_the_full_rate():
    run = digits_run(STACK, epochs=6, schedule="plateau", decay=0.5, decay_every=1, learning_rate=1e-30)
    rates = [step.learning_rate / 1e-30 for step in run if step.epoch_end]
    assert rates == pytest.approx([1, 1, 1, 1, 1, 1])


@pytest.mark.parametrize("name", ["rbm", "persistent rbm"])
def test_decay_and_momentum_of_an_rbm_are_those_of_training(name: str):
    plain, decayed = (digits_run(MODELS[name], optimizer="sgd", learning_rate=0.1, l2=l2) for l2 in (0.0, 0.5))
    for run in (plain, decayed):
        next(run)
    # At the first step both have the same gradient: the weights differ by what has decayed, the biases not at all.
    start = digits_run(MODELS[name]).model.parameters.view("rbm.weight")
    difference = plain.model.parameters.view("rbm.weight") - decayed.model.parameters.view("rbm.weight")
    np.testing.assert_allclose(difference, 0.1 * 0.5 * start, atol=1e-6)
    for bias in ("rbm.visible_bias", "rbm.hidden_bias"):
        np.testing.assert_array_equal(plain.model.parameters.view(bias), decayed.model.parameters.view(bias))

    heavy = digits_run(MODELS[name], optimizer="momentum", momentum=0.5, learning_rate=0.1)
    next(heavy)
    first, after = heavy.model.parameters.gradient.copy(), heavy.model.parameters.values.copy()
    next(heavy)
    second = heavy.model.parameters.gradient
    np.testing.assert_allclose(heavy.model.parameters.values, after - 0.1 * (0.5 * first + second), atol=1e-6)


@pytest.mark.parametrize("name", ["rbm", "persistent rbm"])
def test_an_rbm_learns_to_reconstruct_digits(name: str):
    run = digits_run(MODELS[name], digits_data(400), epochs=30, learning_rate=0.2, optimizer="sgd")
    losses = [step.epoch_end.validation.loss for step in run if step.epoch_end]
    assert losses[-1] < 0.75 * losses[0]


def test_a_sparsity_target_brings_mean_activations_to_it():
    means = {}
    for cost in (0.0, 2.0):
        model = RBMSettings(hidden=20, sparsity_target=0.1, sparsity_cost=cost)
        run = digits_run(model, digits_data(400), epochs=30, learning_rate=0.1, optimizer="sgd")
        list(run)
        inputs, _ = run.data.learning.gather(run.data.split.train)
        means[cost] = run.model.hidden_probabilities(inputs).mean(axis=0)
    assert np.abs(means[2.0] - 0.1).max() < 0.06
    assert np.abs(means[0.0] - 0.1).max() > 0.2


def test_a_kl_charge_brings_mean_activations_to_its_target():
    layers = (Dense(20), Sigmoid(), KLSparsity(0.1, 0.5), Code(), Dense(64), Sigmoid())
    run = digits_run(AutoencoderSettings(layers), digits_data(400), epochs=40, optimizer="adam", learning_rate=0.01)
    list(run)
    inputs, _ = run.data.learning.gather(run.data.split.train)
    assert np.abs(run.model.encode(inputs).mean(axis=0) - 0.1).max() < 0.03


# So large that 12 numbers for each example are more than the pieces in which random numbers are drawn (128 KB).
LARGE_BATCH = 6000


@pytest.mark.parametrize("epoch", [0, 2, 4], ids=lambda epoch: f"epoch {epoch}")
@pytest.mark.parametrize("name", MODELS)
def test_a_step_allocates_nothing_of_the_size_of_a_batch(name: str, epoch: int):
    data = digits_data(1000, validation=0.0)
    inputs, labels = (np.concatenate([part] * 6) for part in data.learning.gather(data.split.train))
    assert len(inputs) == LARGE_BATCH
    model = MODELS[name].build((8, 8, 1), numbered(10))
    model.begin(inputs, epoch, True)
    for step in range(3):
        model.loss_and_gradient(inputs, labels, step)
    tracemalloc.start()
    try:
        model.loss_and_gradient(inputs, labels, 3)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 12 * 4 * LARGE_BATCH
