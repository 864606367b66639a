"""Augmentation and label noise inside the loop: what is learned from changes, what is measured on does not."""

import numpy as np
import pytest

from nnlab.datasets import DatasetSettings, load_dataset
from nnlab.errors import DatasetError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import experiment_from_table
from nnlab.training import TrainingRun, prepare_data
from nnlab.training.batch_gradient import BatchGradient

DIGITS = {"shift": 1, "rotation": 10.0, "flip_horizontal": True, "jitter": 0.05}


def augmented(seed: int = 0, batch_size: int = 50, **dataset: object) -> TrainingRun:
    table = {
        "dataset": {"name": "digits", **(dataset or DIGITS)},
        "model": {"kind": "mlp", "layers": [{"kind": "dense", "units": 10}, "softmax"]},
        "training": {"seed": seed, "batch_size": batch_size, "epochs": 2},
    }
    return assemble(experiment_from_table(table), [])


def parameters_after(run: TrainingRun, steps: int) -> np.ndarray:
    for _ in range(steps):
        next(run)
    return run.model.parameters.values.copy()


def test_the_same_seed_gives_the_same_bits_and_another_other_ones():
    first = parameters_after(augmented(), 30)
    np.testing.assert_array_equal(parameters_after(augmented(), 30), first)
    assert not np.array_equal(parameters_after(augmented(seed=1), 30), first)
    assert not np.array_equal(parameters_after(augmented(validation=0.1), 30), first)


def test_every_appearance_of_an_example_is_another():
    run = augmented(jitter=0.1)
    index, plain = run.data.split.train[:4], run.data.learning.gather(run.data.split.train[:4])[0].copy()
    given: list[np.ndarray] = []
    gradient = BatchGradient(run.model)
    learn = run.model.loss_and_gradient
    run.model.loss_and_gradient = lambda inputs, *others: given.append(inputs.copy()) or learn(inputs, *others)
    for step in (1, 2, 1):
        gradient.loss(run.data, index, run.settings.seed, step)
    one, other, again = given
    assert not np.array_equal(one, plain)
    assert not np.array_equal(one, other)
    np.testing.assert_array_equal(again, one)


def test_what_is_measured_on_is_not_augmented():
    run = augmented()
    index = run.data.split.validation
    before = run.data.learning.gather(index)[0].copy()
    parameters_after(run, 40)
    np.testing.assert_array_equal(run.data.learning.gather(index)[0], before)


def test_a_copy_of_the_run_goes_on_alike():
    run = augmented()
    parameters_after(run, 7)
    copy = run.replica()
    np.testing.assert_array_equal(parameters_after(run, 9), parameters_after(copy, 9))


def test_a_large_batch_draws_for_each_of_its_parts():
    run = augmented(batch_size=1400, jitter=0.1, validation=0.0)
    np.testing.assert_array_equal(
        parameters_after(run, 2), parameters_after(augmented(batch_size=1400, jitter=0.1, validation=0.0), 2)
    )


def test_label_noise_is_in_what_is_learned_and_not_in_the_validation():
    settings = DatasetSettings(label_noise=0.4)
    dataset = load_dataset(settings)
    data = prepare_data(dataset, settings)
    true = dataset.train.labels
    learned = data.learning.gather(data.split.train)[1]
    assert np.mean(learned != true[data.split.train]) == pytest.approx(0.4, abs=1e-3)
    held = data.learning.gather(data.split.validation)[1]
    np.testing.assert_array_equal(held, true[data.split.validation])


def test_flattened_pictures_cannot_be_turned():
    with pytest.raises(DatasetError, match=r"dataset.rotation.*set dataset.layout = 'auto'"):
        augmented(layout="flat", rotation=5.0)
