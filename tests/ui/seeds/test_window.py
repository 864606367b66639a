"""Several seeds from the window: trained, seen as live pictures, told in words, opened as runs and laid over the curves."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.places import runs_folder
from nnlab.experiments.seeds.seed_sweep import SEED, seeds_sweep
from nnlab.experiments.sweeps.here import Here
from nnlab.experiments.sweeps.records import DONE, RUNNING, STOPPED
from nnlab.experiments.sweeps.runner import SweepRun
from nnlab.ui.sweeps.running import ALREADY
from tests.ui.conftest import Driver, example
from tests.ui.seeds.desk import SeedsDesk, train_seeds

XOR = example("xor", epochs=2)


@pytest.fixture
def desk(driver: Driver) -> Iterator[SeedsDesk]:
    """The present experiment's seeds have been trained already."""
    train_seeds(XOR)
    desk = SeedsDesk(driver, XOR)
    desk.wait_for_state(DONE)
    yield desk
    desk.close()


def test_what_was_trained_already_is_shown_and_can_be_trained_anew(desk: SeedsDesk):
    window = desk.window
    trials = desk.trials()
    assert [tile.seed for tile in window.strip.tiles] == list(range(9))
    assert [tile.run for tile in window.strip.tiles] == [trial.run for trial in trials]
    assert not window.bar.start.isVisible() and window.bar.anew.isVisible() and not window.bar.cancel.isVisible()
    assert window.bar.said.text() == "done" and window.number == 0
    mean = np.mean([trial.figures["test_accuracy"] for trial in trials])
    assert window.summary.text().startswith(f"test accuracy {window.seen.luck.text(float(mean))} ±\xa0")
    assert "over 9 seeds; worst " in window.summary.text()
    assert "may differ by their seeds alone" in window.told.text()


def test_each_picture_is_of_the_plane_as_its_run_sees_it(desk: SeedsDesk):
    window = desk.window
    desk.wait_for(lambda: len(window.strip.images) == 9)
    fields = window._fields
    assert not np.array_equal(fields[0].probability, fields[1].probability)
    # The window's own run of that seed, to the end, sees the very same.
    desk.driver.finish(desk.main)
    own = desk.driver.see(desk.main, "boundary").answer
    assert np.array_equal(own.probability, fields[0].probability)


def test_a_seed_is_chosen_laid_over_the_curves_and_opened(desk: SeedsDesk):
    window, session = desk.window, desk.main.session
    assert not window.card.open.isEnabled()
    desk.click(4)
    run = desk.trials()[4].run
    assert window.strip.seed == 4 and window.card.said.text().startswith("Seed 4 · test accuracy ")
    window.card.lay.click()
    assert session.ticked.numbers == (run,)
    assert window.strip._ticked == {4: session.ticked.color_of(run)}
    desk.click(5)
    assert not window.card.lay.isChecked()
    desk.click(4)
    window.card.lay.click()
    assert session.ticked.numbers == ()
    desk.double_click(4)
    desk.wait_for(lambda: session.progress.number == run)
    assert session.experiment.training.seed == 4 and session.experiment.name == "xor: seed 4"


def test_arrows_and_enter_do_what_the_mouse_does(desk: SeedsDesk):
    strip = desk.window.strip
    strip.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left):
        QTest.keyClick(strip, key)
    assert strip.seed == strip.columns
    QTest.keyClick(strip, Qt.Key.Key_Return)
    desk.wait_for(lambda: desk.main.session.experiment.training.seed == strip.columns)


def test_another_experiment_has_other_seeds_and_so_have_more_of_them(desk: SeedsDesk):
    window = desk.window
    desk.wait_for(lambda: len(window.strip.images) == 9)
    desk.learn_at(0.05)
    assert window.seen.record is None and window.bar.start.isVisible() and not window.strip.images
    assert window.summary.text().startswith("Seeds 0 to 8 of the same experiment")
    desk.learn_at(XOR.training.learning_rate)
    desk.wait_for_state(DONE)
    desk.wait_for(lambda: len(window.strip.images) == 9)
    window.bar.count.setCurrentIndex(1)
    window.bar.count.activated.emit(1)
    assert len(window.strip.tiles) == 16 and window.seen.record is None
    # Those that were trained are in the list.
    window.bar.choice.setCurrentIndex(1)
    window.bar.choice.activated.emit(1)
    desk.wait_for_state(DONE)
    assert window.number == 1 and len(window.strip.tiles) == 9 and not window.bar.count.isVisible()


@pytest.mark.slow
def test_of_sixteen_seeds_the_nine_that_are_trained_stay_as_they_are(desk: SeedsDesk):
    window, nine = desk.window, desk.trials()
    window.bar.count.setCurrentIndex(1)
    window.bar.count.activated.emit(1)
    window.bar.start.click()
    desk.wait_for(lambda: window.number == 2)
    desk.wait_for_state(DONE)
    desk.wait_for(lambda: not desk.work.running.is_busy)
    sixteen = desk.trials(2)
    assert [(trial.run, trial.checksum) for trial in sixteen[:9]] == [(trial.run, trial.checksum) for trial in nine]
    assert sorted(trial.run for trial in sixteen) == list(range(1, 17))
    desk.wait_for(lambda: len(window.strip.images) == 16)
    # A kept one is opened as the others are.
    assert [tile.run for tile in window.strip.tiles][:9] == [trial.run for trial in nine]


def test_pictures_follow_the_theme(desk: SeedsDesk):
    window = desk.window
    desk.wait_for(lambda: len(window.strip.images) == 9)
    light = window.strip.images[0].copy()
    desk.main.appearance.choose("dark")
    assert window.strip.images[0] != light


def test_images_have_no_plane_and_show_their_curves(driver: Driver):
    digits = example("digits-mlp", epochs=1)
    list(SweepRun(runs_folder(), seeds_sweep(digits, 9), Here()))
    desk = SeedsDesk(driver, digits)
    desk.wait_for_state(DONE)
    assert desk.window.seen.dataset is None and not desk.window.strip.images
    assert all(len(tile.curve) > 10 for tile in desk.window.strip.tiles)
    desk.close()


@pytest.mark.slow
def test_started_from_the_menu_each_seed_is_what_nnlab_train_makes_of_it(driver: Driver, tmp_path):
    desk = SeedsDesk(driver, XOR)
    desk.window.bar.start.click()
    desk.wait_for_state(DONE)
    desk.wait_for(lambda: not desk.work.running.is_busy)
    assert desk.window.number == 1
    trials = desk.trials()
    for trial in (trials[0], trials[8]):
        training = replace(XOR.training, seed=trial.choices[SEED])
        alone = run_experiment(replace(XOR, training=training), [], tmp_path, threads=1)
        assert trial.checksum == alone["parameters_sha256"]
    with closing(RunStore(runs_folder())) as store:
        assert [store.run(trial.run).name for trial in trials] == [f"xor: seed {seed}" for seed in range(9)]
    # No window of sweeps was made for it.
    assert desk.main.sweeping.work is None
    desk.close()


@pytest.mark.slow
def test_they_are_stopped_and_go_on_and_nothing_else_is_trained_meanwhile(driver: Driver):
    desk = SeedsDesk(driver, example("xor", epochs=250))
    window = desk.window
    window.bar.start.click()
    desk.wait_for(lambda: window.seen.record is not None and window.seen.record.ended >= 1)
    assert window.seen.record.state == RUNNING and "closing nnlab only interrupts it" in window.bar.said.text()
    desk.main.commands["sweeps"].trigger()
    sweeps = desk.main.sweeping.work
    sweeps.start(seeds_sweep(XOR, 2))
    assert sweeps.window.said.text() == ALREADY
    sweeps.window.close()
    window.bar.cancel.click()
    desk.wait_for_state(STOPPED)
    desk.wait_for(lambda: not desk.work.running.is_busy)
    before = {trial.number: trial.checksum for trial in desk.trials() if trial.state == DONE}
    assert 0 < len(before) < 9 and window.bar.start.text() == "Go on"
    desk.learn_at(0.2)
    assert window.number == 1  # what was begun stays in sight
    window.bar.start.click()
    desk.wait_for_state(DONE)
    after = {trial.number: trial.checksum for trial in desk.trials()}
    assert len(after) == 9 and before.items() <= after.items()
    desk.wait_for(lambda: not desk.work.running.is_busy)
    desk.close()


@pytest.mark.slow
def test_closing_the_window_stops_them_so_that_they_can_go_on(driver: Driver):
    desk = SeedsDesk(driver, example("xor", epochs=3000))
    desk.window.bar.start.click()
    desk.wait_for(lambda: desk.window.seen.record is not None and desk.window.seen.record.counts.get(RUNNING, 0) > 0)
    desk.window.close()
    assert desk.work.running.is_busy
    desk.close()
    from nnlab.experiments.sweeps.reading import sweep

    with closing(RunStore(runs_folder())) as store:
        assert sweep(store, 1).state == STOPPED
