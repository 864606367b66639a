"""A checkpoint in a model file.

Tensors      optimizer.<name> flat vectors
             best.parameters, best.buffers flat vectors of the best epoch, where they are not the model's own
             good.parameters, good.buffers those to go back to when training diverges, likewise
Metadata     state of training (JSON), events (what was done by hand; JSON)

Files of version 0.1 have "edited" in place of events, and older ones say nothing of the best epoch.
"""

import json
from typing import Any

import numpy as np

from nnlab.errors import ModelFileError
from nnlab.experiments.events_text import format_events, parse_edited, parse_events
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.holding_text import format_holding, parse_holding
from nnlab.experiments.saved_targets import is_tally
from nnlab.models.arrays import Array
from nnlab.models.metrics import joined, tally_state
from nnlab.models.model import Model
from nnlab.models.parameters import Parameters
from nnlab.targets import Targets
from nnlab.training.checkpoint import BestEpoch, Checkpoint, Fallback, Numbers
from nnlab.training.counters import Counters
from nnlab.training.crew.parts import MOST_HELPERS
from nnlab.training.epoch_end import EpochEnd
from nnlab.training.events import Event, ParameterEdit

_LARGEST_COUNT = 2**53
_BEST_FIGURES = ("train_loss", "train_accuracy", "validation_loss")


def checkpoint_parts(checkpoint: Checkpoint) -> tuple[dict[str, Array], dict[str, str]]:
    """Its tensors beside the model's own, and its metadata."""
    tensors = {f"optimizer.{name}": vector for name, vector in checkpoint.vectors.items()}
    kept = {"good": checkpoint.fallback.numbers} | ({"best": checkpoint.best.numbers} if checkpoint.best else {})
    for name, numbers in kept.items():
        for part, vector in vars(numbers).items():
            if not np.array_equal(vector, getattr(checkpoint.numbers, part)):
                tensors[f"{name}.{part}"] = vector
    fallback = checkpoint.fallback
    edits = _edits_at(fallback.counters.step, fallback.events)
    state = checkpoint.counters.state() | {
        "optimizer_start": checkpoint.optimizer_start,
        "kept_epoch": checkpoint.kept_epoch,
        "best": checkpoint.best.end.state() if checkpoint.best else None,
        "good": fallback.counters.state() | {"events": format_events(edits), "kept_epoch": fallback.kept_epoch},
        "divergence": checkpoint.divergence,
        "holding": format_holding(checkpoint.holding),
        "helpers": checkpoint.helpers,
    }
    return tensors, {"state": json.dumps(state), "events": json.dumps(format_events(checkpoint.events))}


def parse_checkpoint(
    experiment: Experiment, model: Model, targets: Targets, metadata: dict[str, str], tensors: dict[str, Array]
) -> Checkpoint:
    """The other way, of a model that has its numbers; raises ModelFileError where it makes no sense."""
    state = _state(metadata, targets)
    shuffles = experiment.training.shuffle
    counters = Counters.of_state(state, shuffles)
    if "events" in metadata:
        events = parse_events(json.loads(metadata["events"]), model.parameters)
    else:
        events = parse_edited(json.loads(metadata.get("edited", "[]")), model.parameters, counters.step)
    fallback = state.get("good") or state
    good = Counters.of_state(fallback, shuffles)
    edits = parse_events(fallback.get("events", []), model.parameters)
    kept_events = (*(event for event in events if event.step < good.step), *edits)
    best = state.get("best")
    return Checkpoint(
        Numbers(model.parameters.values, model.buffers.values),
        _optimizer_vectors(experiment, model, tensors),
        counters,
        Fallback(good, _numbers("good", model, tensors), kept_events, int(fallback.get("kept_epoch", 0))),
        BestEpoch(EpochEnd.of_state(best, targets), _numbers("best", model, tensors)) if best else None,
        int(state["optimizer_start"]),
        int(state.get("kept_epoch", 0)),
        str(state.get("divergence", "")),
        events,
        parse_holding(state.get("holding", [])),
        int(state.get("helpers", 1)),
    )


def _edits_at(step: int, events: tuple[Event, ...]) -> tuple[Event, ...]:
    """Of the events of the place to go back to those that those of the whole run do not tell of."""
    return tuple(event for event in events if isinstance(event, ParameterEdit) and event.step == step)


def parse_table(metadata: dict[str, str], name: str) -> dict[str, Any]:
    """What the metadata says under a name, which must be an object of JSON."""
    table = json.loads(metadata[name])
    if not isinstance(table, dict):
        raise ModelFileError(f"what it says of its {name} makes no sense: {metadata[name][:80]}")
    return table


def _state(metadata: dict[str, str], targets: Targets) -> dict[str, Any]:
    state = parse_table(metadata, "state")
    # Files of before the best epoch and the place to go back to were kept say nothing of them.
    best = state.get("best") or dict.fromkeys(_BEST_FIGURES) | {"epoch": 0, **tally_state(joined((), targets))}
    good = state.get("good") or state
    counts = [state["optimizer_start"], best["epoch"]]
    figures = [best[name] for name in _BEST_FIGURES]
    for place in (state, good):
        lowest, waited, drops = place["plateau"]
        counts += [waited, drops, place.get("kept_epoch", 0), *(place[name] for name in ("number", "epoch", "position"))]
        loss, correct, examples = place.get("sums", (0, 0, 0))
        figures += [lowest, loss, correct, examples]
    helpers = state.get("helpers", 1)
    if (
        type(helpers) is not int
        or not 1 <= helpers <= MOST_HELPERS
        or not all(type(count) is int and 0 <= count < _LARGEST_COUNT for count in counts)
        or state["optimizer_start"] > state["number"]
        or not all(type(figure) in (int, float, type(None)) for figure in figures)
        or not is_tally(best, targets)
        or type(state.get("divergence", "")) is not str
    ):
        raise ModelFileError(f"the state of its training makes no sense: {metadata['state'][:80]}")
    return dict(state)


def _optimizer_vectors(experiment: Experiment, model: Model, tensors: dict[str, Array]) -> dict[str, Array]:
    vectors = {name: tensors[f"optimizer.{name}"] for name in experiment.training.optimizer.vectors}
    for name, vector in vectors.items():
        _check_flat(f"optimizer vector {name}", vector, model.parameters)
    return vectors


def _numbers(name: str, model: Model, tensors: dict[str, Array]) -> Numbers:
    """Those that stand under the name; what does not is the model's own."""
    found = {}
    for part, own in (("parameters", model.parameters), ("buffers", model.buffers)):
        found[part] = tensors.get(f"{name}.{part}", own.values)
        _check_flat(f"vector {name}.{part}", found[part], own)
    return Numbers(**found)


def _check_flat(what: str, vector: Array, expected: Parameters) -> None:
    if not np.isfinite(vector).all():
        raise ModelFileError(f"its {what} holds numbers that are not finite")
    if vector.shape != expected.values.shape or vector.dtype != expected.dtype:
        raise ModelFileError(f"its {what} has {vector.size:,} numbers, expected {expected.size:,}")
