"""Figures of examples that are not learned from."""

import numpy as np

from .model import Model
from .scores import correct, r2
from .settings import AT_ONCE, SCORE


def evaluate(
    model: Model, inputs: np.ndarray, targets: np.ndarray
) -> tuple[float | None, float | None]:
    """The mean loss of examples, and their score; None where there are none."""
    count, loss, score, outputs = len(inputs), 0.0, None, []
    if not count:
        return None, None
    for start in range(0, count, AT_ONCE):
        part = slice(start, start + AT_ONCE)
        part_loss, part_outputs = model.judged(inputs[part], targets[part])
        loss += part_loss * len(part_outputs)
        outputs.append(part_outputs)
    if SCORE == "accuracy":
        score = correct(np.concatenate(outputs), targets) / count
    if SCORE == "R2":
        score = r2(np.concatenate(outputs), targets)
    return loss / count, score
