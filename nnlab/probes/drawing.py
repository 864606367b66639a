"""What the model makes of a drawing: its class, its reconstruction, or what a Boltzmann machine dreams on it."""

from dataclasses import dataclass, field, replace

import numpy as np

from nnlab.datasets.drawing import Drawing
from nnlab.models.arrays import Array
from nnlab.models.capabilities import Predicts, predicting, reconstructing
from nnlab.probes.chains import ChainMemory, ChainOptions, go_on, wanted_chains
from nnlab.probes.machine import Machine, machine_of
from nnlab.probes.picture_arrays import Pictures, as_pictures
from nnlab.probes.scene import Scene
from nnlab.probes.scores import scores_of
from nnlab.probes.selection import Selection
from nnlab.targets import Values
from nnlab.words import figure

DREAMS = 9
_NOT_FINITE = "The model's answer is no finite number any more; reset, with a lower learning rate."


@dataclass(frozen=True, eq=False)
class DrawOptions:
    """The drawing in the data's shape, None while the pad is empty; and what the chains that dream on it are to do.

    holds_ink keeps the pixels of the drawing that are not background as they were drawn.
    """

    drawing: Drawing | None = None
    holds_ink: bool = False
    chains: ChainOptions = field(default_factory=lambda: ChainOptions("drawing", DREAMS))


@dataclass(frozen=True, eq=False)
class DrawingAnswer:
    """The model's answer to a drawing; arrays of no length where the model gives no such answer.

    probability (classes,)    scores (classes,), what a model puts out that gives no probabilities; its probability is then
    the softmax of them    reconstruction (1, height, width, channels) uint8, error its mean squared error where white is 1
    dreams (chains, height, width, channels) uint8, so many steps after they began, from states and means (chains, visible)
    restarts: those of the ask
    """

    drawing: Drawing | None = None
    class_names: tuple[str, ...] = ()
    probability: Array = field(default_factory=lambda: np.zeros(0, np.float32))
    reconstruction: Pictures = field(default_factory=lambda: np.zeros((0, 1, 1, 1), np.uint8))
    error: float = float("nan")
    dreams: Pictures = field(default_factory=lambda: np.zeros((0, 1, 1, 1), np.uint8))
    states: Array | None = None
    means: Array | None = None
    steps: int = 0
    level: int = 0
    problem: str = ""
    scores: Array = field(default_factory=lambda: np.zeros(0, np.float32))
    restarts: int = 0

    @property
    def are_scores(self) -> bool:
        """Whether the model's outputs are no probabilities."""
        return bool(len(self.scores))


def probe_drawing(scene: Scene, selection: Selection, memory: ChainMemory) -> DrawingAnswer:
    """Ask the model about the drawing of the options; a Boltzmann machine goes on with the memory's chains."""
    options = selection.options if isinstance(selection.options, DrawOptions) else DrawOptions()
    return replace(_answer(scene, options, memory), restarts=options.chains.restarts)


def _answer(scene: Scene, options: DrawOptions, memory: ChainMemory) -> DrawingAnswer:
    drawing = options.drawing
    if drawing is None or drawing.pixels.shape != scene.data.dataset.example_shape:
        return DrawingAnswer()
    inputs = scene.data.scaling.painted(drawing.pixels[None])
    scene.data.scaling.apply(inputs, out=inputs)
    # A model that diverged is told about in words.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        machine = machine_of(scene)
        if machine is not None:
            return _dream(scene, machine, inputs, options, memory)
        if (giving := reconstructing(scene.model)) is not None:
            return _reconstruct(scene, drawing, giving.reconstruct(inputs))
        model = predicting(scene.model)
        assert model is not None  # what neither dreams nor reconstructs predicts
        return _classify(scene, model, drawing, model.predict(inputs))


def _classify(scene: Scene, model: Predicts, drawing: Drawing, outputs: Array) -> DrawingAnswer:
    outputs = outputs.reshape(1, -1)
    if not np.isfinite(outputs).all():
        return DrawingAnswer(drawing, problem=_NOT_FINITE)
    if isinstance(model.targets, Values):
        values = zip(model.targets.names, scene.data.learning.in_own_units(outputs)[0], strict=True)
        return DrawingAnswer(drawing, problem=", ".join(f"{name} {figure(value)}" for name, value in values))
    probability = model.probabilities(outputs)[0].copy()
    names = scene.data.dataset.class_names
    if len(names) != len(probability):
        names = tuple(str(index) for index in range(len(probability)))
    scores = scores_of(model, outputs).ravel()
    return DrawingAnswer(drawing, names, probability, scores=scores)


def _reconstruct(scene: Scene, drawing: Drawing, outputs: Array) -> DrawingAnswer:
    if not np.isfinite(outputs).all():
        return DrawingAnswer(drawing, problem=_NOT_FINITE)
    # What lies beyond black and white is an error, too: it is measured before pictures are cut to that range.
    scaling = scene.data.scaling
    raw = scaling.undo(outputs.reshape(1, *drawing.pixels.shape))
    error = float(np.square((raw - scaling.painted(drawing.pixels)) / (scaling.white - scaling.black)).mean())
    return DrawingAnswer(drawing, reconstruction=as_pictures(scene.data, outputs), error=error)


def _dream(scene: Scene, machine: Machine, inputs: Array, options: DrawOptions, memory: ChainMemory) -> DrawingAnswer:
    """The reconstruction by probabilities, and chains that go on from the drawing."""
    assert options.drawing is not None
    asked, start = options.chains, machine.upward(inputs)
    once = _reconstruct(scene, options.drawing, machine.downward(machine.rbm.reconstruct(start)))
    if once.problem:
        memory.forget()
        return once
    begun = np.repeat(start, wanted_chains(asked), axis=0)
    if options.holds_ink and machine.level == 0:
        ground = machine.tone(0 if np.median(options.drawing.pixels) < 128 else 255)
        asked = replace(asked, clamped=start[0] != ground, values=begun)
    chains = go_on(machine, asked, memory, lambda: begun, begins_moving=True)
    return replace(
        once,
        dreams=machine.pictures(chains.states if asked.shown == "samples" else chains.means),
        states=chains.states,
        means=chains.means,
        steps=chains.gone,
        level=machine.level,
    )
