"""What is found out about a model that was changed by hand says so, and so does a run that goes on from its file."""

from pathlib import Path

import pytest

from nnlab.experiments.model_file import save_model
from nnlab.models.likelihood import LogPartition
from nnlab.probes import Moment
from nnlab.probes.analyses.likelihood import LikelihoodEstimate
from nnlab.ui.main_window import MainWindow
from nnlab.ui.views.samples.likelihood import estimate_text
from tests.ui.conftest import Driver
from tests.ui.test_small_panes import experiment

TENSOR = "dense1.weight"


def edited(window: MainWindow, driver: Driver) -> MainWindow:
    """The window after a step and a change to a weight."""
    window.session.step_batch()
    driver.wait_for(lambda: window.session.progress.step == 1)
    window.session.change_parameter(TENSOR, (0, 0), 0.75)
    driver.wait_for(lambda: window.session.progress.moment.is_edited)
    return window


@pytest.mark.parametrize("name", ["gradient_check", "latent_svm", "latent"])
def test_results_of_long_work_are_told_to_be_of_an_edited_model(driver: Driver, name: str) -> None:
    window = edited(driver.open(experiment("autoencoder")), driver)
    view = driver.see(window, name)
    with driver.qtbot.waitSignal(view.control.done, timeout=60_000):
        view.control.button.click()
    driver.wait_for(lambda: "step 1, edited by hand" in view.readout.text())


@pytest.mark.parametrize("is_edited", [True, False])
def test_an_estimate_is_told_to_be_of_an_edited_machine(is_edited: bool) -> None:
    estimate = LikelihoodEstimate(-90.0, -91.0, float("nan"), LogPartition(400.0, 399.0, 401.0))
    assert estimate_text(estimate, Moment(step=180, is_edited=is_edited)).endswith(
        "as of step 180, edited by hand" if is_edited else "as of step 180"
    )


def test_a_run_that_is_opened_is_still_edited(driver: Driver, tmp_path: Path) -> None:
    window = edited(driver.open(experiment("mlp")), driver)
    run = window.session._link.worker._run
    save_model(tmp_path / "edited.safetensors", run, window.session.experiment, {})
    window.session.undo()
    driver.wait_for(lambda: not window.session.progress.moment.is_edited)
    with driver.qtbot.waitSignal(window.session.prepared, timeout=60_000):
        window.files.open(tmp_path / "edited.safetensors")
    driver.wait_for(lambda: window.session.progress.step == 1 and window.session.progress.moment.is_edited)
    view = driver.see(window, "gradient_check")
    assert "as of step 1, edited by hand" in view.readout.text()
