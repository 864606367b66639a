"""Distributions as rows of a table: a histogram each, with what else is known of the same numbers."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from nnlab.probes.distributions import BINS, Distributions, Histograms

QUANTITIES = ("weights", "gradients", "activations")
_HEAD = ("step", "layer", "quantity", "of", "update / weights", "units", "dead", "saturated")
# A bin is the share of the numbers in one of so many equal parts of low ... high.
_SPREAD = ("exactly 0", "not finite", "low", "high", *(f"bin {number} of {BINS}" for number in range(1, BINS + 1)))
HISTOGRAM_COLUMNS = (*_HEAD, *_SPREAD)


def histogram_rows(answer: Distributions, step: int) -> Iterator[list[Any]]:
    """Layer by layer, a row per quantity; what has no meaning there is left empty."""
    for row, layer in enumerate(answer.layers):
        tensor, ratio = answer.tensors[row], float(answer.ratio[row])
        counts = [_known(values[row]) for values in (answer.units, answer.dead, answer.saturated)]
        figures: dict[str, list[Any]] = {
            "weights": [tensor, ratio if np.isfinite(ratio) else "", "", "", ""],
            "gradients": [tensor, "", "", "", ""],
            "activations": [answer.outputs[row], "", *counts],
        }
        for quantity in QUANTITIES:
            yield [step, layer, quantity, *figures[quantity], *_spread(getattr(answer, quantity), row)]


def _known(count: int) -> int | str:
    return int(count) if count >= 0 else ""


def _spread(found: Histograms, row: int) -> list[float]:
    reach = 2.0 ** int(found.exponent[row])
    return [float(found.zeros[row]), float(found.broken[row]), -reach, reach, *found.shares[row].tolist()]
