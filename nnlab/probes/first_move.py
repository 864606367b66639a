"""How far the first step of a run throws its weights: that says by how much a learning rate is too large.

Later it cannot be seen any more: weights that were thrown far are large themselves, and later steps look small beside them.
"""

from nnlab.models.arrays import norm
from nnlab.training.loop import TrainingRun


class FirstMove:
    """max over tensors of |first update| / |initial weights|, per unit of learning rate.

    begin(run) before its first step, end(run, rate) after it; `per_rate` is 0 where that was not seen.
    """

    def __init__(self) -> None:
        self.per_rate = 0.0
        self._sizes: dict[str, float] = {}

    def begin(self, run: TrainingRun) -> None:
        """Nothing is kept of a run that has steps behind it."""
        if not run.step:
            parameters = run.model.parameters
            self._sizes = {name: norm(parameters.view(name)) for name in parameters.shapes}

    def end(self, run: TrainingRun, rate: float) -> None:
        """The step was made at this rate."""
        if self._sizes and run.has_stepped and rate > 0:
            shares = (norm(run.last_update(name)) / size for name, size in self._sizes.items() if size > 0)
            found = max(shares, default=0.0) / rate
            self.per_rate = found if found < float("inf") else 0.0
        self._sizes = {}
