"""The comparison as a table, for a person and for programs: one row a figure, nnlab's column first."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.experiments.baselines.comparison import FIRST_STEPS, Contestant

_MEGABYTE = 1 << 20
Value = float | int | str | None


@dataclass(frozen=True)
class Figure:
    """One row: its name for programs, what a person reads, what it says of a contestant, and in which form."""

    name: str
    title: str
    of: Callable[[Contestant], Value]
    text: Callable[[Any], str]
    help: str = ""


@dataclass(frozen=True)
class Row:
    """A figure's values, of each contestant in turn."""

    figure: Figure
    values: tuple[Value, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """For a person; a dash where there is nothing."""
        return tuple("–" if _is_missing(value) else self.figure.text(value) for value in self.values)


def _is_missing(value: Value) -> bool:
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def _own(name: str, title: str, text: Callable[[Any], str], help_text: str = "") -> Figure:
    """What a contestant has by itself."""
    return Figure(name, title, lambda one: getattr(one, name), text, help_text)


def _apart(name: str, title: str, text: Callable[[Any], str], help_text: str = "") -> Figure:
    """How far it is from nnlab's."""
    return Figure(name, title, lambda one: None if one.apart is None else getattr(one.apart, name), text, help_text)


def _count(value: Any) -> str:
    return f"{value:,.0f}"


def _loss(value: Any) -> str:
    return f"{value:.6g}"


def _small(value: Any) -> str:
    return f"{value:.2g}" if value else "0"


_TIME = "Of training alone: evaluations and loading are not counted, nor what a library loads in its first step"
_BEFORE: tuple[Figure, ...] = (
    _own("version", "Version", str),
    _own("run", "Run", _count, "Its number in the store of runs"),
    _own("steps", "Steps", _count),
)
_AFTER: tuple[Figure, ...] = (
    _own("seconds_per_epoch", "Seconds per epoch", lambda value: f"{value:.3f}", _TIME),
    _apart("time_ratio", "Times nnlab's seconds", lambda value: f"{value:.2f} ×", _TIME),
    _own("examples_per_second", "Examples per second", _count, _TIME),
    _own(
        "first_step_seconds", "Seconds to the first step", lambda value: f"{value:.2f}", "From the start of its process on"
    ),
    _own("peak_bytes", "Peak memory (MB)", lambda value: f"{value / _MEGABYTE:,.0f}", "Of its whole process"),
    _own(
        "code_lines",
        "Lines of code",
        _count,
        "Of the exported script, without blank lines, comments and docstrings; nnlab's is the one in NumPy",
    ),
    _apart(
        "first_loss",
        f"Difference of loss, {FIRST_STEPS} steps",
        _small,
        f"The largest difference of a loss from nnlab's over the first {FIRST_STEPS} steps, relative to that",
    ),
    _apart(
        "loss",
        "Difference of loss, all steps",
        _small,
        "The same over all steps; differences of rounding grow",
    ),
    _apart("score", "Difference of score at the end", lambda value: f"{value:+.4f}", "Less nnlab's"),
)


def _figures(contestants: Sequence[Contestant]) -> list[Figure]:
    """Of the last epoch, by the names that the histories have for them."""
    names = dict.fromkeys(name for one in contestants for name in one.figures if name not in ("step", "epoch"))

    def of(name: str) -> Figure:
        return Figure(name, name.replace("_", " ").capitalize(), lambda one: one.figures.get(name), _loss)

    return [of(name) for name in names]


def _parameters(contestants: Sequence[Contestant]) -> list[Figure]:
    names = dict.fromkeys(name for one in contestants if one.apart is not None for name in one.apart.parameters)

    def of(name: str) -> Figure:
        where = f"step {int(name):,}" if name.isdecimal() else "the end"

        def value(one: Contestant) -> float | None:
            return one.apart.parameters[name][0] if one.apart is not None and name in one.apart.parameters else None

        help_text = "The largest difference of a parameter from nnlab's"
        return Figure(f"parameters_{name}", f"Difference of parameters, {where}", value, _small, help_text)

    return [of(name) for name in names]


def rows_of(contestants: Sequence[Contestant]) -> list[Row]:
    """Those in which any of them has something; the first contestant is nnlab's run."""
    return [row for row in _all_rows(contestants) if not all(map(_is_missing, row.values))]


def _all_rows(contestants: Sequence[Contestant]) -> list[Row]:
    figures = (*_BEFORE, *_figures(contestants), *_AFTER, *_parameters(contestants))
    return [Row(figure, tuple(figure.of(one) for one in contestants)) for figure in figures]


def report_of(contestants: Sequence[Contestant]) -> list[dict[str, Any]]:
    """For programs: one object a contestant, with every row by its name."""
    rows = _all_rows(contestants)
    return [
        {"name": one.name, "title": one.title} | {_key(row.figure.name): row.values[place] for row in rows} | _more(one)
        for place, one in enumerate(contestants)
    ]


def _key(name: str) -> str:
    """What says of whom a difference is."""
    return {
        "first_loss": f"loss_difference_of_{FIRST_STEPS}_steps",
        "loss": "loss_difference",
        "score": "score_difference",
    }.get(name, name.replace("parameters_", "parameter_difference_"))


def _more(one: Contestant) -> dict[str, Any]:
    more: dict[str, Any] = {"seconds": one.seconds, "parameters_sha256": one.parameters_sha256 or None}
    more |= {"script": str(one.script)} if one.script is not None else {}
    more |= {"conventions": list(one.conventions)} if one.conventions else {}
    return more | ({"problem": one.problem} if one.problem else {})
