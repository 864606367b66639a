"""Runs taken to their end through every stop, for the tests of breakpoints."""

from collections.abc import Sequence

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.metrics import joined
from nnlab.training import EpochEnd, Evaluation, Step, TrainingRun
from nnlab.training.events import Stop
from nnlab.training.watch import Watch


def stops_of(run: TrainingRun) -> list[Stop]:
    """All stops on the way to the end, going on after each."""
    watch, stops = Watch(run), []
    while True:
        step = next(watch, None)
        if watch.stop is not None:
            stops.append(watch.stop)
        elif step is None:
            return stops


def edges(held: Sequence[bool]) -> list[int]:
    """The places at which something becomes true."""
    return [place for place, now in enumerate(held) if now and not (place and held[place - 1])]


def reached(run: TrainingRun) -> Array:
    """The parameters that a run without breakpoints has in the end."""
    list(run)
    return run.model.parameters.values


def a_step(number: int = 1, loss: float = 1.0, score: float = 0.5, end: EpochEnd | None = None) -> Step:
    """A step with these figures."""
    return Step(number, 1, 1, 1, 16, loss, score, 0.1, end)


def an_end(train: tuple[float, float], validation: tuple[float, float]) -> EpochEnd:
    """The end of an epoch with these losses and scores."""

    class Found(Evaluation):
        @property
        def score(self) -> float:
            return validation[1]

    return EpochEnd(1, *train, Found(validation[0], joined((), None)), False)


def float64(run: TrainingRun, tensor: str) -> Array:
    """A tensor of a run, widened."""
    return run.model.parameters.view(tensor).astype(np.float64)
