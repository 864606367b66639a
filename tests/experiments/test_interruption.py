"""A headless run that is ended by a signal stops between two steps, and leaves what it had learned."""

import itertools
import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from nnlab.errors import InterruptedRunError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import save_experiment
from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.interruption import noted_signals
from nnlab.experiments.model_file import load_model, parameters_sha256
from nnlab.training import TrainingRun
from nnlab.training.batch_gradient import BatchGradient
from nnlab.training.batch_order import BatchOrder
from tests.experiments.cases import SMALL
from tests.sentences import assert_one_sentence

pytestmark = pytest.mark.slow

SIGNALS = {"SIGINT": 130, "SIGTERM": 143, "SIGHUP": 129}
ADAM = replace(SMALL, training=replace(SMALL.training, optimizer="adam", epochs=100_000))


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    before = {name: signal.getsignal(getattr(signal, name)) for name in SIGNALS}
    yield
    assert {name: signal.getsignal(getattr(signal, name)) for name in SIGNALS} == before


@pytest.mark.parametrize(
    ("owner", "moment"), [(BatchOrder, "upcoming"), (BatchGradient, "loss"), (TrainingRun, "_update")], ids=str
)
def test_a_signal_within_a_step_waits_for_its_end(owner: type, moment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    part, calls = getattr(owner, moment), itertools.count()

    def interrupted(self: object, *arguments):
        if next(calls) == 7:
            signal.raise_signal(signal.SIGTERM)
        return part(self, *arguments)

    monkeypatch.setattr(owner, moment, interrupted)
    with pytest.raises(InterruptedRunError) as caught:
        run_experiment(ADAM, [], tmp_path, 1)
    monkeypatch.undo()
    assert_one_sentence(caught.value, "SIGTERM", "step 8", "Small.safetensors")
    saved = load_model(tmp_path / "Small.safetensors")
    whole = assemble(ADAM, [])
    list(islice(whole, 8))
    assert saved.step == 8
    assert parameters_sha256(saved.model) == parameters_sha256(whole.model)
    for name, vector in saved.checkpoint.vectors.items():
        assert vector.tobytes() == whole.vectors[name].tobytes()


@pytest.mark.parametrize("name", SIGNALS)
def test_a_process_that_is_told_to_end_saves_a_state_of_one_step(name: str, tmp_path: Path):
    save_experiment(ADAM, tmp_path / "adam.toml")
    # It interrupts itself from another thread, at no moment in particular after training has begun.
    code = """
import os, signal, sys, threading, time
from nnlab.cli import main
from nnlab.experiments.places import runs_folder

def interrupt():
    while not (runs_folder() / "1" / "0.safetensors").exists():
        time.sleep(0.01)
    time.sleep(0.2)
    os.kill(os.getpid(), signal.{name})

threading.Thread(target=interrupt).start()
sys.exit(main(["train", "adam.toml", "--threads", "1"]))
"""
    words = [sys.executable, "-c", code.format(name=name)]
    ended = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert (ended.returncode, ended.stdout) == (SIGNALS[name], "")
    assert_one_sentence(ended.stderr.strip(), name, "Small.safetensors")
    saved = load_model(tmp_path / "Small.safetensors")
    assert saved.step > 0
    whole = assemble(ADAM, [])
    list(islice(whole, saved.step))
    assert parameters_sha256(saved.model) == parameters_sha256(whole.model)
    for vector, expected in saved.checkpoint.vectors.items():
        assert expected.tobytes() == whole.vectors[vector].tobytes()


def test_what_is_to_be_ignored_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with noted_signals() as interruption:
            signal.raise_signal(signal.SIGHUP)
        assert interruption.number == 0
    finally:
        signal.signal(signal.SIGHUP, before)


def test_on_another_thread_signals_are_left_alone():
    seen = []

    def work() -> None:
        with noted_signals():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.getsignal(signal.SIGTERM)]


def test_a_signal_while_the_last_step_is_made_leaves_the_whole_run_without_its_figures(tmp_path: Path):
    def interrupt(run, step, seconds) -> None:
        if step.number == run.total_steps:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(InterruptedRunError):
        run_experiment(SMALL, [], tmp_path, 1, interrupt)
    whole = assemble(SMALL, [])
    list(whole)
    saved = load_model(tmp_path / "Small.safetensors")
    assert parameters_sha256(saved.model) == parameters_sha256(whole.model)
    assert saved.metrics == {}


def test_a_terminal_that_is_closed_takes_no_model_with_it(tmp_path: Path):
    save_experiment(ADAM, tmp_path / "adam.toml")
    near, far = pty.openpty()
    words = [sys.executable, "-m", "nnlab", "train", "adam.toml", "--threads", "1"]
    process = subprocess.Popen(words, cwd=tmp_path, stdin=far, stdout=far, stderr=far, start_new_session=True)
    os.close(far)
    # Whoever sees the bar knows that it trains.
    while b"epoch" not in os.read(near, 4096):
        pass
    os.close(near)
    process.send_signal(signal.SIGHUP)
    assert process.wait(60) == 129
    assert load_model(tmp_path / "Small.safetensors").step > 0
