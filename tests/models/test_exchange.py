"""A batch that passes in parts at the same time has the loss, gradient and running figures of the whole."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Barrier

import numpy as np
import pytest

from nnlab.models.arrays import Array
from nnlab.models.autoencoder import Autoencoder
from nnlab.models.exchange import Exchange
from nnlab.models.layers import Layer
from nnlab.models.layers.activations import ReLU, Sigmoid, Tanh
from nnlab.models.layers.batch_norm import BatchNorm
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.parallel import Parallel
from nnlab.models.layers.pool2d import MaxPool2D
from nnlab.models.layers.residual import Residual
from nnlab.models.layers.shape import Code, Flatten
from nnlab.models.layers.sparsity import ActivityL1, KLSparsity
from nnlab.models.losses import LOSSES, BatchLoss
from nnlab.models.model import Model
from nnlab.models.network import Network
from nnlab.models.rbm import RBM
from nnlab.models.rbm_settings import RBMSettings
from nnlab.targets import Values
from tests.models.cases import LAYER_CASES, Bench, LayerCase, inputs_of, output_gradient_of

VECTOR, PICTURE = (6,), (6, 6, 2)
NORMALISED_BLOCK = Residual((Conv2D(4, padding="same"), BatchNorm(), ReLU(), Conv2D(4, padding="same"), BatchNorm()))


def network(shape: tuple[int, ...], *layers: Layer) -> Network:
    return Network((*layers, Dense(3)), shape, LOSSES["mean_squared_error"], Values(("a", "b", "c")), dtype=np.float64)


def sparse_autoencoder() -> Autoencoder:
    layers = (Dense(5, initializer="xavier"), Sigmoid(), Code(), KLSparsity(0.1, 0.7), ActivityL1(0.1), Dense(6))
    return Autoencoder(layers, VECTOR, LOSSES["mean_squared_error"], dtype=np.float64)


MODELS = {
    "plain": lambda: network(VECTOR, Dense(5), Tanh()),
    "sparse": lambda: network(VECTOR, Dense(5), Sigmoid(), KLSparsity(0.2, 0.7), Dense(4), Sigmoid(), KLSparsity()),
    "autoencoder": sparse_autoencoder,
    "normalised": lambda: network(VECTOR, BatchNorm(momentum=0.3), Dense(5), BatchNorm(), Tanh(), Dense(4), BatchNorm()),
    "normalised pictures": lambda: network(PICTURE, Conv2D(3), BatchNorm(), ReLU(), MaxPool2D(), Flatten()),
    "residual": lambda: network(PICTURE, Conv2D(4), BatchNorm(), ReLU(), NORMALISED_BLOCK, ReLU(), Flatten()),
    "branches": lambda: network(VECTOR, Parallel(((Dense(4), BatchNorm()), (Dense(3), Sigmoid(), KLSparsity())))),
}


class Together(Exchange):
    """Of one part: all write what they found, meet, read, and meet again."""

    def __init__(self, rank: int, sizes: Sequence[int], told: list[Array], barrier: Barrier) -> None:
        self._rank, self._sizes, self._told, self._barrier = rank, sizes, told, barrier

    def mean(self, found: Array) -> Array:
        self._told[self._rank] = found.copy()
        self._barrier.wait()
        of_all = np.average(self._told, axis=0, weights=self._sizes)
        self._barrier.wait()
        return of_all

    def examples(self, count: int) -> int:
        assert count == self._sizes[self._rank]
        return sum(self._sizes)


def learn_in_parts(models: Sequence[Model], inputs: Array, targets: Array, sizes: Sequence[int]) -> list[BatchLoss]:
    """Each model from its part, at the same time."""
    told, barrier = [inputs[:0]] * len(sizes), Barrier(len(sizes), timeout=60)
    cuts = np.cumsum(sizes)[:-1]
    work = list(zip(models, np.split(inputs, cuts), np.split(targets, cuts), strict=True))
    with ThreadPoolExecutor(len(sizes)) as pool:
        passes = [
            pool.submit(partial(model.loss_and_gradient, own, values, 0, Together(rank, sizes, told, barrier)))
            for rank, (model, own, values) in enumerate(work)
        ]
        return [one.result() for one in passes]


@pytest.mark.parametrize("sizes", [(4, 4), (5, 2), (3, 2, 2), (1, 6)], ids=str)
@pytest.mark.parametrize("name", MODELS)
def test_parts_at_the_same_time_make_the_loss_gradient_and_running_figures_of_the_batch(name: str, sizes: tuple[int, ...]):
    whole, rng = MODELS[name](), np.random.default_rng(1)
    whole.parameters.values += rng.normal(0, 0.3, whole.parameters.size)
    parts, shares = [whole.replica() for _ in sizes], np.array(sizes) / sum(sizes)
    for _ in range(3):
        inputs, targets = rng.normal(0.5, 1.5, (sum(sizes), *whole.input_shape)), rng.normal(size=(sum(sizes), 3))
        result, found = whole.loss_and_gradient(inputs, targets), learn_in_parts(parts, inputs, targets, sizes)
        assert np.dot(shares, [one.loss for one in found]) == pytest.approx(result.loss, rel=1e-10)
        joined = sum(share * part.parameters.gradient for share, part in zip(shares, parts, strict=True))
        scale = np.abs(whole.parameters.gradient).max()
        np.testing.assert_allclose(joined, whole.parameters.gradient, rtol=1e-10, atol=1e-12 * scale)
        for part in parts:
            np.testing.assert_allclose(part.buffers.values, whole.buffers.values, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("sizes", [(4, 4), (5, 2), (1, 6)], ids=str)
def test_a_machines_pull_to_its_target_is_that_of_the_batch(sizes: tuple[int, ...]):
    inputs = np.random.default_rng(2).random((sum(sizes), 7))
    settings = RBMSettings(hidden=5, sparsity_target=0.2)

    def pull(machine: RBM, learn) -> Array:
        """What the cost adds to the gradient: the random numbers are the same with it and without."""
        gradients = []
        for cost in (0.5, 0.0):
            replace(settings, sparsity_cost=cost).act_on(machine)
            gradients.append(learn())
        return gradients[0] - gradients[1]

    machines = [RBM(settings, 7, dtype=np.float64) for _ in sizes]
    shares = np.array(sizes) / sum(sizes)

    def of_parts() -> Array:
        for machine in machines:
            machine.settings = machines[0].settings
        learn_in_parts(machines, inputs, inputs, sizes)
        return sum(share * machine.parameters.gradient for share, machine in zip(shares, machines, strict=True))

    def of_all() -> Array:
        whole.loss_and_gradient(inputs, inputs)
        return whole.parameters.gradient.copy()

    whole = RBM(settings, 7, dtype=np.float64)
    expected = pull(whole, of_all)
    assert np.abs(expected[-5:]).min() > 0
    np.testing.assert_allclose(pull(machines[0], of_parts), expected, rtol=1e-10, atol=1e-13)


class Counted(Exchange):
    """Remembers how many numbers were asked for at a time."""

    def __init__(self) -> None:
        self.most = 0

    def mean(self, found: Array) -> Array:
        self.most = max(self.most, found.size)
        return found


@pytest.mark.parametrize("case", LAYER_CASES, ids=str)
def test_a_layer_in_which_examples_mix_asks_for_as_many_numbers_as_it_says_and_no_other_asks(case: LayerCase):
    bench = Bench(case)
    bench.work.circumstances.exchange = counted = Counted()
    bench.forward(inputs_of(case))
    bench.backward(output_gradient_of(case))
    assert counted.most == case.layer.exchanged_numbers(case.input_shape)
    assert case.layer.mixes_examples == (counted.most > 0)


def test_after_a_part_has_passed_a_batch_is_whole_again():
    model, counted = MODELS["normalised"](), Counted()
    inputs, targets = np.random.default_rng(0).normal(size=(4, 6)), np.zeros((4, 3))
    model.loss_and_gradient(inputs, targets, 0, counted)
    assert counted.most == model.exchanged_numbers == 12
    counted.most = 0
    model.loss_and_gradient(inputs, targets)
    model.sensitivities(inputs, targets, training=True)
    assert counted.most == 0
