"""Convolution, pooling and their fusion on any geometry: beside sliding windows, and backward the adjoint of forward."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nnlab.errors import SettingError, ShapeError
from nnlab.models.arrays import Array
from nnlab.models.fused import FusedConvPool
from nnlab.models.layers import Layer
from nnlab.models.layers.activations import ReLU
from nnlab.models.layers.conv2d import Conv2D, Geometry
from nnlab.models.layers.pool2d import AveragePool2D, MaxPool2D
from nnlab.models.layers.upsample2d import UpSample2D
from tests.models.cases import Bench, LayerCase, batch_innermost, inputs_of, output_gradient_of
from tests.sentences import assert_one_sentence

SHAPES = st.tuples(st.integers(1, 11), st.integers(1, 11), st.integers(1, 3))
PADDINGS = st.sampled_from(["valid", "same", "0", "1", "3"])
CONVOLUTIONS = st.builds(
    Conv2D, filters=st.integers(1, 4), kernel=st.integers(1, 6), stride=st.integers(1, 4), padding=PADDINGS
)


def case_of(layer: Layer, shape: tuple[int, ...]) -> LayerCase:
    """Only where the layer fits the shape."""
    try:
        return LayerCase(layer, shape, layer.output_shape(shape))
    except ShapeError:
        assume(False)
        raise


def windows(x: Array, g: Geometry) -> Array:
    """(N, H', W', C, k, k)"""
    padded = np.pad(x, ((0, 0), g.pad, g.pad_across, (0, 0)))
    every = np.lib.stride_tricks.sliding_window_view(padded, (g.kernel, g.kernel), axis=(1, 2))
    return every[:, :: g.stride, :: g.stride]


@given(CONVOLUTIONS, SHAPES, st.integers(1, 5))
@settings(max_examples=150)
def test_a_convolution_sums_over_sliding_windows(layer: Conv2D, shape: tuple[int, int, int], batch: int):
    case = case_of(layer, shape)
    bench, x = Bench(case), inputs_of(case, batch)
    bench.parameters.values += np.random.default_rng(0).normal(size=bench.parameters.size)
    expected = np.einsum("nijcuv,uvcf->nijf", windows(x, layer.geometry(shape)), bench.parameters.view("weight"))
    expected += bench.parameters.view("bias")
    for order in (np.ascontiguousarray, batch_innermost):
        np.testing.assert_allclose(bench.forward(order(x)), expected, rtol=1e-9, atol=1e-9)
    assert expected.shape[1:] == case.output_shape


@given(CONVOLUTIONS, SHAPES, st.integers(1, 5))
@settings(max_examples=150)
def test_the_gradients_of_a_convolution_are_its_adjoints(layer: Conv2D, shape: tuple[int, int, int], batch: int):
    case = case_of(layer, shape)
    bench, x, dy = Bench(case), inputs_of(case, batch), output_gradient_of(case, batch)
    bench.forward(x)
    dx = bench.backward(dy)
    g = layer.geometry(shape)
    np.testing.assert_allclose(
        bench.parameters.gradient_view("weight"), np.einsum("nijcuv,nijf->uvcf", windows(x, g), dy), rtol=1e-9, atol=1e-9
    )
    np.testing.assert_allclose(bench.parameters.gradient_view("bias"), dy.sum(axis=(0, 1, 2)), rtol=1e-9, atol=1e-9)
    other = inputs_of(case, batch, seed=7)
    product = (np.einsum("nijcuv,uvcf->nijf", windows(other, g), bench.parameters.view("weight")) * dy).sum()
    np.testing.assert_allclose((dx * other).sum(), product, rtol=1e-8, atol=1e-8)


@given(st.integers(1, 12), st.integers(1, 6), st.integers(1, 5))
def test_the_same_padding_gives_as_many_outputs_as_strides_fit(size: int, kernel: int, stride: int):
    layer = Conv2D(1, kernel=kernel, stride=stride, padding="same")
    height, width, _ = layer.output_shape((size, size + 1, 1))
    assert (height, width) == (-(-size // stride), -(-(size + 1) // stride))


@pytest.mark.parametrize("padding", ["²", "-1", "1.5", "1000", "9" * 5000, "both\nsides", ""])
def test_a_padding_that_is_none_is_refused_in_a_sentence(padding: str):
    with pytest.raises(SettingError) as caught:
        Conv2D(1, padding=padding)
    assert_one_sentence(caught.value, "padding", "a number of pixels")


def test_where_same_padding_is_odd_the_zero_more_lies_behind():
    # As TensorFlow and PyTorch have it.
    case = LayerCase(Conv2D(1, kernel=2, padding="same"), (2, 3, 1), (2, 3, 1))
    bench = Bench(case)
    bench.parameters.view("weight")[...] = np.array([[1, 10], [100, 1000]]).reshape(2, 2, 1, 1)
    picture = np.array([[1.0, 2, 3], [4, 5, 6]]).reshape(1, 2, 3, 1)
    np.testing.assert_array_equal(bench.forward(picture)[0, ..., 0], [[5421, 6532, 603], [54, 65, 6]])


@given(st.integers(1, 4), st.integers(1, 4), SHAPES, st.sampled_from([MaxPool2D, AveragePool2D]))
@settings(max_examples=100)
def test_pooling_takes_its_number_from_sliding_windows(size: int, stride: int, shape: tuple[int, int, int], kind):
    case = case_of(kind(size, stride), shape)
    bench, x, dy = Bench(case), inputs_of(case), output_gradient_of(case)
    every = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(1, 2))[:, ::stride, ::stride]
    expected = every.max(axis=(-1, -2)) if kind is MaxPool2D else every.mean(axis=(-1, -2))
    np.testing.assert_allclose(bench.forward(x), expected, rtol=1e-12)
    # Whatever is handed down is handed out whole.
    np.testing.assert_allclose(bench.backward(dy).sum(axis=(1, 2)), dy.sum(axis=(1, 2)), rtol=1e-9, atol=1e-9)


@given(st.integers(1, 4), SHAPES)
def test_upsampling_and_averaging_back_is_nothing(factor: int, shape: tuple[int, int, int]):
    up = case_of(UpSample2D(factor), shape)
    x = inputs_of(up)
    enlarged = Bench(up).forward(x)
    back = LayerCase(AveragePool2D(factor, factor), up.output_shape, shape)
    np.testing.assert_allclose(Bench(back).forward(enlarged), x, rtol=1e-12)


@given(st.integers(1, 4), st.integers(1, 6), PADDINGS, SHAPES, st.integers(1, 5))
@settings(max_examples=150)
def test_fused_is_equal_to_its_three_layers(
    filters: int, kernel: int, padding: str, shape: tuple[int, int, int], batch: int
):
    conv = Conv2D(filters, kernel=kernel, padding=padding)
    first = case_of(conv, shape)
    pool = case_of(MaxPool2D(), first.output_shape)
    plain, x, dy = Bench(first), inputs_of(first, batch), output_gradient_of(pool, batch)
    plain.parameters.values += np.random.default_rng(0).normal(size=plain.parameters.size)
    relu, pooled = Bench(LayerCase(ReLU(), first.output_shape, first.output_shape)), Bench(pool)
    y = pooled.forward(relu.forward(plain.forward(x)))
    dx = plain.backward(relu.backward(pooled.backward(dy)))

    fused = Bench(first)
    fused.parameters.values[...] = plain.parameters.values
    fused.layer = FusedConvPool(conv, conv.geometry(shape))
    for order in (np.ascontiguousarray, batch_innermost):
        np.testing.assert_allclose(fused.forward(order(x)), y, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(fused.backward(order(dy)), dx, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(fused.parameters.gradient, plain.parameters.gradient, rtol=1e-9, atol=1e-9)
