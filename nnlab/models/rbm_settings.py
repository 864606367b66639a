"""What a person chooses about a restricted Boltzmann machine."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from nnlab.models.arrays import Shape
from nnlab.models.model import Model
from nnlab.models.plan import LayerPlan
from nnlab.models.rbm import RBM
from nnlab.models.rbm_rule import RBMRule, held_by_machine
from nnlab.targets import Targets


@dataclass(frozen=True)
class RBMSettings(RBMRule):
    """One layer of hidden units, and how its gradient is estimated."""

    kind: ClassVar[str] = "rbm"
    title: ClassVar[str] = "Restricted Boltzmann machine"
    predicts_targets: ClassVar[bool] = False
    has_code: ClassVar[bool] = True
    reconstructs: ClassVar[bool] = True
    gives_samples: ClassVar[bool] = True
    has_energy: ClassVar[bool] = True
    loss_title: ClassVar[str] = "reconstruction error"
    loss_help: ClassVar[str] = (
        "the mean squared difference between examples and what the machine makes of them, per visible unit. Contrastive "
        "divergence does not descend it, but it should fall"
    )

    @property
    def has_likelihood(self) -> bool:
        """Of binary units."""
        return not self.is_gaussian

    def parameter_count(self, example_shape: Shape, targets: Targets) -> int:
        """One weight per pair, one bias per unit."""
        return math.prod(example_shape) * (self.hidden + 1) + self.hidden

    def buffer_count(self, example_shape: Shape) -> int:
        """The persistent chains."""
        return self.chains * self.hidden if self.persistent else 0

    def held_numbers(self, example_shape: Shape, targets: Targets) -> int:
        """How many numbers a training step would keep for each example of a batch."""
        return held_by_machine(math.prod(example_shape), self.hidden)

    def plan(self, example_shape: Shape, targets: Targets) -> tuple[LayerPlan, ...]:
        """The hidden units as a layer.

        An example goes up; each Gibbs step goes down and up again; the gradient is one product of states before and one of
        states after. Persistent chains, which are as many for any batch, make the Gibbs steps instead, and the example goes
        down once, to see how it is reconstructed.
        """
        visible = math.prod(example_shape)
        once, gibbs = visible * self.hidden, 2 * self.cd_steps + 1
        return (
            LayerPlan(
                f"Hidden {self.hidden}",
                (visible,),
                (self.hidden,),
                parameters=self.parameter_count(example_shape, targets),
                forward=once,
                step=3 * once if self.persistent else (2 + gibbs) * once,
                always=self.chains * gibbs * once if self.persistent else 0,
                held=self.held_numbers(example_shape, targets),
                # Of each unit in both states the logistic function, random bits, and comparisons.
                moved=12 * (visible + self.hidden),
                # Of the gradient and of a stream of random bits, and of each Gibbs step.
                calls=150 + 110 * self.cd_steps,
            ),
        )

    def act_on(self, model: Model) -> None:
        """Read at every step."""
        assert isinstance(model, RBM)
        model.settings, model.mixes_examples = self, self.mixes_examples

    def build(self, example_shape: Shape, targets: Targets, seed: int = 0, dtype: npt.DTypeLike = np.float32) -> RBM:
        """The machine, with its weights drawn from the seed."""
        self.check(example_shape, targets)
        return RBM(self, math.prod(example_shape), seed, dtype)
