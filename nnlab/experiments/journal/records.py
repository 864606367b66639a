"""What the store knows of a run: a row of its tables, read."""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.experiments.experiment import Experiment, experiment_to_table, parse_experiment
from nnlab.models.arrays import Array
from nnlab.training.crew.parts import MOST_HELPERS
from nnlab.training.epoch_end import number_or_none
from nnlab.training.history import History

# So many losses draw the small curve of a run.
_CURVE_POINTS = 64


@dataclass(frozen=True)
class RunRecord:
    """A run: what it is, how it came about, how far it came, and what a person wrote about it.

    experiment, present: TOML, before the first step and after the last    settings: the present one by dotted names
    started: seconds since 1970    seconds: of training    curve: a few losses, from the first step to the last
    sweep, trial: the numbers of the sweep that it is a trial of, and of the trial in it
    """

    number: int
    name: str
    experiment: str
    present: str
    settings: Mapping[str, Any]
    data: str
    facts: Mapping[str, Any]
    started: float
    seconds: float
    step: int
    epoch: float
    ending: str
    figures: Mapping[str, Any]
    curve: Array
    events: tuple[Any, ...]
    parent: int | None
    parent_step: int | None
    notes: str
    tags: tuple[str, ...]
    star: bool
    sweep: int | None = None
    trial: int | None = None

    @property
    def score(self) -> str:
        """The name of the metric that stands beside the loss."""
        return str(self.facts.get("score", ""))

    @property
    def framework(self) -> str:
        """What trained it where that was not nnlab: then there are its curves and figures, and no state to go on from."""
        return str(self.facts.get("framework", ""))

    @property
    def first_step(self) -> int:
        """Before it the run was not in the store: it goes on from another one, or from a model file."""
        return int(self.facts.get("first_step", 0))

    @property
    def imports(self) -> list[list[Any]]:
        """The event by which all numbers were taken from a file: "weights", step, its name, the checksum of its bytes."""
        lists = [event for event in self.events if isinstance(event, list) and event[:1] == ["weights"]]
        return [event for event in lists if len(event) == 4]

    @property
    def begins_elsewhere(self) -> bool:
        """Whether its experiment alone does not lead to its first step: it goes on from another run or out of a file."""
        return self.first_step > 0 or bool(self.imports)

    @property
    def edits(self) -> list[list[Any]]:
        """The events by which single parameters were given other values: "edit", step, tensor, position, before, after."""
        lists = [event for event in self.events if isinstance(event, list) and event[:1] == ["edit"] and len(event) == 6]
        return [event for event in lists if type(event[1]) is int]

    def first_experiment(self) -> Experiment:
        """As it was before the first step."""
        return parse_experiment(self.experiment)

    def present_experiment(self) -> Experiment:
        """As it was after the last step."""
        return parse_experiment(self.present)


@dataclass(frozen=True)
class Snapshot:
    """The whole state of a run after so many steps lies in a file of so many bytes. From before a pinned one no replay leads
    to it: the run went back there, or its best epoch was put back at the end.
    """

    step: int
    bytes: int
    is_pinned: bool = False


_JSON: dict[str, type] = {"settings": dict, "facts": dict, "figures": dict, "events": list, "tags": list}
# What is reckoned with must be what it is said to be.
_FACTS: dict[str, Callable[[Any], bool]] = {
    "first_step": lambda value: type(value) is int and value >= 0,
    "threads": lambda value: str(value).isdecimal(),
    "helpers": lambda value: type(value) is int and 1 <= value <= MOST_HELPERS,
    "with": lambda value: str(value).isidentifier(),
    "folders": lambda value: isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value),
}
COLUMNS = tuple(RunRecord.__dataclass_fields__)


def record_of(row: sqlite3.Row) -> RunRecord:
    """A row of the table of runs. What of it was damaged is empty: one row must not cost the list of all."""
    values = {name: _parsed(row[name], _JSON[name]) if name in _JSON else row[name] for name in COLUMNS}
    points = row["curve"] if isinstance(row["curve"], bytes) and len(row["curve"]) % 4 == 0 else b""
    values |= {
        "facts": {name: fact for name, fact in values["facts"].items() if name not in _FACTS or _FACTS[name](fact)},
        "events": tuple(values["events"]),
        "tags": tuple(values["tags"]),
        "star": bool(values["star"]),
        "curve": np.frombuffer(points, np.float32),
    }
    return RunRecord(**values)


def _parsed(text: str, kind: type) -> Any:
    try:
        found = json.loads(text)
    except (ValueError, TypeError):
        return kind()
    return found if isinstance(found, kind) else kind()


def flat_settings(experiment: Experiment) -> dict[str, Any]:
    """Every setting by its dotted name; lists, such as that of the layers, as a text."""
    found: dict[str, Any] = {}

    def add(prefix: str, table: Mapping[str, Any]) -> None:
        """The settings of a table and of the tables in it."""
        for name, value in table.items():
            if isinstance(value, Mapping):
                found[f"{prefix}{name}"] = value.get("kind", "")
                add(f"{prefix}{name}.", value)
            elif name != "kind" or prefix.count(".") == 1:
                found[f"{prefix}{name}"] = listed_words(value) if isinstance(value, list | tuple) else value

    table = experiment_to_table(experiment)
    for section in ("dataset", "model", "training"):
        add(f"{section}.", table[section])
    found.pop("dataset.points", None)
    return found


def listed_words(values: Sequence[Any]) -> str:
    """A list in a line: of a layer its kind and what is set of it."""
    return ", ".join(
        " ".join(listed_words(part) if isinstance(part, list | tuple) else str(part) for part in value.values())
        if isinstance(value, Mapping)
        else str(value)
        for value in values
    )


def figures_of(history: History) -> dict[str, float | None]:
    """The last and the best figures of a run, by their columns' names."""
    figures: dict[str, float | None] = {}
    for name, column in history.epochs.items():
        if len(column) and name not in ("step", "epoch"):
            figures[name] = number_or_none(column.values[-1])
    for name, column in history.energies.items():
        if len(column) and name not in ("step", "epoch"):
            figures[name] = number_or_none(column.values[-1])
    if len(history.steps["loss"]):
        figures["loss"] = number_or_none(history.steps["loss"].values[-1])
        figures[history.score.name] = number_or_none(history.steps[history.score.name].values[-1])
    return figures | {f"best_{name}": number_or_none(value) for name, value in history.best.items() if name != "step"}


def small_curve(history: History) -> Array:
    """The means of the losses over as many stretches as a small curve has points."""
    losses = history.steps["loss"].values
    if len(losses) <= _CURVE_POINTS:
        return losses.astype(np.float32)
    ends = np.linspace(0, len(losses), _CURVE_POINTS + 1).astype(np.intp)
    return np.asarray(np.add.reduceat(losses, ends[:-1]) / np.diff(ends), np.float32)
