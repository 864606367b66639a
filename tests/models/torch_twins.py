"""What PyTorch computes for every layer, loss and network of the engine, by how they say that they are written there."""

from types import SimpleNamespace

import numpy as np
import pytest

from nnlab.models.arrays import Array
from nnlab.models.autoencoder import Autoencoder
from nnlab.models.layers import Layer, Pass, Role, Workspace
from nnlab.models.losses import Loss
from nnlab.models.network import Network
from nnlab.models.optimizers import Optimizer
from nnlab.models.regularizers import Penalty
from tests.models.written import names_in

torch = pytest.importorskip("torch")


class Given(torch.nn.Module):
    """In the place of a layer that draws: with the numbers that the engine has drawn for it."""

    def __init__(self, factor, offset):
        super().__init__()
        self.factor, self.offset = factor, offset

    def forward(self, x):
        return x * self.factor + self.offset


def torch_module(layer: Layer, input_shape: tuple[int, ...], own: dict | None = None):
    """The layer as its row has it, in double precision and training; layers that draw are given what the engine drew."""
    drawn = {key.rpartition("factor")[0]: tensor for key, tensor in (own or {}).items() if key.endswith("factor")}
    given = iter([Given(as_there(tensor), as_there(own[f"{name}offset"])) for name, tensor in drawn.items()])
    names = names_in("torch")
    if drawn:
        draws = {name: lambda setting: next(given) for name in ("MaskingNoise", "GaussianNoise")}
        plain = {name: value for name, value in vars(torch.nn).items() if not name.startswith("_")}
        names |= draws | {"nn": SimpleNamespace(**plain | {"Dropout": lambda rate: next(given)})}
    return eval(layer.written_in("torch", input_shape) or "nn.Identity()", names).double()


def torch_layer(layer: Layer, x, own):
    """What a layer makes of x (N, ..., channels) with its own tensors, and what it charges for it."""
    module = torch_module(layer, tuple(x.shape[1:]), own)
    learned = {key: tensor for key, tensor in own.items() if not key.endswith(("factor", "offset"))}
    names = [name for name, _ in module.named_parameters()]
    # By order: names of scale and shift are others there.
    there = {name: in_axes_there(tensor) for name, tensor in zip(names, learned.values(), strict=True)}
    y = torch.func.functional_call(module, there, (as_there(x),))
    return y.movedim(1, -1), sum(getattr(part, "charge", 0.0) for part in module.modules())


def as_there(x):
    """A batch with the channels before rows and columns."""
    return x.movedim(-1, 1).contiguous()


def in_axes_there(tensor):
    """A weight as PyTorch has it: outputs first."""
    return tensor.permute(3, 2, 0, 1) if tensor.ndim == 4 else tensor.t()


def drawn_in(layer: Layer, work: Workspace, seed: int, step: int) -> dict:
    """What a layer draws that was given a batch in this workspace, and what the layers inside of it draw."""
    drawn = drawn_by(layer, work.name, work.x, seed, step)
    for name, inner in layer.inner_layers:
        drawn |= {f"{name}.{key}": tensor for key, tensor in drawn_in(inner, work.inner(name), seed, step).items()}
    return drawn


def drawn_by(layer: Layer, name: str, x: Array, seed: int, step: int) -> dict:
    """What a layer of this name draws at this step for a batch that lies in memory as x does: factors and offsets.

    Of x = 0 it makes the offset, of x = 1 factor and offset together.
    """
    if layer.role is not Role.DISTURBS:
        return {}
    work = Workspace(name, {}, {}, {}, np.float64, Pass(training=True, seed=seed, step=step))
    offset = layer.forward(np.zeros_like(x), work).copy()
    factor = layer.forward(np.ones_like(x), work) - offset
    return {"factor": torch.from_numpy(factor), "offset": torch.from_numpy(offset)}


def torch_parameters(model: Network) -> dict:
    """Copies of the model's tensors that PyTorch differentiates."""
    return {name: torch.tensor(model.parameters.view(name).copy(), requires_grad=True) for name in model.parameters.shapes}


def own_tensors(model: Network, tensors: dict, place: int) -> dict:
    """The tensors of one layer by their short names; those of a tied decoder are its encoder's, transposed."""
    name = model.names[place]
    own = {key.removeprefix(f"{name}."): tensor for key, tensor in tensors.items() if key.startswith(f"{name}.")}
    tied = model.tied if isinstance(model, Autoencoder) else {}
    return ({"weight": tensors[f"{model.names[tied[place]]}.weight"].T} if place in tied else {}) | own


def torch_loss(model: Network, tensors: dict, inputs: Array, targets: Array, step: int = 0):
    """The loss with all charges, by autograd's rules."""
    model.predict(inputs)
    works = model._workspace(len(inputs))
    y, charges = torch.from_numpy(inputs), 0.0
    # The last layer may be a part of the loss.
    for place, layer in enumerate(model.layers[: len(model.layers) - (model.loss.fused_with is not None)]):
        own = own_tensors(model, tensors, place) | drawn_in(layer, works[place], model.seed, step)
        y, charge = torch_layer(layer, y, own)
        charges = charges + charge
    return loss_there(model.loss, y, torch.from_numpy(targets)) + charges


def loss_there(loss: Loss, outputs, targets):
    """Of what goes into the last layer where the loss contains it, else of the outputs."""
    row = loss.written_in("torch", not targets.dtype.is_floating_point)
    return eval(row, names_in("torch") | {"outputs": outputs, "targets": targets})


def optimizer_there(rule: Optimizer, tensors: dict, rate: float):
    """PyTorch's rule for these tensors."""
    return eval(rule.written_in("torch", "rate"), names_in("torch") | {"parameters": list(tensors.values()), "rate": rate})


def penalise_there(penalty: Penalty, tensors: dict) -> None:
    """Let the gradients of the weights grow by the penalty's."""
    for weight in (tensor for tensor in tensors.values() if tensor.ndim >= 2):
        for line in penalty.written_in("torch"):
            eval(line, {"weight": weight.detach(), "gradient": weight.grad})


def assert_gradients_agree(model: Network, tensors: dict) -> None:
    """Every tensor's gradient within a relative 1e-5; entries that cancel to nothing within rounding."""
    assert model.parameters.dtype == np.float64
    largest = np.abs(model.parameters.gradient).max()
    for name, tensor in tensors.items():
        np.testing.assert_allclose(
            model.parameters.gradient_view(name), tensor.grad.numpy(), rtol=1e-5, atol=1e-12 * largest, err_msg=name
        )
