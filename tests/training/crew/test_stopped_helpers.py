"""A helper that somebody stops holds nobody for long; one that takes its time is left to it, and a machine may sleep."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from nnlab.datasets import DatasetSettings
from nnlab.experiments.experiment import Experiment
from nnlab.models import MLPSettings
from nnlab.models.arrays import Array
from nnlab.models.layers.activations import ReLU, Softmax
from nnlab.models.layers.base import Workspace
from nnlab.models.layers.dense import Dense
from tests.conftest import PROJECT
from tests.experiments.cases import SMALL
from tests.training.crew.crews import come, crew_of, crewed, divided, stopped
from tests.training.crew.test_crew import CNN, all_steps, assert_same

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no process can be stopped here"),
]

LONG = replace(CNN, training=replace(CNN.training, epochs=60))
# Of an owner that looks in vain so often.
_LOOK_SECONDS, _MISSED = 0.6, 3


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnlab.training.crew.helper_process.LOOK_SECONDS", _LOOK_SECONDS)
    monkeypatch.setattr("nnlab.training.crew.pulse.MOST_MISSED", _MISSED)


@pytest.mark.parametrize(("helpers", "is_apart"), [(2, False), (1, True), (3, True)])
def test_a_helper_that_is_stopped_is_replaced_and_the_bits_are_the_same(helpers: int, is_apart: bool):
    alone = divided(LONG, helpers)
    list(alone)
    with crewed(LONG, helpers, is_apart) as run:
        assert run.stretch(0.01)
        one = crew_of(run).process_numbers[-1]
        with stopped(one):
            while one in crew_of(run).process_numbers:
                assert run.stretch(0.01)
        come(crew_of(run))
        all_steps(run)
        assert not crew_of(run).trouble
    assert_same(run, alone)


class Slow(ReLU):
    """Takes longer than the patience that an owner has with one that is stopped."""

    def forward(self, x: Array, work: Workspace) -> Array:
        """The same, later."""
        time.sleep((_MISSED + 1.5) * _LOOK_SECONDS)
        return super().forward(x, work)


@pytest.mark.parametrize("is_apart", [False, True])
def test_a_helper_that_takes_long_at_a_step_is_left_to_it(is_apart: bool):
    model = MLPSettings((Dense(4), Slow(), Dense(2), Softmax()))
    settings = replace(SMALL.training, batch_size=100, steps=2)
    with crewed(Experiment("Slow", DatasetSettings("xor"), model, settings), 2, is_apart) as run:
        numbers = crew_of(run).process_numbers
        assert len(run.stretch(0.01)) == len(run.stretch(0.01)) == 1
        assert crew_of(run).has_worked and crew_of(run).process_numbers == numbers


OWNER = f"""
import sys, time
from nnlab.experiments.model_file import parameters_sha256
from nnlab.training.crew import helper_process, pulse
from tests.training.crew.crews import crew_of, crewed
from tests.training.crew.test_stopped_helpers import LONG

if __name__ == "__main__":
    helper_process.LOOK_SECONDS, pulse.MOST_MISSED = {_LOOK_SECONDS}, {_MISSED}
    with crewed(LONG, 3) as run:
        run.stretch(0.001)
        print(*crew_of(run).process_numbers, flush=True)
        sys.stdin.readline()
        while run.stretch(0.001):
            pass
        time.sleep({2 * _LOOK_SECONDS})
        print(*crew_of(run).process_numbers, flush=True)
        print(parameters_sha256(run.model), run.step, flush=True)
"""


def test_a_machine_that_sleeps_and_wakes_has_the_same_helpers_and_bits(tmp_path: Path):
    """All of its processes are stopped alike, and the clock goes on."""
    from nnlab.experiments.model_file import parameters_sha256

    alone = divided(LONG, 3)
    list(alone)
    (tmp_path / "owner.py").write_text(OWNER)
    place = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (PROJECT, os.environ.get("PYTHONPATH", ""))))}
    command = [sys.executable, str(tmp_path / "owner.py")]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=place, start_new_session=True) as owner:
        assert owner.stdin is not None and owner.stdout is not None
        numbers = owner.stdout.readline().split()
        assert len(numbers) == 2
        os.killpg(owner.pid, signal.SIGSTOP)
        time.sleep((_MISSED + 2) * _LOOK_SECONDS)
        # Who wakes first finds the others asleep.
        os.kill(owner.pid, signal.SIGCONT)
        time.sleep(_LOOK_SECONDS / 2)
        os.killpg(owner.pid, signal.SIGCONT)
        said, _ = owner.communicate("\n", timeout=60)
    assert owner.returncode == 0
    assert said.splitlines() == [" ".join(numbers), f"{parameters_sha256(alone.model)} {alone.step}"]
