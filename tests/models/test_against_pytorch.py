"""The engine beside PyTorch: the same weights and batch give the same loss, gradient and updates, in double precision."""

import numpy as np
import pytest

from nnlab.models.layers import LAYERS, Pass, Workspace
from nnlab.models.layers.batch_norm import BatchNorm
from nnlab.models.layers.pool2d import MaxPool2D
from nnlab.models.losses import LOSSES, CrossEntropy, Huber
from nnlab.models.optimizers import OPTIMIZERS
from nnlab.models.regularizers import L1, L2, ElasticNet, NoPenalty, Penalty, clip_gradient
from tests.models.cases import LAYER_CASES, STACKS, Bench, LayerCase, Stack, inputs_of, output_gradient_of
from tests.models.torch_twins import (
    assert_gradients_agree,
    drawn_in,
    loss_there,
    optimizer_there,
    penalise_there,
    torch,
    torch_layer,
    torch_loss,
    torch_module,
    torch_parameters,
)

pytestmark = pytest.mark.peers

RATE = 0.01
STEPS = 20
FOR_OPTIMIZERS = next(stack for stack in STACKS if stack.hidden == "deep" and stack.end.loss == "cross_entropy")


def test_every_layer_and_loss_stands_in_some_stack():
    assert {layer.kind for stack in STACKS for layer in stack.build().layers} == set(LAYERS)
    assert {stack.end.loss for stack in STACKS} == set(LOSSES)


@pytest.mark.parametrize("case", LAYER_CASES, ids=str)
def test_outputs_and_gradients_of_a_layer_are_those_of_pytorch(case: LayerCase):
    bench, x, dy = Bench(case), inputs_of(case), output_gradient_of(case)
    bench.parameters.values += np.random.default_rng(6).normal(size=bench.parameters.size)
    own = {name: torch.tensor(bench.parameters.view(name).copy(), requires_grad=True) for name in bench.parameters.shapes}
    bench.forward(x)
    given = drawn_in(case.layer, bench.work, 0, 0)
    theirs_x = torch.tensor(x, requires_grad=True)
    y, charge = torch_layer(case.layer, theirs_x, own | given)
    ((y * torch.from_numpy(dy)).sum() + charge).backward()

    np.testing.assert_allclose(bench.forward(x), y.detach().numpy(), rtol=1e-10, atol=1e-12)
    assert case.layer.penalty(bench.work) == pytest.approx(torch.as_tensor(charge).item(), rel=1e-10, abs=1e-300)
    np.testing.assert_allclose(bench.backward(dy), theirs_x.grad.numpy(), rtol=1e-8, atol=1e-11)
    for name, tensor in own.items():
        np.testing.assert_allclose(
            bench.parameters.gradient_view(name), tensor.grad.numpy(), rtol=1e-8, atol=1e-11, err_msg=name
        )


@pytest.mark.parametrize("stack", STACKS, ids=str)
def test_loss_and_gradient_are_those_of_pytorch(stack: Stack):
    model, (inputs, targets) = stack.build(), stack.batch()
    tensors = torch_parameters(model)
    expected = torch_loss(model, tensors, inputs, targets, step=7)
    expected.backward()
    assert model.loss_and_gradient(inputs, targets, 7).loss == pytest.approx(expected.item(), rel=1e-5)
    assert_gradients_agree(model, tensors)


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
def test_smoothed_labels_are_those_of_pytorch(smoothing: float):
    logits, labels = np.random.default_rng(0).normal(size=(9, 4)), np.arange(9) % 4
    theirs = torch.tensor(logits, requires_grad=True)
    expected = torch.nn.functional.cross_entropy(theirs, torch.from_numpy(labels), label_smoothing=smoothing)
    expected.backward()
    work, loss = Workspace("loss", {}, {}, {}, np.float64, Pass()), CrossEntropy(label_smoothing=smoothing)
    assert loss.forward(logits, labels, work).loss == pytest.approx(expected.item(), rel=1e-5)
    np.testing.assert_allclose(loss.backward(logits, labels, work), theirs.grad.numpy(), rtol=1e-5, atol=1e-14)


@pytest.mark.parametrize("delta", [0.1, 1.0, 3.0])
def test_huber_bends_where_that_of_pytorch_does(delta: float):
    rng, loss = np.random.default_rng(0), Huber(delta=delta)
    outputs, targets = rng.normal(0, 2, (9, 4)), rng.normal(0, 2, (9, 4))
    theirs = torch.tensor(outputs, requires_grad=True)
    expected = loss_there(loss, theirs, torch.from_numpy(targets))
    expected.backward()
    work = Workspace("loss", {}, {}, {}, np.float64, Pass())
    assert loss.forward(outputs, targets, work).loss == pytest.approx(expected.item(), rel=1e-5)
    np.testing.assert_allclose(loss.backward(outputs, targets, work), theirs.grad.numpy(), rtol=1e-5, atol=1e-14)


@pytest.mark.parametrize(("size", "stride"), [(2, 2), (3, 2), (3, 1), (2, 3)])
def test_of_equal_numbers_in_a_patch_the_same_one_wins_as_in_pytorch(size: int, stride: int):
    # Three possible values: nearly every patch has a tie at the top.
    layer, rng = MaxPool2D(size, stride), np.random.default_rng(0)
    x = rng.integers(0, 3, (4, 9, 8, 3)).astype(float)
    case = LayerCase(layer, x.shape[1:], layer.output_shape(x.shape[1:]))
    bench, dy = Bench(case), output_gradient_of(case, batch=4)
    theirs = torch.tensor(x, requires_grad=True)
    y, _ = torch_layer(layer, theirs, {})
    y.backward(torch.from_numpy(dy))
    np.testing.assert_array_equal(bench.forward(x), y.detach().numpy())
    np.testing.assert_allclose(bench.backward(dy), theirs.grad.numpy(), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("shape", [(6,), (3, 4, 2), (4, 2), (1, 1, 3)], ids=str)
@pytest.mark.parametrize("momentum", [0.1, 0.7])
def test_running_statistics_are_those_of_pytorch_after_several_steps(shape: tuple[int, ...], momentum: float):
    case = LayerCase(BatchNorm(momentum=momentum), shape, shape)
    bench, theirs = Bench(case), torch_module(case.layer, shape)
    # The last batch is of one example, which may have no variance.
    for seed, count in enumerate((4, 5, 6, 7, 1)):
        x = 3 + 2 * inputs_of(case, batch=count, seed=seed)
        np.testing.assert_allclose(bench.forward(x), made_by(theirs, x), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(bench.buffers.view("mean"), theirs.running_mean.numpy(), rtol=1e-10)
    np.testing.assert_allclose(bench.buffers.view("variance"), theirs.running_var.numpy(), rtol=1e-10)
    bench.work.circumstances.training = False
    np.testing.assert_allclose(bench.forward(x), made_by(theirs.eval(), x), rtol=1e-10, atol=1e-12)


def made_by(module, x):
    """Of a batch with the channels last."""
    with torch.no_grad():
        return module(torch.from_numpy(x).movedim(-1, 1)).movedim(1, -1).numpy()


@pytest.mark.parametrize("largest", [0.01, 1.0, 1e3])
def test_a_clipped_gradient_is_that_of_pytorch(largest: float):
    vector = np.random.default_rng(0).normal(size=50)
    theirs = torch.zeros(50, dtype=torch.float64, requires_grad=True)
    theirs.grad = torch.tensor(vector.copy())
    norm = torch.nn.utils.clip_grad_norm_([theirs], largest)
    assert clip_gradient(vector, largest) == pytest.approx(norm.item(), rel=1e-10)
    # PyTorch divides by the norm and a millionth.
    np.testing.assert_allclose(vector, theirs.grad.numpy(), rtol=1e-5)


@pytest.mark.parametrize("penalty", [NoPenalty(), L2(0.1), L1(0.01), ElasticNet(l1=0.01, l2=0.1)], ids=str)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_twenty_steps_end_at_the_weights_of_pytorch(name: str, penalty: Penalty):
    model = FOR_OPTIMIZERS.build()
    tensors = torch_parameters(model)
    theirs, ours = optimizer_there(OPTIMIZERS[name](), tensors, RATE), OPTIMIZERS[name]()
    vectors = {vector: np.zeros(model.parameters.size) for vector in (*ours.vectors, "scratch")}
    for step in range(1, STEPS + 1):
        inputs, targets = FOR_OPTIMIZERS.batch(seed=step)
        theirs.zero_grad()
        torch_loss(model, tensors, inputs, targets).backward()
        penalise_there(penalty, tensors)
        theirs.step()
        model.loss_and_gradient(inputs, targets)
        penalty.add_gradient(model.parameters, vectors["scratch"])
        ours.update(model.parameters, vectors, RATE, step)
    for key, tensor in tensors.items():
        np.testing.assert_allclose(model.parameters.view(key), tensor.detach().numpy(), rtol=1e-5, atol=1e-10, err_msg=key)
