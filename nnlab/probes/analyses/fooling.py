"""A picture that fools a classifier: pixels are changed, a little at a time, until it is sure of a class of one's choice."""

from dataclasses import dataclass

import numpy as np

from nnlab.datasets.drawing import Drawing
from nnlab.errors import ShapeError
from nnlab.models.capabilities import has_layers, predicting
from nnlab.probes.picture_arrays import Pictures
from nnlab.randomness import random_stream
from nnlab.report import Report
from nnlab.training.loop import TrainingRun

_SURE = 0.99
# Each takes every pixel one grey farther: after all of them black could have become white.
_MOST_STEPS = 255


@dataclass(frozen=True, eq=False)
class Fooled:
    """A picture (height, width, channels) uint8, how sure the model is that it shows the class, and what it took.

    change is the largest of a pixel, in greys of 255. from_noise: whether it began as noise, and not as a drawing.
    """

    pixels: Pictures
    target: int
    probability: float
    steps: int
    change: int
    from_noise: bool


def fool(run: TrainingRun, drawing: Drawing | None, target: int, report: Report) -> Fooled:
    """From the drawing, or from noise where there is none:  x <- x - r sign(d loss(x, target) / d x),  r one grey.

    Stops when the class has a probability of 0.99 (Goodfellow et al. 2015, taken step by step). The model stays as it is.
    """
    model, scaling, shape = run.model, run.data.scaling, run.data.dataset.example_shape
    told = predicting(model)
    if told is None or not has_layers(model) or not 0 <= target < len(run.data.dataset.class_names):
        raise ShapeError("a picture can fool a network that tells classes, and no other model; choose mlp or cnn")
    if drawing is not None and drawing.pixels.shape == shape:
        begun = drawing.pixels.astype(np.float32)
    else:
        begun, drawing = random_stream(0, "fooling").integers(96, 160, shape).astype(np.float32), None
    greys, label, probability, step = begun.copy(), np.array([target]), 0.0, 0
    for step in range(_MOST_STEPS + 1):
        report("changing pixels", step / (_MOST_STEPS + 1))
        inputs = scaling.apply(scaling.painted(greys[None]), out=np.empty((1, *shape), np.float32))
        outputs = told.predict(inputs)
        if not np.isfinite(outputs).all():
            raise ShapeError("the model's answer is no finite number; reset, with a lower learning rate")
        probability = float(told.probabilities(outputs.reshape(1, -1))[0, target])
        if probability >= _SURE or step == _MOST_STEPS:
            break
        slope = model.sensitivities(inputs, label).by_input.reshape(shape)
        np.clip(greys - np.sign(slope), 0, 255, out=greys)
    change = int(np.abs(greys - begun).max())
    return Fooled(greys.astype(np.uint8), target, probability, step, change, drawing is None)
