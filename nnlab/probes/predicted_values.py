"""How near a model comes to values: predicted and true, the worst, and of one input the function that was learned."""

from dataclasses import dataclass, field

import numpy as np

from nnlab.datasets.names import Names
from nnlab.errors import ShapeError
from nnlab.models.arrays import Array
from nnlab.models.capabilities import Predicts, predicting
from nnlab.models.metrics.value_errors import ValueErrors
from nnlab.probes.moment import Moment
from nnlab.probes.predictions import PredictionsMemory, settle
from nnlab.probes.scene import Scene
from nnlab.probes.selection import Selection, part_of, shown_part
from nnlab.targets import Values
from nnlab.training.data import Feed

_MOST_EXAMPLES = 3000
# As many as the survey takes at once: a model keeps workspaces for few sizes.
_AT_ONCE = 100
_CURVE_POINTS = 300
# Of the range of the examples: so far the function is shown beyond them.
_BEYOND = 0.05


@dataclass(frozen=True)
class PredictedValuesOptions:
    """Which of the values, counted from 0."""

    value: int = 0


@dataclass(frozen=True)
class PredictedValues:
    """One value of examples of a part, true and predicted, in the data's own units.

    places (n,), positions in the part    true, predicted (n,)    worst (n,), all in the order of |predicted - true|
    x (n,), curve (m, 2)    where an example is one number: that number, and the function's points; else of no length

    `errors` adds up the n that are known, of `total` in the part; found is of which moments they are.
    """

    part: str
    value: int
    targets: Values
    is_fresh: bool
    total: int
    places: Array
    true: Array
    predicted: Array
    worst: Array
    errors: ValueErrors
    found: Moment = field(default_factory=Moment)
    x: Array = field(default_factory=lambda: np.zeros(0))
    curve: Array = field(default_factory=lambda: np.zeros((0, 2)))
    names: Names = field(default=Names((0,)))

    @property
    def residuals(self) -> Array:
        """How far above the true value each prediction is (n,)."""
        return np.asarray(self.predicted - self.true)


def probe_predicted_values(scene: Scene, selection: Selection, memory: PredictionsMemory) -> PredictedValues:
    """From the last whole round through the examples; the function is as the model stands."""
    model, targets = predicting(scene.model), scene.data.dataset.targets
    if model is None or not isinstance(targets, Values):
        raise ShapeError("nothing here predicts values; choose data with values, such as the sine, and a network for them")
    options = selection.options if isinstance(selection.options, PredictedValuesOptions) else PredictedValuesOptions()
    value = options.value if 0 <= options.value < targets.count else 0
    rolling = memory.rolling
    feed, index = part_of(scene.data, selection.part)
    with np.errstate(all="ignore"):
        rolling.update(scene, selection.part, _MOST_EXAMPLES, model.predict)
        settle(scene, selection.part, None, memory)
        places = rolling.places[: len(memory.outputs)]
        predicted = feed.in_own_units(memory.outputs.reshape(len(places), targets.count))[:, value]
        true = np.asarray(feed.examples.targets[index[places]], np.float64)[:, value]
        # What is no number is as wrong as can be.
        distance = np.nan_to_num(np.abs(predicted - true), nan=np.inf)
        errors = ValueErrors.of(true[:, None], predicted[:, None])
        x, curve = _function(scene, model, feed, index[places], value)
    return PredictedValues(
        shown_part(scene.data, selection.part),
        value,
        targets,
        rolling.is_fresh,
        rolling.eligible,
        places.copy(),
        true,
        np.array(predicted, np.float64),
        np.argsort(-distance, kind="stable"),
        errors,
        memory.found,
        x,
        curve,
        scene.data.dataset.input_names,
    )


def _function(scene: Scene, model: Predicts, feed: Feed, index: Array, value: int) -> tuple[Array, Array]:
    """The inputs of examples of one number each, and points of what the model makes of all numbers between them."""
    if np.prod(scene.data.dataset.example_shape) != 1:
        return np.zeros(0), np.zeros((0, 2))
    x = np.asarray(feed.examples.inputs[index], np.float64).reshape(-1)
    low, high = (float(end[0]) for end in scene.data.dataset.feature_range)
    margin = _BEYOND * (high - low)
    grid = np.linspace(low - margin, high + margin, _CURVE_POINTS)
    shape = (-1, *scene.data.dataset.example_shape)
    heights = []
    for start in range(0, len(grid), _AT_ONCE):
        raw = grid[start : start + _AT_ONCE].astype(np.float32).reshape(shape)
        outputs = model.predict(scene.data.scaling.apply(raw, out=np.empty(raw.shape, np.float32)))
        heights.append(feed.in_own_units(outputs.reshape(len(raw), -1))[:, value])
    return x, np.stack([grid, np.concatenate(heights)], axis=1)
