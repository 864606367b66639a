"""How a restricted Boltzmann machine learns: what its code reads at every step."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from nnlab.models.layers.counterpart import Counterpart
from nnlab.models.model import ModelSettings
from nnlab.settings import setting


@dataclass(frozen=True)
class RBMRule(ModelSettings):
    """Units, Gibbs steps, chains and sparsity of contrastive divergence (Hinton 2002; Tieleman 2008)."""

    # What the machine's tensors are elsewhere, where it is written by hand: in PyTorch its weights lie as a layer's do.
    counterparts: ClassVar[Mapping[str, Mapping[str, Counterpart]]] = MappingProxyType(
        {
            "torch": {
                "weight": Counterpart("weight", (1, 0)),
                "visible_bias": Counterpart("visible_bias"),
                "hidden_bias": Counterpart("hidden_bias"),
            },
            "keras": {name: Counterpart(name) for name in ("weight", "visible_bias", "hidden_bias")},
        }
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
        1,
        "Gibbs steps",
        minimum=1,
        maximum=1000,
        live=True,
        help="k of CD-k, ΔW = lr (⟨v h⟩ of the data − ⟨v h⟩ after k steps): up-and-down steps per update.",
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
        0.0,
        "Sparsity cost",
        minimum=0.0,
        maximum=100.0,
        zero="off",
        live=True,
        help="g ← g + cost · (mean activation − target): pulls each hidden unit to the target; off does not.",
    )
    scale: float = setting(0.01, "Deviation", minimum=0.0, maximum=10.0, help="W ~ N(0, deviation²): the starting weights.")

    @property
    def is_gaussian(self) -> bool:
        """Whether visible units are real numbers."""
        return self.visible_units == "gaussian"

    @property
    def mixes_examples(self) -> bool:
        """The sparsity cost looks at mean activations, and persistent chains make one move for each batch."""
        return self.persistent or self.sparsity_cost > 0


def held_by_machine(visible: int, hidden: int) -> int:
    """How many numbers contrastive divergence keeps for each example: states of data and model, and random bits."""
    return 9 * (visible + hidden) // 2
