"""How well a Boltzmann machine holds the data: free energies and the pseudo-likelihood over thousands of examples."""

import math
import time
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass

import numpy as np

from nnlab.datasets.split import Index, spread
from nnlab.models.arrays import Array
from nnlab.models.pseudo_likelihood import FLIPS, log_conditionals, units_to_flip
from nnlab.models.rbm import RBM
from nnlab.probes.machine import Machine
from nnlab.probes.moment import Moment
from nnlab.randomness import random_stream

# Free energies of single examples lie dozens of nats apart: means over 64 would differ by five from draw to draw.
MOST_EXAMPLES = 5000
# Examples at a time; fewer of a large machine, which takes longer for each.
_PORTION, _LEAST_PORTION, _PORTION_WEIGHTS = 50, 8, 20_000_000


@dataclass(frozen=True)
class MachineFigures:
    """How a machine held the data at some moment.

    free_energy: mean F(v) in nats of training and of validation examples, NaN of a part that has none
    pseudo_likelihood: in nats, of the training examples; NaN for Gaussian units
    examples: over how many training and validation examples, spread over their parts and always the same ones
    """

    moment: Moment
    free_energy: tuple[float, float]
    pseudo_likelihood: float
    examples: tuple[int, int]


class MachineSurvey:
    """Goes through the examples, so long a look may last, with a copy of the machine as it stood when the round began.

    While training goes on its free energies drift by more than training and validation examples differ: all must be of
    one machine. Once training stands, one more round makes the figures `is_fresh`. It is part of
    a probe's memory, and nobody else looks inside.
    """

    def __init__(self, seconds: float = math.inf) -> None:
        self.seconds = seconds
        self.figures: MachineFigures | None = None  # of the last whole round
        self.is_fresh = False  # whether they are of the machine as it stands
        self._of: tuple[object, ...] = ()
        self._moment = Moment()
        self._still: tuple[RBM, ...] = ()  # the machines below, and the machine
        self._index: tuple[Index, Index] = (np.zeros(0, np.intp), np.zeros(0, np.intp))
        self._flipped = np.zeros((0, FLIPS), np.intp)
        self._energy: tuple[Array, ...] = ()
        self._likelihood: Array = np.zeros(0)
        self._portion = _PORTION
        self._portions: Iterator[tuple[int, int]] | None = None  # what is left of the round; None after its end

    def update(self, machine: Machine) -> None:
        """Go on with the round, or begin one if the figures are out of date, until it is complete or the time is over."""
        started = time.perf_counter()
        of, is_same = (machine.scene.moment.run, machine.level), self._is_still(machine)
        if of != self._of:
            self._of, self.figures, is_same = of, None, False
            self._begin(machine)
        elif not is_same and (self._portions is None or machine.scene.moment.step == self._moment.step):
            # A round that was overtaken by training ends all the same: else there would be no figures while it runs.
            self._begin(machine)
        while self._portions is not None:
            self._measure_portion(machine)
            if time.perf_counter() - started > self.seconds:
                break
        self.is_fresh = self._portions is None and self._is_still(machine)

    def _begin(self, machine: Machine) -> None:
        scene = machine.scene
        self._moment = scene.moment
        self._still = tuple(_copied(rbm) for rbm in (*machine.below, machine.rbm))
        self._index = (spread(scene.data.split.train, MOST_EXAMPLES), spread(scene.data.split.validation, MOST_EXAMPLES))
        self._energy = tuple(np.empty(len(index)) for index in self._index)
        self._likelihood = np.full(len(self._index[0]), math.nan)
        rng = random_stream(scene.seed, "pseudo-likelihood")
        self._flipped = units_to_flip(len(self._index[0]), machine.rbm.visible, rng)
        self._portion = min(max(_PORTION_WEIGHTS // machine.rbm.weight.size, _LEAST_PORTION), _PORTION)
        starts = [(part, start) for part in (0, 1) for start in range(0, len(self._index[part]), self._portion)]
        self._portions = iter(starts)

    def _measure_portion(self, machine: Machine) -> None:
        part, start = next(self._portions or iter(()), (-1, 0))
        if part < 0:
            self._portions, self.figures = None, self._summary()
            return
        index = self._index[part]
        # The last portion overlaps the one before: all are of one size, for which the feed keeps its arrays.
        start = max(0, min(start, len(index) - self._portion))
        here = slice(start, start + self._portion)
        still = Machine(self._still[-1], self._still[:-1], machine.scene)
        v = still.upward(machine.scene.data.learning.gather(index[here])[0])
        self._energy[part][here] = still.rbm.free_energy(v)
        if part == 0 and not still.rbm.settings.is_gaussian:
            binary = (v > 0.5).astype(v.dtype)
            conditionals = log_conditionals(still.rbm, binary, self._flipped[here])
            self._likelihood[here] = still.rbm.visible * conditionals.mean(axis=1)

    def _summary(self) -> MachineFigures:
        train, validation = (float(energy.mean()) if len(energy) else math.nan for energy in self._energy)
        likelihood = float(self._likelihood.mean()) if len(self._likelihood) else math.nan
        counts = (len(self._index[0]), len(self._index[1]))
        return MachineFigures(self._moment, (train, validation), likelihood, counts)

    def _is_still(self, machine: Machine) -> bool:
        """Whether the machine, and those below it, have the numbers of the round's copies."""
        now = (*machine.below, machine.rbm)
        return len(now) == len(self._still) and all(
            np.array_equal(*pair)
            for rbm, still in zip(now, self._still, strict=True)
            for pair in zip(_numbers(rbm), _numbers(still), strict=True)
        )


def machine_figures(machine: Machine) -> MachineFigures:
    """All at once."""
    survey = MachineSurvey()
    survey.update(machine)
    assert survey.figures is not None
    return survey.figures


def _numbers(rbm: RBM) -> tuple[Array, Array, Array]:
    return rbm.weight, rbm.visible_bias, rbm.hidden_bias


def _copied(rbm: RBM) -> RBM:
    """A machine with these numbers, whatever becomes of them: to look into, not to train."""
    still = copy(rbm)
    still.weight, still.visible_bias, still.hidden_bias = (numbers.copy() for numbers in _numbers(rbm))
    return still
