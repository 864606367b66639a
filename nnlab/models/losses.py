"""What a network is judged by. A loss may be fused with the final layer whose inverse it contains."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from nnlab.errors import ShapeError
from nnlab.models.arrays import Array, Shape
from nnlab.models.layers import Layer, Workspace
from nnlab.models.layers.activations import Sigmoid, Softmax
from nnlab.models.layers.base import shape_text
from nnlab.models.sigmoid import sigmoid
from nnlab.targets import Classes, Targets, Values


class BatchLoss(NamedTuple):
    """The mean loss of a batch, and how many of its examples were classified right (None without classes)."""

    loss: float
    correct: int | None


@dataclass(frozen=True)
class Loss:
    """A loss of outputs y (N, K) against targets: labels (N,) of whole numbers, or values (N, K)."""

    kind: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    # The final layer this loss takes the place of in training: it is given that layer's input, and its backward rule is
    # the derivative of both together, which is simpler and cannot overflow.
    fused_with: ClassVar[type[Layer] | None] = None
    # Whether it can compare outputs with values, and not with classes alone.
    fits_values: ClassVar[bool] = False
    # A single output above this names class 1.
    threshold: ClassVar[float] = 0.5
    # Whether it is about scores of any size: a margin of 1 must lie between two outputs.
    needs_scores: ClassVar[bool] = False
    # Whether it is the mean over an example's outputs, and not one number of them all.
    averages_outputs: ClassVar[bool] = True

    def fitting_outputs(self, classes: int) -> tuple[int, ...]:
        """The numbers of outputs that this loss can teach for so many classes, the usual one first."""
        return (classes, 1) if classes == 2 else (classes,)

    def outputs_for(self, targets: Classes | Values) -> tuple[int, ...]:
        """The numbers of outputs that this loss can teach for these targets, the usual one first."""
        return self.fitting_outputs(targets.count) if isinstance(targets, Classes) else (targets.count,)

    def check(self, layers: tuple[Layer, ...], output_shape: Shape, targets: Targets, choices: Sequence[str] = ()) -> None:
        """Raise ShapeError where the final layer or the number of outputs does not suit this loss and these targets.

        targets are None where outputs are compared with something else. choices are the losses to suggest in its place;
        all, if none are given.
        """
        last = layers[-1] if layers else None
        if isinstance(targets, Values):
            self._check_values(last, targets, choices)
        if self.fused_with is not None and not isinstance(last, self.fused_with):
            others = ", ".join(loss.kind for loss in LOSSES.values() if _suits(loss, last, choices))
            named = f"'{last.kind}'" if last else "missing"
            raise ShapeError(
                f"{self.kind}: the last layer is {named}, it must be '{self.fused_with.kind}'; "
                f"add a {self.fused_with.kind} layer or use the loss {others}"
            )
        if self.needs_scores and last and _reach(last) <= 1:
            instead = next((loss.kind for loss in LOSSES.values() if loss.fused_with is type(last)), "mean_squared_error")
            raise ShapeError(
                f"{self.kind}: the last layer is '{last.kind}', whose outputs cannot reach the margin of 1; "
                f"take it out, or use the loss {instead}"
            )
        if targets is not None and len(output_shape) != 1:
            each = "class" if isinstance(targets, Classes) else "value"
            raise ShapeError(
                f"the network's outputs are {shape_text(output_shape)}, expected one number per {each}; "
                "put flatten and a dense layer before the loss"
            )
        if targets is not None and output_shape[-1] not in self.outputs_for(targets):
            expected = " or ".join(str(count) for count in self.outputs_for(targets))
            raise ShapeError(
                f"the network has {output_shape[-1]} outputs but the data has {targets.words}; "
                f"give the last dense layer {expected} units"
            )

    def _check_values(self, last: Layer | None, targets: Values, choices: Sequence[str]) -> None:
        if not self.fits_values:
            others = " or ".join(
                loss.kind for loss in LOSSES.values() if loss.fits_values and (not choices or loss.kind in choices)
            )
            raise ShapeError(
                f"{self.kind}: it tells classes apart, but the data's targets are {targets.words}; use the loss {others}"
            )
        if isinstance(last, Softmax | Sigmoid):
            raise ShapeError(
                f"{self.kind}: the last layer is '{last.kind}', whose outputs stay between 0 and 1, but the data's targets "
                "are values, which learning sees with mean 0 and deviation 1; take it out"
            )

    def forward(self, outputs: Array, targets: Array, work: Workspace) -> BatchLoss:
        """The batch's mean loss; keeps in the workspace what backward needs."""
        raise NotImplementedError

    def backward(self, outputs: Array, targets: Array, work: Workspace) -> Array:
        """d loss / d outputs, for the batch last given to forward."""
        raise NotImplementedError


def _reach(last: Layer) -> float:
    """How far apart two outputs can be."""
    low, high = last.output_range()
    return high - low


def _suits(loss: "Loss", last: Layer | None, choices: Sequence[str]) -> bool:
    if choices and loss.kind not in choices:
        return False
    return loss.fused_with is None or isinstance(last, loss.fused_with)


@dataclass(frozen=True)
class CrossEntropy(Loss):
    """L = -1/N sum_n sum_k q_n[k] log p_n[k]  with  p = softmax(z),  q = (1 - s) onehot(t) + s / K.

    z (N, K) logits    t (N,) labels in 0..K-1    s label smoothing    dL/dz = (p - q) / N

    Computed as log sum exp(z - max z) - sum q (z - max z), so that no probability is ever rounded to zero inside a
    logarithm.
    """

    label_smoothing: float = 0.0

    kind: ClassVar[str] = "cross_entropy"
    title: ClassVar[str] = "Cross-entropy"
    formula: ClassVar[str] = "L = −1/N Σ log p[true class], after softmax"
    fused_with: ClassVar[type[Layer] | None] = Softmax
    averages_outputs: ClassVar[bool] = False

    def fitting_outputs(self, classes: int) -> tuple[int, ...]:
        """One output per class."""
        return (classes,)

    def forward(self, outputs: Array, targets: Array, work: Workspace) -> BatchLoss:
        """Mean negative log-likelihood."""
        count = len(outputs)
        column = work.array("column", (count, 1))
        p = work.like("p", outputs)
        np.subtract(outputs, np.maximum.reduce(outputs, axis=1, keepdims=True, out=column), out=p)
        true = p[work.arange("rows", count), targets]
        # The true class won where its shifted logit is zero; only when several classes tie must argmax decide.
        if np.count_nonzero(p) == p.size - count:
            correct = count - np.count_nonzero(true)
        else:
            correct = np.count_nonzero(p.argmax(axis=1) == targets)
        wanted = float(np.add.reduce(true))
        if self.label_smoothing:
            wanted = (1 - self.label_smoothing) * wanted + self.label_smoothing * float(p.sum()) / p.shape[1]
        np.exp(p, out=p)
        np.add.reduce(p, axis=1, keepdims=True, out=column)
        np.divide(p, column, out=p)
        np.log(column, out=column)
        return BatchLoss((float(np.add.reduce(column, axis=None)) - wanted) / count, int(correct))

    def backward(self, outputs: Array, targets: Array, work: Workspace) -> Array:
        """(p - q) / N."""
        p = work.like("p", outputs)
        p[work.arange("rows", len(p)), targets] -= 1 - self.label_smoothing
        if self.label_smoothing:
            np.subtract(p, self.label_smoothing / p.shape[1], out=p)
        return np.multiply(p, 1.0 / len(p), out=p)


@dataclass(frozen=True)
class BinaryCrossEntropy(Loss):
    """L = -mean over examples and outputs of  t log p + (1 - t) log(1 - p)  with  p = sigmoid(z).

    z, t (N, K)    dL/dz = (p - t) / (N K)

    Computed as max(z, 0) - z t + log(1 + exp(-|z|)). Labels become one column of 0 and 1 for one output, else one-hot.
    """

    kind: ClassVar[str] = "binary_cross_entropy"
    title: ClassVar[str] = "Binary cross-entropy"
    formula: ClassVar[str] = "L = −mean of t log p + (1 − t) log(1 − p), after sigmoid"
    fused_with: ClassVar[type[Layer] | None] = Sigmoid
    threshold: ClassVar[float] = 0.0

    def forward(self, outputs: Array, targets: Array, work: Workspace) -> BatchLoss:
        """Mean over the examples and outputs."""
        values = encode_targets(targets, outputs, work)
        softplus = np.abs(outputs, out=work.like("softplus", outputs))
        np.negative(softplus, out=softplus)
        np.log1p(np.exp(softplus, out=softplus), out=softplus)
        hinge = np.maximum(outputs, 0, out=work.like("hinge", outputs))
        np.add(softplus, hinge, out=softplus)
        np.subtract(softplus, np.multiply(outputs, values, out=hinge), out=softplus)
        return BatchLoss(float(softplus.mean()), count_correct(outputs, targets, self.threshold))

    def backward(self, outputs: Array, targets: Array, work: Workspace) -> Array:
        """(p - t) / (N K)."""
        dz = sigmoid(outputs, out=work.like("dz", outputs))
        np.subtract(dz, encode_targets(targets, outputs, work), out=dz)
        return np.multiply(dz, 1.0 / dz.size, out=dz)


@dataclass(frozen=True)
class MeanSquaredError(Loss):
    """L = mean over examples and outputs of  (y - t)^2.

    y, t (N, K)    dL/dy = 2 (y - t) / (N K)

    Labels become one column of 0 and 1 for one output, else one-hot.
    """

    kind: ClassVar[str] = "mean_squared_error"
    title: ClassVar[str] = "Mean squared error"
    formula: ClassVar[str] = "L = mean of (y − t)²"
    fits_values: ClassVar[bool] = True

    def forward(self, outputs: Array, targets: Array, work: Workspace) -> BatchLoss:
        """Mean over the examples and outputs."""
        error = work.like("error", outputs)
        np.subtract(outputs, encode_targets(targets, outputs, work), out=error)
        # A product of the error with itself is one BLAS call, five times as fast as squaring and averaging.
        flat = error.ravel(order="K")
        return BatchLoss(float(np.dot(flat, flat)) / flat.size, count_correct(outputs, targets, self.threshold))

    def backward(self, outputs: Array, targets: Array, work: Workspace) -> Array:
        """2 (y - t) / (N K)."""
        error = work.like("error", outputs)
        return np.multiply(error, 2.0 / error.size, out=error)


@dataclass(frozen=True)
class Huber(Loss):
    """L = mean over examples and outputs of  e^2 / 2 where |e| <= d, else d (|e| - d / 2),  with  e = y - t   (Huber 1964).

    y, t (N, K)    dL/dy = clip(e, -d, d) / (N K)
    """

    kind: ClassVar[str] = "huber"
    title: ClassVar[str] = "Huber"
    formula: ClassVar[str] = "L = mean of e² / 2, or δ (|e| − δ / 2) where |e| > δ"
    fits_values: ClassVar[bool] = True

    delta: float = 1.0

    def forward(self, outputs: Array, targets: Array, work: Workspace) -> BatchLoss:
        """|c| (|e| - |c| / 2) with c the clipped error: both branches in one."""
        error = work.like("error", outputs)
        np.subtract(outputs, encode_targets(targets, outputs, work), out=error)
        clipped = np.clip(error, -self.delta, self.delta, out=work.like("clipped", outputs))
        half = np.multiply(clipped, -0.5, out=work.like("half", outputs))
        np.add(half, error, out=half)
        return BatchLoss(float(np.multiply(half, clipped, out=half).mean()), count_correct(outputs, targets, self.threshold))

    def backward(self, outputs: Array, targets: Array, work: Workspace) -> Array:
        """clip(e) / (N K)."""
        clipped = work.like("clipped", outputs)
        return np.multiply(clipped, 1.0 / clipped.size, out=clipped)


@dataclass(frozen=True)
class Hinge(Loss):
    """L = 1/N sum_n max(0, 1 + max_{k != t} z_k - z_t)   (Crammer and Singer 2001).

    z (N, K) scores    t (N,) labels    dL/dz = 1/N at the strongest rival and -1/N at t, where the margin is under 1
    """

    kind: ClassVar[str] = "hinge"
    title: ClassVar[str] = "Hinge (Crammer-Singer)"
    formula: ClassVar[str] = "L = mean of max(0, 1 + strongest rival − true score)"
    needs_scores: ClassVar[bool] = True
    averages_outputs: ClassVar[bool] = False

    def fitting_outputs(self, classes: int) -> tuple[int, ...]:
        """One score per class."""
        return (classes,)

    def forward(self, outputs: Array, targets: Array, work: Workspace) -> BatchLoss:
        """Keeps each example's strongest rival and margin."""
        rows = work.arange("rows", len(outputs))
        rivals = work.like("rivals", outputs)
        np.copyto(rivals, outputs)
        true = outputs[rows, targets]
        rivals[rows, targets] = -np.inf
        strongest = np.argmax(rivals, axis=1, out=work.array("strongest", (len(outputs),), np.intp))
        lead = true - rivals[rows, strongest]
        np.subtract(1, lead, out=work.array("violation", (len(outputs),)))
        violation = np.maximum(work.array("violation", (len(outputs),)), 0, out=work.array("violation", (len(outputs),)))
        return BatchLoss(float(violation.mean()), count_correct(outputs, targets, self.threshold))

    def backward(self, outputs: Array, targets: Array, work: Workspace) -> Array:
        """Two entries per violated margin."""
        rows = work.arange("rows", len(outputs))
        share = (work.array("violation", (len(outputs),)) > 0) / len(outputs)
        dz = work.like("dz", outputs)
        dz.fill(0)
        dz[rows, work.array("strongest", (len(outputs),), np.intp)] = share
        dz[rows, targets] = -share
        return dz


@dataclass(frozen=True)
class OneVsRestHinge(Loss):
    """L = 1/N sum_n sum_k max(0, 1 - s_nk z_nk),  s = 1 at the true class and -1 elsewhere: K binary machines at once.

    z (N, K) scores    t (N,) labels    dL/dz = -s / N where the margin is under 1
    """

    kind: ClassVar[str] = "one_vs_rest_hinge"
    title: ClassVar[str] = "Hinge (one vs rest)"
    formula: ClassVar[str] = "L = mean of Σ max(0, 1 − s z), s = ±1"
    needs_scores: ClassVar[bool] = True
    averages_outputs: ClassVar[bool] = False

    def fitting_outputs(self, classes: int) -> tuple[int, ...]:
        """One score per class."""
        return (classes,)

    def forward(self, outputs: Array, targets: Array, work: Workspace) -> BatchLoss:
        """Keeps the margins."""
        signs = work.like("signs", outputs)
        signs.fill(-1)
        signs[work.arange("rows", len(outputs)), targets] = 1
        margin = np.multiply(signs, outputs, out=work.like("margin", outputs))
        np.maximum(np.subtract(1, margin, out=margin), 0, out=margin)
        return BatchLoss(float(margin.sum()) / len(outputs), count_correct(outputs, targets, 0.0))

    def backward(self, outputs: Array, targets: Array, work: Workspace) -> Array:
        """-s / N where violated."""
        violated = np.greater(work.like("margin", outputs), 0, out=work.like("violated", outputs, np.bool_))
        dz = np.multiply(work.like("signs", outputs), violated, out=work.like("dz", outputs))
        return np.multiply(dz, -1.0 / len(outputs), out=dz)


def encode_targets(targets: Array, outputs: Array, work: Workspace) -> Array:
    """Targets as values of the outputs' shape: labels become 0 and 1 in one column, or one-hot rows."""
    if not np.issubdtype(targets.dtype, np.integer):
        return targets
    values = work.like("targets", outputs)
    if outputs.shape[1] == 1:
        np.copyto(values[:, 0], targets)
    else:
        values.fill(0)
        values[work.arange("rows", len(values)), targets] = 1
    return values


def count_correct(outputs: Array, targets: Array, threshold: float) -> int | None:
    """How many labels the outputs name: the largest output, or a single output against the threshold."""
    if not np.issubdtype(targets.dtype, np.integer):
        return None
    return int(np.count_nonzero(predicted_labels(outputs, threshold) == targets))


def predicted_labels(outputs: Array, threshold: float) -> Array:
    """The class each row of outputs (N, K) stands for."""
    return (outputs[:, 0] > threshold).astype(np.intp) if outputs.shape[1] == 1 else outputs.argmax(axis=1)


LOSSES: dict[str, Loss] = {
    loss.kind: loss
    for loss in (CrossEntropy(), MeanSquaredError(), BinaryCrossEntropy(), Huber(), Hinge(), OneVsRestHinge())
}
