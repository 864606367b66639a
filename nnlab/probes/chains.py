"""Gibbs chains that go on from look to look: what is asked of them, and where they stand."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnlab.models.arrays import Array
from nnlab.probes.machine import Machine
from nnlab.randomness import random_stream

MOST_CHAINS = 100


@dataclass(frozen=True, eq=False)
class ChainOptions:
    """What the chains are to do at this look. Where they stand is remembered by whoever looks, not told here.

    An ask is numbered, so that it can come again (its answer was lost, or never drawn) and changes nothing that way: the
    same `look` goes on from where the chains stood when it first came. Another number of `restarts` starts them afresh.

    clamped (visible,) True where a unit keeps what values (any number, visible) has for its chain; where there are more
    chains than values, these go round
    """

    start: str = "noise"  # or "data", "drawing", "persistent": the chains that training itself goes on with
    chains: int = 36
    steps: int = 1
    temperature: float = 1.0
    shown: str = "means"  # or "samples", or "mean-field", where nothing is drawn at random
    plays: bool = False  # go on even while training stands
    clamped: Array | None = None
    values: Array | None = None
    level: int = 0  # the machine of a stack that clamped units are of
    look: int = 0  # counts the answers that were taken; decides what is drawn at random
    restarts: int = 0  # how often chains were started afresh: an answer of before one is of other chains


@dataclass(frozen=True, eq=False)
class Chains:
    """Where chains stand after so many updates of their machine.

    states, means (chains, visible): the states, and the means that the last ones were drawn from
    of: the run, the level of its stack and the start that they are of
    """

    states: Array
    means: Array
    step: int
    gone: int  # Gibbs steps since they began
    of: tuple[int, int, int]


class ChainMemory:
    """Where one view's chains stand, and where they stood before the last look: an ask that comes again starts there."""

    def __init__(self) -> None:
        self._look: int | None = None
        self._before: Chains | None = None
        self._now: Chains | None = None

    def before(self, machine: Machine, options: ChainOptions) -> Chains | None:
        """The chains that this look goes on with; None where they begin."""
        if options.look != self._look:
            self._look, self._before = options.look, self._now
        before = self._before
        return before if before is not None and before.of == _identity(machine, options) else None

    def keep(self, chains: Chains) -> Chains:
        """They stand here now."""
        self._now = chains
        return chains

    def forget(self) -> None:
        """There is no machine, or it is broken: chains begin anew when there is one."""
        self._look = self._before = self._now = None


def go_on(
    machine: Machine, options: ChainOptions, memory: ChainMemory, begin: Callable[[], Array], begins_moving: bool = False
) -> Chains:
    """The chains of the memory, so many steps on if they are played or the machine has learned; or fresh ones.

    begin() gives the states (chains, visible) of fresh ones, which move at the next look unless they begin moving.
    """
    step, chains = machine.scene.moment.step, memory.before(machine, options)
    if chains is not None and _fits(chains.states, machine, options):
        states, means, gone = chains.states, chains.means, chains.gone
        moves = options.plays or step != chains.step
    else:
        states = means = begin()
        gone, moves = 0, begins_moving
    states, means = keep_clamped(states, options), keep_clamped(means, options)
    if moves and options.steps:
        states, means = (keep_clamped(moved, options) for moved in advance_chains(machine, states, options))
        gone += options.steps
    return memory.keep(Chains(states, means, step, gone, _identity(machine, options)))


def follow_persistent(machine: Machine, options: ChainOptions, memory: ChainMemory, hidden: Array) -> Chains:
    """The chains that training itself goes on with: binary hidden states, seen through the visible units they drive.

    They are looked at as they are: nothing is held in them, and no temperature changes them.
    """
    rbm, step = machine.rbm, machine.scene.moment.step
    before = memory.before(machine, options)
    gone = 0 if before is None else before.gone + (step - before.step) * rbm.settings.cd_steps
    means = rbm.visible_means(hidden[:MOST_CHAINS])
    rng = random_stream(machine.scene.seed, "samples.persistent", step)
    states = _drawn(machine, means, rng)
    return memory.keep(Chains(states, means, step, gone, _identity(machine, options)))


def advance_chains(machine: Machine, states: Array, options: ChainOptions) -> tuple[Array, Array]:
    """(states, means) after options.steps Gibbs steps: the states, and the means that the last ones were drawn from."""
    rbm, temperature = machine.rbm, max(options.temperature, 1e-6)
    rng = random_stream(machine.scene.seed, "samples.gibbs", options.look)
    is_drawn = options.shown != "mean-field"
    means = rbm.gibbs_chain(
        states, options.steps, rng, temperature, options.clamped, sample_visible=False, sample_hidden=is_drawn
    )
    return (_drawn(machine, means, rng, np.sqrt(temperature)), means) if is_drawn else (means, means)


def keep_clamped(states: Array, options: ChainOptions) -> Array:
    """States in which clamped units have their values: each chain its own, of the first again where there are more."""
    clamped, values = options.clamped, options.values
    if clamped is None or values is None or not len(values):
        return states
    if values.shape[1:] != states.shape[1:] or clamped.shape != states.shape[1:]:
        return states
    return np.where(clamped, values[np.arange(len(states)) % len(values)], states)


def wanted_chains(options: ChainOptions) -> int:
    """How many chains are asked for, within what can be shown."""
    return max(1, min(options.chains, MOST_CHAINS))


def _drawn(machine: Machine, means: Array, rng: np.random.Generator, deviation: float = 1.0) -> Array:
    """Visible states with these means: binary, or normal with this standard deviation."""
    if machine.rbm.settings.is_gaussian:
        return np.asarray(means + deviation * rng.standard_normal(means.shape, np.float32))
    return (rng.random(means.shape, np.float32) < means).astype(means.dtype)


def _identity(machine: Machine, options: ChainOptions) -> tuple[int, int, int]:
    return machine.scene.moment.run, machine.level, options.restarts


def _fits(states: Array, machine: Machine, options: ChainOptions) -> bool:
    """Whether the states can be those of the chains that are asked for."""
    return states.shape == (wanted_chains(options), machine.rbm.visible) and bool(np.isfinite(states).all())
