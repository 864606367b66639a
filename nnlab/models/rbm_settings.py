"""What a person chooses about a restricted Boltzmann machine."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from nnlab.models.arrays import Shape
from nnlab.models.model import Model, ModelSettings
from nnlab.models.rbm import RBM, held_by_machine
from nnlab.settings import setting
from nnlab.targets import Targets


@dataclass(frozen=True)
class RBMSettings(ModelSettings):
    """One layer of hidden units, and how its gradient is estimated."""

    kind: ClassVar[str] = "rbm"
    title: ClassVar[str] = "Restricted Boltzmann machine"
    predicts_targets: ClassVar[bool] = False
    has_code: ClassVar[bool] = True
    reconstructs: ClassVar[bool] = True
    gives_samples: ClassVar[bool] = True
    loss_title: ClassVar[str] = "reconstruction error"
    loss_help: ClassVar[str] = (
        "the mean squared difference between examples and what the machine makes of them, per visible unit. Contrastive "
        "divergence does not descend it, but it should fall"
    )

    hidden: int = setting(
        256, "Hidden units", minimum=1, maximum=100_000, help="Binary units; p(h = 1 | v) = sigmoid(v W + b)."
    )
    visible_units: str = setting(
        "bernoulli",
        "Visible units",
        choices=("bernoulli", "gaussian"),
        help="bernoulli: for inputs in 0 … 1. gaussian: v ~ N(h Wᵀ + a, 1), for standardised inputs.",
    )
    visible_states: str = setting(
        "sampled",
        "Visible states",
        choices=("sampled", "probabilities"),
        live=True,
        help="What reconstructions are while sampling: drawn, or mean-field (Hinton 2010, section 3.2).",
    )
    cd_steps: int = setting(
        1, "Gibbs steps", minimum=1, maximum=1000, live=True, help="k of CD-k: up-and-down steps per update."
    )
    persistent: bool = setting(
        False, "Persistent chains", help="Chains go on from update to update (PCD) instead of starting at the data."
    )
    chains: int = setting(
        64,
        "Chains",
        minimum=1,
        maximum=10_000,
        shown=lambda settings: settings.persistent,
        help="Number of persistent chains.",
    )
    sparsity_target: float = setting(
        0.1,
        "Sparsity target",
        above=0.0,
        maximum=0.99,
        live=True,
        shown=lambda settings: settings.sparsity_cost > 0,
        help="The share of examples each hidden unit should be on for.",
    )
    sparsity_cost: float = setting(
        0.0, "Sparsity cost", minimum=0.0, maximum=100.0, live=True, help="Pulls mean activations to the target; 0 does not."
    )
    scale: float = setting(0.01, "Deviation", minimum=0.0, maximum=10.0, help="Standard deviation of the starting weights.")

    @property
    def is_gaussian(self) -> bool:
        """Whether visible units are real numbers."""
        return self.visible_units == "gaussian"

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

    @property
    def mixes_examples(self) -> bool:
        """The sparsity cost looks at mean activations, and persistent chains make one move for each batch."""
        return self.persistent or self.sparsity_cost > 0

    def held_numbers(self, example_shape: Shape, targets: Targets) -> int:
        """How many numbers a training step would keep for each example of a batch."""
        return held_by_machine(math.prod(example_shape), self.hidden)

    def act_on(self, model: Model) -> None:
        """Read at every step."""
        assert isinstance(model, RBM)
        model.settings, model.mixes_examples = self, self.mixes_examples

    def build(self, example_shape: Shape, targets: Targets, seed: int = 0, dtype: npt.DTypeLike = np.float32) -> RBM:
        """The machine, with its weights drawn from the seed."""
        self.check(example_shape, targets)
        return RBM(self, math.prod(example_shape), seed, dtype)
