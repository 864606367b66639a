"""No memory, or a fault that nobody foresaw, in a step, a probe or a copy: it stops, says so once, and goes on working."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnlab.errors import DivergedError
from nnlab.experiments.headless_training import run_experiment
from nnlab.models import MLPSettings
from nnlab.models.layers.dense import Dense
from nnlab.models.losses import BatchLoss
from nnlab.probes import PROBES, Probe
from nnlab.training import TrainingRun
from nnlab.training.batch_gradient import BatchGradient
from nnlab.ui.activity import Activity
from nnlab.ui.main_window import MainWindow
from tests.ui.conftest import Driver, example

FAULTS = {"memory": MemoryError, "fault": ZeroDivisionError}
WORDS = {"memory": "not enough memory", "fault": "fault of its own (ZeroDivisionError"}


@pytest.fixture
def window(driver: Driver) -> MainWindow:
    return driver.open(example("digits-mlp", epochs=100_000))


def messages(window: MainWindow) -> list[str]:
    heard: list[str] = []
    window.session.message.connect(heard.append)
    return heard


@pytest.mark.parametrize("kind", FAULTS)
def test_a_step_that_fails_stops_training_and_is_told_once(
    window: MainWindow, driver: Driver, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    heard, calls = messages(window), []

    def fail(*_: object) -> BatchLoss:
        calls.append(None)
        raise FAULTS[kind]

    window.run_bar.run.click()
    driver.wait_for(lambda: window.session.progress.step > 20)
    with monkeypatch.context() as patch:
        patch.setattr(BatchGradient, "loss", fail)
        driver.wait_for(lambda: window.session.progress.activity is Activity.PAUSED and bool(heard))
        driver.settle(window)
        for _ in range(3):
            with driver.qtbot.waitSignal(window.session.frame, timeout=60_000):
                window.session.frames.refresh()
    assert len(calls) == 1 and len(heard) == 1 and WORDS[kind] in heard[0]
    # The numbers are those of the last whole step, and it can be gone on with.
    run, number = window.session._link.worker._run, window.session.progress.step
    assert run.step == number > 20 and np.isfinite(run.model.parameters.values).all()
    assert window.session.has_learned and not window.session.model_is_saved
    window.run_bar.batch.click()
    driver.wait_for(lambda: window.session.progress.step == number + 1)


@pytest.mark.parametrize("kind", FAULTS)
def test_a_probe_that_fails_stops_training_and_is_told_once(
    window: MainWindow, driver: Driver, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    heard = messages(window)

    def fail(*_: object) -> None:
        raise FAULTS[kind]

    window.run_bar.run.click()
    driver.wait_for(lambda: window.session.progress.step > 20)
    monkeypatch.setitem(PROBES, "network", Probe(fail))
    driver.wait_for(lambda: window.session.progress.activity is Activity.PAUSED and bool(heard))
    driver.settle(window)
    for _ in range(3):
        with driver.qtbot.waitSignal(window.session.frame, timeout=60_000):
            window.session.frames.refresh()
    assert len(heard) == 1 and WORDS[kind] in heard[0]
    # Another view can be seen, and every step has arrived.
    monkeypatch.undo()
    driver.see(window, "weights")
    steps = window.session.history.steps["step"].values
    assert np.array_equal(steps, np.arange(1, window.session.progress.step + 1))


@pytest.mark.parametrize("kind", FAULTS)
def test_a_run_that_cannot_be_built_is_told_and_another_can_be(
    window: MainWindow, driver: Driver, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    heard = messages(window)

    def fail(*_: object) -> None:
        raise FAULTS[kind]

    with monkeypatch.context() as patch:
        patch.setattr("nnlab.ui.worked_run.assemble", fail)
        window.session.reset()
        driver.wait_for(lambda: len(heard) == 1 and WORDS[kind] in heard[0])
    training = replace(window.session.experiment.training, seed=3)
    with driver.qtbot.waitSignal(window.session.prepared, timeout=60_000):
        window.session.edit(replace(window.session.experiment, training=training))


@pytest.mark.parametrize("kind", FAULTS)
def test_a_copy_that_cannot_be_made_refuses_the_job(
    window: MainWindow, driver: Driver, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    def fail(run: TrainingRun) -> TrainingRun:
        raise FAULTS[kind]

    monkeypatch.setattr(TrainingRun, "replica", fail)
    job = window.session.start_job("Looking", lambda run, report: None)
    with driver.qtbot.waitSignal(job.failed, timeout=60_000) as heard:
        pass
    assert WORDS[kind] in heard.args[0]


def test_a_diverged_run_that_is_opened_says_so_and_does_not_go_on(driver: Driver, tmp_path: Path):
    experiment = example("digits-mlp", learning_rate=1000.0, optimizer="sgd")
    experiment = replace(experiment, model=MLPSettings((Dense(10),), loss="mean_squared_error"))
    with pytest.raises(DivergedError):
        run_experiment(experiment, [], tmp_path, 1)
    window = driver.open(example("xor", epochs=3))
    window.files.open(tmp_path / "digits-mlp.safetensors")
    driver.wait_for(lambda: window.session.progress.activity is Activity.DIVERGED)
    assert "diverged" in window.notice.text
