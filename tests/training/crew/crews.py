"""Runs with a crew for tests: engaged at once, and waited for."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import Experiment
from nnlab.training import TrainingRun
from nnlab.training.crew.crew import Crew
from nnlab.training.crew.engaging import engage

_MOST_SECONDS = 120


def divided(experiment: Experiment, helpers: int) -> TrainingRun:
    """A run that computes all parts by itself."""
    run = assemble(experiment, [])
    run.divide(helpers)
    return run


@contextmanager
def crewed(experiment: Experiment, helpers: int, is_apart: bool = False) -> Iterator[TrainingRun]:
    """A run whose helpers stand ready before its first step."""
    run = assemble(experiment, [])
    assert engage(run, experiment.model, helpers, is_apart) == ""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nnlab.training.crew.called_helpers.SECONDS_ALONE", -1.0)
        try:
            come(crew_of(run))
            yield run
        finally:
            crew_of(run).dismiss()


def crew_of(run: TrainingRun) -> Crew:
    """It has one."""
    assert run.crew is not None
    return run.crew


def come(crew: Crew) -> None:
    """Wait until the helpers have."""
    until = time.monotonic() + _MOST_SECONDS
    while not crew.have_come():
        assert not crew.trouble
        assert time.monotonic() < until
        time.sleep(0.005)


@contextmanager
def stopped(process: int) -> Iterator[None]:
    """As a debugger stops it; who would wait for it for ever has it back after a minute, and fails."""
    has_gone = threading.Event()

    def bring_back() -> None:
        # Counted, since this process may be stopped itself.
        if not any(has_gone.wait(0.1) for _ in range(600)):
            os.kill(process, signal.SIGCONT)

    os.kill(process, signal.SIGSTOP)
    watch = threading.Thread(target=bring_back)
    watch.start()
    try:
        yield
        assert watch.is_alive(), "it was waited for"
    finally:
        has_gone.set()
        watch.join()


def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Helpers are called at the first step, and waited for, however short the training."""
    have_come = Crew.have_come

    def come_at_last(crew: Crew) -> bool:
        while not have_come(crew) and not crew.trouble:
            time.sleep(0.005)
        return have_come(crew)

    monkeypatch.setattr("nnlab.training.crew.called_helpers.SECONDS_ALONE", -1.0)
    monkeypatch.setattr(Crew, "have_come", come_at_last)
