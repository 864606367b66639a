"""The linear support vector machine, built as what it is: a one-layer network with a hinge loss."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from nnlab.models.arrays import Shape
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.sequence import held_numbers
from nnlab.models.losses import Loss, OneVsRestHinge, loss_choice
from nnlab.models.model import ModelSettings
from nnlab.models.network import Network
from nnlab.models.plan import LayerPlan, plan_of
from nnlab.targets import Targets, class_names


@dataclass(frozen=True)
class LinearSVMSettings(ModelSettings):
    """Scores z = x W + b, one per class; the label is the largest. With training.l2 = 1 / (C N) this is the usual

    C sum hinge + |W|^2 / 2  divided by C N, N training examples.
    """

    kind: ClassVar[str] = "linear_svm"
    title: ClassVar[str] = "Linear SVM"

    loss: Loss = loss_choice(OneVsRestHinge(), "one_vs_rest_hinge", "hinge")

    def parameter_count(self, example_shape: Shape, targets: Targets) -> int:
        """(numbers + 1) x classes."""
        return (math.prod(example_shape) + 1) * len(class_names(targets))

    def plan(self, example_shape: Shape, targets: Targets) -> tuple[LayerPlan, ...]:
        """Its one layer."""
        return plan_of((Dense(max(len(class_names(targets)), 1)),), (math.prod(example_shape),))

    def held_numbers(self, example_shape: Shape, targets: Targets) -> int:
        """As its one layer does."""
        return held_numbers((Dense(max(len(class_names(targets)), 1)),), (math.prod(example_shape),))

    def build(self, example_shape: Shape, targets: Targets, seed: int = 0, dtype: npt.DTypeLike = np.float32) -> Network:
        """One dense layer, starting at zero: the problem is convex."""
        self.check(example_shape, targets)
        shape = (math.prod(example_shape),)
        scores = Dense(len(class_names(targets)), initializer="zeros")
        return Network((scores,), shape, self.loss, targets, seed, dtype)
