"""Penalties on weights, by hand and against their own slope."""

import numpy as np
import pytest

from nnlab.models.parameters import Parameters
from nnlab.models.regularizers import L1, L2, ElasticNet, NoPenalty, Penalty, clip_gradient

# Each penalty with its strengths of |w| and of w^2 / 2.
STRENGTHS = [(NoPenalty(), 0.0, 0.0), (L1(0.1), 0.1, 0.0), (L2(0.1), 0.0, 0.1), (ElasticNet(l1=0.3, l2=0.2), 0.3, 0.2)]


@pytest.fixture
def parameters() -> Parameters:
    parameters = Parameters({"dense1.bias": (2,), "dense1.weight": (2, 2)}, np.float64)
    parameters.view("dense1.weight")[...] = [[1, -2], [3, 0.5]]
    parameters.view("dense1.bias")[...] = [100, -100]
    parameters.gradient[...] = 7
    return parameters


@pytest.mark.parametrize(("penalty", "l1", "l2"), STRENGTHS)
def test_the_penalty_by_hand(parameters: Parameters, penalty: Penalty, l1: float, l2: float):
    assert penalty.value(parameters) == pytest.approx(l1 * 6.5 + l2 / 2 * (1 + 4 + 9 + 0.25))


@pytest.mark.parametrize(("penalty", "l1", "l2"), STRENGTHS)
def test_the_gradient_by_hand_is_added_to_the_weights_alone(parameters: Parameters, penalty: Penalty, l1: float, l2: float):
    penalty.add_gradient(parameters, np.empty(6))
    weights = np.array([[1, -2], [3, 0.5]])
    np.testing.assert_allclose(parameters.gradient_view("dense1.weight"), 7 + l1 * np.sign(weights) + l2 * weights)
    np.testing.assert_array_equal(parameters.gradient_view("dense1.bias"), 7)


@pytest.mark.parametrize("penalty", [penalty for penalty, _, _ in STRENGTHS])
def test_the_gradient_is_the_slope_of_the_penalty(parameters: Parameters, penalty: Penalty):
    parameters.gradient[...] = 0
    penalty.add_gradient(parameters, np.empty(6))
    for index in range(6):
        start = parameters.values[index]
        parameters.values[index] = start + 1e-6
        above = penalty.value(parameters)
        parameters.values[index] = start - 1e-6
        below = penalty.value(parameters)
        parameters.values[index] = start
        assert parameters.gradient[index] == pytest.approx((above - below) / 2e-6, abs=1e-8)


def test_a_weight_of_zero_is_not_pushed_by_l1(parameters: Parameters):
    parameters.values[...] = 0
    L1(1.0).add_gradient(parameters, np.empty(6))
    np.testing.assert_array_equal(parameters.gradient, 7)


def test_the_parameters_themselves_are_only_read(parameters: Parameters):
    before = parameters.values.copy()
    ElasticNet(l1=0.1, l2=0.1).add_gradient(parameters, np.empty(6))
    np.testing.assert_array_equal(parameters.values, before)


@pytest.mark.parametrize(("largest", "factor"), [(10.0, 1.0), (5.0, 1.0), (2.5, 0.5), (0.05, 0.01)])
def test_a_gradient_longer_than_allowed_is_shortened_not_turned(largest: float, factor: float):
    gradient = np.array([3.0, 0, -4])
    assert clip_gradient(gradient, largest) == pytest.approx(5)
    np.testing.assert_allclose(gradient, factor * np.array([3, 0, -4]))


def test_no_gradient_at_all_is_left_alone():
    gradient = np.zeros(3)
    assert clip_gradient(gradient, 1.0) == 0
    assert not gradient.any()
