"""Scaling: the promised range, the statistics of the training examples and of no others, and the way back."""

import numpy as np
import pytest

from nnlab.datasets.dataset import Examples
from nnlab.datasets.scaling import SCALINGS, Scaling, fit_scaling

RNG = np.random.default_rng(0)
POINTS = Examples((RNG.normal(size=(60, 3)) * [1, 10, 0.1] + [5, -20, 0]).astype(np.float32), np.zeros(60, np.intp))
PICTURES = Examples(RNG.integers(20, 200, (9000, 4, 4, 2)).astype(np.uint8), np.zeros(9000, np.intp))
ALL = {"points": POINTS, "pictures": PICTURES}


@pytest.fixture(params=ALL)
def examples(request: pytest.FixtureRequest) -> Examples:
    return ALL[request.param]


def scaled(scaling: Scaling, inputs: np.ndarray) -> np.ndarray:
    return scaling.apply(inputs, out=np.empty(inputs.shape, np.float32))


def half(examples: Examples) -> np.ndarray:
    return np.arange(0, len(examples), 2)


def test_every_kind_of_scaling_is_tested_here():
    assert set(SCALINGS) == {"unit", "symmetric", "standard", "none"}


@pytest.mark.parametrize(("kind", "low", "high"), [("unit", 0, 1), ("symmetric", -1, 1)])
def test_features_span_the_range_feature_by_feature(kind: str, low: float, high: float):
    found = scaled(fit_scaling(kind, POINTS, np.arange(60)), POINTS.inputs)
    np.testing.assert_allclose(found.min(axis=0), low, atol=1e-5)
    np.testing.assert_allclose(found.max(axis=0), high, atol=1e-5)


@pytest.mark.parametrize(("kind", "low", "high"), [("unit", 0, 1), ("symmetric", -1, 1)])
def test_bytes_span_the_range_of_bytes_whatever_the_sample(kind: str, low: float, high: float):
    ends = np.array([0, 255], np.uint8).reshape(2, 1, 1, 1)
    found = scaled(fit_scaling(kind, PICTURES, np.arange(10)), ends)
    np.testing.assert_allclose(found.ravel(), [low, high], atol=1e-6)


def test_standard_has_mean_zero_and_deviation_one(examples: Examples):
    index = half(examples)
    found = scaled(fit_scaling("standard", examples, index), examples.inputs[index]).astype(np.float64)
    axes = tuple(range(found.ndim - 1))
    np.testing.assert_allclose(found.mean(axis=axes), 0, atol=1e-4)
    np.testing.assert_allclose(found.std(axis=axes), 1, rtol=1e-4)


def test_none_changes_nothing(examples: Examples):
    np.testing.assert_array_equal(scaled(fit_scaling("none", examples, half(examples)), examples.inputs), examples.inputs)


@pytest.mark.parametrize("kind", SCALINGS)
def test_examples_that_do_not_learn_have_no_say(examples: Examples, kind: str):
    index = half(examples)
    changed = examples.inputs.copy()
    changed[1::2] = changed[1::2] * 3 + 50 if changed.dtype == np.float32 else 255 - changed[1::2]
    fitted, refitted = (fit_scaling(kind, Examples(inputs, examples.labels), index) for inputs in (examples.inputs, changed))
    np.testing.assert_array_equal(fitted.factor, refitted.factor)
    np.testing.assert_array_equal(fitted.offset, refitted.offset)


@pytest.mark.parametrize("kind", ["unit", "symmetric", "standard"])
def test_examples_that_learn_do_have_a_say(kind: str):
    changed = POINTS.inputs.copy()
    changed[0] *= 100
    fitted = fit_scaling(kind, POINTS, half(POINTS))
    refitted = fit_scaling(kind, Examples(changed, POINTS.labels), half(POINTS))
    assert not np.array_equal(fitted.factor, refitted.factor)


@pytest.mark.parametrize("kind", SCALINGS)
def test_undo_leads_back(examples: Examples, kind: str):
    scaling = fit_scaling(kind, examples, half(examples))
    np.testing.assert_allclose(scaling.undo(scaled(scaling, examples.inputs)), examples.inputs, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("kind", SCALINGS)
def test_a_feature_that_never_varies_stays_finite(kind: str):
    inputs = POINTS.inputs.copy()
    inputs[:, 1] = 7
    found = scaled(fit_scaling(kind, Examples(inputs, POINTS.labels), np.arange(60)), inputs)
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found[:, 1], 7 if kind == "none" else 0, atol=1e-6)


def test_the_inputs_are_only_read(examples: Examples):
    before = examples.inputs.copy()
    scaled(fit_scaling("standard", examples, half(examples)), examples.inputs)
    np.testing.assert_array_equal(examples.inputs, before)


def test_the_numbers_are_single_precision_one_axis(examples: Examples):
    for kind in SCALINGS:
        scaling = fit_scaling(kind, examples, half(examples))
        for part in (scaling.factor, scaling.offset):
            assert (part.dtype, part.ndim) == (np.float32, 1)
            assert part.size in (1, examples.inputs.shape[-1])
