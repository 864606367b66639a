"""The training."""

from collections.abc import Iterator

from .best import Best
from .data.examples import Data
from .evaluation import evaluate
from .face import Epoch, Step
from .model import Model
from .optimizers.momentum import Optimizer
from .schedules.cosine import learning_rate
from .schedules.plateau import Plateau
from .settings import (
    BATCHES,
    EPOCHS,
    HAS_VALIDATION,
    IN_PHASES,
    KEEP_BEST,
    PATIENCE,
    SCHEDULE,
    STEPS,
)
from .updates import finite, updates


def train(model: Model, data: Data) -> Iterator[Step | Epoch]:
    """Yield a Step after each update and an Epoch after each time through the data."""
    optimizer = Optimizer(model.tensors)
    if KEEP_BEST or PATIENCE:
        best = Best()
    if SCHEDULE == "plateau":
        plateau = Plateau()
        rate = plateau.learning_rate
    else:
        rate = learning_rate
    for epoch in range(EPOCHS):
        if STEPS and epoch * BATCHES >= STEPS:
            break
        if IN_PHASES and model.begin(data.learning, epoch):  # type: ignore[attr-defined]
            # A machine of its own, or the whole at last: what was before is forgotten.
            optimizer = Optimizer(model.tensors)
            if KEEP_BEST or PATIENCE:
                best = Best()
            if SCHEDULE == "plateau":
                plateau = Plateau()
                rate = plateau.learning_rate
        steps = updates(model, optimizer, data.learning, epoch, rate)
        train_loss, train_score = yield from steps
        if STEPS and (epoch + 1) * BATCHES > STEPS:
            break
        figures = evaluate(model, *data.validation)
        if KEEP_BEST or PATIENCE or SCHEDULE == "plateau":
            # What an epoch is judged by.
            loss = figures[0] if HAS_VALIDATION else train_loss
            judged = finite(loss, (epoch + 1) * BATCHES)
        if SCHEDULE == "plateau":
            plateau.see(judged)
        if KEEP_BEST or PATIENCE:
            best.see(epoch + 1, judged, model.numbers())
        yield Epoch(epoch + 1, train_loss, train_score, *figures)
        if PATIENCE and epoch + 1 - best.epoch >= PATIENCE:
            break
    if KEEP_BEST:
        best.put_back(model.numbers())
