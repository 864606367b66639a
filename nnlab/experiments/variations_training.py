"""The runs of a comparison, one after the other, each in the store of runs while it happens."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from nnlab.errors import DivergedError, RunStoreError, SettingError
from nnlab.experiments.assembly import LoadedData, assemble
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.headless_training import Progress, Work, finish
from nnlab.experiments.journal.recorder import Recorder
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.sharing import check_sharing, sharing
from nnlab.experiments.variations import Variations
from nnlab.models.metrics import score_of
from nnlab.report import Report, silent
from nnlab.training import TrainingRun
from nnlab.training.history import History
from nnlab.training.watch import Watch

STOPPED = "stopped"


def train_variations(
    variations: Variations,
    folders: list[Path],
    output: Path,
    threads: int = 0,
    progress: Progress | None = None,
    journal: JournalWriter | None = None,
    helpers: int = 0,
) -> dict[str, Any]:
    """All of them to their ends, with a model file each, as `run_experiment` does it with one. One that diverges is told of
    in its place; whatever else goes wrong ends the whole. Raises SettingError before the first step of all where one of
    them cannot have so many helpers.
    """
    if helpers > 1:
        _check_all(variations, folders, threads, helpers)
    rows = []
    for experiment, run in _assembled(variations, folders, silent):
        history = History(score=score_of(run.data.dataset.targets))
        work = Work(run, experiment, history, folders=folders, tags=(variations.name,))
        try:
            with sharing(run, experiment, threads, helpers) as used:
                rows.append(finish(work, output, used, progress, journal))
        except DivergedError as error:
            rows.append({"experiment": experiment.name, "problem": str(error)})
    return {"comparison": variations.name, "runs": rows}


def train_in_turn(
    variations: Variations,
    folders: list[Path],
    journal: JournalWriter,
    begun: Callable[[int], None],
    report: Report,
) -> None:
    """All of them to their ends, into the store alone; `begun` hears the number of each, and whoever reports may cancel.

    Raises RunStoreError where runs are not kept.
    """
    count = len(variations.experiments)
    for place, (experiment, run) in enumerate(_assembled(variations, folders, report)):
        recorder = Recorder(journal, run, experiment, folders, tags=(variations.name,))
        journal.flush()
        if recorder.log.number is None:
            raise RunStoreError(f"{variations.name}: runs that are not kept cannot be compared; see why they are not, first")
        begun(recorder.log.number)

        def tell(share: float, words: str = f"{experiment.name} ({place + 1} of {count})", done: int = place) -> None:
            report(words, (done + share) / count)

        _train(run, recorder, tell)
        journal.flush()


def _train(run: TrainingRun, recorder: Recorder, tell: Callable[[float], None]) -> None:
    started, ending = time.perf_counter(), STOPPED
    try:
        watch = Watch(run)
        for step in watch if run.settings.stop_when else run:
            recorder.add(step, time.perf_counter() - started)
            tell(step.number / max(run.total_steps, 1))
            if watch.stop is not None:
                break
        stop = watch.stop or run.stopped
        ending = stop.words if stop else "done"
    except DivergedError:
        # Beside the others it is as telling as they are.
        ending = run.stopped.words if run.stopped else "diverged"
    finally:
        recorder.record(time.perf_counter() - started, ending, is_left=True)


def _check_all(variations: Variations, folders: list[Path], threads: int, helpers: int) -> None:
    """Better than to hear of the last one when the others are trained."""
    for experiment, run in _assembled(variations, folders, silent):
        try:
            check_sharing(run, experiment, threads, helpers)
        except SettingError as error:
            raise SettingError(f"{experiment.name}: {error}") from None


def _assembled(variations: Variations, folders: list[Path], report: Report) -> Iterator[tuple[Experiment, TrainingRun]]:
    """Each before its first step; data that two in a row have in common is loaded once."""
    loaded = LoadedData()
    for experiment in variations.experiments:
        yield experiment, assemble(experiment, folders, loaded.of(experiment.dataset, folders, report))
