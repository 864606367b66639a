"""Which examples a classifier is sure of, which it doubts, and which it mistakes."""

from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from nnlab.datasets import Dataset
from nnlab.datasets.names import Names
from nnlab.datasets.split import Index, spread
from nnlab.errors import ShapeError
from nnlab.models.arrays import Array
from nnlab.models.capabilities import Predicts, predicting
from nnlab.probes.moment import Moment
from nnlab.probes.picture_arrays import Pictures, raw_pictures
from nnlab.probes.rolling import RollingPass
from nnlab.probes.scene import Scene
from nnlab.probes.scores import scores_of
from nnlab.probes.selection import Selection, batch_places, part_of, shown_example, shown_part

PRESENT_BATCH = "the present batch"
ORDERS = ("worst mistakes", "least sure", "most sure", "as they come", PRESENT_BATCH)
_MOST_EXAMPLES = 5000
_MOST_OF_BATCH = 500
_MOST_PROBABILITIES = 1_000_000


class PredictionsMemory:
    """What the probe finds again at the next frame. The gallery follows whole rounds, or it would never stand still."""

    def __init__(self, seconds: float = np.inf) -> None:
        self.rolling = RollingPass(seconds)
        self.settled: tuple[object, ...] = ()
        self.was_fresh = False
        self.outputs: Array = np.empty((0, 0))
        self.found = Moment()  # of which moments the outputs are


@dataclass(frozen=True)
class PredictionsOptions:
    """Which examples come first, and how many of them are shown, from where on."""

    order: str = ORDERS[0]
    shown: int = 60
    first: int = 0


@dataclass(frozen=True)
class Predictions:
    """The first examples in the asked order, of those in the selected cell of the confusion matrix if there is one.

    places (n,), positions in the part    labels, predicted (n,)    probability (n, classes)    pictures (n, h, w, channels)
    scores (n, classes), what a model puts out that gives no probabilities, else (0, 0); its probability is only for order.
    raw (n, features), extremes (2, features): of what is no picture the numbers in the data, and the lowest and highest of
    each among some training examples; (n, 0) and (2, 0) of pictures. names are those of the features.
    The present batch are the training examples that the last step learned from, whichever part is asked for.
    Of `examples` looked at, `mistakes` are wrong and `matching` are in the order at all; found is when that was.
    There are `total` that could be looked at: the part's, or with a cell those of its true class.
    selected: the selected example alone, as the model stands, where it is not among those shown.
    """

    part: str
    cell: tuple[int, int] | None
    is_fresh: bool
    examples: int
    mistakes: int
    matching: int
    first: int
    places: Array
    labels: Array
    predicted: Array
    probability: Array
    pictures: Pictures
    total: int = 0
    found: Moment = field(default_factory=Moment)  # of which moments what is told about all examples is
    names: Names = field(default=Names((0,)))
    raw: Array = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    extremes: Array = field(default_factory=lambda: np.zeros((2, 0), np.float32))
    scores: Array = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    selected: "Predictions | None" = None

    @property
    def gives_scores(self) -> bool:
        """Whether the model's outputs are no probabilities."""
        return bool(self.scores.shape[1])


def probe_predictions(scene: Scene, selection: Selection, memory: PredictionsMemory) -> Predictions:
    """The gallery, from the last whole round through the examples."""
    model = predicting(scene.model)
    if model is None:
        raise ShapeError("this model predicts no classes; choose a multi-layer perceptron, a CNN or a linear SVM")
    options = selection.options if isinstance(selection.options, PredictionsOptions) else PredictionsOptions()
    with np.errstate(all="ignore"):
        if options.order == PRESENT_BATCH:
            part, surveyed = "train", _of_batch(scene, model)
        else:
            part, surveyed = selection.part, _of_part(scene, model, selection, memory)
        places, labels, outputs, total, is_fresh, found = surveyed
        probability, predicted = model.probabilities(outputs), model.predicted(outputs)
        order = _ordered(options.order, selection.cell, labels, predicted, probability)
    first = min(max(options.first, 0), max(len(order) - 1, 0))
    chosen = order[first : first + max(options.shown, 1)]
    found_there = _examples(scene, model, part, places[chosen], labels[chosen], outputs[chosen])
    return replace(
        found_there,
        cell=selection.cell,
        is_fresh=is_fresh,
        examples=len(outputs),
        mistakes=int((predicted != labels).sum()),
        matching=len(order),
        first=first,
        total=total,
        found=found,
        selected=None if _holds(scene, selection, found_there) else _selected(scene, model, selection),
    )


def _holds(scene: Scene, selection: Selection, shown: Predictions) -> bool:
    example = shown_example(scene.data, selection.part, selection.example)
    return shown.part == shown_part(scene.data, selection.part) and example in shown.places


def _selected(scene: Scene, model: Predicts, selection: Selection) -> Predictions:
    """The selected example, whatever the order shows."""
    feed, index = part_of(scene.data, selection.part)
    place = np.array([shown_example(scene.data, selection.part, selection.example)], np.intp)
    with np.errstate(all="ignore"):
        outputs = model.predict(feed.gather(index[place])[0])
    return _examples(scene, model, selection.part, place, feed.examples.labels[index[place]], outputs)


@np.errstate(all="ignore")
def _examples(scene: Scene, model: Predicts, part: str, places: Index, labels: Index, outputs: Array) -> Predictions:
    """These examples of a part, and what the model puts out for them."""
    feed, index = part_of(scene.data, part)
    raw = np.asarray(feed.examples.inputs[index[places]])
    predicted = model.predicted(outputs)
    return Predictions(
        shown_part(scene.data, part),
        None,
        True,
        len(places),
        int((predicted != labels).sum()),
        len(places),
        0,
        places,
        labels,
        predicted,
        model.probabilities(outputs).copy(),
        raw_pictures(scene.data.dataset, raw),
        len(places),
        scene.moment,
        scene.data.dataset.input_names,
        *_numbers(scene.data.dataset, raw),
        scores_of(model, outputs),
    )


class _Surveyed(NamedTuple):
    """Examples of a part, what the model puts out for each, how many there are in all, and of which moments that is."""

    places: Index
    labels: Index
    outputs: Array
    total: int
    is_fresh: bool
    found: Moment


def _of_part(scene: Scene, model: Predicts, selection: Selection, memory: PredictionsMemory) -> _Surveyed:
    """As the last whole round found them."""
    rolling = memory.rolling
    classes = max(len(scene.data.dataset.class_names), model.output_shape[-1])
    most = max(1, _MOST_PROBABILITIES // classes)
    # A cell is looked at whole, to hold as many as the confusion matrix says.
    label = None if selection.cell is None else selection.cell[0]
    if label is None:
        most = min(most, _MOST_EXAMPLES)
    rolling.update(scene, selection.part, most, lambda inputs: model.predict(inputs), label)
    settle(scene, selection.part, label, memory)
    # Of a class without examples nothing was computed.
    outputs = memory.outputs if len(memory.outputs) else np.empty((0, *model.output_shape), np.float32)
    labels = rolling.labels[: len(outputs)]
    return _Surveyed(rolling.places, labels, outputs, rolling.eligible, rolling.is_fresh, memory.found)


def _of_batch(scene: Scene, model: Predicts) -> _Surveyed:
    """What the last step learned from, as the model sees it since; of a very large batch some."""
    feed, batch = scene.data.learning, spread(scene.batch, _MOST_OF_BATCH)
    outputs = [model.predict(inputs).copy() for inputs, _ in feed.chunks(batch, 100)]
    known = np.concatenate(outputs) if outputs else np.empty((0, *model.output_shape), np.float32)
    places = batch_places(scene.data, batch)
    return _Surveyed(places, feed.examples.labels[batch], known, len(scene.batch), True, scene.moment)


def _numbers(dataset: Dataset, raw: Array) -> tuple[Array, Array]:
    """The numbers of examples that are no pictures, and how far each reaches."""
    if dataset.is_image:
        return np.zeros((len(raw), 0), np.float32), np.zeros((2, 0), np.float32)
    low, high = dataset.feature_range
    return raw.astype(np.result_type(raw, np.float32)).reshape(len(raw), len(low)), np.stack((low, high))


def settle(scene: Scene, part: str, label: int | None, memory: PredictionsMemory) -> None:
    """Take over the outputs of the last whole round; of the first one whatever is there."""
    rolling = memory.rolling
    settled = (part, label, rolling.rounds, rolling.known)
    if settled != memory.settled or (rolling.is_fresh and not memory.was_fresh):
        since = int(rolling.steps[: rolling.known].min(initial=scene.moment.step))
        memory.settled, memory.found = settled, replace(scene.moment, since=since)
        memory.outputs = rolling.values[: rolling.known].copy()
    memory.was_fresh = rolling.is_fresh


def _ordered(order: str, cell: tuple[int, int] | None, labels: Array, predicted: Array, probability: Array) -> Array:
    """Positions of the examples that match, the asked ones first."""
    sure = probability[np.arange(len(predicted)), predicted]
    matches = np.ones(len(labels), bool) if cell is None else (labels == cell[0]) & (predicted == cell[1])
    if order == "worst mistakes" and cell is None:
        matches &= labels != predicted
    key = {"worst mistakes": -sure, "most sure": -sure, "least sure": sure}.get(order, np.zeros(len(labels)))
    matching = np.flatnonzero(matches)
    return matching[np.argsort(key[matching], kind="stable")]
