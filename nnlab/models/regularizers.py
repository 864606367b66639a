"""Penalties on the size of the weights, over the flat vector. Biases are left alone."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.parameters import Parameters
from nnlab.settings import Settings, setting


def _in_both(*lines: str) -> Mapping[str, tuple[str, ...]]:
    """Keras' gradients are PyTorch's tensors on its backend."""
    return MappingProxyType({"torch": lines, "keras": lines})


@dataclass(frozen=True)
class Penalty(Settings):
    """A charge R for the weights w, the decaying part of the vector; descent follows its gradient besides the loss's."""

    section: ClassVar[str] = "training.penalty"
    # How many times it passes over the parameters in a step.
    passes: ClassVar[int] = 2
    # What is added to the loss, in symbols.
    formula: ClassVar[str]

    # By a framework's name how dR/dw of a `weight` is added to its `gradient` there, a line each; settings in braces.
    elsewhere: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType({})

    def written_in(self, framework: str) -> tuple[str, ...] | None:
        """The lines by which a weight's gradient grows in a framework; None where it has no row for it."""
        rows = self.elsewhere.get(framework)
        words = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        return tuple(row.format(**words) for row in rows) if rows is not None else None

    def value(self, parameters: Parameters) -> float:
        """R"""
        raise NotImplementedError

    def add_gradient(self, parameters: Parameters, scratch: Array) -> None:
        """gradient += dR/dw; scratch is a vector as long as the parameters'."""
        raise NotImplementedError


@dataclass(frozen=True)
class NoPenalty(Penalty):
    """R = 0"""

    passes: ClassVar[int] = 0
    formula: ClassVar[str] = "nothing"
    elsewhere: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType({"torch": (), "keras": ()})

    def value(self, parameters: Parameters) -> float:
        """Nothing."""
        return 0.0

    def add_gradient(self, parameters: Parameters, scratch: Array) -> None:
        """Nothing."""


@dataclass(frozen=True)
class L2(Penalty):
    """R = l2 / 2 sum w^2    dR/dw = l2 w.  The half makes l2 what PyTorch calls weight_decay."""

    formula: ClassVar[str] = "l2 / 2 · Σ w², gradient l2 · w"
    elsewhere: ClassVar[Mapping[str, tuple[str, ...]]] = _in_both("gradient.add_(weight, alpha={l2})")

    l2: float = setting(1e-4, "L2", minimum=0.0, maximum=100.0, live=True, help="Weight decay: l2 / 2 · Σ w².")

    def value(self, parameters: Parameters) -> float:
        """l2 / 2 sum w^2"""
        weights = parameters.values[parameters.decaying]
        return float(0.5 * self.l2 * np.vdot(weights, weights))

    def add_gradient(self, parameters: Parameters, scratch: Array) -> None:
        """gradient += l2 w"""
        gradient, term = parameters.gradient[parameters.decaying], scratch[parameters.decaying]
        np.multiply(parameters.values[parameters.decaying], self.l2, out=term)
        np.add(gradient, term, out=gradient)


@dataclass(frozen=True)
class L1(Penalty):
    """R = l1 sum |w|    dR/dw = l1 sign(w)"""

    formula: ClassVar[str] = "l1 · Σ |w|, gradient l1 · sign(w)"
    elsewhere: ClassVar[Mapping[str, tuple[str, ...]]] = _in_both("gradient.add_(weight.sign(), alpha={l1})")

    l1: float = setting(1e-5, "L1", minimum=0.0, maximum=100.0, live=True, help="Sparse weights: l1 · Σ |w|.")

    def value(self, parameters: Parameters) -> float:
        """l1 sum |w|"""
        return float(self.l1 * np.abs(parameters.values[parameters.decaying]).sum())

    def add_gradient(self, parameters: Parameters, scratch: Array) -> None:
        """gradient += l1 sign(w)"""
        gradient, term = parameters.gradient[parameters.decaying], scratch[parameters.decaying]
        np.sign(parameters.values[parameters.decaying], out=term)
        np.multiply(term, self.l1, out=term)
        np.add(gradient, term, out=gradient)


@dataclass(frozen=True)
class ElasticNet(L1, L2):
    """R = l1 sum |w| + l2 / 2 sum w^2   (Zou and Hastie 2005)"""

    formula: ClassVar[str] = "l1 · Σ |w| + l2 / 2 · Σ w²"
    elsewhere: ClassVar[Mapping[str, tuple[str, ...]]] = _in_both(
        "gradient.add_(weight, alpha={l2})", "gradient.add_(weight.sign(), alpha={l1})"
    )

    def value(self, parameters: Parameters) -> float:
        """Both."""
        return L1.value(self, parameters) + L2.value(self, parameters)

    def add_gradient(self, parameters: Parameters, scratch: Array) -> None:
        """Both, one after the other."""
        L2.add_gradient(self, parameters, scratch)
        L1.add_gradient(self, parameters, scratch)


PENALTIES: dict[str, type[Penalty]] = {"none": NoPenalty, "l2": L2, "l1": L1, "elastic_net": ElasticNet}


def clip_gradient(gradient: Array, largest: float, squares: Array | None = None) -> float:
    """gradient <- gradient * min(1, largest / |gradient|), the norm over the whole vector. Returns the norm before.

    (Pascanu et al. 2013, algorithm 1.) Where the gradient is a part of that vector, `squares` are the sums of squares of all
    its parts.
    """
    norm = float(np.sqrt(np.vdot(gradient, gradient) if squares is None else squares.sum()))
    if norm > largest:
        np.multiply(gradient, largest / norm, out=gradient)
    return norm
