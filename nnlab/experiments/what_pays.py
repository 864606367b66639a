"""Whether helpers pay for a run on this machine: measured at the first run of its kind, and kept."""

import hashlib
import json
import platform
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from nnlab import __version__
from nnlab.atomic_file import write_atomically
from nnlab.errors import NnlabError
from nnlab.experiments.computer import available_cores, threads_within
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.places import home
from nnlab.regular_file import open_regular
from nnlab.training import TrainingRun
from nnlab.training.crew.engaging import reason_against
from nnlab.training.crew.parts import MOST_HELPERS

# Shorter runs are done before helpers have earned what it takes to find out. Of the processor, on one thread: it hardly
# depends on what else the machine does.
_SECONDS_WORTH = 10.0
# To find out takes about this share of the time of the run, so that of fewer steps it is not found out at all.
_SHARE, _FEWEST_STEPS = 0.05, 150
# Longer steps, and those of a run of few, are taken one by one.
_LONG_STEP, _FEW_STEPS = 0.2, 400
# A step is timed by so many, of each two hundred of the run one.
_FIRST_STEPS, _OF_ALL = 20, 200
# Of each form, in turns.
_ROUND_SECONDS, _MOST_STEPS = 0.12, 64
# Seconds that helpers have at least until they are there.
_PATIENCE = 5.0
_ENDLESS = 1_000_000
# They have to be so much faster: the bits of a run should not depend on a trifle.
_GAIN = 0.95
_MOST_KEPT, _LARGEST_FILE = 500, 1 << 16


def helpers_that_pay(run: TrainingRun, experiment: Experiment, cores: int = 0) -> int:
    """How many processes share its steps best: as many as there are cores, or 1. The run itself is left as it is.

    The answer for an experiment stays the same on a machine, so that its bits do.
    """
    cores = cores or available_cores()
    if cores < 2 or run.step or run.total_steps < _FEWEST_STEPS or reason_against(run, experiment.model):
        return 1
    place, key = home() / "helpers.json", _key(run, experiment, cores)
    kept = _kept(place)
    if key not in kept:
        try:
            found = _found(run, experiment, cores)
        except (MemoryError, NnlabError):
            # A run that fits has priority over what would make it faster, and of one that diverges the run itself tells.
            return 1
        if found is None:
            return 1
        kept[key] = found
        newest = dict(list(kept.items())[-_MOST_KEPT:])
        # Who cannot write it measures again.
        with suppress(NnlabError):
            write_atomically(place, json.dumps(newest, indent=1).encode())
    return kept[key]


def _key(run: TrainingRun, experiment: Experiment, cores: int) -> str:
    """Everything that the answer depends on."""
    training = experiment.training
    facts: dict[str, Any] = {
        "model": experiment.model.to_table(),
        "training": [type(training.optimizer).__name__, type(training.penalty).__name__, bool(training.clip_norm)],
        "steps": [training.effective_batch_size(len(run.data.split.train)), run.total_steps],
        "data": [run.data.dataset.name, run.data.dataset.example_shape, len(run.data.split.train)],
        "machine": [platform.node(), platform.machine(), cores, __version__],
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def _kept(place: Path) -> dict[str, int]:
    """What was found before; nothing where the file is no longer what was written."""
    try:
        with open_regular(place) as file:
            found = json.loads(file.read(_LARGEST_FILE))
    except (OSError, ValueError, RecursionError):
        return {}
    is_sound = isinstance(found, dict) and all(type(value) is int and 1 <= value <= MOST_HELPERS for value in found.values())
    return found if is_sound else {}


def _found(run: TrainingRun, experiment: Experiment, cores: int) -> int | None:
    """The answer; None where no helpers came, which says nothing of the next time."""
    alone = _endless(run)
    seconds = _step_seconds(alone, run.total_steps)
    if seconds * run.total_steps <= _SECONDS_WORTH:
        return 1
    gain = _gain(run, experiment, cores, alone, seconds)
    if gain is None:
        return None
    return min(cores, MOST_HELPERS) if gain < _GAIN else 1


def _endless(run: TrainingRun) -> TrainingRun:
    """The same run in memory of its own, which does not end while it is timed."""
    trial = run.replica()
    trial.settings = replace(trial.settings, patience=0, stop_when=(), epochs=_ENDLESS, steps=0)
    return trial


def _step_seconds(trial: TrainingRun, total: int) -> float:
    """Of the processor, on one thread."""
    with threads_within(1):
        count = 1 if _seconds(trial, 1, time.process_time) > _LONG_STEP else max(1, min(_FIRST_STEPS, total // _OF_ALL))
        return _seconds(trial, count, time.process_time) / count


def _gain(run: TrainingRun, experiment: Experiment, cores: int, alone: TrainingRun, seconds: float) -> float | None:
    """The time of a step shared among helpers over that of one by all threads; None where no helpers come.

    alone: what was made to find out that a step takes so many seconds
    """
    from nnlab.experiments.benchmark.timing import SETTLE
    from nnlab.experiments.benchmark.together import Together

    patience = max(_PATIENCE, _SHARE * seconds * run.total_steps)
    together = Together(_endless(run), experiment.model, min(cores, MOST_HELPERS), patience)
    if together.trouble:
        return None
    try:
        # To where the other stands: from there on the same steps are made by both, with the same epochs' ends among them.
        together.train(alone.step)
        steps, warm_ups, rounds = _course(seconds, run.total_steps)
        ratios = []
        for _ in range(warm_ups + rounds):
            with threads_within(cores):
                by_threads = _seconds(alone, steps, time.perf_counter)
            # A run that has helpers has no threads beside them that spin for a third of such a round.
            time.sleep(SETTLE)
            started = time.perf_counter()
            together.train(steps)
            ratios.append((time.perf_counter() - started) / by_threads)
        return statistics.median(ratios[warm_ups:])
    finally:
        together.end()


def _course(seconds: float, total: int) -> tuple[int, int, int]:
    """Of so long a step how many a round has, how many rounds warm up, and how many count."""
    if seconds > _LONG_STEP or total < _FEW_STEPS:
        # Beside such steps it is nothing that threads and memory are there already, and few are cheap enough.
        return 1, 0, 2
    return max(1, min(_MOST_STEPS, total // _OF_ALL, int(_ROUND_SECONDS / seconds))), 1, 3


def _seconds(run: TrainingRun, steps: int, clock: Callable[[], float]) -> float:
    started = clock()
    for _ in range(steps):
        next(run)
    return clock() - started
