"""The loop: what one step does to the parameters, what an epoch reports, and the same bits every time."""

import math
from itertools import islice

import numpy as np
import pytest

from nnlab.experiments.model_file import parameters_sha256
from nnlab.models.optimizers import OPTIMIZERS
from nnlab.training import train
from tests.training.runs import numbered_run, toy_data, toy_run


@pytest.mark.parametrize("penalties", [{}, {"l1": 0.01}, {"l2": 0.1}, {"l1": 0.01, "l2": 0.1}], ids=str)
def test_a_step_is_the_gradient_and_the_penalties_through_the_rule_by_hand(penalties: dict[str, float]):
    run = toy_run(optimizer="sgd", learning_rate=0.1, shuffle=False, **penalties)
    model, order = run.model.replica(), run.data.split.train
    weights = model.parameters.decaying
    for batch, step in enumerate(islice(run, 4)):
        result = model.loss_and_gradient(*run.data.learning.gather(order[16 * batch : 16 * (batch + 1)]))
        change = model.parameters.gradient.astype(np.float64)
        present = model.parameters.values[weights].astype(np.float64)
        change[weights] += penalties.get("l2", 0) * present + penalties.get("l1", 0) * np.sign(present)
        model.parameters.values -= 0.1 * change
        assert step.loss == pytest.approx(result.loss, rel=1e-5)
        assert step.score == result.score_sum / 16
        np.testing.assert_allclose(run.model.parameters.values, model.parameters.values, rtol=1e-5, atol=1e-7)


def test_a_full_batch_in_parts_is_the_gradient_of_the_whole():
    run = toy_run(toy_data(4000, validation=0.1), batching="full-batch", learning_rate=1e-9, epochs=1)
    whole = run.model.replica()
    step = next(run)
    # 3600 examples: three parts of 1024 and a smaller one.
    inputs, labels = run.data.learning.gather(run.data.split.train)
    result = whole.loss_and_gradient(inputs, labels)
    assert step.examples == 3600
    assert step.loss == pytest.approx(result.loss, rel=1e-5)
    assert step.score == result.score_sum / 3600
    np.testing.assert_allclose(run.model.parameters.gradient, whole.parameters.gradient, rtol=1e-4, atol=1e-6)


def test_steps_count_updates_epochs_and_batches():
    steps = list(toy_run(toy_data(100, validation=0.2), batch_size=30, epochs=2))
    assert [step.number for step in steps] == [1, 2, 3, 4, 5, 6]
    assert [(step.epoch, step.batch, step.batches, step.examples) for step in steps] == [
        (1, 1, 3, 30),
        (1, 2, 3, 30),
        (1, 3, 3, 20),
        (2, 1, 3, 30),
        (2, 2, 3, 30),
        (2, 3, 3, 20),
    ]
    assert [step.epoch_end.epoch if step.epoch_end else None for step in steps] == [None, None, 1, None, None, 2]


def test_a_clipped_gradient_moves_no_further_than_allowed():
    run = toy_run(optimizer="sgd", learning_rate=1.0, clip_norm=0.01)
    before = run.model.parameters.values.copy()
    next(run)
    assert np.linalg.norm(run.model.parameters.values - before) == pytest.approx(0.01, rel=1e-4)


def test_the_rate_warms_up_to_its_full_size():
    run, _ = numbered_run(8, epochs=2, warmup=1.5, learning_rate=1e-6)
    assert [step.learning_rate / 1e-6 for step in run] == pytest.approx([1 / 3, 2 / 3, 1, 1])


@pytest.mark.parametrize(
    ("schedule", "factors"),
    [
        ("constant", [1, 1, 1, 1]),
        ("step", [1, 1, 0.25, 0.25]),
        ("exponential", [1, 0.5, 0.25, 0.125]),
        ("cosine", [1, (1 + math.sqrt(0.5)) / 2, 0.5, (1 - math.sqrt(0.5)) / 2]),
    ],
)
def test_the_rate_follows_the_schedule_within_and_between_epochs(schedule: str, factors: list[float]):
    run, _ = numbered_run(8, epochs=2, schedule=schedule, decay=0.25, decay_every=1, learning_rate=1e-6)
    assert [step.learning_rate / 1e-6 for step in run] == pytest.approx(factors)


def test_the_figures_of_an_epoch_are_means_over_its_examples():
    steps = list(toy_run(batch_size=30, epochs=1))
    end = steps[-1].epoch_end
    assert end.train_loss == pytest.approx(sum(step.loss * step.examples for step in steps) / 80)
    assert end.train_score == pytest.approx(sum(step.score * step.examples for step in steps) / 80)


def test_validation_is_measured_after_the_epochs_last_update():
    run = toy_run(epochs=1, keep="last")
    end = list(run)[-1].epoch_end
    inputs, labels = run.data.learning.gather(run.data.split.validation)
    result, predictions = run.model.evaluate(inputs, labels)
    assert end.validation.loss == pytest.approx(result.loss)
    assert end.validation.score == pytest.approx(np.mean(predictions == labels))
    assert end.validation.confusion.sum() == len(labels) == 20


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_same_seed_gives_the_same_bits_another_gives_others(optimizer: str):
    checksums = []
    for seed in (1, 1, 2):
        run = toy_run(optimizer=optimizer, seed=seed, learning_rate=0.01)
        list(run)
        checksums.append(parameters_sha256(run.model))
    assert checksums[0] == checksums[1] != checksums[2]


def test_the_pace_at_which_steps_are_asked_for_changes_no_bit():
    straight, halting = toy_run(), toy_run()
    list(straight)
    while next(halting, None) is not None:
        halting.model.predict(np.zeros((3, 2), np.float32))
    assert parameters_sha256(straight.model) == parameters_sha256(halting.model)


def test_train_yields_the_steps_of_a_run():
    run = toy_run()
    steps = list(islice(train(toy_run().model, run.data, run.settings), 5))
    for ours, expected in zip(steps, run, strict=False):
        assert ours[:-1] == expected[:-1]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_learns(optimizer: str):
    rate = 0.01 if optimizer == "adam" else 0.1
    ends = [step.epoch_end for step in toy_run(optimizer=optimizer, learning_rate=rate, epochs=30) if step.epoch_end]
    assert ends[-1].train_loss < 0.8 * ends[0].train_loss
    assert ends[-1].train_score > 0.8
