"""The curves of runs in one plot for the loss, and in one for the score where there is one."""

from collections.abc import Mapping, Sequence

import numpy as np

from nnlab.colors import CLASS_COLORS, RUN_COLORS
from nnlab.experiments.run_report.markup import Markup, element, section, together
from nnlab.experiments.run_report.plot import Line, plot
from nnlab.experiments.run_report.reported import Reported
from nnlab.models.arrays import Array
from nnlab.training.history import History, Series

# What the curves can lie over, and what their axis is then called.
AXES = {"epochs": "epoch", "steps": "step", "seconds": "seconds of training"}
_COLORS = (CLASS_COLORS[1], *RUN_COLORS)
# The single steps of more runs would hide each other's means.
_MOST_WITH_STEPS = 2


def color_of(place: int) -> str:
    """Of so many runs this one's."""
    return _COLORS[place % len(_COLORS)]


def swatch(place: int) -> Markup:
    """A run's colour beside its name."""
    return element("span", class_="swatch", style=f"background:{color_of(place)}")


def curves(reports: Sequence[Reported], axis: str = "epochs") -> Markup:
    """Over one of AXES; the loss on a logarithmic axis."""
    first = reports[0]
    names = together(*(element("span", swatch(place), run.heading, class_="key") for place, run in enumerate(reports)))
    legend = "solid: training, of each epoch · dashed: validation · faint: single steps"
    over = AXES[axis]
    parts = [plot("Loss", _lines(reports, "loss", axis), over, first.experiment.model.loss_title, is_log=True)]
    score = first.history.score
    # Where runs have scores of different kinds, their numbers do not belong on one axis.
    alike = [run for run in reports if run.history.score.name == score.name]
    if any(np.isfinite(line.y).any() for line in _lines(alike, score.name, axis)):
        parts.append(plot(score.title, _lines(reports, score.name, axis), over, score.title))
    gaps = [line for place, run in enumerate(reports) for line in _gap_of(run, axis, color_of(place))]
    if any(np.isfinite(line.y).any() for line in gaps):
        parts.append(plot("Free energy of validation less that of training examples", gaps, over, "free energy gap (nats)"))
    return section("Curves", names if len(reports) > 1 else "", *parts, element("p", legend, class_="muted"))


def _lines(reports: Sequence[Reported], name: str, axis: str) -> list[Line]:
    """Faint ones first, so that the others lie on them."""
    count = len(reports)
    lines = [line for place, run in enumerate(reports) for line in _lines_of(run, name, axis, color_of(place), count)]
    return sorted(lines, key=lambda line: not line.is_faint)


def _gap_of(run: Reported, axis: str, color: str) -> list[Line]:
    """Of a Boltzmann machine: where it grows the machine overfits (Hinton 2010, section 6)."""
    energies = run.history.energies
    if not len(energies["step"].all_values):
        return []
    gap = energies["validation_free_energy"].all_values - energies["train_free_energy"].all_values
    return [Line(_along(axis, run.history, energies), gap, color, is_dashed=True)]


def _along(axis: str, history: History, table: Mapping[str, Series]) -> Array:
    """Where the rows of a table of the history lie; NaN where that is not known."""
    if axis == "seconds":
        return history.seconds_after(table["step"].all_values)
    return table["epoch" if axis == "epochs" else "step"].all_values


def _lines_of(run: Reported, name: str, axis: str, color: str, runs: int) -> list[Line]:
    steps, epochs = run.history.steps, run.history.epochs
    if name not in steps:
        return []
    x, y = _along(axis, run.history, steps), steps[name].all_values
    ends = _along(axis, run.history, epochs)
    if len(ends) < 2:
        # Means of epochs would be no line yet.
        return [Line(x, y, color), Line(ends, epochs[f"validation_{name}"].all_values, color, is_dashed=True)]
    found = [
        Line(ends, epochs[f"train_{name}"].all_values, color),
        Line(ends, epochs[f"validation_{name}"].all_values, color, is_dashed=True),
    ]
    return [*([Line(x, y, color, is_faint=True)] if runs <= _MOST_WITH_STEPS else []), *found]
