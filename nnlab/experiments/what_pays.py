"""Whether helpers pay for a run on this machine: measured at the first run of its kind, and kept."""

import hashlib
import json
import os
import platform
import statistics
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from nnlab import __version__
from nnlab.atomic_file import write_atomically
from nnlab.errors import NnlabError
from nnlab.experiments.computer import threads_within
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.places import home
from nnlab.regular_file import open_regular
from nnlab.training import TrainingRun
from nnlab.training.crew.engaging import reason_against
from nnlab.training.crew.parts import MOST_HELPERS

# Shorter runs are done before helpers have earned what it takes to find out. Of the processor, on one thread: it hardly
# depends on what else the machine does.
_SECONDS_WORTH = 10.0
_FIRST_STEPS = 5
# Of each form, in turns.
_ROUNDS, _ROUND_SECONDS, _MOST_STEPS = 3, 0.12, 64
# They have to be so much faster: the bits of a run should not depend on a trifle.
_GAIN = 0.95
_MOST_KEPT, _LARGEST_FILE = 500, 1 << 16


def helpers_that_pay(run: TrainingRun, experiment: Experiment, cores: int = 0) -> int:
    """How many processes share its steps best: as many as there are cores, or 1. The run itself is left as it is.

    The answer for an experiment stays the same on a machine, so that its bits do.
    """
    cores = cores or available_cores()
    if cores < 2 or run.step or reason_against(run, experiment.model):
        return 1
    place, key = home() / "helpers.json", _key(run, experiment, cores)
    kept = _kept(place)
    if key not in kept:
        try:
            if not _is_long(run):
                return 1
            kept[key] = cores if _gain(run, experiment, cores) < _GAIN else 1
        except MemoryError:
            # A run that fits has priority over what would make it faster.
            return 1
        newest = dict(list(kept.items())[-_MOST_KEPT:])
        # Who cannot write it measures again.
        with suppress(NnlabError):
            write_atomically(place, json.dumps(newest, indent=1).encode())
    return kept[key]


def available_cores() -> int:
    """That this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


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
    except (OSError, ValueError):
        return {}
    is_sound = isinstance(found, dict) and all(type(value) is int and 1 <= value <= MOST_HELPERS for value in found.values())
    return found if is_sound else {}


def _is_long(run: TrainingRun) -> bool:
    """Whether it is worth while to find out."""
    trial = run.replica()
    with threads_within(1):
        next(trial)
        started = time.process_time()
        for _ in range(_FIRST_STEPS):
            if next(trial, None) is None:
                return False
        return (time.process_time() - started) / _FIRST_STEPS * run.total_steps > _SECONDS_WORTH


def _gain(run: TrainingRun, experiment: Experiment, cores: int) -> float:
    """The time of a step shared among helpers over that of one by all threads; infinite where none come."""
    from nnlab.experiments.benchmark.together import Together

    alone, together = run.replica(), Together(run.replica(), experiment.model, cores)
    if together.trouble:
        return float("inf")
    try:
        steps = _steps_within(_ROUND_SECONDS, alone)
        together.train(steps)
        ratios = []
        for _ in range(_ROUNDS):
            by_threads = _seconds_alone(alone, steps, cores)
            started = time.perf_counter()
            together.train(steps)
            ratios.append((time.perf_counter() - started) / by_threads)
        return statistics.median(ratios)
    finally:
        together.end()


def _steps_within(seconds: float, run: TrainingRun) -> int:
    """How many a run takes in so long, alone; within an epoch, that neither evaluates and the other not."""
    return max(1, min(_MOST_STEPS, run.batches - 1, int(seconds / _seconds_alone(run, 1, 1))))


def _seconds_alone(run: TrainingRun, steps: int, threads: int) -> float:
    with threads_within(threads):
        started = time.perf_counter()
        for _ in range(steps):
            next(run, None)
        return time.perf_counter() - started
