"""Layers, losses and optimizers of the workloads as functions of JAX.

A convolution is one product of patches with the kernels, and a pooling a maximum over two axes: XLA's own convolution and
window reduction take 3 to 10 times as long on a CPU, most of it for their gradients.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from nnlab.models.network import Network
from nnlab.models.optimizers import SGD, Adam, Optimizer
from nnlab.training import TrainingSettings

_EDGE = 1e-6

# What is carried from step to step, of the parameters, and new parameters with it, of the old ones, it and the gradient.
Rule = tuple[Callable[[Any], Any], Callable[[Any, Any, Any], Any]]


def loss_of(model: Network) -> Callable[[Any, Any, Any], Any]:
    """The mean loss of a batch as a function of the parameters by their names.

    A layer that is fused with the loss is left to the loss.
    """
    layers = list(zip(model.names, model.layers, strict=True))
    layers = layers[: len(layers) - (model.loss.fused_with is not None)]
    measure, is_reconstructing, shape = _LOSSES[model.loss.kind], model.targets is None, model.input_shape

    def loss(parameters: Mapping[str, Any], x: Any, t: Any) -> Any:
        y, charges = x.reshape(-1, *shape), 0.0
        for name, layer in layers:
            own = {key.removeprefix(f"{name}."): value for key, value in parameters.items() if key.startswith(f"{name}.")}
            if layer.kind == "kl_sparsity":
                charges += _sparsity(layer, y)
            else:
                y = _LAYERS[layer.kind](layer, own, y)
        return measure(y, x if is_reconstructing else t) + charges

    return loss


def rule_of(settings: TrainingSettings) -> Rule:
    """The optimizer, its settings and the rate being constants of the compiled loop."""
    return _RULES[type(settings.optimizer)](settings)


def _relu(_: Any, __: Any, x: Any) -> Any:
    import jax

    return jax.nn.relu(x)


def _sigmoid(_: Any, __: Any, x: Any) -> Any:
    import jax

    return jax.nn.sigmoid(x)


def _convolution(layer: Any, own: Mapping[str, Any], x: Any) -> Any:
    """Patches (N, H', W', k k C) times the kernels (k k C, F); without padding, at every pixel."""
    import jax.numpy as jnp

    if (layer.padding, layer.stride) != ("valid", 1):
        raise ValueError("the peer in JAX has convolutions of stride 1 without padding alone")
    k = layer.kernel
    height, width = x.shape[1] - k + 1, x.shape[2] - k + 1
    patches = jnp.concatenate([x[:, u : u + height, v : v + width] for u in range(k) for v in range(k)], -1)
    return patches @ own["weight"].reshape(-1, layer.filters) + own["bias"]


def _pooling(layer: Any, _: Any, x: Any) -> Any:
    """The maximum of patches that do not overlap."""
    if layer.stride != layer.size:
        raise ValueError("the peer in JAX has poolings alone whose patches do not overlap")
    n, height, width, channels = x.shape
    rows, columns = height // layer.size, width // layer.size
    cut = x[:, : rows * layer.size, : columns * layer.size]
    return cut.reshape(n, rows, layer.size, columns, layer.size, channels).max((2, 4))


def _sparsity(layer: Any, x: Any) -> Any:
    """weight sum_j KL(target || r_j),  r_j the mean activation of unit j."""
    import jax
    import jax.numpy as jnp

    p, r = layer.target, x.mean(0)
    # A mean of exactly 0 or 1 would cost infinitely much.
    r = r + jax.lax.stop_gradient(jnp.clip(r, _EDGE, 1 - _EDGE) - r)
    return layer.weight * (p * jnp.log(p / r) + (1 - p) * jnp.log((1 - p) / (1 - r))).sum()


def _cross_entropy(z: Any, t: Any) -> Any:
    import jax
    import jax.numpy as jnp

    return -jnp.take_along_axis(jax.nn.log_softmax(z), t[:, None], 1).mean()


def _squared_error(y: Any, t: Any) -> Any:
    import jax.numpy as jnp

    return jnp.square(y - t).mean()


def _sgd(settings: TrainingSettings) -> Rule:
    """p <- p - lr g."""
    import jax

    def updated(parameters: Any, _: Any, gradient: Any) -> Any:
        return jax.tree.map(lambda p, g: p - settings.learning_rate * g, parameters, gradient), None

    return lambda _: None, updated


def _adam(settings: TrainingSettings) -> Rule:
    """p <- p - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)."""
    import jax
    import jax.numpy as jnp

    rule: Any = settings.optimizer
    b1, b2, eps, rate = rule.beta1, rule.beta2, rule.epsilon, settings.learning_rate

    def begun(parameters: Any) -> Any:
        zeros = jax.tree.map(np.zeros_like, parameters)
        return zeros, zeros, np.float32(0)

    def updated(parameters: Any, carried: Any, gradient: Any) -> Any:
        m, v, t = carried
        t = t + 1
        m = jax.tree.map(lambda m, g: b1 * m + (1 - b1) * g, m, gradient)
        v = jax.tree.map(lambda v, g: b2 * v + (1 - b2) * g * g, v, gradient)
        first, second = 1 - b1**t, 1 - b2**t
        moved = jax.tree.map(lambda p, m, v: p - rate * (m / first) / (jnp.sqrt(v / second) + eps), parameters, m, v)
        return moved, (m, v, t)

    return begun, updated


_LAYERS: dict[str, Callable[[Any, Mapping[str, Any], Any], Any]] = {
    "dense": lambda _, own, x: x @ own["weight"] + own["bias"],
    "conv2d": _convolution,
    "max_pool2d": _pooling,
    "relu": _relu,
    "sigmoid": _sigmoid,
    "flatten": lambda _, __, x: x.reshape(len(x), -1),
    "code": lambda _, __, x: x,
}
_LOSSES: dict[str, Callable[[Any, Any], Any]] = {"cross_entropy": _cross_entropy, "mean_squared_error": _squared_error}
_RULES: dict[type[Optimizer], Callable[[TrainingSettings], Rule]] = {SGD: _sgd, Adam: _adam}
