"""The training."""

import math
from collections.abc import Iterator

from .best import Best
from .data.examples import Data
from .evaluation import evaluate
from .face import Epoch, Step
from .learning import learn, learn_in_parts
from .network import Network as Model
from .optimizers.momentum import Optimizer
from .order import batches
from .penalty import add_penalty, clip
from .plateau import Plateau
from .schedules.cosine import learning_rate
from .settings import (
    BATCH_SIZE,
    CLIP_NORM,
    DECAY,
    EPOCHS,
    HAS_VALIDATION,
    IN_PARTS,
    KEEP_BEST,
    L1,
    L2,
    LEARNING_RATE,
    PATIENCE,
    SCHEDULE,
    SCORE,
    STEPS,
    WARMUP,
)


def train(model: Model, data: Data) -> Iterator[Step | Epoch]:
    """Yield a Step after each update and an Epoch after each time through the data."""
    count, step = len(data.learning.inputs), 0
    optimizer = Optimizer(model.tensors)
    if SCHEDULE == "plateau":
        plateau = Plateau()
    if KEEP_BEST or PATIENCE:
        best = Best()
    for epoch in range(EPOCHS):
        losses, scores, seen = 0.0, 0.0, 0
        for batch in batches(data.learning, epoch):
            if STEPS and step == STEPS:
                break
            size = len(batch.inputs)
            if IN_PARTS:
                loss, score = learn_in_parts(model, batch, step)
            else:
                loss, score = learn(model, batch, step)
            if L1 or L2:
                add_penalty(model.tensors)
            if CLIP_NORM:
                clip(model.tensors.gradient)
            if SCHEDULE == "constant":
                rate = LEARNING_RATE
            else:
                if SCHEDULE == "plateau":
                    rate = LEARNING_RATE * math.pow(DECAY, plateau.drops)
                else:
                    rate = learning_rate(epoch + seen / count)
            if WARMUP:
                done = epoch + seen / count + 1 / math.ceil(count / BATCH_SIZE)
                rate *= min(done / WARMUP, 1.0)
            optimizer.update(rate)
            step, seen = step + 1, seen + size
            losses, scores = losses + finite(loss, step) * size, scores + score
            yield Step(step, loss, score / size if SCORE else None, rate)
        if STEPS and seen < count:
            break
        train_loss = losses / count
        validation_loss, validation_score = evaluate(model, *data.validation)
        # What an epoch is judged by.
        watched = finite(validation_loss if HAS_VALIDATION else train_loss, step)
        if SCHEDULE == "plateau":
            plateau.see(watched)
        if KEEP_BEST or PATIENCE:
            best.see(epoch + 1, watched, model.numbers())
        train_score = scores / count if SCORE else None
        yield Epoch(
            epoch + 1, train_loss, train_score, validation_loss, validation_score
        )
        if PATIENCE and epoch + 1 - best.epoch >= PATIENCE:
            break
    if KEEP_BEST:
        best.put_back(model.numbers())


def finite(loss: float | None, step: int) -> float:
    """The loss; where it is no number any more the training ends."""
    if loss is None or not math.isfinite(loss):
        raise SystemExit(f"training diverged at step {step}; lower LEARNING_RATE")
    return loss
