"""One step of plain gradient descent on one example, written out for a parameter of whatever kind."""

import math

import numpy as np

from nnlab.probes.parameter import WeightInspection
from nnlab.probes.unit import UnitInspection
from nnlab.words import figure, signed


# What is infinite is written as it is.
@np.errstate(over="ignore", invalid="ignore")
def parameter_lines(answer: WeightInspection) -> list[str]:
    """d y / d p in symbols, d loss / d p, and p <- p - rate times that."""
    word, gradient = answer.word, answer.example_gradient
    if answer.is_machine:
        lines = [f"∂/∂({word})", f"  = {answer.derivative}", f"  = {signed(gradient)}"]
        return lines + step_lines(word, answer.value, gradient, answer.learning_rate, f"∂/∂({word})")
    lines = _derivation_lines(answer)
    if answer.pretraining:
        return [*lines, f"pretraining: {answer.pretraining}"]
    if answer.is_centred:
        return [*lines, f"{word} stays: batch_norm takes", "  the batch's mean away, and it as well"]
    return lines + step_lines(word, answer.value, gradient, answer.learning_rate)


def _derivation_lines(answer: WeightInspection) -> list[str]:
    """The chain rule, with its numbers where one number comes out."""
    word, gradient = answer.word, signed(answer.example_gradient)
    lines = [f"∂y/∂{word} = {answer.derivative}"] if answer.derivative else []
    if answer.is_shared:
        return [*lines, f"∂L/∂{word} = {gradient}", "  over both layers that use it"]
    if answer.reached != 1:
        return [*lines, f"∂L/∂{word} = Σ ∂L/∂y · ∂y/∂{word}", f"  over {answer.reached:,} numbers", f"  = {gradient}"]
    lines += [f"∂L/∂{word} = ∂L/∂y · ∂y/∂{word}"]
    if answer.by_output and math.isfinite(answer.by_output):
        lines += [f"  = {signed(answer.by_output)} · {signed(answer.example_gradient / answer.by_output)}"]
    return [*lines, f"  = {gradient}"]


def step_lines(name: str, value: float, gradient: float, rate: float, what: str = "") -> list[str]:
    """p <- p - rate times gradient."""
    what = what or f"∂L/∂{name}"
    after = value - rate * gradient
    return [
        f"{name} ← {name} − η·{what}",
        f"  = {_long(value)} − {figure(rate)}·{signed(gradient)}",
        f"  = {_long(after)}",
    ]


def _long(value: float) -> str:
    """With enough places to see a small step."""
    return f"{value:+.6f}".replace("-", "−")


def step_title(answer: UnitInspection | WeightInspection) -> str:
    """Of what the lines are."""
    if answer.pretraining:
        return "Gradient of the whole stack"
    return "One step of learning" if answer.is_machine else "One step of backpropagation"


def step_note(answer: UnitInspection | WeightInspection) -> str:
    """What kind of step it is, and what training does otherwise."""
    if answer.pretraining:
        return "This example alone. While the stack is pretrained, no step follows this gradient."
    what = "mean-field contrastive divergence" if answer.is_machine else "plain gradient descent"
    ended = "" if answer.learning_rate else " at the end of its schedule"
    note = f"This example alone, {what}, η = {figure(answer.learning_rate)}{ended}. "
    return f"{note}Training takes a batch's mean, and its optimizer.{_norm_note(answer)}"


def _norm_note(answer: UnitInspection | WeightInspection) -> str:
    """One example has no mean and variance to be normalised by."""
    if not answer.is_normalized:
        return ""
    return " Here batch_norm goes by its running figures; in training by the batch's own, which gives other gradients."
