"""The plane as a classifier of points sees it."""

import math
from dataclasses import dataclass, field

import numpy as np

from nnlab.datasets.drawn import plane_reach
from nnlab.models.arrays import Array
from nnlab.models.capabilities import Predicts, predicting
from nnlab.probes.moment import Moment
from nnlab.probes.predictions import PredictionsMemory, settle
from nnlab.probes.scene import Scene
from nnlab.probes.scores import scores_of
from nnlab.probes.selection import Selection, shown_part

# Points along each side; of a model that keeps many numbers for each point fewer, so that a look takes some 200 MB at most.
_FIELD_SIZE, _LEAST_SIZE = 100, 16
_FIELD_NUMBERS = 50_000_000
_MOST_EXAMPLES = 5000


@dataclass(frozen=True)
class BoundaryField:
    """Class probabilities over the plane.

    extent (left, right, bottom, top)    probability (rows from the bottom, columns, classes)
    scores (rows, columns, classes), what a model puts out that gives no probabilities, else (0, 0, 0); its probability is
    the softmax of them, for the colours alone. batch (n,), the positions in the training data of what the last step learned
    from, none where it learned from everything.
    Of the `examples` of the part that were looked at so many are `right`; found is when that was.
    """

    extent: tuple[float, float, float, float]
    probability: Array
    scores: Array = field(default_factory=lambda: np.zeros((0, 0, 0), np.float32))
    batch: Array = field(default_factory=lambda: np.zeros(0, np.intp))

    part: str = "train"
    right: int = 0
    examples: int = 0
    found: Moment = field(default_factory=Moment)
    is_fresh: bool = True

    @property
    def gives_scores(self) -> bool:
        """Whether the model's outputs are no probabilities."""
        return bool(self.scores.size)


def probe_boundary(scene: Scene, selection: Selection, memory: PredictionsMemory) -> BoundaryField:
    """The network's answer on a grid that reaches a little beyond the points, and how many of the part's it has right."""
    points = _FIELD_NUMBERS // max(scene.model.held_numbers, 1)
    size = min(max(math.isqrt(points), _LEAST_SIZE), _FIELD_SIZE)
    extent, grid = plane_grid(scene, size)
    model = predicting(scene.model)
    assert model is not None  # the view fits models that predict, and no others
    outputs = model.predict(grid)
    probability, scores = model.probabilities(outputs), scores_of(model, outputs)
    shape = (size, size, -1) if scores.size else (0, 0, scores.shape[1])
    batch = scene.batch if len(scene.batch) < len(scene.data.split.train) else scene.batch[:0]
    said = _said(scene, model, selection.part, memory)
    return BoundaryField(
        extent,
        probability.reshape(size, size, -1),
        scores.reshape(shape),
        batch.copy(),
        shown_part(scene.data, selection.part),
        int((said == memory.rolling.labels[: len(said)]).sum()),
        len(said),
        memory.found,
        memory.rolling.is_fresh,
    )


def _said(scene: Scene, model: Predicts, part: str, memory: PredictionsMemory) -> Array:
    """The classes that the last whole round found for the part's examples (n,), of very many for some."""
    with np.errstate(all="ignore"):
        memory.rolling.update(scene, part, _MOST_EXAMPLES, lambda inputs: model.predicted(model.predict(inputs))[:, None])
        settle(scene, part, None, memory)
    return memory.outputs[:, 0].astype(np.intp) if memory.outputs.size else np.zeros(0, np.intp)


def plane_grid(scene: Scene, size: int) -> tuple[tuple[float, float, float, float], Array]:
    """(left, right, bottom, top) of a square that reaches a little beyond the points, and size x size points of it in rows
    from the bottom, scaled as the model sees them (size * size, 2).
    """
    dataset = scene.data.dataset
    if dataset.name == "drawn":
        # The plane one draws on holds still, wherever the points are.
        reach = plane_reach(np.concatenate([dataset.train.inputs, dataset.test.inputs]))
        low, high = np.full(2, -reach), np.full(2, reach)
    else:
        points = dataset.train.inputs
        low, high = points.min(axis=0).astype(float), points.max(axis=0).astype(float)
        # As much of the plane to both sides as up and down.
        centre, reach = (low + high) / 2, 0.6 * max(float((high - low).max()), 1e-6)
        low, high = centre - reach, centre + reach
    axes = [np.linspace(low[axis], high[axis], size) for axis in (0, 1)]
    grid = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    extent = (float(low[0]), float(high[0]), float(low[1]), float(high[1]))
    return extent, scene.data.scaling.apply(grid, out=np.empty(grid.shape, np.float32))
