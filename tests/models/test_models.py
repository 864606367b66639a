"""Every kind of model, from its row in MODEL_CASES: it answers the one question about a batch, and does nothing besides."""

from collections.abc import Iterator

import numpy as np
import pytest

from nnlab.errors import SettingError, ShapeError
from nnlab.models import MODELS, MLPSettings, model_from_table
from nnlab.models.arrays import Array
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.cnn import CNNSettings
from nnlab.models.deep_belief import DeepBeliefSettings
from nnlab.models.gradient_check import TOLERANCE, check_gradient
from nnlab.models.layers.activations import ReLU, Sigmoid, Softmax, Tanh
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.pool2d import MaxPool2D
from nnlab.models.layers.shape import Code, Flatten, Reshape
from nnlab.models.layers.sparsity import KLSparsity
from nnlab.models.linear_svm import LinearSVMSettings
from nnlab.models.losses import CrossEntropy, Huber
from nnlab.models.model import Model, ModelSettings
from nnlab.models.rbm_settings import RBMSettings
from tests.sentences import assert_one_sentence
from tests.targets import numbered

CLASSES = 3
PICTURE = (4, 4, 1)

MODEL_CASES: list[ModelSettings] = [
    MLPSettings((Dense(5), Sigmoid(), Dense(3), Softmax())),
    MLPSettings((Dense(5), Tanh(), Dense(3), Softmax()), CrossEntropy(0.1)),
    MLPSettings((Dense(3),), Huber(0.5)),
    CNNSettings((Conv2D(3), Tanh(), MaxPool2D(), Flatten(), Dense(3), Softmax())),
    AutoencoderSettings((Dense(6), Tanh(), Dense(2), Code(), Dense(6), Tanh(), Dense(16), Sigmoid())),
    AutoencoderSettings((Dense(6), Tanh(), Dense(2), Code(), Dense(6), Tanh(), Dense(16), Sigmoid()), tied=True),
    AutoencoderSettings((Conv2D(2), Flatten(), Dense(2), Code(), Dense(16), Reshape((4, 4, 1))), "huber"),
    RBMSettings(hidden=5),
    RBMSettings(hidden=5, visible_units="gaussian", visible_states="sampled", cd_steps=2),
    RBMSettings(hidden=5, persistent=True, chains=7, sparsity_cost=0.1),
    DeepBeliefSettings((5, 2)),
    DeepBeliefSettings((5, 2), pretrain_epochs=0, loss="mean_squared_error"),
    LinearSVMSettings(),
    LinearSVMSettings("hinge"),
]


def built(settings: ModelSettings, seed: int = 1, dtype=np.float32) -> Model:
    return settings.build(PICTURE, numbered(CLASSES), seed, dtype)


def batch(count: int = 8, seed: int = 0) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    return rng.uniform(0.05, 0.95, (count, *PICTURE)).astype(np.float32), rng.integers(0, CLASSES, count)


def started(settings: ModelSettings) -> Model:
    """As training finds it: shown the data, and with parameters none of which is zero."""
    model = built(settings)
    model.begin(batch()[0], 0, True)
    values = model.parameters.values
    values += np.random.default_rng(5).normal(0, 0.2, values.shape).astype(values.dtype)
    return model


@pytest.fixture(params=range(len(MODEL_CASES)), ids=lambda place: f"{MODEL_CASES[place].kind}-{place}")
def settings(request: pytest.FixtureRequest) -> ModelSettings:
    return MODEL_CASES[request.param]


def test_every_kind_of_model_has_a_row():
    assert {settings.kind for settings in MODEL_CASES} == set(MODELS)
    assert all(model.kind == kind for kind, model in MODELS.items())


def test_a_model_comes_back_from_its_table(settings: ModelSettings):
    assert model_from_table(settings.to_table()) == settings
    assert model_from_table({"kind": settings.kind}) == type(settings)()


def test_as_many_parameters_are_foretold_as_are_built(settings: ModelSettings):
    assert settings.parameter_count(PICTURE, numbered(CLASSES)) == built(settings).parameters.size


def test_the_same_seed_gives_the_same_bits_another_gives_others(settings: ModelSettings):
    one, same, other = (built(settings, seed) for seed in (1, 1, 2))
    assert one.parameters.values.tobytes() == same.parameters.values.tobytes()
    if one.parameters.values.any():
        assert one.parameters.values.tobytes() != other.parameters.values.tobytes()


def test_a_step_has_a_finite_loss_and_a_gradient_for_its_number_alone(settings: ModelSettings):
    answers = []
    for _ in range(2):
        model, (inputs, targets) = started(settings), batch()
        result = model.loss_and_gradient(inputs, targets, 3)
        answers.append((result, model.parameters.gradient.tobytes()))
        assert np.isfinite(result.loss)
        assert np.isfinite(model.parameters.gradient).all()
        assert model.parameters.gradient.any()
    assert answers[0] == answers[1]


def test_a_pass_leaves_inputs_targets_and_parameters_alone(settings: ModelSettings):
    model, (inputs, targets) = started(settings), batch()
    inputs.flags.writeable = targets.flags.writeable = False
    before = model.parameters.values.copy()
    model.loss_and_gradient(inputs, targets)
    model.evaluate(inputs, targets)
    np.testing.assert_array_equal(model.parameters.values, before)


def test_a_replica_answers_the_same_and_shares_nothing(settings: ModelSettings):
    model, (inputs, targets) = started(settings), batch()
    copy = model.replica()
    assert copy.loss_and_gradient(inputs, targets, 2) == model.loss_and_gradient(inputs, targets, 2)
    np.testing.assert_array_equal(copy.parameters.gradient, model.parameters.gradient)
    assert not np.shares_memory(copy.parameters.values, model.parameters.values)
    expected = model.evaluate(inputs, targets)[0]
    copy.parameters.values[...] = 0
    copy.buffers.values[...] = 0
    assert model.evaluate(inputs, targets)[0] == expected


def test_the_exact_part_of_the_gradient_agrees_with_central_differences(settings: ModelSettings):
    result = check_gradient(started(settings), *batch())
    assert result.worst < TOLERANCE, f"{result.worst_name}{result.worst_position}"


def test_labels_are_predicted_where_the_model_has_classes(settings: ModelSettings):
    _, predictions = started(settings).evaluate(*batch())
    assert (predictions is not None) == settings.predicts_targets
    if predictions is not None:
        assert set(predictions) <= set(range(CLASSES))


def test_single_precision_stays_single(settings: ModelSettings):
    model = started(settings)
    model.loss_and_gradient(*batch())
    assert model.parameters.values.dtype == model.parameters.gradient.dtype == np.float32


def test_batches_of_many_sizes_between_each_other_change_nothing(settings: ModelSettings):
    model = started(settings)
    for count in (8, 3, 1, 8, 5, 4, 2, 7, 6, 9, 8, 3):
        fresh = started(settings)
        fresh.buffers.values[...] = model.buffers.values
        inputs, targets = batch(count, seed=count)
        assert model.loss_and_gradient(inputs, targets) == fresh.loss_and_gradient(inputs, targets)
        np.testing.assert_array_equal(model.parameters.gradient, fresh.parameters.gradient)


def test_a_check_before_building_passes_what_can_be_built(settings: ModelSettings):
    settings.check(PICTURE, numbered(CLASSES))


MISFITS = [
    (MLPSettings(()), ("no layers",)),
    (MLPSettings((Dense(4), Softmax())), ("4 outputs", "3 classes", "3 units")),
    (MLPSettings((Dense(3), Sigmoid())), ("'sigmoid'", "'softmax'")),
    (MLPSettings((Dense(3), ReLU(), Dense(1), Softmax())), ("layer 4 (softmax1)",)),
    (CNNSettings((Conv2D(3, kernel=5), Flatten(), Dense(3), Softmax())), ("layer 1 (conv2d1)", "kernel 5", "4 x 4")),
    (CNNSettings((Conv2D(3), Dense(3), Softmax())), ("layer 2 (dense1)", "2 x 2 x 3", "flatten")),
    (CNNSettings((Conv2D(3), Conv2D(3), Flatten(), Dense(3), Softmax())), ("layer 2 (conv2d2)", "kernel 3", "2 x 2")),
    (CNNSettings((Conv2D(3), MaxPool2D(3), Flatten(), Dense(3), Softmax())), ("layer 2 (max_pool2d1)", "size 3", "2 x 2")),
    (CNNSettings((Flatten(), Reshape((3, 3, 2)), Conv2D(3))), ("layer 2 (reshape1)", "16", "18")),
    (CNNSettings((Conv2D(3),), "mean_squared_error"), ("2 x 2 x 3", "flatten")),
    (CNNSettings((Conv2D(3),), "hinge"), ("2 x 2 x 3", "flatten")),
    (
        CNNSettings((Conv2D(3), Sigmoid(), KLSparsity(), Flatten(), Dense(3), Softmax())),
        ("kl_sparsity1", "2 x 2 x 3", "flatten"),
    ),
    (
        CNNSettings((Flatten(), Conv2D(3), Flatten(), Dense(3), Softmax())),
        ("layer 2 (conv2d1)", "16", "height x width x channels"),
    ),
    (MLPSettings((ReLU(), Softmax())), ("16 outputs", "3 classes")),
    (MLPSettings((Dense(100_000), Dense(100_000), Dense(3), Softmax())), ("10,002,100,003", "parameters", "500,000,000")),
    (DeepBeliefSettings((100_000, 100_000)), ("parameters", "500,000,000")),
    (DeepBeliefSettings(()), ("hidden",)),
    (AutoencoderSettings((Dense(2), Dense(16))), ("one code layer", "0")),
    (AutoencoderSettings((Dense(2), Code(), Code(), Dense(16))), ("one code layer", "2")),
    (AutoencoderSettings((Dense(2), Code(), Dense(15))), ("15", "16")),
    (AutoencoderSettings((Dense(6), Dense(2), Code(), Dense(16)), tied=True), ("tied", "2", "1")),
    (AutoencoderSettings((Dense(6), Dense(2), Code(), Dense(5), Dense(16)), tied=True), ("tied", "5", "6")),
]


def refusals(settings: ModelSettings) -> Iterator[str]:
    for question in (settings.check, settings.build):
        with pytest.raises(ShapeError) as caught:
            question(PICTURE, numbered(CLASSES))
        yield str(caught.value)


@pytest.mark.parametrize(
    ("settings", "words"), MISFITS, ids=lambda value: "-".join(value) if isinstance(value, tuple) else value.kind
)
def test_what_does_not_fit_is_told_alike_before_and_while_building(settings: ModelSettings, words: tuple[str, ...]):
    checked, tried = refusals(settings)
    assert checked == tried
    assert_one_sentence(ShapeError(checked), *words)


def test_a_convolutional_network_needs_pictures():
    with pytest.raises(ShapeError, match=r"needs pictures.*mlp"):
        CNNSettings().check((2,), numbered(CLASSES))


def test_an_rbm_of_binary_units_refuses_inputs_outside_their_range():
    with pytest.raises(ShapeError) as caught:
        built(RBMSettings(hidden=5)).begin(2 * batch()[0], 0, True)
    assert_one_sentence(caught.value, "rbm", "0 ... 1", "scaling", "gaussian")
    built(RBMSettings(hidden=5, visible_units="gaussian")).begin(2 * batch()[0], 0, True)


def test_an_unknown_kind_of_model_names_the_nearest():
    with pytest.raises(SettingError, match=r"model\.kind: 'mpl'.*did you mean 'mlp'"):
        model_from_table({"kind": "mpl"})


@pytest.mark.parametrize("settings", MODEL_CASES, ids=str)
@pytest.mark.parametrize(("classes", "words"), [(0, "no labels"), (1, "one class")])
def test_only_models_that_learn_without_labels_take_data_without_classes(settings: ModelSettings, classes: int, words: str):
    if not settings.predicts_targets:
        settings.check(PICTURE, numbered(classes))
        return
    with pytest.raises(ShapeError) as caught:
        settings.check(PICTURE, numbered(classes))
    assert_one_sentence(caught.value)
    assert words in str(caught.value)
