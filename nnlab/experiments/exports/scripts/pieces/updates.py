"""An epoch of updates."""

import math
from collections.abc import Callable, Generator

import numpy as np

from .augmentation import augment
from .data.examples import Examples
from .face import Step
from .model import Model
from .optimizers.momentum import Optimizer
from .order import batches
from .penalty import add_penalty, clip
from .randomness import random_stream
from .settings import (
    AUGMENTED,
    BATCHES,
    CLIP_NORM,
    HELD,
    IN_PARTS,
    L1,
    L2,
    SCORE,
    SEED,
    STEPS,
    WARMUP,
)
from .stack import hold


def learn(model: Model, batch: Examples, step: int) -> tuple[float, float]:
    """The batch's mean loss and the sum of its scores; leaves its gradient behind."""
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


def updates(
    model: Model,
    optimizer: Optimizer,
    examples: Examples,
    epoch: int,
    learning_rate: Callable[[float], float],
) -> Generator[Step, None, tuple[float, float | None]]:
    """Yield a Step after each update of an epoch; return its mean loss and score."""
    count, seen, losses, scores = len(examples.inputs), 0, 0.0, 0.0
    for step, batch in enumerate(batches(examples, epoch), epoch * BATCHES):
        if STEPS and step == STEPS:
            break
        if IN_PARTS:
            loss, score = learn_in_parts(model, batch, step)
        else:
            loss, score = learn(model, batch, step)
        size, loss = len(batch.inputs), finite(loss, step)
        if L1 or L2:
            add_penalty(model.tensors)
        if CLIP_NORM:
            clip(model.tensors)
        rate = learning_rate(epoch + seen / count)
        if WARMUP:
            rate *= min((epoch + seen / count + 1 / BATCHES) / WARMUP, 1.0)
        optimizer.update(rate)
        if HELD:
            hold(model)  # type: ignore[arg-type]
        seen, losses, scores = seen + size, losses + loss * size, scores + score
        yield Step(step + 1, loss, score / size if SCORE else None, rate)
    if SCORE:
        return losses / count, scores / count
    else:
        return losses / count, None


def finite(loss: float | None, made: int) -> float:
    """The loss after so many updates; where it is no number, the training ends."""
    if loss is None or not math.isfinite(loss):
        raise SystemExit(f"training diverged at step {made + 1}; lower LEARNING_RATE")
    return loss
