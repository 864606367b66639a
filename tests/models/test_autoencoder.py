"""Autoencoders: what encoding, decoding and reconstructing say of each other, and tied weights."""

import numpy as np
import pytest

from nnlab.errors import ShapeError
from nnlab.models.arrays import Array
from nnlab.models.autoencoder import Autoencoder, AutoencoderSettings, tied_layers
from nnlab.models.gradient_check import check_gradient
from nnlab.models.layers.activations import ReLU, Sigmoid, Tanh
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.noise import Dropout, GaussianNoise, MaskingNoise
from nnlab.models.layers.pool2d import MaxPool2D
from nnlab.models.layers.shape import Code, Flatten, Reshape
from nnlab.models.layers.sparsity import ActivityL1, KLSparsity
from nnlab.models.layers.upsample2d import UpSample2D
from tests.models.small_runs import digits_run
from tests.sentences import assert_one_sentence
from tests.targets import numbered

PICTURE = (4, 6, 1)
LABELS = np.zeros(5, np.intp)

DENSE = (Dense(8), Tanh(), Dense(3), Code(), Dense(8), Tanh(), Dense(24), Sigmoid())
FLAT_CODE = (Conv2D(3), ReLU(), Flatten(), Dense(4), Code(), Dense(24), Reshape((4, 6, 1)))

AUTOENCODERS: dict[str, tuple[AutoencoderSettings, tuple[int, ...]]] = {
    "dense": (AutoencoderSettings(DENSE), (3,)),
    "tied": (AutoencoderSettings(DENSE, tied=True), (3,)),
    "sparse": (AutoencoderSettings((Dense(9), Sigmoid(), KLSparsity(), Code(), Dense(24), Sigmoid())), (9,)),
    "denoising": (AutoencoderSettings((MaskingNoise(), Dense(9), ReLU(), Code(), Dense(24), Sigmoid())), (9,)),
    "noisy behind the code": (AutoencoderSettings((Dense(9), Code(), Dropout(), Dense(24))), (9,)),
    "convolutional": (
        AutoencoderSettings(
            (
                *(Conv2D(3, padding="same"), ReLU(), MaxPool2D(), Code()),
                *(UpSample2D(), Conv2D(1, padding="same"), Sigmoid()),
            )
        ),
        (2, 3, 3),
    ),
    "convolutional with a flat code": (AutoencoderSettings(FLAT_CODE), (4,)),
    "code at the end": (AutoencoderSettings((Dense(24), Code())), (24,)),
}


def pictures(count: int = 5, seed: int = 0) -> Array:
    return np.random.default_rng(seed).uniform(0, 1, (count, *PICTURE)).astype(np.float32)


def built(name: str, dtype=np.float32) -> Autoencoder:
    model = AUTOENCODERS[name][0].build(PICTURE, numbered(10), 1, dtype)
    model.parameters.values += np.random.default_rng(2).normal(0, 0.1, model.parameters.size).astype(dtype)
    return model


def summaries(value: tuple) -> str:
    """Layers in a line, for the name of a test."""
    return " ".join(getattr(part, "kind", str(part)) for part in value)


@pytest.fixture(params=AUTOENCODERS)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


def test_a_code_has_the_shape_of_what_comes_before_the_mark(name: str):
    model = built(name)
    assert model.code_shape == AUTOENCODERS[name][1]
    assert model.encode(pictures()).shape == (5, *AUTOENCODERS[name][1])


def test_reconstructing_is_encoding_and_decoding(name: str):
    model, x = built(name), pictures()
    reconstructed = model.reconstruct(x)
    assert reconstructed.shape == model.decode(model.encode(x)).shape
    np.testing.assert_allclose(model.decode(model.encode(x)), reconstructed, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(model.predict(x).reshape(5, -1), reconstructed.reshape(5, -1), rtol=1e-5, atol=1e-7)


def test_codes_and_pictures_outlast_the_next_call(name: str):
    model, x = built(name), pictures()
    codes, reconstructed = model.encode(x), model.reconstruct(x)
    decoded = model.decode(codes)
    kept = codes.copy(), reconstructed.copy(), decoded.copy()
    other = pictures(seed=1)
    model.decode(model.encode(other))
    model.reconstruct(other)
    for outlasting, expected in zip((codes, reconstructed, decoded), kept, strict=True):
        np.testing.assert_array_equal(outlasting, expected)


def test_codes_of_a_batch_are_those_of_its_pictures_alone(name: str):
    model, x = built(name), pictures()
    alone = np.concatenate([model.encode(x[place : place + 1]) for place in range(5)])
    np.testing.assert_allclose(model.encode(x), alone, rtol=1e-5, atol=1e-6)


def test_a_code_of_ones_own_can_be_decoded(name: str):
    model, shape = built(name), AUTOENCODERS[name][1]
    codes = np.random.default_rng(3).normal(size=(7, *shape)).astype(np.float32)
    before = codes.copy()
    decoded = model.decode(codes)
    assert len(decoded) == 7
    assert np.prod(decoded.shape[1:]) == 24
    np.testing.assert_array_equal(codes, before)
    np.testing.assert_allclose(model.decode(codes[2:3]), decoded[2:3], rtol=1e-5, atol=1e-6)


def test_the_inputs_are_the_targets_and_labels_are_not_looked_at(name: str):
    model, x = built(name, np.float64), pictures().astype(np.float64)
    loss, labels = model.evaluate(x, LABELS)
    assert labels is None
    assert loss.score_sum is None
    assert loss.loss == pytest.approx(np.mean((model.reconstruct(x) - x.reshape(model.reconstruct(x).shape)) ** 2))
    assert model.evaluate(x, LABELS + 7)[0] == loss


def test_the_gradient_agrees_with_central_differences_in_every_number(name: str):
    result = check_gradient(built(name), pictures(), LABELS)
    assert len(result.index) == built(name).parameters.size
    assert result.worst < 1e-5, f"{result.worst_name}{result.worst_position}"


def test_a_denoising_autoencoder_is_taught_the_clean_picture():
    layers = (Dense(24, initializer="zeros"), Code())
    x = pictures()
    for noise in (MaskingNoise(0.5), GaussianNoise(1.0)):
        model = AutoencoderSettings((noise, *layers)).build(PICTURE, numbered(10))
        # All weights are zero: whatever the noise does, the output is zero and the error is the clean picture.
        assert model.loss_and_gradient(x, LABELS, 1).loss == pytest.approx(np.mean(x**2), rel=1e-5)
        assert not np.allclose(
            model.parameters.gradient_view("dense1.weight"), -2 / x.size * x.reshape(5, -1).T @ x.reshape(5, -1)
        )


def test_a_sparse_autoencoder_is_charged_in_training_alone():
    free, charged = (
        AutoencoderSettings((Dense(9), Sigmoid(), KLSparsity(0.05, weight), ActivityL1(weight), Code(), Dense(24))).build(
            PICTURE, numbered(10)
        )
        for weight in (0.0, 2.0)
    )
    x = pictures()
    assert charged.evaluate(x, LABELS)[0] == free.evaluate(x, LABELS)[0]
    activity = charged.encode(x).astype(float)
    mean = activity.mean(axis=0)
    charge = 2 * (0.05 * np.log(0.05 / mean) + 0.95 * np.log(0.95 / (1 - mean))).sum() + 2 * activity.sum() / 5
    difference = charged.loss_and_gradient(x, LABELS).loss - free.loss_and_gradient(x, LABELS).loss
    assert difference == pytest.approx(charge, rel=1e-5)


def test_tied_weights_are_the_transposes_and_biases_are_not():
    model = built("tied")
    assert set(model.parameters.shapes) == {
        *("dense1.weight", "dense1.bias", "dense2.weight", "dense2.bias", "dense3.bias", "dense4.bias")
    }
    codes = model.encode(pictures()).astype(float)
    view = {name: model.parameters.view(name).astype(float) for name in model.parameters.shapes}
    hidden = np.tanh(codes @ view["dense2.weight"].T + view["dense3.bias"])
    z = hidden @ view["dense1.weight"].T + view["dense4.bias"]
    np.testing.assert_allclose(model.decode(codes.astype(np.float32)).reshape(5, -1), 1 / (1 + np.exp(-z)), rtol=1e-5)


def test_the_gradient_of_tied_weights_is_the_sum_of_both_places():
    tied, free = built("tied", np.float64), AutoencoderSettings(DENSE).build(PICTURE, numbered(10), 1, np.float64)
    for name, shape in free.parameters.shapes.items():
        mirror = {"dense3.weight": "dense2.weight", "dense4.weight": "dense1.weight"}.get(name)
        free.parameters.view(name)[...] = (tied.parameters.view(mirror).T if mirror else tied.parameters.view(name)).reshape(
            shape
        )
    x = pictures().astype(np.float64)
    assert tied.loss_and_gradient(x, LABELS).loss == pytest.approx(free.loss_and_gradient(x, LABELS).loss, rel=1e-12)
    gradient = free.parameters.gradient_view
    for name, mirror in {"dense1.weight": "dense4.weight", "dense2.weight": "dense3.weight"}.items():
        np.testing.assert_allclose(
            tied.parameters.gradient_view(name), gradient(name) + gradient(mirror).T, rtol=1e-9, atol=1e-14
        )
    for number in range(1, 5):
        np.testing.assert_allclose(
            tied.parameters.gradient_view(f"dense{number}.bias"), gradient(f"dense{number}.bias"), rtol=1e-9, atol=1e-14
        )


def test_going_back_to_the_start_takes_tied_decoders_along():
    model = AutoencoderSettings(DENSE, tied=True).build(PICTURE, numbered(10), 1)
    start = model.parameters.values.copy()
    model.parameters.values[...] = 5
    model.initialize()
    np.testing.assert_array_equal(model.parameters.values, start)


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ((Dense(6), Dense(2), Code(), Dense(24)), ("tied", "2", "1")),
        ((Dense(2), Code(), Dense(6), Dense(24)), ("tied", "1", "2")),
        ((Dense(6), Dense(2), Code(), Dense(5), Dense(24)), ("tied", "layer 4", "5 units", "expected 6", "layer 2")),
        ((Conv2D(2), Flatten(), Dense(2), Code(), Dense(24), Dense(24)), ("tied", "convolutions")),
        # Pooling makes 4 of 16 numbers: the weights of both sides have other shapes.
        (
            (Dense(16), Reshape((4, 4, 1)), MaxPool2D(), Flatten(), Dense(3), Code(), Dense(16), Dense(24)),
            ("tied", "16", "4"),
        ),
    ],
    ids=summaries,
)
def test_weights_that_cannot_be_tied_say_why(layers, words):
    settings = AutoencoderSettings(layers, tied=True)
    with pytest.raises(ShapeError) as caught:
        settings.build(PICTURE, numbered(10))
    assert_one_sentence(caught.value, *words)
    # What the untied one is, is nobody's fault.
    AutoencoderSettings(layers).check(PICTURE, numbered(10))


def test_the_first_layer_is_tied_to_the_last_and_so_on_inwards():
    layers = (Dropout(), Dense(8), Tanh(), Dense(3), Code(), Dense(8), Tanh(), Dense(24))
    assert tied_layers(layers) == {5: 3, 7: 1}


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ((Dense(6), Dense(24)), ("code layer", "0")),
        ((Code(), Dense(6), Code(), Dense(24)), ("code layer", "2")),
        ((Dense(6), Code(), Dense(23)), ("23", "24 numbers", "24 units")),
        ((Conv2D(3), Code(), UpSample2D()), ("4 x 8 x 3", "24")),
        ((Conv2D(3), Code(), Dense(24)), ("layer 3 (dense1)", "2 x 4 x 3", "flatten")),
    ],
    ids=summaries,
)
def test_layers_that_are_no_autoencoder_name_the_numbers(layers, words):
    with pytest.raises(ShapeError) as caught:
        AutoencoderSettings(layers).build(PICTURE, numbered(10))
    assert_one_sentence(caught.value, *words)


def test_cross_entropy_of_outputs_that_are_no_probabilities_says_what_fits():
    with pytest.raises(ShapeError) as caught:
        AutoencoderSettings((Dense(6), Code(), Dense(24)), "binary_cross_entropy").build(PICTURE, numbered(10))
    assert_one_sentence(caught.value, "binary_cross_entropy", "'dense'", "'sigmoid'", "mean_squared_error", "huber")


def test_targets_outside_zero_and_one_are_refused_where_the_loss_needs_probabilities():
    model = AutoencoderSettings((Dense(6), Code(), Dense(24), Sigmoid()), "binary_cross_entropy").build(
        PICTURE, numbered(10)
    )
    with pytest.raises(ShapeError) as caught:
        model.begin(2 * pictures() - 1, 0, True)
    assert_one_sentence(caught.value, "binary_cross_entropy", "0 ... 1", "scaling")


@pytest.mark.parametrize("name", ["tied", "untied"])
def test_training_makes_reconstructions_better(name: str):
    layers = (Dense(20, initializer="xavier"), Tanh(), Code(), Dense(64, initializer="xavier"), Sigmoid())
    run = digits_run(AutoencoderSettings(layers, tied=name == "tied"), optimizer="adam", learning_rate=0.01, epochs=12)
    ends = [step.epoch_end for step in run if step.epoch_end]
    assert ends[-1].validation.loss < 0.6 * ends[0].validation.loss
