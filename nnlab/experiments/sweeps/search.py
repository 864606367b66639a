"""How a sweep chooses what to try: every combination, drawn ones, or what the results so far suggest. One row a kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, ClassVar

from nnlab.experiments.sweeps.axis import Axis
from nnlab.experiments.sweeps.suggesting import suggested
from nnlab.models.metrics import CLASS_METRICS, VALUE_METRICS
from nnlab.models.metrics.metric import Metric
from nnlab.randomness import random_stream
from nnlab.settings import Settings, setting

# Of all of them a row is kept, and shown.
MOST_TRIALS = 4096
Choices = Mapping[str, Any]
# What was tried, and the figure that came of it; None where there is none.
Result = tuple[Choices, float | None]


@dataclass(frozen=True)
class Search(Settings):
    """Base of all kinds: which figure of a trial the sweep goes by, and which trials there are."""

    section: ClassVar[str] = "search"

    objective: str = setting(
        "validation_loss",
        "Objective",
        help="The figure by which trials are compared, as `nnlab train` tells it: of the model as it stands at the end.",
    )
    goal: str = setting(
        "best",
        "Goal",
        choices=("best", "lowest", "highest"),
        help="Which value of it is sought. best: the lowest of a loss or an error, the highest of a score.",
    )

    @property
    def seeks_highest(self) -> bool:
        """Whether a larger value of the objective is better."""
        if self.goal != "best":
            return self.goal == "highest"
        metrics: tuple[Metric[Any], ...] = (*CLASS_METRICS, *VALUE_METRICS)
        name = self.objective.partition("_")[2]
        return next((metric.is_greater_better for metric in metrics if metric.name == name), name in _HIGHER)

    def count(self, axes: Sequence[Axis]) -> int:
        """How many trials there are in all."""
        raise NotImplementedError

    def proposed(self, axes: Sequence[Axis], results: Sequence[Result]) -> list[dict[str, Any]]:
        """What the next trials choose, as many as can be told before there are more results.

        A function of these alone: the same results in the same order give the same choices, wherever and whenever.
        """
        raise NotImplementedError


# Figures beside the metrics of which more is better.
_HIGHER = ("psnr", "pseudo_likelihood")


@dataclass(frozen=True)
class Grid(Search):
    """Every combination, the last axis fastest."""

    def count(self, axes: Sequence[Axis]) -> int:
        """The product of all lengths."""
        return prod(axis.grid_size for axis in axes)

    def proposed(self, axes: Sequence[Axis], results: Sequence[Result]) -> list[dict[str, Any]]:
        """All that are left."""
        combinations = list(product(*(axis.in_grid() for axis in axes)))[len(results) :]
        return [dict(zip((axis.name for axis in axes), values, strict=True)) for values in combinations]


@dataclass(frozen=True)
class Drawn(Search):
    """Base of those that have as many trials as a person wants, and a seed."""

    trials: int = setting(32, "Trials", minimum=1, maximum=MOST_TRIALS, help="How often the experiment is trained.")
    seed: int = setting(0, "Seed", minimum=0, maximum=2**31 - 1, help="Decides what is drawn.")

    def count(self, axes: Sequence[Axis]) -> int:
        """As many as are wanted."""
        return self.trials


@dataclass(frozen=True)
class Random(Drawn):
    """Each trial draws from every axis: a function of (seed, the setting's name, the trial's number)."""

    def proposed(self, axes: Sequence[Axis], results: Sequence[Result]) -> list[dict[str, Any]]:
        """All that are left."""
        return [
            {axis.name: axis.drawn(random_stream(self.seed, f"sweep {axis.name}", number)) for axis in axes}
            for number in range(len(results) + 1, self.trials + 1)
        ]


@dataclass(frozen=True)
class Suggested(Drawn):
    """Optuna's tree of Parzen estimators (Bergstra et al. 2011): tries more where the results are good.

    Trials go by generations. All of a generation are suggested before any of them is trained, by what is known of those
    before, told in the order of their numbers: so it does not matter which ends first, nor how many are trained at once.
    """

    generation: int = setting(
        8,
        "Generation",
        minimum=1,
        maximum=256,
        help="So many trials are suggested together. It decides the results; more than there are workers uses them all.",
    )

    def proposed(self, axes: Sequence[Axis], results: Sequence[Result]) -> list[dict[str, Any]]:
        """The next generation."""
        wanted = min(self.generation, self.trials - len(results))
        return suggested(axes, results, wanted, self.seed, self.seeks_highest) if wanted > 0 else []


SEARCHES: dict[str, type[Search]] = {"grid": Grid, "random": Random, "optuna": Suggested}
