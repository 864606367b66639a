"""Where a step that is not finite began: the first such number, in the order in which a step computes them."""

from collections.abc import Iterator

import numpy as np

from nnlab.errors import DivergedError
from nnlab.models.arrays import Array
from nnlab.models.capabilities import has_layers, is_machine
from nnlab.models.layers.sequence import readable_name
from nnlab.models.model import Model
from nnlab.models.network import Network
from nnlab.models.rbm import RBM
from nnlab.models.sensitivities import Sensitivities
from nnlab.training.loop import TrainingRun

Named = tuple[str, Array]


def first_not_finite(run: TrainingRun) -> str:
    """What of the next step of a run is not finite before all else, in words; "" where all of it is finite.

    In order: every layer's output, the loss; backwards, the gradient by every layer's output, then those of its tensors;
    running means; what the update makes of the tensors; the validation at an epoch's end. The step is made: give a replica.
    """
    with np.errstate(all="ignore"):
        for inputs, targets, number in run.upcoming_parts():
            # Before what is looked at is overwritten by what comes next.
            for name, numbers in _of_a_pass(run.model, inputs.copy(), targets.copy(), number):
                if not np.isfinite(numbers).all():
                    return name
        return _of_the_update(run)


def _of_a_pass(model: Model, inputs: Array, targets: Array, number: int) -> Iterator[Named]:
    yield "an input", inputs
    found: Sensitivities | None = None
    if has_layers(model) and not model.is_pretraining:
        found = model.sensitivities(inputs, targets, training=True, step=number)
        for place, outputs in zip(model.places, found.outputs, strict=True):
            yield f"the output of {readable_name(place.name)}", outputs
        yield "the loss", np.array(found.loss)
    elif is_machine(model):
        yield from _of_a_machine(model, inputs)
    yield "the loss", np.array(model.loss_and_gradient(inputs, targets, number).loss)
    if found is not None and has_layers(model):
        yield from _backwards(model, found)
    for tensor in reversed(model.parameters.shapes):
        yield f"the gradient of {tensor}", model.parameters.gradient_view(tensor)
    for name in model.buffers.shapes:
        yield f"the running {name}", model.buffers.view(name)


def _of_a_machine(model: RBM, inputs: Array) -> Iterator[Named]:
    hidden = model.hidden_probabilities(inputs)
    yield "the hidden probabilities", hidden
    yield "the reconstruction", model.visible_means(hidden)


def _backwards(model: Network, found: Sensitivities) -> Iterator[Named]:
    for at in range(len(model.places) - 1, -1, -1):
        name = model.places[at].name
        if at < len(found.by_output):
            yield f"the gradient by the output of {readable_name(name)}", found.by_output[at]
        for tensor in model.parameters.shapes:
            if tensor.rpartition(".")[0] == name:
                yield f"the gradient of {tensor}", model.parameters.gradient_view(tensor)


def _of_the_update(run: TrainingRun) -> str:
    try:
        next(run, None)
    except DivergedError:
        # Only what judges the numbers at an epoch's end is left: the numbers themselves are finite so far.
        return "the loss of the validation examples"
    for name in run.model.parameters.shapes:
        if not np.isfinite(run.model.parameters.view(name)).all():
            return f"{name} by the update"
    return ""
