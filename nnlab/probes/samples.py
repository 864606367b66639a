"""What a Boltzmann machine dreams: its Gibbs chains as pictures, and what has been found out about it."""

import math
from dataclasses import dataclass, replace

import numpy as np

from nnlab.models.arrays import Array
from nnlab.probes.chains import ChainMemory, ChainOptions, follow_persistent, go_on, wanted_chains
from nnlab.probes.machine import Machine, machine_of
from nnlab.probes.machine_figures import MachineFigures, MachineSurvey
from nnlab.probes.machine_units import MachineUnits, UnitsMemory
from nnlab.probes.picture_arrays import Pictures
from nnlab.probes.scene import Scene
from nnlab.probes.selection import Selection, part_of
from nnlab.randomness import random_stream


class SamplesMemory:
    """What the probe finds again at the next look: its chains, and what it has found out about the machine."""

    def __init__(self, seconds: float = math.inf) -> None:
        self.chains = ChainMemory()
        self.survey = MachineSurvey(seconds)
        self.units = UnitsMemory(seconds)


@dataclass(frozen=True)
class ChainStates:
    """The chains, so many Gibbs steps after they began.

    states, means (chains, visible)    pictures (chains, height, width, channels) uint8    energy (chains,) F(v), in nats
    shown: what the pictures are of, as in the options    black, white (visible,) what painted pixels are to the machine
    figures: the last that were measured    is_measured: whether they, and the units, are of the machine as it stands
    problem: why there is nothing to see, or ""    restarts: those of the ask
    """

    steps: int = 0
    states: Array | None = None
    means: Array | None = None
    pictures: Pictures | None = None
    energy: Array | None = None
    level: int = 0
    has_persistent: bool = False
    can_clamp: bool = False
    black: Array | None = None
    white: Array | None = None
    figures: MachineFigures | None = None
    is_measured: bool = True
    units: MachineUnits | None = None
    shown: str = "means"
    problem: str = ""
    restarts: int = 0


def probe_samples(scene: Scene, selection: Selection, memory: SamplesMemory) -> ChainStates:
    """Take the chains of the memory as far as the options ask, and show them."""
    machine = machine_of(scene)
    if machine is None:
        memory.chains.forget()
        return ChainStates(
            problem="Pretraining is over: the stack is now trained as one autoencoder, and there is no Boltzmann machine "
            "left to sample from.",
        )
    options = selection.options if isinstance(selection.options, ChainOptions) else ChainOptions()
    # A machine that diverged is told about in words.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return _look(machine, selection, options, memory)


def _look(machine: Machine, selection: Selection, options: ChainOptions, memory: SamplesMemory) -> ChainStates:
    rbm, shown = machine.rbm, options.shown
    persistent = next((rbm.buffers.view(name) for name in rbm.buffers.shapes), None)
    if options.start == "persistent" and persistent is not None:
        chains, can_clamp = follow_persistent(machine, options, memory.chains, persistent), False
        shown = "means" if shown == "mean-field" else shown
    else:
        # What another machine's units held says nothing about this one's, even if there are as many.
        held = replace(options, clamped=None, values=None) if options.level != machine.level else options
        chains = go_on(machine, held, memory.chains, lambda: begin_chains(machine, selection, options))
        can_clamp = machine.sees_pictures
    if not (np.isfinite(chains.means).all() and np.isfinite(rbm.hidden_bias).all()):
        memory.chains.forget()
        return ChainStates(
            problem="The machine's weights are no finite numbers any more; reset, with a lower learning rate.",
        )
    memory.survey.update(machine)
    units = memory.units.update(machine)
    return ChainStates(
        chains.gone,
        chains.states,
        chains.means,
        machine.pictures(chains.states if shown == "samples" else chains.means),
        rbm.free_energy(chains.states),
        machine.level,
        persistent is not None,
        can_clamp,
        machine.tone(0),
        machine.tone(255),
        memory.survey.figures,
        memory.survey.is_fresh and memory.units.is_fresh,
        units,
        shown,
        restarts=options.restarts,
    )


def begin_chains(machine: Machine, selection: Selection, options: ChainOptions) -> Array:
    """Where chains (chains, visible) start: at random, at examples, or all at one drawing."""
    rbm, scene = machine.rbm, machine.scene
    chains = wanted_chains(options)
    rng = random_stream(scene.seed, "samples.start", options.look)
    if options.start == "data":
        feed, index = part_of(scene.data, selection.part)
        inputs, _ = feed.gather(rng.choice(index, chains, replace=len(index) < chains))
        return machine.upward(inputs).copy()
    drawing = selection.drawing
    if options.start == "drawing" and drawing is not None and drawing.pixels.shape == scene.data.dataset.example_shape:
        pixels = scene.data.scaling.painted(drawing.pixels[None])
        return np.repeat(machine.upward(scene.data.scaling.apply(pixels, out=pixels)), chains, axis=0)
    if rbm.settings.is_gaussian:
        return rng.standard_normal((chains, rbm.visible), np.float32)
    return (rng.random((chains, rbm.visible), np.float32) < 0.5).astype(np.float32)
