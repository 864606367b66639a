"""What is known of the step that led to where a run stands, beyond its state: nothing that follows depends on it."""

from dataclasses import dataclass, replace

from nnlab.datasets.split import Index
from nnlab.models.arrays import Array
from nnlab.models.optimizers import Optimizer


@dataclass(frozen=True, eq=False)
class LastStep:
    """Its gradient, the optimizer's scratch vector, by what and at which rate the update was made, and of which examples."""

    gradient: Array
    scratch: Array
    rule: tuple[Optimizer, float]
    batch: Index

    def copy(self) -> "LastStep":
        """In memory of its own."""
        return replace(self, gradient=self.gradient.copy(), scratch=self.scratch.copy())
