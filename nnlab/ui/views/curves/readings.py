"""The figures of a run at one of its steps, in words."""

from typing import Any

import numpy as np

from nnlab.models.metrics.metric import Metric
from nnlab.models.model import Phase, phase_at
from nnlab.training.history import History


def words_at(history: History, phases: tuple[Phase, ...], row: int, axis: str) -> str:
    """Batch 1,200 (epoch 2.56), on an axis of seconds batch 1,200 (3.1 s), and what is known there of loss and score."""
    steps, epochs, score = history.steps, history.epochs, history.score
    number, done = steps["step"].values[row], steps["epoch"].values[row]
    is_timed = axis == "seconds"
    when = f"{history.seconds_after(np.array([number]))[0]:,.1f} s" if is_timed else f"epoch {done:.2f}"
    phase = phase_at(phases, done)
    parts = [f"batch {int(number):,} ({when})", *([phase.name] if phase.name else [])]
    parts += _figures("", phase.loss_title, steps["loss"].values[row], score, steps[score.name].values[row])
    last = int(np.searchsorted(epochs["epoch"].values, done, side="right")) - 1
    if last >= 0:
        loss, value = epochs["validation_loss"].values[last], epochs[f"validation_{score.name}"].values[last]
        parts += _figures("validation ", phase.validation_title, loss, score, value)
    return " · ".join(parts)


def _figures(part: str, title: str, loss: float, score: Metric[Any], value: float) -> list[str]:
    """What is known of the two."""
    texts = [f"{part}{title} {loss:.4f}"] if np.isfinite(loss) else []
    return texts + ([f"{part}{score.title} {score.text(value)}"] if np.isfinite(value) else [])
