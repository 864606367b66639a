"""Predicted values in words: how good they are, what one example is, and with how many digits."""

import math

import numpy as np

from nnlab.models.metrics import VALUE_METRICS
from nnlab.probes.predicted_values import PredictedValues
from nnlab.probes.selection import PART_ADJECTIVES
from nnlab.ui.views.parts.stamp import stamp
from nnlab.words import figure

_SHOWN_METRICS = ("r2", "mae", "rmse")
_DIGITS = 4
# Between these, numbers are written without an exponent.
_SMALLEST, _LARGEST = 1e-3, 1e9


def called(answer: PredictedValues) -> str:
    """The value's name, with its unit where one is known."""
    name, units = answer.targets.names[answer.value], answer.targets.units
    unit = units[answer.value] if answer.value < len(units) else ""
    return f"{name} ({unit})" if unit else name


def form_of(answer: PredictedValues) -> str:
    """How Python writes one of the values: all with the same decimals, the largest true one with four digits."""
    known = np.abs(answer.true[np.isfinite(answer.true)])
    size = float(known.max(initial=0.0))
    if not _SMALLEST <= size < _LARGEST:
        return f".{_DIGITS}g"
    return f",.{max(0, _DIGITS - 1 - math.floor(math.log10(size)))}f"


def number_text(value: float, form: str) -> str:
    """The value; what is far beyond all that is true, as after divergence, with an exponent."""
    return f"{value:{form}}".replace("-", "−") if abs(value) < _LARGEST else figure(value, _DIGITS - 1)


def headline(answer: PredictedValues) -> str:
    """How good the predictions are, of how many examples, as of when."""
    form, figures = form_of(answer), []
    for metric in VALUE_METRICS:
        if metric.name in _SHOWN_METRICS and metric.of is not None:
            value = metric.of(answer.errors)
            # Errors are in the units of the values, and written like them.
            text = metric.text(value) if metric.is_greater_better else number_text(value, form)
            figures.append(f"{metric.title} {text}")
    count = f"{len(answer.places):,}" + (f" of {answer.total:,}" if len(answer.places) != answer.total else "")
    return f"{' · '.join(figures)} · {count} {PART_ADJECTIVES[answer.part]} examples, {stamp(answer.found)}"


def example_text(answer: PredictedValues, number: int) -> str:
    """What is true of an example, and what is predicted."""
    form = form_of(answer)
    true, predicted = (number_text(values[number], form) for values in (answer.true, answer.predicted))
    of = f"{answer.names.name(0)} = {figure(answer.x[number])}, " if len(answer.x) else ""
    example = f"{answer.part} example {answer.places[number]:,}"
    return f"{example}: {of}{called(answer)} is {true}, predicted {predicted}"
