"""What the store knows of a sweep and of its trials: rows of its tables, read."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nnlab.experiments.sweeps.sweep import Sweep, choice_words
from nnlab.experiments.sweeps.sweep_file import parse_sweep

# Of a trial. What is done, failed or diverged stays so; the others are trained when the sweep goes on.
WAITING, RUNNING, DONE, FAILED, DIVERGED, CANCELLED = "waiting", "running", "done", "failed", "diverged", "cancelled"
ENDED = (DONE, FAILED, DIVERGED)
# Of a sweep besides; it is cut off where its process has ended and did not say so.
PAUSED, STOPPED, CUT_OFF = "paused", "stopped", "cut off"


@dataclass(frozen=True)
class SweepRecord:
    """A sweep as a list of them shows it.

    file: TOML, all of it    folders: where relative paths lead on from, and where data was looked for
    started: seconds since 1970    state: running, paused, stopped (it can go on), cut off (so can it), done
    counts: of the trials so far, by their states    total: how many trials there are in all
    """

    number: int
    name: str
    file: str
    folders: tuple[Path, ...]
    started: float
    state: str
    counts: Mapping[str, int] = field(default_factory=dict)

    def sweep(self) -> Sweep:
        """Its settings, axes and search."""
        return parse_sweep(self.file)

    @property
    def ended(self) -> int:
        """How many trials have ended, however they did."""
        return sum(self.counts.get(state, 0) for state in ENDED)


@dataclass(frozen=True)
class TrialRecord:
    """A trial of a sweep.

    choices: by dotted names, what the settings are that are varied    state: waiting, running, done, failed, diverged,
    cancelled    reason: a sentence for one that is not done    objective: the figure that the sweep goes by
    figures: of the model as it stood at the end    checksum: the sha256 of its parameters    seconds: of training
    deaths: how often the process that trained it died    run: its number in the store, None where it has none (any more)
    kept: the number of that run where another sweep had trained it already
    """

    sweep: int
    number: int
    choices: Mapping[str, Any]
    state: str = WAITING
    reason: str = ""
    objective: float | None = None
    figures: Mapping[str, float | None] = field(default_factory=dict)
    checksum: str = ""
    seconds: float = 0.0
    deaths: int = 0
    run: int | None = None
    kept: int | None = None

    @property
    def words(self) -> str:
        """What it chooses, in a line."""
        return choice_words(self.choices)


TRIAL_COLUMNS = tuple(TrialRecord.__dataclass_fields__)


def trial_of(row: sqlite3.Row) -> TrialRecord:
    """A row of the table of trials."""
    values: dict[str, Any] = {name: row[name] for name in TRIAL_COLUMNS}
    return TrialRecord(**values | {name: json.loads(row[name]) for name in ("choices", "figures")})


def best_of(trials: Sequence[TrialRecord], seeks_highest: bool) -> TrialRecord | None:
    """The trial with the best objective; of equals the first."""
    found = [trial for trial in trials if trial.state == DONE and trial.objective is not None]
    sign = -1.0 if seeks_highest else 1.0
    return min(found, key=lambda trial: (sign * (trial.objective or 0.0), trial.number), default=None)
