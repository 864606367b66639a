"""Run, pause, step, reset: through the real buttons, against the headless engine."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from nnlab.experiments.assembly import load_data
from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.model_file import load_model, parameters_sha256
from nnlab.models import MODELS
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.layers.activations import Sigmoid
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Code
from nnlab.models.layers.sparsity import KLSparsity
from nnlab.ui.activity import Activity
from nnlab.ui.main_window import MainWindow
from nnlab.ui.messages import PrepareRequest
from nnlab.ui.worker import TrainingWorker
from tests.ui.conftest import Driver, example


def test_the_window_reaches_the_same_bits_as_the_command_line(driver: Driver, tmp_path) -> None:
    experiment = example("digits-mlp", epochs=4)
    headless = run_experiment(experiment, [], tmp_path, threads=1)
    window = driver.open(experiment)
    driver.finish(window)
    with driver.qtbot.waitSignal(window.session.saved_changed, timeout=60_000):
        window.session.save_model(tmp_path / "window.safetensors")
    assert parameters_sha256(load_model(tmp_path / "window.safetensors").model) == headless["parameters_sha256"]


def test_every_step_arrives_once_and_in_order(digits: MainWindow, driver: Driver) -> None:
    driver.finish(digits)
    numbers = digits.session.history.steps["step"].values
    assert np.array_equal(numbers, np.arange(1, digits.session.progress.total + 1))
    assert len(digits.session.history.epochs["epoch"]) == 3


def test_pausing_leaves_the_parameters_unchanged(driver: Driver) -> None:
    window = driver.open(example("digits-mlp", epochs=100_000))
    window.run_bar.run.click()
    driver.wait_for(lambda: window.session.progress.step > 20)
    window.run_bar.run.click()
    driver.wait_for(lambda: window.session.progress.activity is Activity.PAUSED)
    run = window.session._link.worker._run
    before, number = run.model.parameters.values.copy(), run.step
    for _ in range(5):
        window.session.frames.refresh()
        with driver.qtbot.waitSignal(window.session.frame, timeout=60_000):
            pass
    assert run.step == number
    assert np.array_equal(run.model.parameters.values, before)


def test_a_batch_step_is_one_update(digits: MainWindow, driver: Driver) -> None:
    for expected in (1, 2, 3):
        digits.run_bar.batch.click()
        driver.wait_for(lambda expected=expected: digits.session.progress.step == expected)
    assert digits.session.progress.activity is Activity.PAUSED


def test_an_epoch_step_stops_at_the_end_of_the_epoch(digits: MainWindow, driver: Driver) -> None:
    digits.run_bar.batch.click()
    digits.run_bar.epoch.click()
    driver.wait_for(lambda: digits.session.progress.activity is Activity.PAUSED and digits.session.progress.step > 1)
    assert digits.session.progress.step == digits.session.progress.batches


def test_reset_gives_the_same_start_and_a_new_seed_another(digits: MainWindow, driver: Driver) -> None:
    digits.stage.show_view("weights")
    view = digits.stage.current
    driver.wait_for(lambda: view.answer is not None)
    start = view.answer.tiles.copy()
    driver.finish(digits)
    assert not np.array_equal(view.answer.tiles, start)

    def reset(act: object) -> np.ndarray:
        with driver.qtbot.waitSignal(digits.session.prepared, timeout=60_000):
            act()
        driver.wait_for(lambda: view.answer is not None)
        return view.answer.tiles

    assert np.array_equal(reset(digits.run_bar.reset.click), start)
    assert not np.array_equal(reset(digits.session.reset_with_new_seed), start)
    assert digits.session.experiment.training.seed == 1


def test_of_each_step_is_known_for_how_long_it_had_been_trained(digits: MainWindow, driver: Driver) -> None:
    driver.finish(digits)
    history = digits.session.history
    seconds = history.seconds_after(history.steps["step"].values)
    assert seconds[0] > 0 and (np.diff(seconds) > 0).all()
    assert seconds[-1] == history.seconds == digits.session.progress.seconds


def test_a_reset_empties_the_curves(digits: MainWindow, driver: Driver) -> None:
    driver.finish(digits)
    with driver.qtbot.waitSignal(digits.session.prepared, timeout=60_000):
        digits.run_bar.reset.click()
    assert len(digits.session.history.steps["step"]) == 0
    assert digits.curves.panels["loss"].smooth.getData()[0] is None or not len(
        digits.curves.panels["loss"].smooth.getData()[0]
    )


def test_a_finished_run_can_be_continued(digits: MainWindow, driver: Driver) -> None:
    driver.finish(digits)
    assert digits.run_bar.run.text() == "Continue"
    done = digits.session.progress.step
    driver.finish(digits)
    assert digits.session.progress.step == 2 * done
    assert digits.session.experiment.training.epochs == 6


def test_divergence_is_told_in_a_sentence_and_leaves_finite_parameters(driver: Driver) -> None:
    window = driver.open(example("digits-mlp", learning_rate=1e3, l2=100.0, epochs=3))
    driver.finish(window)
    assert window.session.progress.activity is Activity.DIVERGED
    assert "lower the learning rate" in window.notice.text
    assert np.isfinite(window.session._link.worker._run.model.parameters.values).all()
    for name, text in (("learning_rate", "0.05"), ("penalty.l2", "0")):
        window.training_panel._form.editor(name).setText(text)
        window.training_panel._form.editor(name).editingFinished.emit()
    # It begins afresh, and may be asked for its old state once more before that.
    window.run_bar.run.click()
    driver.wait_for(lambda: window.session.progress.activity is Activity.FINISHED)


@pytest.mark.parametrize(
    ("key", "modifier", "steps"),
    [(Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, 1), (Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier, 41)],
)
def test_the_arrow_keys_step(digits: MainWindow, driver: Driver, key, modifier, steps: int) -> None:
    digits.activateWindow()
    digits.setFocus()
    driver.qtbot.keyClick(digits, key, modifier)
    driver.wait_for(lambda: digits.session.progress.step == steps)


def test_keys_are_inert_while_typing(digits: MainWindow, driver: Driver) -> None:
    field = digits.training_panel._form.editor("learning_rate")
    digits.activateWindow()
    field.setFocus()
    driver.wait_for(field.hasFocus)
    driver.qtbot.keyClick(field, Qt.Key.Key_Right)
    driver.qtbot.keyClick(field, Qt.Key.Key_R)
    assert digits.session.progress.activity is Activity.IDLE
    assert digits.session.progress.step == 0


def test_keys_in_an_open_list_are_the_lists_own(digits: MainWindow) -> None:
    choice = digits.dataset_panel._form.editor("scaling")
    for watched, is_kept in ((choice, True), (choice.view(), False)):
        key = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier)
        # Qt's own filter of the list, which comes after, takes Return for the choice.
        assert digits._keys.eventFilter(watched, key) is is_kept


def test_live_settings_act_without_a_reset(driver: Driver) -> None:
    window = driver.open(example("digits-mlp", epochs=2))
    window.run_bar.batch.click()
    driver.wait_for(lambda: window.session.progress.step == 1)
    experiment = window.session.experiment
    window.session.edit(replace(experiment, training=replace(experiment.training, learning_rate=0.001)))
    assert not window.session.is_pending
    window.run_bar.batch.click()
    driver.settle(window)
    driver.wait_for(lambda: window.session.progress.step == 2)
    driver.settle(window)
    assert list(window.session.history.steps["learning_rate"].values) == [0.05, 0.001]


def test_the_target_of_sparsity_changes_while_it_trains(driver: Driver, tmp_path) -> None:
    sparse = (Dense(12), Sigmoid(), KLSparsity(0.1, 0.5), Code(), Dense(64), Sigmoid())
    experiment = replace(example("digits-mlp", epochs=100_000), model=AutoencoderSettings(sparse))
    window = driver.open(experiment)
    window.run_bar.run.click()
    driver.wait_for(lambda: window.session.progress.step > 20)
    panel, worker = window.architecture_panel, window.session._link.worker
    panel.select(3)
    field = panel._layer_form.editor("target")
    field.setText("0.3")
    field.editingFinished.emit()
    assert not window.session.is_pending
    assert panel._layer_form._row("target").caption.text().endswith("•")
    driver.wait_for(lambda: worker._run.model.layers[2].target == 0.3)
    number = worker._run.step
    assert number > 20
    driver.wait_for(lambda: window.session.progress.step > number)
    window.run_bar.run.click()
    driver.wait_for(lambda: window.session.progress.activity is Activity.PAUSED)
    with driver.qtbot.waitSignal(window.session.saved_changed, timeout=60_000):
        window.session.save_model(tmp_path / "sparse.safetensors")
    assert load_model(tmp_path / "sparse.safetensors").model.layers[2].target == 0.3
    window.session.undo()
    driver.wait_for(lambda: worker._run.model.layers[2].target == 0.1)
    assert not window.session.is_pending


def test_nothing_is_done_without_a_run_and_a_failed_one_leaves_none_behind(qtbot) -> None:
    worker, news, failures = TrainingWorker(1), [], []
    worker.progressed.connect(lambda generation, progress: news.append(progress.activity))
    worker.failed.connect(lambda generation, sentence: failures.append(sentence))
    worker.step_batch()
    worker.pause()
    good = example("xor")
    dataset = load_data(good.dataset, [])
    worker.start()
    worker.prepare(PrepareRequest(1, good, dataset))
    worker.play()
    # Points in a plane are no pictures.
    worker.prepare(PrepareRequest(2, replace(good, model=MODELS["cnn"]()), dataset))
    worker.pause()
    worker.step_batch()
    worker.stop()
    assert news == [Activity.IDLE, Activity.RUNNING]
    assert len(failures) == 1
