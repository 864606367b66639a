"""What would mend an experiment that cannot run on its data: one small change after which it can, and what that is called.

Nothing here knows why a model is refused, or any kind of layer: each way is tried, and the first after which `check_fit` has
nothing to say is offered. So what is offered always works.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from nnlab.datasets import Dataset
from nnlab.errors import NnlabError
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.fit import check_fit
from nnlab.models import MODELS
from nnlab.models.capabilities import is_layered
from nnlab.models.feed_forward import FeedForwardSettings
from nnlab.models.layers import Layer
from nnlab.models.layers.adapters import TO_A_ROW, to_outputs
from nnlab.models.layers.role import Role
from nnlab.models.model import ModelSettings
from nnlab.words import counted

_SMALLEST_BATCH = 2
# One of the smallest forms of a layer fits every picture worth looking at; to try all would take long.
_MOST_FORMS = 9

Try = tuple[str, Callable[[], Experiment]]


@dataclass(frozen=True)
class Mending:
    """What it is called on a button, and the experiment after it."""

    words: str
    experiment: Experiment


def mending_of(experiment: Experiment, dataset: Dataset) -> Mending | None:
    """The first way that makes the experiment run on this data; None where no single one does."""
    for way in _WAYS:
        for words, make in way(experiment, dataset):
            try:
                mended = make()
                check_fit(mended, dataset)
            except NnlabError:
                continue
            return Mending(words, mended)
    return None


def _noise(experiment: Experiment, dataset: Dataset) -> Iterator[Try]:
    """Labels are to be falsified where there are none."""
    if experiment.dataset.label_noise:
        yield "Turn label noise off", partial(_changed, experiment, "dataset", label_noise=0.0)


def _units(experiment: Experiment, dataset: Dataset) -> Iterator[Try]:
    """The last dense layer has another number of units than there are outputs, or the loss is for other targets."""
    model = experiment.model
    fitted = model.with_fitting_outputs(dataset.example_shape, dataset.targets)
    if fitted == model or not is_layered(fitted) or not is_layered(model):
        return
    if _has_lost_its_outputs(model):
        # The last dense layer is a hidden one: with other units it would be no better placed.
        yield from _outputs(experiment, model, dataset)
    units = fitted.fitting_outputs(dataset.example_shape, dataset.targets)[0]
    is_loss = fitted.loss != model.loss
    words = f"Use the loss {fitted.loss.title.lower()}" if is_loss else f"Give the last layer {counted(units, 'unit')}"
    yield words, partial(replace, experiment, model=fitted)


def _has_lost_its_outputs(model: FeedForwardSettings) -> bool:
    """Whether what stands before the end that belongs to the loss is what follows a hidden layer."""
    fused, layers = model.loss.fused_with, model.layers
    kept = layers[:-1] if fused is not None and layers and isinstance(layers[-1], fused) else layers
    return bool(kept) and kept[-1].role is Role.ACTIVATES


def _end(experiment: Experiment, dataset: Dataset) -> Iterator[Try]:
    """The last layer is another than its loss or its data needs."""
    model = experiment.model
    if not is_layered(model):
        return
    layers, last = model.layers, model.layers[-1] if model.layers else None
    fused = model.loss.fused_with
    activates = last is not None and last.role is Role.ACTIVATES
    if fused is not None and last is not None and activates:
        yield f"Replace {last.title} by {fused.title}", partial(_layered, experiment, (*layers[:-1], fused()))
    if fused is not None:
        yield f"Add {fused.title}", partial(_layered, experiment, (*layers, fused()))
    if last is not None and activates:
        yield f"Take {last.title} out", partial(_layered, experiment, layers[:-1])
    yield from _outputs(experiment, model, dataset)


def _outputs(experiment: Experiment, model: FeedForwardSettings, dataset: Dataset) -> Iterator[Try]:
    """No layer makes as many outputs as there are to be."""
    counts, fused = model.fitting_outputs(dataset.example_shape, dataset.targets), model.loss.fused_with
    if not counts:
        return
    made, ends = to_outputs(counts[0]), (() if fused is None else (fused(),))
    is_ended = fused is not None and bool(model.layers) and isinstance(model.layers[-1], fused)
    words = made.summary() if is_ended else " and ".join(layer.summary() for layer in (made, *ends))
    kept = model.layers[:-1] if is_ended else model.layers
    for before in ((), (TO_A_ROW,)):
        named = " and ".join((*(layer.summary() for layer in before), words))
        yield f"Add {named}", partial(_layered, experiment, (*kept, *before, made, *ends))


def _shapes(experiment: Experiment, dataset: Dataset) -> Iterator[Try]:
    """A layer gets what it cannot take: a picture where a row is wanted, or one smaller than its kernel."""
    if not is_layered(experiment.model):
        return
    layers = experiment.model.layers
    for place, layer in enumerate(layers):
        before, after = layers[:place], layers[place + 1 :]
        if layer.takes_rows:
            words = f"Add {TO_A_ROW.summary()} before layer {place + 1}"
            yield words, partial(_layered, experiment, (*before, TO_A_ROW, layer, *after))
        for smaller in layer.smaller_forms[-_MOST_FORMS:]:
            yield f"Make layer {place + 1} {smaller.summary()}", partial(_layered, experiment, (*before, smaller, *after))
    for place, layer in enumerate(layers):
        if layer.takes_pictures:
            yield f"Take layer {place + 1} out", partial(_layered, experiment, (*layers[:place], *layers[place + 1 :]))


def _batch(experiment: Experiment, dataset: Dataset) -> Iterator[Try]:
    """A step takes more memory than there is, or its batch is too small to normalise by."""
    training = experiment.training
    size = 1 << (training.effective_batch_size(len(dataset.train)) - 1).bit_length()
    smaller = [size >> halved for halved in range(1, size.bit_length() - 1)]
    for batch in (*smaller, max(training.batch_size, _SMALLEST_BATCH)):
        changed = partial(_changed, experiment, "training", batching="mini-batch", batch_size=batch)
        yield f"Use batches of {batch:,}", changed


def _kind(experiment: Experiment, dataset: Dataset) -> Iterator[Try]:
    """Another kind of model, where this one is for other targets: first what tells them, then what needs none."""
    for kind in MODELS.values():
        if not isinstance(experiment.model, kind):
            model: ModelSettings = kind().with_fitting_outputs(dataset.example_shape, dataset.targets)
            yield f"Use the model {kind.title.lower()}", partial(replace, experiment, model=model)


def _layered(experiment: Experiment, layers: tuple[Layer, ...]) -> Experiment:
    return _changed(experiment, "model", layers=layers)


def _changed(experiment: Experiment, section: str, **changes: Any) -> Experiment:
    changed: dict[str, Any] = {section: replace(getattr(experiment, section), **changes)}
    return replace(experiment, **changed)


_WAYS: tuple[Callable[[Experiment, Dataset], Iterator[Try]], ...] = (_noise, _units, _end, _shapes, _batch, _kind)
