"""Scaling: the promised range, the statistics of the training examples and of no others, and the way back."""

import numpy as np
import pytest

from nnlab.datasets.dataset import Examples
from nnlab.datasets.scaling import SCALINGS, Scaling, fit_scaling
from nnlab.datasets.value_scaling import fit_values

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
def test_bytes_that_use_most_of_their_range_span_all_of_it_whatever_the_sample(kind: str, low: float, high: float):
    ends = np.array([0, 255], np.uint8).reshape(2, 1, 1, 1)
    found = scaled(fit_scaling(kind, PICTURES, np.arange(10)), ends)
    np.testing.assert_allclose(found.ravel(), [low, high], atol=1e-6)


@pytest.mark.parametrize(("kind", "low", "high"), [("unit", 0, 1), ("symmetric", -1, 1)])
@pytest.mark.parametrize(("black", "white"), [(0, 1), (0, 16), (0, 127), (3, 40)])
def test_bytes_that_use_little_of_their_range_span_what_they_use(black: int, white: int, kind: str, low: float, high: float):
    # The ends stand in the last chunk, and greater ones among those that do not learn.
    inputs = np.full((9000, 2, 2, 1), white - (white > 1), np.uint8)
    inputs[8000, 0, 0], inputs[8001, 0, 0], inputs[8002:, 1] = black, white, 120
    scaling = fit_scaling(kind, Examples(inputs, np.zeros(9000, np.intp)), np.arange(8002))
    assert (scaling.black, scaling.white) == (black, white)
    found = scaled(scaling, np.array([black, white], np.uint8).reshape(2, 1, 1, 1))
    np.testing.assert_allclose(found.ravel(), [low, high], atol=1e-6)
    np.testing.assert_allclose([scaling.ground[0], scaling.peak], [low, high - low], atol=1e-6)


@pytest.mark.parametrize("kind", SCALINGS)
def test_ink_becomes_the_white_of_the_data_and_paper_its_black(kind: str):
    examples = Examples(np.arange(5, 22, dtype=np.uint8).reshape(-1, 1, 1, 1), np.zeros(17, np.intp))
    scaling = fit_scaling(kind, examples, np.arange(17))
    drawn = scaled(scaling, scaling.painted(np.array([0, 255], np.uint8).reshape(2, 1, 1, 1)))
    np.testing.assert_allclose(drawn, scaled(scaling, examples.inputs[[0, -1]]), rtol=1e-6)


@pytest.mark.parametrize("byte", [0, 7])
def test_blank_pictures_have_the_range_of_bytes(byte: int):
    scaling = fit_scaling("unit", Examples(np.full((4, 2, 2, 1), byte, np.uint8), np.zeros(4, np.intp)), np.arange(4))
    assert (scaling.black, scaling.white, scaling.factor[0]) == (0, 255, np.float32(1 / 255))


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


CLOSE = {
    "seconds of one day since 1970": 1.6e9 + np.arange(0.0, 86400, 1440),
    "neighbours": 1e8 + np.arange(60) % 2,
    "quarters of a second, as microseconds": 1.6e15 + 250_000 * np.arange(60),
}


@pytest.mark.parametrize("kind", ["unit", "symmetric", "standard"])
@pytest.mark.parametrize("column", CLOSE.values(), ids=CLOSE)
def test_large_numbers_that_differ_little_stay_apart(column: np.ndarray, kind: str):
    inputs = np.stack([column, np.full(60, 1e9)], axis=1)
    found = scaled(fit_scaling(kind, Examples(inputs, np.zeros(60, np.intp)), np.arange(60)), inputs)
    centred = column - column.mean()
    expected = {
        "unit": (column - column.min()) / np.ptp(column),
        "symmetric": 2 * (column - column.min()) / np.ptp(column) - 1,
        "standard": centred / centred.std(),
    }[kind]
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[:, 0], expected, atol=1e-6)
    assert not found[:, 1].any()  # what never varies


def test_the_deviation_of_large_numbers_is_theirs_however_many_chunks_there_are():
    inputs = (1.6e9 + np.sort(np.random.default_rng(0).normal(0, 2, (10_000, 1)), axis=0)).astype(np.float64)
    found = scaled(fit_scaling("standard", Examples(inputs, np.zeros(10_000, np.intp)), np.arange(10_000)), inputs)
    np.testing.assert_allclose([found.mean(), found.std()], [0, 1], atol=1e-5)


def test_singles_far_from_zero_are_scaled_in_double_precision():
    inputs = (1.6e9 + 128 * np.arange(600, dtype=np.float64)).astype(np.float32)[:, None]
    found = scaled(fit_scaling("unit", Examples(inputs, np.zeros(600, np.intp)), np.arange(600)), inputs)
    np.testing.assert_allclose(found[:, 0], np.arange(600) / 599, atol=1e-6)


@pytest.mark.parametrize(
    ("dtype", "unit"), [(np.float32, 1e-42), (np.float32, 1e-36), (np.float64, 1e-100), (np.float64, 1e-318)]
)
@pytest.mark.parametrize("kind", ["unit", "symmetric", "standard"])
def test_the_smallest_numbers_stay_finite(kind: str, dtype: type, unit: float):
    inputs = (np.arange(1.0, 6.0)[:, None] * unit).astype(dtype)
    found = scaled(fit_scaling(kind, Examples(inputs, np.zeros(5, np.intp)), np.arange(5)), inputs)
    assert np.isfinite(found).all()
    # What is smaller than the inverse can be is nothing.
    assert (np.diff(found[:, 0]) > 0.2).all() or unit < 1e-300


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", SCALINGS)
def test_the_largest_numbers_stay_finite(kind: str, dtype: type):
    inputs = np.array([[3e38, -3e38, 3e38], [-3e38, -3e38, 1]], dtype)
    found = scaled(fit_scaling(kind, Examples(inputs, np.zeros(2, np.intp)), np.arange(2)), inputs)
    assert np.isfinite(found).all()
    assert found[0, 0] > found[1, 0]


@pytest.mark.parametrize("size", [1e-200, 1e-163, 1e160])
@pytest.mark.parametrize("count", [50, 9000])
def test_numbers_whose_squares_are_lost_are_no_constants(size: float, count: int):
    column = size * np.random.default_rng(1).normal(3, 1, (count, 1))
    found = scaled(fit_scaling("standard", Examples(column, np.zeros(count, np.intp)), np.arange(count)), column)
    assert (found.mean(), found.std()) == (pytest.approx(0, abs=1e-3), pytest.approx(1, rel=1e-3))


@pytest.mark.parametrize("size", [1e-200, 1e-163, 1.0, 1e160])
def test_values_whose_squares_are_lost_are_learned_like_others(size: float):
    values = size * np.random.default_rng(2).normal(3, 1, (80, 2))
    learned = (scaling := fit_values(values, np.arange(80))).apply(values)
    np.testing.assert_allclose(learned.std(axis=0), 1, rtol=1e-9)
    np.testing.assert_allclose(scaling.undo(learned), values, rtol=1e-9)
