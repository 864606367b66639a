"""The free energies of examples in a Boltzmann machine, added up so that chunks give what the whole would."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np

from nnlab.models.arrays import Array


@dataclass(frozen=True)
class FreeEnergies:
    """sum: of F(v) over `total` examples, in nats and in float64."""

    total: int
    sum: float

    @classmethod
    def of(cls, energies: Array) -> Self:
        """energies (N,)"""
        return cls(len(energies), float(np.sum(energies, dtype=np.float64)))

    @classmethod
    def joined(cls, parts: Iterable["FreeEnergies"]) -> Self:
        """Of all parts together."""
        found = list(parts)
        return cls(sum(part.total for part in found), sum(part.sum for part in found))

    @property
    def mean(self) -> float:
        """NaN of no examples, and of a machine that overflowed."""
        return self.sum / self.total if self.total and math.isfinite(self.sum) else math.nan
