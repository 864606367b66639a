"""The restricted Boltzmann machine, trained by contrastive divergence."""

import numpy as np
import numpy.typing as npt

from nnlab.errors import ShapeError
from nnlab.models.arrays import Array, Shape
from nnlab.models.coder import Coder
from nnlab.models.exchange import WHOLE_BATCH, Exchange
from nnlab.models.layers.activations import softplus
from nnlab.models.layers.base import Pass, Workspace
from nnlab.models.losses import BatchLoss
from nnlab.models.parameters import Parameters
from nnlab.models.random_bits import BITS, fill_with_bits
from nnlab.models.rbm_rule import RBMRule, held_by_machine
from nnlab.models.sigmoid import sigmoid
from nnlab.randomness import random_stream

# Probabilities are kept times 2^16, straight from the tanh, and compared with raw random bits: no pass is made for that.
_UNIT = float(2**BITS)


class RBM:
    """Energy  E(v, h) = -v W h - a v - b h  over visible units v and binary hidden units h.

    v (batch, visible)    h (batch, hidden)
    W (visible, hidden) "rbm.weight"    a (visible,) "rbm.visible_bias"    b (hidden,) "rbm.hidden_bias"

    p(h = 1 | v) = sigmoid(v W + b)     Bernoulli: p(v = 1 | h) = sigmoid(h W^T + a)     Gaussian: v ~ N(h W^T + a, 1),
    with |v - a|^2 / 2 in place of -a v in the energy. The gradient of the mean negative log-likelihood is
    estimated by contrastive divergence (Hinton 2002): with v0 the data and v1 what k steps of Gibbs sampling make of it,

        dW = -(<v0 p(h|v0)> - <v1 p(h|v1)>)    da = -(<v0> - <v1>)    db = -(<p(h|v0)> - <p(h|v1)>)

    States are chosen as in Hinton's practical guide (2010, section 3): hidden units are sampled where they drive the
    visible ones, and are probabilities where statistics are taken. Persistent chains (Tieleman 2008) go on where the last
    step left them instead of starting at the data.
    """

    def __init__(
        self, settings: RBMRule, visible: int, seed: int = 0, dtype: npt.DTypeLike = np.float32, prefix: str = "rbm"
    ) -> None:
        self.settings = settings
        self.visible, self.hidden = visible, settings.hidden
        self.input_shape: Shape = (visible,)
        self.mixes_examples, self.held_numbers = settings.mixes_examples, held_by_machine(visible, self.hidden)
        # Mean activations, which a live setting may ask for at any time; chains are moved by one part alone.
        self.exchanged_numbers = 0 if settings.persistent else self.hidden
        self.seed, self.names = seed, (prefix,)
        shapes: dict[str, Shape] = {
            f"{prefix}.weight": (visible, self.hidden),
            f"{prefix}.visible_bias": (visible,),
            f"{prefix}.hidden_bias": (self.hidden,),
        }
        self.parameters = Parameters(shapes, dtype)
        chains = {f"{prefix}.chains": (settings.chains, self.hidden)} if settings.persistent else {}
        self.buffers = Parameters(chains, dtype)
        self._look_at_numbers()
        self._work: dict[int, Workspace] = {}
        self.initialize()

    def _look_at_numbers(self) -> None:
        self.weight, self.visible_bias, self.hidden_bias = map(self.parameters.view, self.parameters.shapes)
        self._gradients = tuple(map(self.parameters.gradient_view, self.parameters.shapes))

    def place_numbers(self, values: Array, gradient: Array, buffers: Array) -> None:
        """Its tensors are looked at there."""
        self.parameters.place(values, gradient)
        self.buffers.place(buffers, self.buffers.gradient)
        self._look_at_numbers()

    def initialize(self) -> None:
        """Weights drawn from the seed, biases zero."""
        self.parameters.values.fill(0)
        rng = random_stream(self.seed, f"{self.names[0]}.initialize")
        self.weight[...] = rng.normal(0, self.settings.scale, self.weight.shape)

    @staticmethod
    def estimate(parameter: str) -> str:
        """Contrastive divergence's gradient by a parameter, in symbols, of one example by probabilities."""
        both = {"visible_bias": "v{0}", "hidden_bias": "h{0}"}.get(parameter, "v{0}h{0}")
        return f"−({both.format('₀')} − {both.format('₁')})"

    @property
    def is_pretraining(self) -> bool:
        """An RBM by itself is not."""
        return False

    @property
    def phase_text(self) -> str:
        """All of it learns, always."""
        return ""

    def release_memory(self) -> None:
        """Let go of the workspaces; they are made again for the batches that come."""
        self._work.clear()

    def replica(self, dtype: npt.DTypeLike | None = None) -> "RBM":
        """The same machine in memory of its own."""
        copy = RBM(self.settings, self.visible, self.seed, dtype or self.parameters.dtype, self.names[0])
        copy.parameters.values[...] = self.parameters.values
        copy.buffers.values[...] = self.buffers.values
        return copy

    def begin(self, inputs: Array, epoch: int, is_start: bool) -> bool:
        """At the very start the visible biases take the data's means (Hinton 2010, section 8), so that no hidden unit has
        to learn them; persistent chains start at random.
        """
        self._check_range(inputs)
        if is_start and epoch == 0:
            mean = inputs.reshape(len(inputs), -1).mean(axis=0)
            if not self.settings.is_gaussian:
                mean = np.clip(mean, 0.01, 0.99)
                mean = np.log(mean / (1 - mean))
            self.visible_bias[...] = mean
            if self.settings.persistent:
                self.buffers.values[...] = random_stream(self.seed, "chains").random(self.buffers.size) < 0.5
        return False

    def loss_and_gradient(self, inputs: Array, targets: Array, step: int = 0, exchange: Exchange = WHOLE_BATCH) -> BatchLoss:
        """The squared reconstruction error per visible unit, which CD does not descend but is easy to watch, and CD's
        estimate of the gradient of the negative log-likelihood.
        """
        count, settings = len(inputs), self.settings
        work = self.workspace(count)
        rng = random_stream(self.seed, "gibbs", step)
        chains = settings.chains if settings.persistent else count
        # Data and model states lie in one array each, so that the whole weight gradient is one matrix product.
        v, q = work.array("v", (count + chains, self.visible)), work.array("q", (count + chains, self.hidden))
        v0, v1, q0, q1 = v[:count], v[count:], q[:count], q[count:]
        np.copyto(v0, inputs.reshape(count, self.visible))
        self._hidden_scaled(v0, q0)
        h = work.array("h", (chains, self.hidden))
        if settings.persistent:
            np.copyto(h, next(iter(self._chains())))
        else:
            self._draw(q0, h, rng, work)
        loss = self._reconstruction_error(v0, q0, work) if settings.persistent else 0.0
        for gibbs_step in range(settings.cd_steps):
            if gibbs_step:
                self._draw(q1, h, rng, work)
            is_reconstruction = gibbs_step == 0 and not settings.persistent
            self._visible_states(h, v1, rng, work, keep_means=is_reconstruction)
            if is_reconstruction:
                loss = self._error(v0, work.array("mean v", v0.shape))
            self._hidden_scaled(v1, q1)
        if settings.persistent:
            self._draw(q1, next(iter(self._chains())), rng, work)
        self._write_gradient(v, q, count, work, exchange)
        return BatchLoss(loss, None)

    def evaluate(self, inputs: Array, targets: Array) -> tuple[BatchLoss, Array | None]:
        """The squared error of the mean-field reconstruction, per visible unit."""
        difference = self.reconstruct(inputs)
        np.subtract(difference, inputs.reshape(difference.shape), out=difference)
        return BatchLoss(float(np.vdot(difference, difference)) / difference.size, None), None

    def hidden_probabilities(self, v: Array) -> Array:
        """p(h = 1 | v) (batch, hidden)."""
        z = v.reshape(len(v), -1) @ self.weight
        z += self.hidden_bias
        return sigmoid(z, out=z)

    def visible_means(self, h: Array) -> Array:
        """E(v | h) (batch, visible): probabilities, or the means of Gaussian units."""
        z = h @ self.weight.T
        z += self.visible_bias
        return z if self.settings.is_gaussian else sigmoid(z, out=z)

    def reconstruct(self, inputs: Array) -> Array:
        """Up and down once, by probabilities: E(v | h = p(h | v)) (batch, visible)."""
        return self.visible_means(self.hidden_probabilities(inputs))

    def predict(self, inputs: Array) -> Array:
        """The hidden probabilities: what the machine makes of an input."""
        return self.hidden_probabilities(inputs)

    @property
    def coder(self) -> Coder:
        """Up and down by probabilities: what lies beyond 0 ... 1 is no state of the machine."""
        kind = self.parameters.dtype
        return Coder(
            self.hidden, self.hidden_probabilities, lambda codes: self.visible_means(np.clip(codes, 0, 1).astype(kind))
        )

    @property
    def sampled_machines(self) -> tuple["RBM", ...]:
        """This one."""
        return (self,)

    @property
    def whole_machine(self) -> "RBM":
        """This one."""
        return self

    def free_energy(self, v: Array) -> Array:
        """F(v) = -a v - sum_j log(1 + exp(b_j + v W_j)) (batch,), in nats; Gaussian: |v - a|^2 / 2 for the first term.

        p(v) = exp(-F(v)) / Z.
        """
        flat = v.reshape(len(v), -1)
        z = flat @ self.weight
        z += self.hidden_bias
        if self.settings.is_gaussian:
            own = 0.5 * np.square(flat - self.visible_bias).sum(axis=1)
        else:
            own = -(flat @ self.visible_bias)
        return np.asarray(own - softplus(z, np.empty_like(z), np.empty_like(z)).sum(axis=1))

    def free_energy_gradient(self, v: Array) -> Array:
        """d mean F(v) / d parameters, in the layout of the parameter vector: -<v p(h|v)>, -<v> (or a - <v>), -<p(h|v)>."""
        flat = v.reshape(len(v), -1)
        p = self.hidden_probabilities(flat)
        layout = Parameters(self.parameters.shapes, self.parameters.dtype)
        prefix = self.names[0]
        layout.view(f"{prefix}.weight")[...] = -(flat.T @ p) / len(flat)
        bias = -flat.mean(axis=0)
        layout.view(f"{prefix}.visible_bias")[...] = bias + self.visible_bias if self.settings.is_gaussian else bias
        layout.view(f"{prefix}.hidden_bias")[...] = -p.mean(axis=0)
        return layout.values

    def differentiable_loss(self, inputs: Array, targets: Array) -> float:
        """The mean free energy: the part of the negative log-likelihood whose gradient is exact, and not sampled."""
        self.parameters.gradient[...] = self.free_energy_gradient(inputs)
        return float(self.free_energy(inputs).mean())

    def gibbs_chain(
        self,
        v: Array,
        steps: int,
        rng: np.random.Generator,
        temperature: float = 1.0,
        clamped: Array | None = None,
        sample_visible: bool = True,
        sample_hidden: bool = True,
    ) -> Array:
        """Chains (batch, visible) after so many up-and-down steps from v, at a temperature (all energies divided by it).

        clamped (visible,) or (batch, visible): True where a unit keeps its value from v. With sample_visible False the last
        step gives means; with both False all steps are mean-field: probabilities drive probabilities, and nothing is drawn.
        """
        start = v.reshape(len(v), -1).astype(self.parameters.dtype)
        state = start.copy()
        for step in range(steps):
            p = sigmoid(z := (state @ self.weight + self.hidden_bias) / temperature, out=z)
            h = (rng.random(p.shape) < p).astype(state.dtype) if sample_hidden else p
            z = h @ self.weight.T + self.visible_bias
            is_mean = not sample_visible and (step == steps - 1 or not sample_hidden)
            if self.settings.is_gaussian:
                state = z if is_mean else z + np.sqrt(temperature) * rng.normal(size=z.shape).astype(z.dtype)
            else:
                p = sigmoid(z / temperature, out=z)
                state = p if is_mean else (rng.random(p.shape) < p).astype(state.dtype)
            if clamped is not None:
                np.copyto(state, start, where=np.broadcast_to(clamped, state.shape))
        return state

    def _hidden_scaled(self, v: Array, out: Array) -> None:
        """2^16 p(h = 1 | v)."""
        np.matmul(v, self.weight, out=out)
        np.add(out, self.hidden_bias, out=out)
        sigmoid(out, out=out, scale=_UNIT)

    def _visible_states(
        self, h: Array, out: Array, rng: np.random.Generator, work: Workspace, keep_means: bool = False
    ) -> None:
        """What the hidden states make the visible units: samples, or probabilities or means if so chosen.

        keep_means leaves the means in the workspace as "mean v".
        """
        np.matmul(h, self.weight.T, out=out)
        np.add(out, self.visible_bias, out=out)
        is_sampled = self.settings.visible_states == "sampled"
        if not self.settings.is_gaussian:
            sigmoid(out, out=out, scale=_UNIT)
        scale = 1.0 if self.settings.is_gaussian else 1 / _UNIT
        if keep_means:
            np.multiply(out, scale, out=work.array("mean v", out.shape))
        if not is_sampled:
            np.multiply(out, scale, out=out)
        elif self.settings.is_gaussian:
            noise = work.array("noise", out.shape)
            rng.standard_normal(out=noise, dtype=noise.dtype.type)
            np.add(out, noise, out=out)
        else:
            self._draw(out, out, rng, work)

    def _draw(self, scaled: Array, out: Array, rng: np.random.Generator, work: Workspace) -> None:
        """Binary states from probabilities times 2^16."""
        uniform = work.array(f"uniform{out.shape}", out.shape)
        fill_with_bits(rng, uniform)
        on = work.array(f"on{out.shape}", out.shape, np.bool_)
        np.copyto(out, np.less(uniform, scaled, out=on))

    def _error(self, v0: Array, mean: Array) -> float:
        """How far means of the visible units are from the data, squared and per unit; the means are used up."""
        difference = np.subtract(v0, mean, out=mean)
        return float(np.vdot(difference, difference)) / difference.size

    def _reconstruction_error(self, v0: Array, q0: Array, work: Workspace) -> float:
        """Of a mean-field step, where the chains are persistent and not about the data."""
        h = np.multiply(q0, 1 / _UNIT, out=work.array("mean h", q0.shape))
        made = np.matmul(h, self.weight.T, out=work.array("made", v0.shape))
        np.add(made, self.visible_bias, out=made)
        if not self.settings.is_gaussian:
            sigmoid(made, out=made)
        return self._error(v0, made)

    def _write_gradient(self, v: Array, q: Array, count: int, work: Workspace, exchange: Exchange) -> None:
        weight, visible_bias, hidden_bias = self._gradients
        chains, settings = len(v) - count, self.settings
        # The signs and means of both halves go into q, the smaller array, and into one vector of weights.
        np.multiply(q[:count], -1 / (_UNIT * count), out=q[:count])
        np.multiply(q[count:], 1 / (_UNIT * chains), out=q[count:])
        np.matmul(v.T, q, out=weight)
        ones = work.array("ones", (len(v),), fill=1.0)
        np.matmul(ones, q, out=hidden_bias)
        share = work.array("share", (len(v),))
        share[:count], share[count:] = -1 / count, 1 / chains
        np.matmul(share, v, out=visible_bias)
        if settings.sparsity_cost:
            # Hinton 2010, section 11: pull each unit's mean activation to the target, by its bias and its weights.
            mean = exchange.mean(-q[:count].sum(axis=0))
            pull = settings.sparsity_cost * (mean - settings.sparsity_target)
            hidden_bias += pull
            weight += np.outer(v[:count].mean(axis=0), pull)

    def _chains(self) -> list[Array]:
        return [self.buffers.view(name) for name in self.buffers.shapes]

    def _check_range(self, inputs: Array) -> None:
        """Raise ShapeError where Bernoulli units are given what is no probability."""
        if self.settings.is_gaussian:
            return
        low, high = float(inputs.min()), float(inputs.max())
        if low < -1e-6 or high > 1 + 1e-6:
            raise ShapeError(
                f"rbm: Bernoulli visible units need inputs in 0 ... 1, these are in {low:.3g} ... {high:.3g}; "
                "set dataset.scaling = 'unit', or model.visible_units = 'gaussian'"
            )

    def workspace(self, count: int) -> Workspace:
        """Arrays for batches of this size, made once."""
        work = self._work.get(count)
        if work is None:
            if len(self._work) >= 4:
                self._work.clear()
            work = self._work[count] = Workspace(self.names[0], {}, {}, {}, self.parameters.dtype, Pass())
        return work
