"""The engine beside Keras, as layers, losses and optimizers say that they are written there."""

import os

import numpy as np
import pytest

from nnlab.models.layers import Pass, Role, Workspace
from nnlab.models.layers.batch_norm import BatchNorm
from nnlab.models.layers.noise import Dropout, GaussianNoise, MaskingNoise
from nnlab.models.losses import CrossEntropy, Hinge, Huber, Loss, MeanSquaredError, OneVsRestHinge
from nnlab.models.losses.binary_cross_entropy import BinaryCrossEntropy
from nnlab.models.optimizers import OPTIMIZERS
from nnlab.models.parameters import Parameters
from tests.models.cases import LAYER_CASES, Bench, LayerCase, inputs_of, output_gradient_of
from tests.models.written import names_in

pytestmark = pytest.mark.peers
pytest.importorskip("torch")
os.environ["KERAS_BACKEND"] = "torch"
keras = pytest.importorskip("keras")
torch = pytest.importorskip("torch")


# Keras multiplies in single precision, whatever it is asked for.
NEAR = {"rtol": 1e-4, "atol": 1e-5}


def keras_model(layer, input_shape):
    """A layer as its row has it."""
    row = layer.written_in("keras", input_shape) or "layers.Identity()"
    return eval(f"keras.Sequential([keras.Input({input_shape!r}), {row}])", names_in("keras"))


DRAWING = [case for case in LAYER_CASES if case.draws]
PLAIN = [case for case in LAYER_CASES if not case.draws]


@pytest.mark.parametrize("case", PLAIN, ids=str)
def test_outputs_and_gradients_of_a_layer_are_those_of_keras(case: LayerCase):
    bench, x, dy = Bench(case), inputs_of(case), output_gradient_of(case)
    bench.parameters.values += np.random.default_rng(6).normal(size=bench.parameters.size)
    model = keras_model(case.layer, case.input_shape)
    assert [tuple(variable.shape) for variable in model.trainable_variables] == list(bench.parameters.shapes.values())
    for variable, name in zip(model.trainable_variables, bench.parameters.shapes, strict=True):
        variable.assign(bench.parameters.view(name))
    theirs_x = torch.tensor(x, dtype=torch.float32, requires_grad=True)
    y = model(theirs_x, training=True)
    charge = sum(model.losses)
    ((y * torch.from_numpy(dy)).sum() + charge).backward()
    np.testing.assert_allclose(bench.forward(x), y.detach().numpy(), **NEAR)
    assert case.layer.penalty(bench.work) == pytest.approx(torch.as_tensor(charge).item(), rel=1e-4, abs=1e-300)
    np.testing.assert_allclose(bench.backward(dy), theirs_x.grad.numpy(), **NEAR)
    for variable, name in zip(model.trainable_variables, bench.parameters.shapes, strict=True):
        np.testing.assert_allclose(bench.parameters.gradient_view(name), variable.value.grad.numpy(), **NEAR, err_msg=name)


@pytest.mark.parametrize("case", DRAWING, ids=str)
def test_what_draws_lets_everything_through_while_predicting(case: LayerCase):
    bench, x = Bench(case, training=False), inputs_of(case)
    model = keras_model(case.layer, case.input_shape)
    if case.layer.role is Role.DISTURBS:
        np.testing.assert_allclose(model(x, training=False).numpy(), bench.forward(x), **NEAR)


@pytest.mark.parametrize("layer", [Dropout(0.3), MaskingNoise(0.3), GaussianNoise(0.3)], ids=str)
def test_what_draws_does_so_as_often_and_as_much(layer):
    x = np.ones((400, 50))
    bench = Bench(LayerCase(layer, (50,), (50,)))
    ours, theirs = bench.forward(x), keras_model(layer, (50,))(x, training=True).detach().numpy()
    assert theirs.mean() == pytest.approx(ours.mean(), abs=0.02)
    assert theirs.std() == pytest.approx(ours.std(), abs=0.02)


@pytest.mark.parametrize("shape", [(6,), (3, 4, 2), (1, 1, 3)], ids=str)
def test_running_statistics_are_those_of_keras_after_several_steps(shape: tuple[int, ...]):
    case = LayerCase(BatchNorm(momentum=0.3), shape, shape)
    bench, theirs = Bench(case), keras_model(case.layer, shape)
    # The last batch is of one example, which may have no variance.
    for seed, count in enumerate((4, 5, 6, 1)):
        x = 3 + 2 * inputs_of(case, batch=count, seed=seed)
        np.testing.assert_allclose(bench.forward(x), theirs(x, training=True).detach().numpy(), **NEAR)
    mean, variance = (variable.value.detach().numpy() for variable in theirs.non_trainable_variables)
    np.testing.assert_allclose(bench.buffers.view("mean"), mean, **NEAR)
    np.testing.assert_allclose(bench.buffers.view("variance"), variance, **NEAR)
    bench.work.circumstances.training = False
    np.testing.assert_allclose(bench.forward(x), theirs(x, training=False).detach().numpy(), **NEAR)


LABELS, VALUES = np.arange(9) % 4, np.random.default_rng(1).uniform(0, 1, (9, 4))


@pytest.mark.parametrize(
    ("loss", "targets"),
    [
        (CrossEntropy(), LABELS),
        (CrossEntropy(0.2), LABELS),
        (MeanSquaredError(), LABELS),
        (MeanSquaredError(), VALUES),
        (BinaryCrossEntropy(), LABELS),
        (BinaryCrossEntropy(), VALUES),
        (Huber(0.3), VALUES),
        (Hinge(), LABELS),
        (OneVsRestHinge(), LABELS),
    ],
    ids=str,
)
def test_a_loss_and_its_gradient_are_those_of_keras(loss: Loss, targets: np.ndarray):
    outputs = np.random.default_rng(0).normal(0, 2, (9, 4))
    theirs = torch.tensor(outputs, dtype=torch.float32, requires_grad=True)
    row = loss.written_in("keras", targets.ndim == 1)
    expected = eval(row, names_in("keras") | {"outputs": theirs, "targets": torch.from_numpy(targets)})
    expected.backward()
    work = Workspace("loss", {}, {}, {}, np.float64, Pass(training=True))
    assert loss.forward(outputs, targets, work).loss == pytest.approx(expected.item(), rel=1e-4)
    np.testing.assert_allclose(loss.backward(outputs, targets, work), theirs.grad.numpy(), **NEAR)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_steps_at_changing_rates_end_at_the_weights_of_keras(name: str):
    rule, rng = OPTIMIZERS[name](), np.random.default_rng(2)
    ours = Parameters({"weight": (4, 3), "bias": (3,)}, np.float64)
    ours.values[:] = rng.normal(size=ours.size)
    theirs = [keras.Variable(ours.view(part), dtype="float32") for part in ours.shapes]
    optimizer = eval(rule.written_in("keras", "0.1"), names_in("keras"))
    vectors = {vector: np.zeros(ours.size) for vector in (*rule.vectors, "scratch")}
    for step in range(1, 21):
        rate = 0.01 / step
        ours.gradient[:] = rng.normal(0, 1e-3, ours.size)
        optimizer.learning_rate = rate
        gradients = [torch.from_numpy(ours.gradient_view(part)).float() for part in ours.shapes]
        with torch.no_grad():
            optimizer.apply(gradients, theirs)
        rule.update(ours, vectors, rate, step)
    for part, variable in zip(ours.shapes, theirs, strict=True):
        np.testing.assert_allclose(ours.view(part), variable.value.detach().numpy(), rtol=1e-5, atol=1e-6, err_msg=part)
