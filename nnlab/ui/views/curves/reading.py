"""What all lines of the curves say at one step: a table that the floating read-out shows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtGui import QColor

from nnlab.models.arrays import Array
from nnlab.models.model import ONE_PHASE, Phase, phase_at
from nnlab.training.history import History
from nnlab.ui.views.curves.lines import Lines
from nnlab.ui.views.curves.overlaid_run import OverlaidRun
from nnlab.ui.views.curves.time_axis import along, known_steps
from nnlab.words import figure

PRESENT, RATE, ENERGY_GAP = "this run", "learning rate", "free energy gap (nats)"
# Of each figure the batch, the mean of what was seen around it, and what was measured last.
_LINES = ("batch", "train", "validation")
# What a step is called that no row of the present run is of.
_PLACES = {"epochs": "epoch {:.2f}", "batches": "batch {:,.0f}", "seconds": "{:,.1f} s of training"}


@dataclass(frozen=True, eq=False)
class Shown:
    """What is drawn, as far as a table of its numbers goes by it. The marks: where they lie, and what they say. more: what
    else there is to say at a place of the axis.
    """

    history: History
    axis: str
    phases: tuple[Phase, ...] = ONE_PHASE
    runs: tuple[OverlaidRun, ...] = ()
    marks: tuple[tuple[float, str], ...] = ()
    more: Callable[[float], tuple[str, ...]] = lambda x: ()


@dataclass(frozen=True, eq=False)
class Figure:
    """One figure: how its numbers are written, the present run's lines, and those of the others by the runs' numbers.

    Of batches, which are drawn behind their mean, there is a column where there are both.
    """

    title: str
    text: Callable[[float], str]
    present: Lines
    others: Mapping[int, Lines]
    has_batches: bool


@dataclass(frozen=True)
class Row:
    """One run, or one figure of a run that is alone: its colour (None is the present run's), and a cell for each column."""

    number: int | None
    name: str
    color: QColor | None
    cells: tuple[str, ...]
    round: int = 0


@dataclass(frozen=True)
class Reading:
    """Where on the axis and in words, the (figure, line) of each column, the rows, and what else is known of the step."""

    x: float
    when: str
    heads: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]

    @property
    def is_of_one(self) -> bool:
        """Whether its rows are figures of the present run alone, and need no signs to tell them apart."""
        return not any(group for group, _ in self.heads)

    @property
    def text(self) -> str:
        """All of it, for whoever cannot see it."""
        rows = []
        for row in self.rows:
            cells = (
                f"{group} {line} {cell}".lstrip() for (group, line), cell in zip(self.heads, row.cells, strict=True) if cell
            )
            rows.append(f"{row.name}: {', '.join(cells)}")
        return "\n".join([self.when, *rows, *self.notes])


def reading_at(shown: Shown, figures: Sequence[Figure], at: float, reach: float) -> Reading | None:
    """At the step next to a place on the axis; `reach` is how near to it a mark is meant. None where nothing is there."""
    rows = known_steps(shown.axis, shown.history)
    if len(rows):
        places = along(shown.axis, shown.history, shown.history.steps)[rows]
        place = min(int(np.searchsorted(places, at)), len(rows) - 1)
        x, row = float(places[place]), int(rows[place])
        phase = phase_at(shown.phases, float(shown.history.steps["epoch"].values[row]))
        when, notes = (
            _when(shown.history, row, phase),
            _notes(shown, row, x, reach, any(figure.title == RATE for figure in figures)),
        )
    else:
        x = min((_next_to(lines.x, at) for figure in figures for lines in figure.others.values()), default=np.inf)
        if not np.isfinite(x) and shown.more(at):
            # No line is there, but a band is.
            x = at
        when, notes = _PLACES[shown.axis].format(x), ()
    if not np.isfinite(x):
        return None
    return _table(shown, figures, x, when, (*notes, *shown.more(x)))


def _table(shown: Shown, figures: Sequence[Figure], x: float, when: str, notes: tuple[str, ...]) -> Reading:
    """Without columns in which nothing stands, and without runs that are not there."""
    heads = tuple((figure.title, line) for figure in figures for line in _LINES)
    rows = [Row(None, PRESENT, None, _cells([(figure, figure.present) for figure in figures], x))]
    for run in shown.runs:
        cells = _cells([(figure, figure.others.get(run.number)) for figure in figures], x, is_other=True)
        rows.append(Row(run.number, run.label, run.color, cells, run.round))
    rows = [row for row in rows if any(row.cells)]
    if len(rows) == 1 and rows[0].number is None:
        # One run alone: its figures below each other are a narrow table.
        cells, each = rows[0].cells, len(_LINES)
        rows = [Row(None, figure.title, None, cells[at * each : (at + 1) * each]) for at, figure in enumerate(figures)]
        heads = tuple(("", line) for line in _LINES)
    return _without_blanks(x, when, heads, rows, notes)


def _without_blanks(
    x: float, when: str, heads: tuple[tuple[str, str], ...], rows: list[Row], notes: tuple[str, ...]
) -> Reading:
    rows = [row for row in rows if any(row.cells)]
    used = [place for place in range(len(heads)) if any(row.cells[place] for row in rows)]
    kept = tuple(replace(row, cells=tuple(row.cells[place] for place in used)) for row in rows)
    return Reading(x, when, tuple(heads[place] for place in used), kept, notes)


def _cells(lines: Sequence[tuple[Figure, Lines | None]], x: float, is_other: bool = False) -> tuple[str, ...]:
    """Of each figure the batch, the mean and the validation that was measured last; "" where there is none."""
    cells: list[str] = []
    for drawn, of in lines:
        numbers = (np.nan,) * 3 if of is None else _values(of, x)
        texts = [drawn.text(number) if np.isfinite(number) else "" for number in numbers]
        if is_other or not drawn.has_batches:
            texts[0] = ""
        cells += texts
    return tuple(cells)


def _values(lines: Lines, x: float) -> tuple[float, float, float]:
    """At the first step at or after a place, and at the last epoch that had ended there; none beside the lines."""
    raw = mean = validation = np.nan
    if x > lines.right:
        return raw, mean, validation
    row, end = int(np.searchsorted(lines.x, x)), int(np.searchsorted(lines.ends, x, side="right")) - 1
    if row < len(lines.x) and x > lines.begin:
        raw, mean = float(lines.raw[row]), float(lines.mean[row])
    if end >= 0:
        validation = float(lines.validation[end])
    return raw, mean, validation


def _next_to(x: Array, at: float) -> float:
    row = int(np.searchsorted(x, at))
    return float(x[row]) if row < len(x) else np.inf


def _when(history: History, row: int, phase: Phase) -> str:
    """Batch 1,200, epoch 2.56, 3.1 s where that is known."""
    number, done = history.steps["step"].values[row], history.steps["epoch"].values[row]
    seconds = history.seconds_after(np.array([number]))[0]
    parts = [f"batch {int(number):,}", f"epoch {done:.2f}"]
    parts += [f"{seconds:,.1f} s"] if np.isfinite(seconds) else []
    return " · ".join(parts + ([phase.name] if phase.name else []))


def _notes(shown: Shown, row: int, x: float, reach: float, is_drawn: bool) -> tuple[str, ...]:
    """The learning rate of the step, unless it is drawn as well, and what was done by hand near it."""
    rate = shown.history.steps["learning_rate"].values[row]
    notes = [f"learning rate {figure(rate)}"] if np.isfinite(rate) and not is_drawn else []
    notes += _energies(shown.history, shown.history.steps["step"].values[row])
    return (*notes, *(words for place, words in shown.marks if abs(place - x) <= reach))


def _energies(history: History, number: float) -> list[str]:
    """The free energies behind their gap, as they were at the last epoch's end before a step."""
    ended = int(np.searchsorted(history.energies["step"].values, number, side="right")) - 1
    if ended < 0:
        return []
    parts = ((part, history.energies[f"{part}_free_energy"].values[ended]) for part in ("train", "validation"))
    told = [f"{figure(value, 5)} {part}" for part, value in parts if np.isfinite(value)]
    return [f"free energy {', '.join(told)}"] if told else []
