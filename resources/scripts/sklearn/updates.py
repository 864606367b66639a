"""An epoch of updates, each of which is one call of scikit-learn's."""

from collections.abc import Callable, Generator

from ..augmentation import augment
from ..data.examples import Examples
from ..face import Step
from ..model import Model
from ..optimizers.momentum import Optimizer
from ..order import batches
from ..randomness import random_stream
from ..settings import AUGMENTED, BATCHES, SEED, STEPS, WARMUP
from ..updates import finite


def updates(
    model: Model,
    optimizer: Optimizer,
    examples: Examples,
    epoch: int,
    learning_rate: Callable[[float], float],
) -> Generator[Step, None, tuple[float, float | None]]:
    """Yield a Step after each update of an epoch; return its mean loss.

    scikit-learn tells the loss of a batch that it learns from, and no score.
    """
    count, seen, losses = len(examples.inputs), 0, 0.0
    for step, batch in enumerate(batches(examples, epoch), epoch * BATCHES):
        if STEPS and step == STEPS:
            break
        if AUGMENTED:
            augment(batch.inputs, random_stream(SEED, "augment", step))
        rate = learning_rate(epoch + seen / count)
        if WARMUP:
            rate *= min((epoch + seen / count + 1 / BATCHES) / WARMUP, 1.0)
        size, loss = len(batch.inputs), finite(optimizer.learn(batch, rate), step)
        seen, losses = seen + size, losses + loss * size
        yield Step(step + 1, loss, None, rate)
    return losses / count, None
