"""Opening, failing, finishing and going on, in orders that a person finds."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt

from nnlab.experiments.experiment import Experiment, load_experiment, save_experiment
from nnlab.models import MODELS
from nnlab.models.layers import LAYERS
from nnlab.models.layers.conv2d import Conv2D
from nnlab.resources import resource
from nnlab.ui.activity import Activity
from nnlab.ui.main_window import MainWindow
from tests.ui.conftest import Driver, example


def digits_with(model: object, **training: object) -> Experiment:
    return replace(example("digits-mlp", **training), model=model)


def test_a_saved_model_trains_on_with_its_curves(driver: Driver, tmp_path: Path) -> None:
    window = driver.open(example("digits-mlp", epochs=5, keep="last"))
    for epoch in (1, 2, 3):
        window.run_bar.epoch.click()
        driver.wait_for(lambda epoch=epoch: window.session.progress.step == 41 * epoch)
    with driver.qtbot.waitSignal(window.session.saved_changed, timeout=60_000):
        window.session.save_model(tmp_path / "m.safetensors")
    driver.settle(window)
    best = dict(window.session.history.best)
    with driver.qtbot.waitSignal(window.session.prepared, timeout=60_000):
        window.files.open(tmp_path / "m.safetensors")
    # The curves stand there before anything is trained.
    assert len(window.session.history.steps["step"]) == 41 * 3 and window.session.history.best == best
    assert len(window.curves.panels["loss"].star.getData()[0]) == 1
    driver.finish(window)
    window.curves.redraw()
    history = window.session.history
    assert list(history.epochs["epoch"].values) == [1, 2, 3, 4, 5]
    assert np.array_equal(history.steps["step"].values, np.arange(1, 41 * 5 + 1))
    drawn, _ = window.curves.panels["loss"].raw.getOriginalDataset()
    assert np.array_equal(drawn, history.steps["epoch"].values)


@pytest.mark.parametrize("kind", sorted(MODELS))
def test_every_kind_of_model_trains_in_the_window(driver: Driver, kind: str) -> None:
    window = driver.open(example("digits-mlp", epochs=1, optimizer="adam", learning_rate=0.001))
    with driver.qtbot.waitSignal(window.session.prepared, timeout=60_000):
        if kind == "mlp":
            window.session.reset()
        else:
            window.architecture_panel.choose_kind(kind)
    driver.finish(window)
    assert window.session.progress.activity is Activity.FINISHED
    assert window.notice.text == ""
    classes = MODELS[kind].predicts_targets
    assert {"network", "weights"} < set(window.stage._fitting)
    assert ("confusion" in window.stage._fitting) is classes
    assert window.curves.panels["score"].plot.isVisible() is classes
    box = window.curves.panels["loss"].plot.getViewBox()
    window.curves._hover(box.mapViewToScene(QPointF(0.5, box.viewRange()[1][0])))
    assert "nan" not in window.curves.readout.text()


def test_weights_that_are_all_zero_can_be_drawn(driver: Driver) -> None:
    window = driver.open(digits_with(MODELS["linear_svm"]()))
    window.stage.show_view("weights")
    view = window.stage.current
    driver.wait_for(lambda: view.answer is not None)
    assert not view.answer.tiles.any()
    assert view.bound == 1.0


def test_data_that_an_rbm_cannot_take_is_told_and_nothing_is_trained(driver: Driver) -> None:
    experiment = digits_with(MODELS["rbm"](hidden=8), epochs=2)
    window = driver.open(replace(experiment, dataset=replace(experiment.dataset, scaling="standard")))
    window.run_bar.run.click()
    driver.wait_for(lambda: "0 ... 1" in window.notice.text)
    window.run_bar.run.click()
    driver.wait_for(lambda: window.session._link.worker._worked.progress.activity is Activity.PAUSED)
    assert window.session._link.worker._run.step == 0


def test_a_cnn_that_ends_in_a_picture_is_told_inline(driver: Driver) -> None:
    model = MODELS["cnn"](layers=(Conv2D(10), LAYERS["relu"]()), loss="mean_squared_error")
    window = driver.open(example("digits-mlp"))
    window.session.edit(replace(window.session.experiment, model=model))
    assert "6 x 6 x 10" in window.architecture_panel.error_text
    assert not window.run_bar.run.isEnabled()


def test_a_message_stays_while_training(driver: Driver, tmp_path: Path) -> None:
    window = driver.open(example("digits-mlp", epochs=100_000))
    window.run_bar.run.click()
    driver.wait_for(lambda: window.session.progress.step > 0)
    (tmp_path / "bad.toml").write_text("[")
    window.files.open(tmp_path / "bad.toml")
    driver.wait_for(lambda: "bad.toml" in window.notice.text)
    seen = window.session.progress.step
    driver.wait_for(lambda: window.session.progress.step > seen + 2000)
    assert "bad.toml" in window.notice.text


def test_undo_does_not_cross_an_open(digits: MainWindow, driver: Driver, tmp_path: Path) -> None:
    save_experiment(example("xor"), tmp_path / "other.toml")
    with driver.qtbot.waitSignal(digits.session.prepared, timeout=60_000):
        digits.files.open(tmp_path / "other.toml")
    digits.session.undo()
    assert digits.session.experiment.name == "xor"
    assert digits.files.save()
    assert load_experiment(tmp_path / "other.toml").name == "xor"


def test_a_failed_open_leaves_the_trained_run(digits: MainWindow, driver: Driver, no_data) -> None:
    driver.finish(digits)
    number = digits.session.progress.step
    digits.files.open(resource("examples", "mnist-mlp.toml"))
    driver.wait_for(lambda: "MNIST was not found" in digits.download_notice.text)
    assert digits.session.has_learned and digits.session.progress.step == number
    assert digits.session._link.worker._run.step == number


def test_what_is_shown_at_the_end_is_the_kept_epoch(driver: Driver) -> None:
    window = driver.open(example("digits-mlp", epochs=40))
    driver.finish(window)
    run = window.session._link.worker._run
    assert 0 < run.best.epoch < 40
    assert window.session.progress.moment.kept_epoch == run.best.epoch
    assert window.run_bar._figure.text() == f"{run.best.validation.score:.1%}"
    line = window.run_bar.line
    assert line.where.text() == f"complete: model of epoch {run.best.epoch} (best validation loss)"
    assert "Of 40 epochs" in line.where.toolTip() and "Continue goes on from it" in line.where.toolTip()
    assert window.statusBar()._cells["place"].text() == f"epoch {run.best.epoch} of 40, restored"
    window.stage.show_view("confusion")
    view = window.stage.current
    driver.wait_for(lambda: view.answer is not None and view.answer.found.kept_epoch > 0)
    assert np.array_equal(view.answer.confusion, run.best.validation.confusion)
    assert f"as of epoch {run.best.epoch}, restored" in view.readout.text()
    predictions = driver.see(window, "predictions")
    assert f"as of epoch {run.best.epoch}, restored" in predictions.readout.text()


def test_without_validation_the_restored_epoch_is_that_of_the_lowest_training_loss(driver: Driver) -> None:
    experiment = example("digits-mlp", epochs=12, learning_rate=1.5, seed=3)
    window = driver.open(replace(experiment, dataset=replace(experiment.dataset, validation=0.0)))
    driver.finish(window)
    kept = window.session.progress.moment.kept_epoch
    assert 0 < kept < 12
    assert window.run_bar.line.where.text() == f"complete: model of epoch {kept} (lowest training loss)"


def test_that_the_last_epoch_was_the_best_is_no_news(driver: Driver) -> None:
    experiment = example("digits-mlp", epochs=2)
    window = driver.open(replace(experiment, dataset=replace(experiment.dataset, validation=0.0)))
    driver.finish(window)
    assert window.session.progress.moment.kept_epoch == 2
    assert window.run_bar.line.where.text() == "complete: all epochs done"


def test_space_right_after_opening_starts_what_was_opened(digits: MainWindow, driver: Driver) -> None:
    digits.files.open(resource("examples", "xor.toml"))
    digits.session.run_or_pause()
    driver.wait_for(lambda: digits.session.progress.activity is Activity.FINISHED)
    assert digits.session.running.name == "xor"
    assert digits.session.progress.step == 760


def test_training_on_adds_the_recipe_each_time(digits: MainWindow, driver: Driver) -> None:
    for epochs in (3, 6, 9):
        driver.finish(digits)
        assert digits.session.progress.epoch == digits.session.experiment.training.epochs == epochs


def test_a_live_change_after_the_end_keeps_the_way_on_open(digits: MainWindow, driver: Driver) -> None:
    driver.finish(digits)
    digits.session.edit(
        replace(digits.session.experiment, training=replace(digits.session.experiment.training, learning_rate=0.01))
    )
    driver.finish(digits)
    assert digits.session.progress.epoch == 6


def test_the_last_seed_is_followed_by_the_first(digits: MainWindow, driver: Driver) -> None:
    training = replace(digits.session.experiment.training, seed=2**31 - 1)
    digits.session.edit(replace(digits.session.experiment, training=training))
    with driver.qtbot.waitSignal(digits.session.prepared, timeout=60_000):
        digits.session.reset_with_new_seed()
    assert digits.session.experiment.training.seed == 0


def test_window_keys_work_while_typing(digits: MainWindow, driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    exported = []
    monkeypatch.setattr(digits.files, "export_dialog", lambda view: exported.append(view.title))
    field = digits.training_panel._form.editor("learning_rate")
    digits.activateWindow()
    field.setFocus()
    driver.wait_for(field.hasFocus)
    driver.qtbot.keyClick(field, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert exported == ["Network"]


def test_an_encoder_beside_the_experiment_is_found(driver: Driver, tmp_path: Path) -> None:
    from nnlab.experiments.headless_training import run_experiment

    layers = (LAYERS["dense"](8), LAYERS["code"](), LAYERS["dense"](64), LAYERS["sigmoid"]())
    model = MODELS["autoencoder"](layers=layers)
    run_experiment(replace(digits_with(model, epochs=1), name="codes"), [], tmp_path, threads=1)
    svm = digits_with(MODELS["linear_svm"](), epochs=1)
    save_experiment(replace(svm, dataset=replace(svm.dataset, encoder="codes.safetensors")), tmp_path / "svm.toml")
    window = driver.open(example("digits-mlp"))
    with driver.qtbot.waitSignal(window.session.prepared, timeout=60_000) as heard:
        window.files.open(tmp_path / "svm.toml")
    assert heard.args[0].dataset.example_shape == (8,)
