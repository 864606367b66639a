"""The loss of a batch and its gradient."""

import numpy as np

from .augmentation import augment
from .data.examples import Examples
from .network import Network as Model
from .randomness import random_stream
from .settings import AUGMENTED, SEED


def learn(model: Model, batch: Examples, step: int) -> tuple[float, float]:
    """The batch's mean loss and the sum of its scores; writes `tensors.gradient`."""
    if AUGMENTED:
        augment(batch.inputs, random_stream(SEED, "augment", step))
    return model.loss_and_gradient(batch.inputs, batch.targets, step)


def learn_in_parts(model: Model, batch: Examples, step: int) -> tuple[float, float]:
    """The same for a large batch: 1,024 examples at a time, whose gradients add up."""
    total, loss, score = np.zeros_like(model.tensors.gradient), 0.0, 0.0
    for number, start in enumerate(range(0, len(batch.inputs), 1024)):
        part = slice(start, start + 1024)
        some = Examples(batch.inputs[part], batch.targets[part])
        # Every part draws its own random numbers.
        part_loss, part_score = learn(model, some, step + (number << 40))
        share = len(some.inputs) / len(batch.inputs)
        total += model.tensors.gradient * share
        loss += part_loss * share
        score += part_score
    model.tensors.gradient[...] = total
    return loss, score
