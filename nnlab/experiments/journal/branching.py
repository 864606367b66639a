"""A branch: from some step of a run another goes on with other settings, as far as what was learned fits them."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from nnlab.datasets import Dataset
from nnlab.errors import ExperimentError
from nnlab.experiments.assembly import build_model
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.continuation import Continuation
from nnlab.models.arrays import Shape
from nnlab.models.layers.base import shape_text
from nnlab.models.model import Model
from nnlab.training.events import SettingsChange


def branched(then: Continuation, wanted: Experiment, dataset: Dataset) -> tuple[Continuation, str]:
    """What goes on from there under the wanted experiment, and a sentence where not all goes on; "" where all does.

    Live settings stay as they were then: going over to the wanted ones is the branch's first event. Raises ExperimentError
    where what was learned is of no use under what is wanted.
    """
    before = then.experiment
    if wanted.dataset != before.dataset:
        raise ExperimentError(
            "the data was edited since, and a branch goes on with that of its run; undo that edit, or reset for a fresh run"
        )
    base = wanted.with_live(before)
    if base == before.with_live(before) or not before.needs_reset(wanted):
        return replace(then, experiment=replace(before, name=wanted.name)), ""
    _check_same_parameters(build_model(before, dataset), build_model(base, dataset))
    checkpoint, caution = then.checkpoint, ""
    # The settings that were changed by hand so far were those of the run before; this one begins with its own.
    events = tuple(event for event in checkpoint.events if not isinstance(event, SettingsChange))
    if type(base.training.optimizer) is not type(before.training.optimizer):
        like = checkpoint.numbers.parameters
        vectors = {name: np.zeros_like(like) for name in base.training.optimizer.vectors}
        checkpoint = replace(checkpoint, vectors=vectors, optimizer_start=checkpoint.counters.step)
        caution = "The optimizer is another one, and begins without a memory."
    return replace(then, experiment=base, checkpoint=replace(checkpoint, events=events)), caution


def _check_same_parameters(had: Model, has: Model) -> None:
    for ours, theirs in ((had.parameters.shapes, has.parameters.shapes), (had.buffers.shapes, has.buffers.shapes)):
        for name in {**ours, **theirs}:
            if ours.get(name) != theirs.get(name):
                raise ExperimentError(
                    f"the model was edited, and what was learned does not fit it: {name} {_said(ours, name)} in the run and "
                    f"{_said(theirs, name)} in the edited model; undo that edit, or reset for a fresh run"
                )


def _said(shapes: Mapping[str, Shape], name: str) -> str:
    return f"is {shape_text(shapes[name])}" if name in shapes else "is missing"
