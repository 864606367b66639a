"""What single layers promise: known values by hand, extremes, and inputs they refuse."""

import numpy as np
import pytest

from nnlab.errors import SettingError, ShapeError
from nnlab.models.layers.activations import ReLU, Sigmoid, Softmax, Tanh
from nnlab.models.layers.batch_norm import BatchNorm
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.noise import Dropout, GaussianNoise, MaskingNoise
from nnlab.models.layers.pool2d import AveragePool2D, MaxPool2D
from nnlab.models.layers.shape import Flatten, Reshape
from nnlab.models.layers.sparsity import ActivityL1, KLSparsity
from nnlab.models.layers.upsample2d import UpSample2D
from tests.models.cases import Bench, LayerCase, inputs_of
from tests.sentences import assert_one_sentence


def test_dense_is_the_affine_map():
    bench = Bench(LayerCase(Dense(2), (3,), (2,)))
    bench.parameters.view("weight")[...] = [[1, 2], [3, 4], [5, 6]]
    bench.parameters.view("bias")[...] = [10, 20]
    np.testing.assert_allclose(bench.forward(np.array([[1.0, 0, -1], [0, 2, 0]])), [[6, 16], [16, 28]])
    np.testing.assert_allclose(bench.backward(np.array([[1.0, 0], [0, 1]])), [[1, 3, 5], [2, 4, 6]])
    np.testing.assert_allclose(bench.parameters.gradient_view("weight"), [[1, 0], [0, 2], [-1, 0]])
    np.testing.assert_allclose(bench.parameters.gradient_view("bias"), [1, 1])


@pytest.mark.parametrize("initializer", ["he", "xavier", "normal", "zeros"])
def test_the_biases_of_dense_start_at_zero(initializer: str):
    bench = Bench(LayerCase(Dense(6, initializer=initializer, scale=1.0), (4,), (6,)))
    assert not bench.parameters.view("bias").any()
    assert bench.parameters.view("weight").any() == (initializer != "zeros")


def test_dense_on_a_picture_asks_for_flatten():
    with pytest.raises(ShapeError, match=r"dense: the input is 8 x 8 x 1.*flatten"):
        Dense(3).output_shape((8, 8, 1))


@pytest.mark.parametrize("shape", [(1,), (8, 8, 1)])
def test_softmax_needs_one_axis_of_classes(shape):
    with pytest.raises(ShapeError, match="softmax: the input is"):
        Softmax().output_shape(shape)


def test_relu_takes_its_derivative_at_the_kink_as_zero():
    bench = Bench(LayerCase(ReLU(), (3,), (3,)))
    np.testing.assert_array_equal(bench.forward(np.array([[-1.0, 0, 2]])), [[0, 0, 2]])
    np.testing.assert_array_equal(bench.backward(np.array([[5.0, 5, 5]])), [[0, 0, 5]])


@pytest.mark.parametrize(
    ("layer", "known"),
    [(Sigmoid(), [0, 0.26894142, 0.5, 0.73105858, 1]), (Tanh(), [-1, -0.76159416, 0, 0.76159416, 1])],
    ids=["sigmoid", "tanh"],
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_squashing_function_at_known_points_and_far_out(layer, known, dtype):
    bench = Bench(LayerCase(layer, (5,), (5,)), dtype)
    np.testing.assert_allclose(bench.forward(np.array([[-1e4, -1, 0, 1, 1e4]], dtype)), [known], atol=1e-7)
    assert np.isfinite(bench.backward(np.ones((1, 5), dtype))).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_softmax_gives_probabilities_however_large_the_scores(dtype):
    bench = Bench(LayerCase(Softmax(), (3,), (3,)), dtype)
    y = bench.forward(np.array([[1e4, -1e4, 0], [1e4, 1e4, -1e4], [0, 0, 0], [-1e4, -1e4, -1e4]], dtype))
    np.testing.assert_allclose(y, [[1, 0, 0], [0.5, 0.5, 0], [1 / 3] * 3, [1 / 3] * 3], rtol=1e-6)
    assert np.isfinite(bench.backward(np.ones((4, 3), dtype))).all()


def test_softmax_does_not_see_a_constant_added_to_all_scores():
    case = LayerCase(Softmax(), (4,), (4,))
    x = inputs_of(case)
    np.testing.assert_allclose(Bench(case).forward(x), Bench(case).forward(x + 100), rtol=1e-10)


def test_a_convolution_is_its_sum_written_out():
    case = LayerCase(Conv2D(3, kernel=2, stride=2, padding="1"), (3, 4, 2), (2, 3, 3))
    bench, x = Bench(case), inputs_of(case)
    bench.parameters.view("bias")[...] = [10, 20, 30]
    weight = bench.parameters.view("weight")
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    y = bench.forward(x)
    for n, i, j, f in np.ndindex(y.shape):
        patch = padded[n, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
        assert y[n, i, j, f] == pytest.approx((patch * weight[..., f]).sum() + 10 * (f + 1))


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (MaxPool2D(2, 2), [[6, 8], [14, 16]]),
        (MaxPool2D(3, 1), [[11, 12], [15, 16]]),
        (AveragePool2D(2, 2), [[3.5, 5.5], [11.5, 13.5]]),
        (AveragePool2D(3, 1), [[6, 7], [10, 11]]),
    ],
)
def test_pooling_by_hand(layer, expected):
    bench = Bench(LayerCase(layer, (4, 4, 1), (2, 2, 1)))
    np.testing.assert_allclose(bench.forward(np.arange(1.0, 17).reshape(1, 4, 4, 1))[0, ..., 0], expected)


def test_of_equal_numbers_only_the_first_gets_the_gradient_of_their_maximum():
    bench = Bench(LayerCase(MaxPool2D(), (2, 4, 1), (1, 2, 1)))
    bench.forward(np.array([[[5.0, 5, 1, 2], [5, 5, 2, 2]]])[..., np.newaxis])
    dx = bench.backward(np.array([[[3.0, 4]]])[..., np.newaxis])
    np.testing.assert_array_equal(dx[0, ..., 0], [[3, 0, 0, 4], [0, 0, 0, 0]])


def test_upsampling_by_hand():
    bench = Bench(LayerCase(UpSample2D(), (1, 2, 1), (2, 4, 1)))
    np.testing.assert_array_equal(bench.forward(np.array([[[[1.0], [2]]]]))[0, ..., 0], [[1, 1, 2, 2]] * 2)
    np.testing.assert_array_equal(bench.backward(np.arange(8.0).reshape(1, 2, 4, 1))[0, 0, :, 0], [10, 18])


@pytest.mark.parametrize("layer", [Flatten(), Reshape((24,))], ids=["flatten", "reshape"])
def test_channels_are_fastest_when_a_picture_becomes_a_vector(layer):
    bench = Bench(LayerCase(layer, (3, 4, 2), (24,)))
    x = np.arange(48.0).reshape(2, 3, 4, 2)
    np.testing.assert_array_equal(bench.forward(x), np.arange(48).reshape(2, 24))


@pytest.mark.parametrize("shape", [(6,), (3, 4, 2)])
def test_batch_norm_gives_every_channel_mean_zero_and_deviation_one(shape):
    case = LayerCase(BatchNorm(epsilon=1e-12), shape, shape)
    y = Bench(case).forward(10 + 5 * inputs_of(case, batch=50))
    axes = tuple(range(y.ndim - 1))
    np.testing.assert_allclose(y.mean(axis=axes), 0, atol=1e-12)
    np.testing.assert_allclose(y.std(axis=axes), 1, rtol=1e-9)


def test_batch_norm_predicts_by_what_it_has_seen_in_training():
    case = LayerCase(BatchNorm(momentum=0.25), (6,), (6,))
    bench, mean, variance = Bench(case), np.zeros(6), np.ones(6)
    for seed in range(4):
        x = 3 + inputs_of(case, seed=seed)
        bench.forward(x)
        mean = 0.75 * mean + 0.25 * x.mean(axis=0)
        variance = 0.75 * variance + 0.25 * x.var(axis=0, ddof=1)
    np.testing.assert_allclose(bench.buffers.view("mean"), mean)
    np.testing.assert_allclose(bench.buffers.view("variance"), variance)
    bench.work.circumstances.training = False
    before = bench.buffers.values.copy()
    np.testing.assert_allclose(bench.forward(x), (x - mean) / np.sqrt(variance + 1e-5))
    np.testing.assert_array_equal(bench.buffers.values, before)


@pytest.mark.parametrize(("layer", "kept"), [(Dropout(0.3), 1 / 0.7), (MaskingNoise(0.3), 1.0)], ids=["dropout", "masking"])
def test_a_share_of_the_numbers_is_silenced_and_the_rest_kept(layer, kept: float):
    y = Bench(LayerCase(layer, (1000,), (1000,))).forward(np.ones((100, 1000)))
    assert set(np.unique(y)) == {0, kept}
    assert (y == 0).mean() == pytest.approx(0.3, abs=0.01)


def test_gaussian_noise_has_the_deviation_given():
    noise = Bench(LayerCase(GaussianNoise(0.3), (1000,), (1000,))).forward(np.full((100, 1000), 5.0)) - 5
    assert noise.mean() == pytest.approx(0, abs=0.005)
    assert noise.std() == pytest.approx(0.3, rel=0.02)


def test_kl_sparsity_charges_by_hand():
    bench = Bench(LayerCase(KLSparsity(target=0.2, weight=3.0), (2,), (2,)))
    bench.forward(np.array([[0.1, 0.2], [0.5, 0.2]]))
    assert bench.layer.penalty(bench.work) == pytest.approx(3 * (0.2 * np.log(0.2 / 0.3) + 0.8 * np.log(0.8 / 0.7)))


def test_units_that_are_always_or_never_active_cost_much_but_not_infinitely_much():
    bench = Bench(LayerCase(KLSparsity(), (2,), (2,)), np.float32)
    bench.forward(np.array([[0, 1], [0, 1]], np.float32))
    assert 0.5 < bench.layer.penalty(bench.work) < 100
    assert np.isfinite(bench.backward(np.zeros((2, 2), np.float32))).all()


def test_activity_l1_charges_by_hand():
    bench = Bench(LayerCase(ActivityL1(0.5), (2,), (2,)))
    bench.forward(np.array([[1.0, -2], [3, 0]]))
    assert bench.layer.penalty(bench.work) == pytest.approx(0.5 * 6 / 2)


@pytest.mark.parametrize(
    ("layer", "shape", "words"),
    [
        (Conv2D(3, kernel=7), (5, 6, 1), ("conv2d", "kernel 7", "5 x 6", "padding")),
        (Conv2D(3), (30,), ("conv2d", "the input is 30", "height x width x channels")),
        (MaxPool2D(5), (4, 9, 1), ("max_pool2d", "size 5", "4 x 9")),
        (AveragePool2D(), (30,), ("average_pool2d", "the input is 30")),
        (UpSample2D(), (30,), ("upsample2d", "the input is 30")),
        (Reshape((5, 5)), (24,), ("reshape", "24", "25")),
    ],
)
def test_a_layer_names_the_sizes_it_cannot_take(layer, shape, words):
    with pytest.raises(ShapeError) as caught:
        layer.output_shape(shape)
    assert_one_sentence(caught.value, *words)


@pytest.mark.parametrize("padding", ["valid", "same", "0", "3", 2])
def test_a_padding_in_words_or_pixels(padding):
    assert Conv2D(padding=padding).padding == str(padding)


@pytest.mark.parametrize("padding", ["sam", "-1", "1.5", "", True, 1.5])
def test_a_padding_that_is_neither_is_refused(padding):
    with pytest.raises(SettingError, match="padding"):
        Conv2D(padding=padding)
