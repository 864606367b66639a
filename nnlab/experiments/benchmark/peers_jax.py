"""The same models in JAX, compiled by XLA for the CPU: a whole epoch is one call, a `lax.scan` over its batches.

It is given the form in which it is fastest: data in memory as floats, parameters in buffers that are given back (donated),
batches gathered within the loop.
"""

import os
from collections.abc import Callable
from typing import Any

import numpy as np

from nnlab import optional
from nnlab.errors import NnlabError
from nnlab.experiments.benchmark.written_in_jax import loss_of, rule_of
from nnlab.models.arrays import Array
from nnlab.models.capabilities import has_layers, is_machine
from nnlab.models.model import Model
from nnlab.models.network import Network
from nnlab.models.rbm import RBM
from nnlab.training import TrainingSettings

# XLA makes its pool of threads with its first computation, as large as this says; then it keeps it.
POOL_SIZE = "PJRT_NPROC"
_pool: list[str] = []

State = Any  # a tree of arrays, as JAX has them
Step = Callable[[State, Any, Any], tuple[State, Any]]


class FixedThreadsError(NnlabError):
    """XLA has begun with another number of threads."""


def begin(threads: int) -> Any:
    """The imported module, whose pool has so many threads; it cannot be made anew within a process."""
    wanted = str(threads)
    if _pool and _pool != [wanted]:
        raise FixedThreadsError(f"JAX has begun with {_pool[0]} threads in this process and keeps them; start nnlab again")
    os.environ[POOL_SIZE] = wanted
    # What else it may find, a graphics processor for one, is not what is compared.
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    jax = optional.required("jax")
    jax.devices("cpu")
    _pool[:] = [wanted]
    return jax


def peers(model: Model, settings: TrainingSettings, pictures: Array, labels: Array, threads: int) -> dict[str, "Peer"]:
    """JAX's contestant for this model, with the model's weights.

    pictures (N, 784) float32, scaled    labels (N,)
    """
    begin(threads)
    batch = settings.effective_batch_size(len(pictures))
    if is_machine(model):
        return {"JAX": Machine(model, settings.learning_rate, pictures, batch)}
    if not has_layers(model):
        return {}
    return {"JAX": Backpropagation(model, settings, pictures, labels, batch)}


class Peer:
    """Trains on batches in an order drawn anew for every epoch, and records the losses.

    state  a tree of arrays: the parameters, and whatever a step carries on    step(state, x, t) -> state, loss
    """

    def __init__(self, step: Step, state: State, x: Array, t: Array, batch: int) -> None:
        import jax

        def epoch(state: State, x: Any, t: Any, order: Any) -> Any:
            return jax.lax.scan(lambda state, chosen: step(state, x[chosen], t[chosen]), state, order)

        def iterations(state: State, x: Any, t: Any, count: int) -> Any:
            # All examples at once have no order: nothing is gathered.
            return jax.lax.scan(lambda state, _: step(state, x, t), state, length=count)

        self._epoch = jax.jit(epoch, donate_argnums=0)
        self._iterations = jax.jit(iterations, donate_argnums=0, static_argnums=3)
        self.state = jax.tree.map(jax.numpy.array, state)
        self.x, self.t = jax.numpy.array(x), jax.numpy.array(t)
        self.count, self.batch = len(x), batch
        self._rng = np.random.default_rng(0)

    def train(self, steps: int) -> float:
        """So many updates, an epoch at most; their mean loss."""
        if self.batch == self.count:
            self.state, losses = self._iterations(self.state, self.x, self.t, steps)
            return float(losses.mean())
        order = self._rng.permutation(self.count).astype(np.int32)
        return float(np.mean(self._losses(order[: steps * self.batch])))

    def first_steps(self, steps: int) -> list[float]:
        """The losses of the first batches in the data's own order."""
        if self.batch == self.count:
            self.state, losses = self._iterations(self.state, self.x, self.t, steps)
            return [float(loss) for loss in losses]
        order = np.arange(steps * self.batch, dtype=np.int32) % self.count
        return [float(loss) for loss in self._losses(order)]

    def _losses(self, order: Array) -> Array:
        """Of all whole batches in one call; a last one that is shorter has a call of its own, being another shape."""
        whole = len(order) // self.batch * self.batch
        parts = [order[:whole].reshape(-1, self.batch), order[whole:].reshape(1, -1)]
        found = []
        for part in parts:
            if part.size:
                self.state, losses = self._epoch(self.state, self.x, self.t, part)
                found.append(np.asarray(losses))
        return np.concatenate(found)


class Backpropagation(Peer):
    """A network, its loss, and SGD or Adam."""

    def __init__(self, model: Network, settings: TrainingSettings, x: Array, t: Array, batch: int) -> None:
        import jax

        parameters = {name: model.parameters.view(name).copy() for name in model.parameters.shapes}
        begun, updated = rule_of(settings)
        loss = loss_of(model)

        def step(state: State, x: Any, t: Any) -> tuple[State, Any]:
            parameters, carried = state
            found, gradient = jax.value_and_grad(loss)(parameters, x, t)
            return updated(parameters, carried, gradient), found

        super().__init__(step, (parameters, begun(parameters)), x, t.astype(np.int32), batch)


class Machine(Peer):
    """CD-1 by hand: hidden states sampled, visible states sampled, probabilities where statistics are taken."""

    def __init__(self, model: RBM, rate: float, x: Array, batch: int) -> None:
        import jax
        import jax.numpy as jnp

        def drawn(key: Any, p: Any) -> Any:
            return jax.random.bernoulli(key, p).astype(jnp.float32)

        def step(state: State, v0: Any, _: Any) -> tuple[State, Any]:
            w, a, b, key = state
            key, up, down = jax.random.split(key, 3)
            p0 = jax.nn.sigmoid(v0 @ w + b)
            means = jax.nn.sigmoid(drawn(up, p0) @ w.T + a)
            v1 = drawn(down, means)
            p1 = jax.nn.sigmoid(v1 @ w + b)
            part = rate / len(v0)
            w = w + part * (v0.T @ p0 - v1.T @ p1)
            a, b = a + part * (v0 - v1).sum(0), b + part * (p0 - p1).sum(0)
            return (w, a, b, key), jnp.square(v0 - means).mean()

        parameters = (model.weight.copy(), model.visible_bias.copy(), model.hidden_bias.copy())
        super().__init__(step, (*parameters, jax.random.key(0)), x, np.zeros(len(x), np.int32), batch)

    def reconstruction_error(self, count: int) -> float:
        """Of the first examples, by probabilities up and down."""
        import jax
        import jax.numpy as jnp

        w, a, b, _ = self.state
        v = self.x[:count]
        return float(jnp.square(jax.nn.sigmoid(jax.nn.sigmoid(v @ w + b) @ w.T + a) - v).mean())
