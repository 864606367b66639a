"""The curves of runs of the store, to be laid beside others."""

from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from nnlab.errors import NnlabError
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.curve_parts import history_of
from nnlab.experiments.journal.records import RunRecord
from nnlab.experiments.journal.store import RunStore
from nnlab.report import Report, silent
from nnlab.training.history import History


@dataclass(frozen=True, eq=False)
class StoredCurves:
    """A run's figures over time up to the last step written; `is_held` while a window or a command goes on with it."""

    record: RunRecord
    experiment: Experiment
    history: History
    is_held: bool = False


@dataclass(frozen=True, eq=False)
class CurvesRead:
    """What was read, by the runs' numbers, and of what could not be read why not."""

    found: Mapping[int, StoredCurves] = field(default_factory=dict)
    problems: Mapping[int, str] = field(default_factory=dict)


def read_curves(
    folder: Path, numbers: Iterable[int], known: Mapping[int, StoredCurves] | None = None, report: Report = silent
) -> CurvesRead:
    """Of these runs of the store in a folder; what is known and has not gone on since is not read again."""
    found, problems, before = {}, {}, known or {}
    with closing(RunStore(folder)) as store:
        for number in numbers:
            report("reading curves", float("nan"))
            try:
                found[number] = _read(store, number, before.get(number))
            except NnlabError as error:
                problems[number] = str(error)
    return CurvesRead(found, problems)


def _read(store: RunStore, number: int, known: StoredCurves | None) -> StoredCurves:
    record, is_held = store.run(number), store.is_held(number)
    if known is not None and (known.record.step, known.record.seconds) == (record.step, record.seconds):
        return StoredCurves(record, known.experiment, known.history, is_held)
    history = history_of(store.curves(number), record.step, record.score)
    if not len(history.times["step"]):
        # Of before times were kept: as if all its steps had been equally long.
        history.note_time(record.first_step, 0.0)
        history.note_time(record.step, record.seconds)
    return StoredCurves(record, record.present_experiment(), history, is_held)
