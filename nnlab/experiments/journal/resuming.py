"""Going on with a run that was interrupted, or that a person wants to train for longer; and with a model out of a file."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nnlab.errors import RunStoreError, SettingError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.computer import engine_versions
from nnlab.experiments.experiment import Experiment, with_settings
from nnlab.experiments.headless_training import Work
from nnlab.experiments.journal.continuation import curves_of
from nnlab.experiments.journal.curve_parts import CurveParts
from nnlab.experiments.journal.entry import Beginning
from nnlab.experiments.journal.records import RunRecord
from nnlab.experiments.journal.replay import run_at
from nnlab.experiments.journal.run_log import RunLog
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.model_file import load_model
from nnlab.report import Report, silent
from nnlab.training import TrainingRun


def resumed_run(
    store: RunStore, number: int, folders: Sequence[Path], assignments: Sequence[str] = (), report: Report = silent
) -> Work:
    """A run of the store, held, where it stood after the last step that was written, with live settings changed."""
    store.check_free(number)
    if (lock := store.hold(number)) is None:
        raise RunStoreError(f"run {number:,} was just taken up by another window or command; wait for it, or end that first")
    try:
        # Read once nobody else can go on with it.
        record = store.run(number)
        run, experiment = _stood(store, record, folders, assignments, report)
        history = curves_of(store, record, run)
    except BaseException:
        lock.release()
        raise
    parts = CurveParts()
    # What a process that was killed wrote in many small parts becomes one.
    parts.begin_anew()
    beginning = Beginning(record.first_experiment(), run.data.dataset, record.facts, tags=record.tags)
    log = RunLog(number, history.copy(), parts, lock, beginning=beginning)
    return Work(run, experiment, history, record.seconds, folders, log)


def _stood(
    store: RunStore, record: RunRecord, folders: Sequence[Path], assignments: Sequence[str], report: Report
) -> tuple[TrainingRun, Experiment]:
    standing = run_at(store, record, record.step, folders, report)
    return standing.run, _changed(standing.run, standing.experiment, assignments)


def resumed_model(path: Path, folders: Sequence[Path], assignments: Sequence[str] = ()) -> Work:
    """A model file, from where it stands; for the store it is a new run."""
    saved = load_model(path)
    run = assemble(saved.experiment, folders)
    saved.continue_in(run)
    return Work(run, _changed(run, saved.experiment, assignments), saved.history, saved.history.seconds, folders)


def differences(facts: Mapping[str, Any], helpers: int = 0) -> str:
    """What is not as it was where the run was trained, so that bits may differ; "" where nothing is.

    helpers: among how many its steps will be shared; 0 for as many as they were
    """
    # Earlier versions had none, and wrote nothing of them.
    before = {"helpers": 1, **facts}
    now = {**engine_versions(), "machine": platform.platform(), "helpers": str(helpers or before["helpers"])}
    words = {"helpers": "helpers", "numpy": "NumPy", "blas": "BLAS", "threads": "threads", "machine": "machine"}
    if before["helpers"] > 1 and now["helpers"] != "1":
        # Each of them has one, whatever the process that looked on had.
        del words["threads"]
    differing = [
        f"{word} {now[name]} instead of {before[name]}"
        for name, word in words.items()
        if name in before and str(before[name]) != now[name]
    ]
    return f"bits may differ from those of a run that was never stopped: {', '.join(differing)}" if differing else ""


def _changed(run: TrainingRun, experiment: Experiment, assignments: Sequence[str]) -> Experiment:
    """Live settings that act from the next step on; others take a fresh start."""
    wanted = with_settings(experiment, list(assignments)) if assignments else experiment
    if experiment.needs_reset(wanted):
        raise SettingError(
            f"--set {' '.join(assignments)}: takes a fresh start; while a run goes on, only live settings may change, "
            "such as training.learning_rate or training.epochs"
        )
    run.settings = wanted.training
    run.change_model(experiment.model, wanted.model)
    if run.ending is None:
        # It had reached its end, and has a new one.
        run.stopped = None
    return replace(wanted, name=experiment.name)
