"""What a Boltzmann machine dreams: Gibbs chains that go on from look to look, and what its hidden units look for."""

from dataclasses import dataclass, replace

import numpy as np

from nnlab.datasets.split import Index, spread
from nnlab.models.arrays import Array
from nnlab.probes.machine import Machine, machine_of
from nnlab.probes.machine_figures import MachineFigures, MachineSurvey
from nnlab.probes.picture_arrays import Pictures
from nnlab.probes.scene import Scene
from nnlab.probes.selection import Selection, part_of
from nnlab.randomness import random_stream

STARTS = ("noise", "data", "drawing", "persistent")
SHOWN = ("means", "samples", "mean-field")

_MOST_CHAINS = 100
_FILTERS = 64
_CASES = 64
_UNITS = 1000


@dataclass(frozen=True, eq=False)
class ChainOptions:
    """What the chains are to do until the next look. Their states travel here and back: the run remembers nothing of them.

    states, means (chains, visible)    clamped (visible,) True where a unit keeps what values (any number, visible) has for
    its chain; where there are more chains than values, these go round
    """

    start: str = "noise"
    chains: int = 36
    steps: int = 1
    temperature: float = 1.0
    shown: str = "means"
    plays: bool = False  # go on even while training stands
    number: int = -1  # the update after which the states were seen; updates since then move the chains, too
    states: Array | None = None  # None starts afresh
    means: Array | None = None
    clamped: Array | None = None
    values: Array | None = None
    level: int = 0  # the machine of a stack that the states are of
    look: int = 0  # counts the looks; decides what is drawn at random
    restarts: int = 0  # how often they were started afresh: an answer of before one is of other chains
    wants_units: bool = True


@dataclass(frozen=True)
class MachineUnits:
    """What hidden units look for and where they are on: the first of `units`, of the layer of this name.

    hidden (cases, shown) p(h = 1 | v) of training examples, whose positions in their part are places (cases,)
    filters (shown, height, width): their weights, or what these look for in pictures if levels lie below
    """

    layer: str
    units: int
    hidden: Array
    places: Index
    filters: Array
    level: int = 0


@dataclass(frozen=True)
class ChainPicture:
    """The chains after so many Gibbs steps more.

    states, means (chains, visible)    pictures (chains, height, width, channels) uint8    energy (chains,) F(v), in nats
    shown: what the pictures are of, one of SHOWN    black, white (visible,) what painted pixels are to the machine
    figures: the last that were measured    is_measured: whether they are of the machine as it stands
    problem: why there is nothing to see, or ""
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


def probe_samples(scene: Scene, selection: Selection, survey: MachineSurvey) -> ChainPicture:
    """Take the chains of the options some steps on, and show them."""
    machine = machine_of(scene)
    if machine is None:
        return ChainPicture(
            problem="Pretraining is over: the stack is now trained as one autoencoder, and there is no Boltzmann machine "
            "left to sample from.",
        )
    options = selection.options if isinstance(selection.options, ChainOptions) else ChainOptions()
    # A machine that diverged is told about in words.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return _look(scene, machine, selection, options, survey)


def _look(
    scene: Scene, machine: Machine, selection: Selection, options: ChainOptions, survey: MachineSurvey
) -> ChainPicture:
    rbm = machine.rbm
    if options.level != machine.level:
        # What another machine's units were or held says nothing about this one's, even if there are as many.
        options = replace(options, states=None, means=None, clamped=None, values=None)
    persistent = next((rbm.buffers.view(name) for name in rbm.buffers.shapes), None)
    shown, taken = options.shown, 0
    is_trainings = options.start == "persistent" and persistent is not None
    if is_trainings:
        # They are looked at as they are: nothing is held in them, and no temperature changes them.
        assert persistent is not None
        states, means = _persistent(scene, machine, persistent[:_MOST_CHAINS])
        shown = "means" if shown == "mean-field" else shown
        if options.number >= 0:
            taken = (scene.moment.step - options.number) * rbm.settings.cd_steps
    else:
        states, means, taken = _go_on(scene, machine, selection, options)
    if not (np.isfinite(means).all() and np.isfinite(rbm.hidden_bias).all()):
        return ChainPicture(
            problem="The machine's weights are no finite numbers any more; reset, with a lower learning rate.",
        )
    survey.update(machine)
    return ChainPicture(
        taken,
        states.copy(),
        means.copy(),
        machine.pictures(states if shown == "samples" else means),
        rbm.free_energy(states),
        machine.level,
        persistent is not None,
        machine.sees_pictures and not is_trainings,
        machine.tone(0),
        machine.tone(255),
        survey.figures,
        survey.is_fresh,
        # Of another machine of the stack at once: those of the last one would stand beside its chains.
        machine_units(machine) if options.wants_units or options.level != machine.level else None,
        shown,
        restarts=options.restarts,
    )


def _go_on(scene: Scene, machine: Machine, selection: Selection, options: ChainOptions) -> tuple[Array, Array, int]:
    """The view's own chains: their states, their means, and how many steps have led there."""
    taken = 0
    if _fits(options.states, machine, options):
        assert options.states is not None
        states = options.states
        means = options.means if options.means is not None and options.means.shape == states.shape else states
        taken = options.steps if options.plays or scene.moment.step != options.number else 0
    else:
        states = means = begin_chains(machine, selection, options)
    states, means = keep_clamped(states, options), keep_clamped(means, options)
    if taken:
        states, means = (keep_clamped(moved, options) for moved in advance_chains(machine, states, options))
    return states, means, taken


def begin_chains(machine: Machine, selection: Selection, options: ChainOptions) -> Array:
    """Where chains (chains, visible) start: at random, at examples, or all at one drawing."""
    rbm, scene = machine.rbm, machine.scene
    chains = max(1, min(options.chains, _MOST_CHAINS))
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


def advance_chains(machine: Machine, states: Array, options: ChainOptions) -> tuple[Array, Array]:
    """(states, means) after options.steps Gibbs steps: the states, and the means that the last ones were drawn from."""
    rbm, temperature = machine.rbm, max(options.temperature, 1e-6)
    rng = random_stream(machine.scene.seed, "samples.gibbs", options.look)
    is_drawn = options.shown != "mean-field"
    means = rbm.gibbs_chain(
        states, options.steps, rng, temperature, options.clamped, sample_visible=False, sample_hidden=is_drawn
    )
    if not is_drawn:
        return means, means
    if rbm.settings.is_gaussian:
        return means + np.sqrt(temperature) * rng.standard_normal(means.shape, np.float32), means
    return (rng.random(means.shape, np.float32) < means).astype(means.dtype), means


def machine_units(machine: Machine) -> MachineUnits:
    """Of some training examples, always the same ones, so that they can be compared over time."""
    rbm, scene = machine.rbm, machine.scene
    places = spread(np.arange(len(scene.data.split.train)), _CASES)
    cases = machine.upward(scene.data.learning.gather(scene.data.split.train[places])[0])
    hidden = rbm.hidden_probabilities(cases)[:, :_UNITS].copy()
    filters = machine.filters(_FILTERS).copy()
    for array in (hidden, filters, places):
        array.flags.writeable = False
    # The machines of a stack are its first layers with weights.
    layers = [name.removesuffix(".weight") for name in scene.model.parameters.shapes if name.endswith(".weight")]
    return MachineUnits(layers[machine.level], rbm.hidden, hidden, places, filters, machine.level)


def _persistent(scene: Scene, machine: Machine, hidden: Array) -> tuple[Array, Array]:
    """The chains that training itself goes on with: binary hidden states, seen through the visible units they drive."""
    means = machine.rbm.visible_means(hidden)
    rng = random_stream(scene.seed, "samples.persistent", scene.moment.step)
    if machine.rbm.settings.is_gaussian:
        return means + rng.standard_normal(means.shape, np.float32), means
    return (rng.random(means.shape, np.float32) < means).astype(means.dtype), means


def _fits(states: Array | None, machine: Machine, options: ChainOptions) -> bool:
    """Whether the states can be those of the chains that are asked for."""
    wanted = (max(1, min(options.chains, _MOST_CHAINS)), machine.rbm.visible)
    return states is not None and states.shape == wanted and bool(np.isfinite(states).all())


def keep_clamped(states: Array, options: ChainOptions) -> Array:
    """States in which clamped units have their values: each chain its own, of the first again where there are more."""
    clamped, values = options.clamped, options.values
    if clamped is None or values is None or not len(values):
        return states
    if values.shape[1:] != states.shape[1:] or clamped.shape != states.shape[1:]:
        return states
    return np.where(clamped, values[np.arange(len(states)) % len(values)], states)
