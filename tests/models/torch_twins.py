"""What PyTorch computes for every layer, loss and network of the engine, in tables like the engine's own."""

import math
from collections.abc import Iterator

import numpy as np
import pytest

from nnlab.models.arrays import Array
from nnlab.models.autoencoder import Autoencoder
from nnlab.models.layers import Layer, Pass, Role, Workspace
from nnlab.models.losses import Loss
from nnlab.models.network import Network

torch = pytest.importorskip("torch")
functional = torch.nn.functional

# Given the layer, its input and its own tensors. Pictures are (N, H, W, C) here and (N, C, H, W) there. Layers that
# change nothing, or whose NumPy line is PyTorch's as well, need no row.
TORCH_LAYERS = {
    "dense": lambda layer, x, own: x @ own["weight"] + own["bias"],
    "conv2d": lambda layer, x, own: as_pictures(
        lambda x: functional.conv2d(
            functional.pad(x, zeros_around(layer, x)), own["weight"].permute(3, 2, 0, 1), own["bias"], layer.stride
        ),
        x,
    ),
    "residual": lambda layer, x, own: x + torch_branch(layer.named_branches[0], x, own),
    "parallel": lambda layer, x, own: merged(layer, [torch_branch(branch, x, own) for branch in layer.named_branches]),
    "max_pool2d": lambda layer, x, own: as_pictures(lambda x: functional.max_pool2d(x, layer.size, layer.stride), x),
    "average_pool2d": lambda layer, x, own: as_pictures(lambda x: functional.avg_pool2d(x, layer.size, layer.stride), x),
    "upsample2d": lambda layer, x, own: as_pictures(lambda x: functional.interpolate(x, scale_factor=layer.factor), x),
    "flatten": lambda layer, x, own: x.flatten(1),
    "reshape": lambda layer, x, own: x.reshape(len(x), *layer.shape),
    "relu": lambda layer, x, own: torch.relu(x),
    "leaky_relu": lambda layer, x, own: functional.leaky_relu(x, layer.slope),
    "elu": lambda layer, x, own: functional.elu(x, layer.alpha),
    "gelu": lambda layer, x, own: functional.gelu(x, approximate="tanh"),
    "softplus": lambda layer, x, own: functional.softplus(x),
    "sigmoid": lambda layer, x, own: torch.sigmoid(x),
    "tanh": lambda layer, x, own: torch.tanh(x),
    "softmax": lambda layer, x, own: torch.softmax(x, dim=1),
    "batch_norm": lambda layer, x, own: batch_norm(layer, x, own, None, None),
}


def torch_branch(branch, x, own):
    """Layers inside of another, whose tensors are named so: dense1.weight."""
    for name, layer in branch:
        x = torch_layer(layer, x, {key.removeprefix(f"{name}."): own[key] for key in own if key.startswith(f"{name}.")})
    return x


def merged(layer: Layer, outputs: list):
    return sum(outputs) if layer.merge == "sum" else torch.cat(outputs, -1)


def torch_layer(layer: Layer, x, own):
    """What a layer makes of x: by its row; else by what it draws, or by its own NumPy line with PyTorch's functions."""
    if layer.kind in TORCH_LAYERS:
        return TORCH_LAYERS[layer.kind](layer, x, own)
    if layer.role is Role.DISTURBS:
        return x * own["factor"] + own["offset"]
    return eval(layer.numpy_line(tuple(x.shape[1:])), {"np": torch, "x": x, **own})


# What layers add to the loss, given their input.
TORCH_CHARGES = {
    "kl_sparsity": lambda layer, x: layer.weight * bernoulli_divergence(layer.target, x.mean(0)).sum(),
    "activity_l1": lambda layer, x: layer.weight * x.abs().sum() / len(x),
}

# Of the last layer's outputs: unfused, so that the fused derivatives are held against the chain rule.
TORCH_LOSSES = {
    "cross_entropy": lambda loss, y, t: smoothed_cross_entropy(torch.log(y), t, loss.label_smoothing),
    "mean_squared_error": lambda loss, y, t: functional.mse_loss(y, as_values(y, t)),
    "binary_cross_entropy": lambda loss, y, t: functional.binary_cross_entropy(y, as_values(y, t)),
    "huber": lambda loss, y, t: functional.huber_loss(y, as_values(y, t), delta=loss.delta),
    "hinge": lambda loss, y, t: torch.relu(1 + strongest_rival(y, t) - y.gather(1, t[:, None])[:, 0]).mean(),
    "one_vs_rest_hinge": lambda loss, y, t: torch.relu(1 - (2 * as_values(y, t) - 1) * y).sum(1).mean(),
}


def as_pictures(function, x):
    """A function of (N, C, H, W) applied to (N, H, W, C)."""
    return function(x.permute(0, 3, 1, 2).contiguous()).permute(0, 2, 3, 1)


def zeros_around(layer: Layer, x) -> tuple[int, int, int, int]:
    """Left, right, above, below; "same" gives ceil(size / stride) outputs with the odd zero behind, as TensorFlow does."""
    around: list[int] = []
    for size in (x.shape[3], x.shape[2]):
        if layer.padding == "same":
            total = max((math.ceil(size / layer.stride) - 1) * layer.stride + layer.kernel - size, 0)
            around += [total // 2, total - total // 2]
        else:
            around += [int(layer.padding)] * 2 if layer.padding.isdigit() else [0, 0]
    return tuple(around)


def batch_norm(layer: Layer, x, own, mean, variance):
    """While training; running figures follow in place where they are given. Ours has the channels last."""
    channels = x.movedim(-1, 1).contiguous()
    result = functional.batch_norm(channels, mean, variance, own["scale"], own["shift"], True, layer.momentum, layer.epsilon)
    return result.movedim(1, -1)


def bernoulli_divergence(p, r):
    return p * torch.log(p / r) + (1 - p) * torch.log((1 - p) / (1 - r))


def smoothed_cross_entropy(log_p, t, smoothing: float):
    wanted = (1 - smoothing) * functional.one_hot(t, log_p.shape[1]) + smoothing / log_p.shape[1]
    return -(wanted * log_p).sum(1).mean()


def strongest_rival(y, t):
    return y.masked_fill(functional.one_hot(t, y.shape[1]).bool(), -torch.inf).amax(1)


def as_values(outputs, targets):
    """Labels as 0 and 1 in one column, or one-hot; values as they are."""
    if targets.dtype.is_floating_point:
        return targets
    if outputs.shape[1] == 1:
        return targets[:, None].to(outputs.dtype)
    return functional.one_hot(targets, outputs.shape[1]).to(outputs.dtype)


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
    return own | ({"weight": tensors[f"{model.names[tied[place]]}.weight"].T} if place in tied else {})


def torch_outputs(model: Network, tensors: dict, inputs: Array, step: int) -> Iterator:
    """The input and then the output of every layer."""
    model.predict(inputs)
    works = model._workspace(len(inputs))
    y = torch.from_numpy(inputs)
    yield y
    for place, layer in enumerate(model.layers):
        own = own_tensors(model, tensors, place)
        own |= drawn_in(layer, works[place], model.seed, step)
        yield (y := torch_layer(layer, y, own))


def torch_loss(model: Network, tensors: dict, inputs: Array, targets: Array, step: int = 0):
    """The loss with all charges, by autograd's rules."""
    states = list(torch_outputs(model, tensors, inputs, step))
    charges = sum(
        TORCH_CHARGES[layer.kind](layer, x)
        for layer, x in zip(model.layers, states, strict=False)
        if layer.kind in TORCH_CHARGES
    )
    return loss_there(model.loss, states[-1], torch.from_numpy(targets)) + charges


def loss_there(loss: Loss, y, t):
    return TORCH_LOSSES[loss.kind](loss, y, t)


def assert_gradients_agree(model: Network, tensors: dict) -> None:
    """Every tensor's gradient within a relative 1e-5; entries that cancel to nothing within rounding."""
    assert model.parameters.dtype == np.float64
    largest = np.abs(model.parameters.gradient).max()
    for name, tensor in tensors.items():
        np.testing.assert_allclose(
            model.parameters.gradient_view(name), tensor.grad.numpy(), rtol=1e-5, atol=1e-12 * largest, err_msg=name
        )
