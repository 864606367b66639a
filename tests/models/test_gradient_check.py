"""The gradient check passes what is right, and finds and places what is wrong."""

from dataclasses import dataclass

import numpy as np
import pytest

from nnlab.errors import CancelledError
from nnlab.models.arrays import Array
from nnlab.models.gradient_check import EPSILON, TOLERANCE, check_gradient, sweep_epsilon
from nnlab.models.layers import Workspace
from nnlab.models.layers.activations import ReLU, Softmax, Tanh
from nnlab.models.layers.dense import Dense
from nnlab.models.losses import LOSSES
from nnlab.models.network import Network
from tests.models.cases import STACKS, Stack
from tests.targets import numbered


@dataclass(frozen=True)
class WrongDense(Dense):
    """A dense layer with one number of its gradient off by a thousandth."""

    tensor: str = "weight"
    position: tuple[int, ...] = (2, 1)

    def backward(self, dy: Array, work: Workspace) -> Array:
        dx = super().backward(dy, work)
        work.gradients[self.tensor][self.position] *= 1.001
        return dx


def network(layer: Dense) -> Network:
    return Network((Dense(4), Tanh(), layer, Softmax()), (5,), LOSSES["cross_entropy"], numbered(3), seed=1)


def batch() -> tuple[Array, Array]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(8, 5)).astype(np.float32), rng.integers(0, 3, 8)


@pytest.mark.parametrize("stack", STACKS, ids=str)
def test_backpropagation_agrees_with_central_differences_in_every_number(stack: Stack):
    result = check_gradient(stack.build(np.float32), *stack.batch())
    assert len(result.index) == stack.build().parameters.size
    # Rounding leaves about 1e-10 in a difference quotient, which only the smallest entries notice.
    np.testing.assert_allclose(result.analytic, result.numeric, rtol=1e-5, atol=1e-9)
    assert result.worst < 1e-3, f"{result.worst_name}{result.worst_position}"


@pytest.mark.parametrize(("tensor", "position"), [("weight", (2, 1)), ("weight", (3, 2)), ("bias", (1,))])
def test_a_wrong_number_is_found_and_placed(tensor: str, position: tuple[int, ...]):
    model = network(WrongDense(3, tensor=tensor, position=position))
    result = check_gradient(model, *batch())
    assert result.worst == pytest.approx(1e-3, rel=0.01)
    assert (result.worst_name, result.worst_position) == (f"dense2.{tensor}", position)
    assert np.count_nonzero(result.error > 1e-5) == 1


def test_a_wrong_sign_is_an_error_of_two():
    class Backwards(Dense):
        def backward(self, dy: Array, work: Workspace) -> Array:
            return -super().backward(dy, work)

    result = check_gradient(network(Backwards(3)), *batch())
    assert result.worst == pytest.approx(2, rel=1e-3)
    assert result.worst_name.startswith("dense1.")


def test_beside_a_kink_a_smaller_step_is_taken_and_told():
    model = Network((Dense(1), ReLU(), Dense(2), Softmax()), (1,), LOSSES["cross_entropy"], numbered(2), seed=1)
    # Half a step from where the unit switches off.
    model.parameters.view("dense1.weight")[...] = EPSILON / 2
    model.parameters.view("dense2.weight")[...] = (0.5, -0.5)
    result = check_gradient(model, np.ones((1, 1), np.float32), np.zeros(1, np.intp))
    steps = {model.parameters.name_at(int(place))[0]: step for place, step in zip(result.index, result.epsilon, strict=True)}
    assert steps["dense1.weight"] == steps["dense1.bias"] == pytest.approx(EPSILON / 100)
    assert steps["dense2.bias"] == EPSILON
    assert result.worst < TOLERANCE


def test_the_model_is_left_alone():
    model = network(Dense(3))
    values, gradient = model.parameters.values.copy(), model.parameters.gradient.copy()
    check_gradient(model, *batch())
    np.testing.assert_array_equal(model.parameters.values, values)
    np.testing.assert_array_equal(model.parameters.gradient, gradient)
    assert model.parameters.dtype == np.float32


def test_of_a_large_model_a_choice_is_checked_that_the_seed_decides():
    model = network(Dense(3))
    some, same, others = (check_gradient(model, *batch(), most=10, seed=seed) for seed in (1, 1, 2))
    assert len(set(some.index)) == len(some.analytic) == len(some.numeric) == len(some.error) == 10
    np.testing.assert_array_equal(some.index, same.index)
    assert set(some.index) != set(others.index)


@pytest.mark.parametrize("seed", range(5))
def test_of_a_large_model_every_tensor_is_checked_however_small(seed: int):
    # Sixteen biases among two hundred thousand weights would hardly ever be drawn.
    model = network(Dense(3))
    assert set(check_gradient(model, *batch(), most=12, seed=seed).by_tensor) == set(model.parameters.shapes)


def test_what_it_reports_belongs_together():
    model = network(Dense(3))
    result = check_gradient(model, *batch(), most=10)
    everything = check_gradient(model, *batch())
    np.testing.assert_array_equal(result.analytic, everything.analytic[result.index])
    worst = int(result.index[result.error.argmax()])
    assert model.parameters.name_at(worst) == (result.worst_name, result.worst_position)


def test_of_a_large_model_a_small_tensor_has_a_fair_share():
    model = network(Dense(3))
    checked = check_gradient(model, *batch(), most=24)
    bias = model.parameters.slices["dense2.bias"]
    # Half of the 24 are shared by four tensors: all three biases of the last layer are among them.
    assert np.count_nonzero((checked.index >= bias.start) & (checked.index < bias.stop)) == 3


def test_the_check_tells_how_far_it_is():
    shares = []
    check_gradient(network(Dense(3)), *batch(), most=10, report=lambda what, share: shares.append(share))
    assert shares == sorted(shares) and len(shares) == 10
    assert 0 <= shares[0] < shares[-1] < 1


def test_a_report_that_raises_ends_the_check_and_leaves_the_model():
    model = network(Dense(3))
    values = model.parameters.values.copy()

    def cancel(what: str, share: float) -> None:
        if share > 0.4:
            raise CancelledError("cancelled")

    with pytest.raises(CancelledError):
        check_gradient(model, *batch(), report=cancel)
    np.testing.assert_array_equal(model.parameters.values, values)


def test_the_error_against_the_step_is_a_v_in_both_precisions():
    model = network(Dense(3))
    sweep = sweep_epsilon(model, *batch(), np.arange(model.parameters.size))
    for error, best_step, least in ((sweep.float64, 1e-5, 1e-8), (sweep.float32, 1e-2, 1e-2)):
        place = int(error.argmin())
        assert error[place] < least
        assert best_step / 30 < sweep.epsilon[place] < best_step * 30
        assert (error[0] > 100 * error[place] and error[-1] > 100 * error[place]) or error[0] > 0.5
    # float32 rounds away small steps altogether.
    assert sweep.float32[0] == 1
    assert sweep.float64.min() < 1e-3 * sweep.float32.min()
