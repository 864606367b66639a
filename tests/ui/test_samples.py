"""The dreams of a Boltzmann machine in the window: chains that go on, are held, start at a drawing, and are drawn."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from nnlab.datasets.drawing import Drawing
from nnlab.experiments.experiment import Experiment
from nnlab.models.deep_belief import DeepBeliefSettings
from nnlab.models.likelihood import LogPartition
from nnlab.models.rbm_settings import RBMSettings
from nnlab.probes import Moment, Selection, look
from nnlab.probes.analyses.likelihood import LikelihoodEstimate
from nnlab.probes.chains import ChainOptions
from nnlab.probes.samples import ChainStates
from nnlab.ui.main_window import MainWindow
from nnlab.ui.theme import DARK, unsigned_indices
from nnlab.ui.views.samples.likelihood import estimate_text
from nnlab.ui.views.samples.samples import SamplesView
from tests.ui.conftest import Driver, example


def dreaming(model: object | None = None, **training: object) -> Experiment:
    model = model or RBMSettings(hidden=16, persistent=True, chains=10)
    return replace(example("digits-mlp", **({"epochs": 2, "keep": "last"} | training)), model=model)


@pytest.fixture(scope="module")
def shared(qapp: QApplication, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    """One window for all tests of the same machine."""
    memory = QSettings(str(tmp_path_factory.mktemp("memory") / "window.ini"), QSettings.Format.IniFormat)
    shared = Driver(QtBot(request), memory)
    shared.open(dreaming())
    yield shared
    shared.close(shared.windows[0])
    shared.windows[0].deleteLater()


@pytest.fixture
def window(shared: Driver) -> MainWindow:
    """Nothing learned, nothing selected, all controls as they are at first."""
    window = shared.windows[0]
    window.stage.select(Selection())
    window.stage.show_view("samples")
    bar = window.stage.view("samples").controls_bar
    bar.play.setChecked(False)
    bar.temperature.setValue(0)
    bar.steps.setValue(1)
    for choice, text in ((bar.start, "noise"), (bar.chains, "36"), (bar.shown, "means"), (bar.brush, "nothing")):
        choice.setCurrentText(text)
    with shared.qtbot.waitSignal(window.session.prepared, timeout=60_000):
        window.session.reset()
    return window


def samples_of(window: MainWindow, driver: Driver) -> SamplesView:
    window.stage.show_view("samples")
    view = window.stage.view("samples")
    driver.wait_for(lambda: view.answer is not None and window.session.frames.is_settled)
    return view


def looked_again(view: SamplesView, driver: Driver, looks: int = 1) -> None:
    """Wait until so many more answers have come."""
    wanted = view.options.look + looks
    driver.wait_for(lambda: view.options.look >= wanted)


def stroke(view: SamplesView, chain: int, start: tuple[float, float], stop: tuple[float, float]) -> None:
    """Drag from one pixel (row, column) of a chain to another."""
    x, y = view.chains.mosaic.corner_of(chain)
    ends = [QPointF(x + 1.5 + column, y + 1.5 + row) for row, column in (start, stop)]
    view._on_stroke(*ends)


def stroke_white(view: SamplesView) -> None:
    view.controls_bar.brush.setCurrentText("hold white")
    stroke(view, 0, (3, 0), (3, 7))


def test_the_chains_are_drawn_as_they_were_probed(window: MainWindow, driver: Driver) -> None:
    driver.finish(window)
    view = samples_of(window, driver)
    driver.wait_for(lambda: view.moment.step == window.session.progress.step)
    run = window.session._link.worker._run
    answer = look(run, "samples", Selection(options=view.options)).value
    view.take(answer)
    drawn = view.chains.image.image
    for chain in (0, 7, 35):
        x, y = view.chains.mosaic.corner_of(chain)
        expected = unsigned_indices(answer.pictures[chain, :, :, 0].astype(np.float32), 0.0, 255.0)
        np.testing.assert_array_equal(drawn[y + 1 : y + 9, x + 1 : x + 9], expected)
    _, energies = view.energy.trace()
    np.testing.assert_array_equal(energies[-1], answer.energy)
    x, y = view.energy.mean.getData()
    assert y[-1] == pytest.approx(answer.energy.mean())
    hidden = unsigned_indices(view.units.units.hidden, 0.0, 1.0)
    np.testing.assert_array_equal(view.units.hidden.image, hidden)
    assert hidden.shape == (64, 16)


def test_chains_stand_until_they_are_played_and_then_go_on_by_themselves(window: MainWindow, driver: Driver) -> None:
    view = samples_of(window, driver)
    driver.qtbot.wait(150)
    look, steps = view.options.look, view.energy.steps
    driver.qtbot.wait(150)
    assert (view.options.look, view.energy.steps) == (look, steps)
    view.controls_bar.steps.setValue(3)
    looked_again(view, driver)
    assert view.energy.steps == steps
    before = view.answer.states
    view.controls_bar.play.click()
    looked_again(view, driver, 3)
    assert view.energy.steps >= steps + 9
    assert (view.answer.states != before).any()
    view.controls_bar.play.click()
    driver.wait_for(lambda: not view.options.plays and window.session.frames.is_settled)
    driver.qtbot.wait(120)
    look = view.options.look
    driver.qtbot.wait(120)
    assert view.options.look == look


def test_while_training_runs_the_chains_go_on_and_figures_are_kept(window: MainWindow, driver: Driver) -> None:
    view = samples_of(window, driver)
    driver.finish(window)
    driver.wait_for(lambda: view.moment.step == window.session.progress.step)
    driver.wait_for(lambda: view.figures.moment.step == window.session.progress.step)
    driver.wait_for(lambda: view.answer.is_measured)
    model = window.session._link.worker._run.model
    feed, split = (getattr(window.session._link.worker._run.data, name) for name in ("learning", "split"))
    whole = [model.free_energy(feed.gather(part)[0]).mean() for part in (split.train, split.validation)]
    assert view.figures.free_energy == pytest.approx(whole)
    assert f"— {len(split.train):,} train ┄ {len(split.validation):,} validation" in view.history.energy.caption.text
    assert f"of {len(split.train):,}, in nats" in view.history.likelihood.caption.text
    assert view.energy.steps > 0
    numbers = [row[0] for row in view.history.rows]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] == window.session.progress.step
    x, y = view.history.train.getData()
    assert (x[-1], y[-1]) == (numbers[-1], pytest.approx(view.figures.free_energy[0]))
    assert view.history.validation.getData()[1][-1] == pytest.approx(view.figures.free_energy[1])
    assert view.history.pseudo.getData()[1][-1] == pytest.approx(view.figures.pseudo_likelihood)


def test_held_pixels_stay_in_every_chain_until_they_are_let_go(window: MainWindow, driver: Driver) -> None:
    view = samples_of(window, driver)
    bar = view.controls_bar
    bar.start.setCurrentText("examples")
    looked_again(view, driver)
    started = view.answer.states
    bar.brush.setCurrentText("hold as they are")
    assert view.chains.takes_strokes
    stroke(view, 5, (1, 0), (1, 7))
    clamped = view.options.clamped
    assert clamped.reshape(8, 8)[1].all() and not clamped.reshape(8, 8)[3:].any()
    np.testing.assert_array_equal(view.options.values[:, clamped], started[:, clamped])
    bar.brush.setCurrentText("hold white")
    stroke(view, 0, (6, 2), (6, 2))
    bar.play.setChecked(True)
    looked_again(view, driver, 4)
    grid = view.answer.states.reshape(-1, 8, 8)
    assert (grid[:, 6, 2] == 1).all()
    np.testing.assert_array_equal(view.answer.states[:, clamped], started[:, clamped])
    assert (view.answer.states[:, 32:40] != started[:, 32:40]).any()
    assert view.chains.mask.isVisible()
    x, y = view.chains.mosaic.corner_of(3)
    tinted = view.chains.mask.image[y + 1 : y + 9, x + 1 : x + 9].astype(bool)
    np.testing.assert_array_equal(tinted.ravel(), view.options.clamped)
    bar.brush.setCurrentText("release")
    stroke(view, 9, (6, 2), (6, 2))
    assert not view.options.clamped.reshape(8, 8)[6, 2]
    bar.release.click()
    assert view.options.clamped is None
    assert not bar.release.isEnabled() and not view.chains.mask.isVisible()


def test_pixels_are_held_with_the_mouse(window: MainWindow, driver: Driver) -> None:
    view = samples_of(window, driver)
    view.controls_bar.brush.setCurrentText("hold black")
    x, y = view.chains.mosaic.corner_of(0)
    port = view.canvas.viewport()

    def pixel(row: float, column: float) -> QPoint:
        return view.canvas.mapFromScene(view.chains.mapViewToScene(QPointF(x + 1 + column, y + 1 + row)))

    range_before = view.chains.viewRange()
    QTest.mouseMove(port, pixel(4.5, 1.5))
    QTest.mousePress(port, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, pixel(4.5, 1.5))
    for column in np.linspace(2, 6.5, 10):
        driver.qtbot.mouseMove(port, pixel(4.5, column))
        driver.qtbot.wait(5)
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, pixel(4.5, 6.5))
    driver.wait_for(lambda: view.options.clamped is not None)
    assert view.options.clamped.reshape(8, 8)[4, 2:6].all()
    assert (view.options.values[:, 4 * 8 + 3] == 0).all()
    assert view.chains.viewRange() == range_before


def test_the_chains_of_training_itself_can_be_shown(window: MainWindow, driver: Driver) -> None:
    driver.finish(window)
    view = samples_of(window, driver)
    view.controls_bar.start.setCurrentText("training's own")
    driver.wait_for(lambda: len(view.answer.pictures) == 10)
    model = window.session._link.worker._run.model
    np.testing.assert_array_equal(view.answer.means, model.visible_means(model.buffers.view("rbm.chains")))
    assert not view.controls_bar.brush.isEnabled()


def test_what_does_nothing_to_the_chains_of_training_itself_cannot_be_turned(window: MainWindow, driver: Driver) -> None:
    view = samples_of(window, driver)
    bar = view.controls_bar
    bar.shown.setCurrentText("mean-field")
    bar.start.setCurrentText("training's own")
    idle = (bar.play, bar.restart, bar.chains, bar.steps, bar.temperature)
    assert not any(control.isEnabled() for control in idle)
    assert (bar.shown.currentText(), view.options.shown) == ("means", "means")
    driver.wait_for(lambda: len(view.answer.pictures) == 10)
    assert view._caption.text.startswith("10 chains, E(v | h)")
    bar.shown.setCurrentText("samples")
    driver.wait_for(lambda: view._caption.text.startswith("10 chains, samples v"))
    bar.start.setCurrentText("noise")
    assert all(control.isEnabled() for control in idle)
    assert bar.shown.model().item(2).isEnabled()


def test_the_caption_names_what_is_drawn_and_not_what_was_asked(qtbot) -> None:
    view = SamplesView()
    qtbot.addWidget(view)
    view.options = replace(view.options, shown="mean-field")
    states = np.zeros((2, 4), np.float32)
    view.take(
        ChainStates(1, states, states, np.zeros((2, 2, 2, 1), np.uint8), np.zeros(2), black=states[0], white=states[0])
    )
    assert view._caption.text.startswith("2 chains, E(v | h)")


def test_chains_of_training_itself_hold_no_pixels_and_are_not_tinted(window: MainWindow, driver: Driver) -> None:
    view = samples_of(window, driver)
    stroke_white(view)
    looked_again(view, driver)
    assert view.chains.mask.isVisible() and view.controls_bar.release.isEnabled()
    view.controls_bar.start.setCurrentText("training's own")
    driver.wait_for(lambda: len(view.answer.pictures) == 10 and window.session.frames.is_settled)
    model = window.session._link.worker._run.model
    np.testing.assert_array_equal(view.answer.means, model.visible_means(model.buffers.view("rbm.chains")))
    assert not view.chains.mask.isVisible() and not view.controls_bar.release.isEnabled()
    # They are still held where they can be.
    view.controls_bar.start.setCurrentText("noise")
    driver.wait_for(lambda: len(view.answer.pictures) == 36 and window.session.frames.is_settled)
    assert view.chains.mask.isVisible() and view.controls_bar.release.isEnabled()
    np.testing.assert_array_equal(view.answer.states[:, view.options.clamped], 1)


def test_held_pixels_change_the_energies_that_are_drawn(window: MainWindow, driver: Driver) -> None:
    view = samples_of(window, driver)
    before = view.answer.energy
    stroke_white(view)
    driver.wait_for(lambda: (view.answer.energy != before).any())
    np.testing.assert_array_equal(view.energy.trace()[1][-1], view.answer.energy)
    assert view.energy.mean.getData()[1][-1] == pytest.approx(view.answer.energy.mean())


def test_every_chain_holds_what_it_held_though_there_were_more_or_fewer_between(window: MainWindow, driver: Driver) -> None:
    view = samples_of(window, driver)
    bar = view.controls_bar
    bar.brush.setCurrentText("hold as they are")
    stroke(view, 5, (1, 0), (1, 7))
    driver.wait_for(lambda: view.options.clamped is not None and window.session.frames.is_settled)
    clamped, held = view.options.clamped, view.options.values.copy()
    for count in (64, 9, 36):
        bar.chains.setCurrentText(str(count))
        driver.wait_for(lambda wanted=count: len(view.answer.pictures) == wanted and window.session.frames.is_settled)
        np.testing.assert_array_equal(view.answer.states[:, clamped], np.tile(held, (2, 1))[:count, clamped])


def test_a_stroke_over_more_chains_than_before_adds_to_what_each_holds(window: MainWindow, driver: Driver) -> None:
    view = samples_of(window, driver)
    view.controls_bar.brush.setCurrentText("hold as they are")
    stroke(view, 5, (1, 0), (1, 7))
    first, held = view.options.clamped, view.options.values.copy()
    view.controls_bar.chains.setCurrentText("64")
    driver.wait_for(lambda: len(view.answer.pictures) == 64 and window.session.frames.is_settled)
    stroke(view, 60, (6, 0), (6, 7))
    assert view.options.clamped.sum() > first.sum()
    np.testing.assert_array_equal(view.options.values[:, first], np.tile(held, (2, 1))[:64, first])


def test_another_machine_of_the_stack_brings_its_own_units_with_its_chains(driver: Driver) -> None:
    window = driver.open(dreaming(DeepBeliefSettings((8, 4), pretrain_epochs=1), epochs=3))
    view = samples_of(window, driver)
    driver.wait_for(lambda: view.figures is not None)
    assert view.units.units.layer == "dense1"
    for _ in range(2):
        run = window.session._link.worker._run
        level = run.model.phase
        view.take(look(run, "samples", Selection(options=view.options)).value)
        assert view.units.units.layer == f"dense{level + 1}"
        assert view.units.units.units == (8, 4)[level]
        if not level:
            while next(run).epoch_end is None:
                pass
            next(run)


def test_a_machine_without_persistent_chains_does_not_offer_them(driver: Driver) -> None:
    window = driver.open(dreaming(RBMSettings(hidden=4)))
    view = samples_of(window, driver)
    items = view.controls_bar.start.model()
    enabled = {items.item(place).text(): items.item(place).isEnabled() for place in range(items.rowCount())}
    assert enabled == {"noise": True, "examples": True, "the drawing": False, "training's own": False}


def test_a_drawing_handed_on_is_where_all_chains_start(window: MainWindow, driver: Driver) -> None:
    view = samples_of(window, driver)
    pixels = np.arange(64, dtype=np.uint8).reshape(8, 8, 1) * 3
    window.stage.select(replace(window.stage.selection, drawing=Drawing(pixels)))
    driver.wait_for(lambda: view.options.start == "drawing" and view.answer.restarts == view.options.restarts)
    np.testing.assert_allclose(view.answer.states, np.tile(pixels.ravel() / 255, (36, 1)), rtol=1e-6)
    assert view.controls_bar.start.currentText() == "the drawing"
    # Another selection elsewhere does not begin them anew.
    look, state = view.options.look, view.answer.states
    window.stage.select(replace(window.stage.selection, unit=3))
    driver.wait_for(lambda: view.options.look > look)
    np.testing.assert_array_equal(view.answer.states, state)


def test_controls_reach_the_probe(window: MainWindow, driver: Driver) -> None:
    view = samples_of(window, driver)
    bar = view.controls_bar
    bar.temperature.setValue(20)
    bar.chains.setCurrentText("9")
    bar.shown.setCurrentText("mean-field")
    bar.steps.setValue(5)
    driver.wait_for(lambda: len(view.answer.states) == 9)
    assert (view.options.temperature, view.options.shown, view.options.steps) == (4.0, "mean-field", 5)
    assert len(view.answer.pictures) == 9
    assert view.energy.trace()[1].shape[1] == 9


def test_a_reset_forgets_the_chains_and_their_past(window: MainWindow, driver: Driver) -> None:
    view = samples_of(window, driver)
    view.controls_bar.play.setChecked(True)
    looked_again(view, driver, 5)
    stroke(view, 0, (3, 3), (3, 3))
    view.controls_bar.play.setChecked(False)
    with driver.qtbot.waitSignal(window.session.prepared, timeout=60_000):
        window.session.reset()
    assert view.history.rows == [] and view.figures is None
    driver.wait_for(lambda: view.figures is not None)
    assert view.options.clamped is None
    assert view.energy.steps <= 1
    assert [row[0] for row in view.history.rows] == [0.0]


def test_an_answer_of_before_a_restart_does_not_bring_its_chains_back(window: MainWindow, driver: Driver) -> None:
    view = samples_of(window, driver)
    late = look(window.session._link.worker._run, "samples", Selection(options=view.options)).value
    view.controls_bar.start.setCurrentText("examples")
    view._restart()
    before = view.answer
    view.take(late)
    assert view.answer is before
    looked_again(view, driver)
    assert view.options.start == "data" and (view.answer.states != late.states).any()


def test_a_view_that_was_hidden_goes_on_with_its_chains(window: MainWindow, driver: Driver) -> None:
    view = samples_of(window, driver)
    view.controls_bar.play.setChecked(True)
    looked_again(view, driver, 3)
    # An answer may be on its way, which the hidden view does not take.
    window.stage.show_view("weights")
    driver.wait_for(lambda: not view.isVisible())
    look, steps, restarts = view.options.look, view.answer.steps, view.answer.restarts
    driver.qtbot.wait(120)
    assert view.options.look == look
    window.stage.show_view("samples")
    looked_again(view, driver)
    assert view.answer.restarts == restarts
    assert view.answer.steps == steps + view.options.look - look
    assert view.energy.trace()[0].tolist() == list(range(view.answer.steps + 1))


def test_hovering_follows_a_chain(window: MainWindow, driver: Driver) -> None:
    view = samples_of(window, driver)
    view.controls_bar.play.setChecked(True)
    looked_again(view, driver, 3)
    view.controls_bar.play.setChecked(False)
    looked_again(view, driver)
    x, y = view.chains.mosaic.corner_of(4)
    view._hover(view.chains.mapViewToScene(QPointF(x + 3.5, y + 2.5)))
    assert f"F(v) = {view.answer.energy[4]:+.1f}".replace("-", "−") in view.readout.text()
    assert f"grey {view.answer.pictures[4, 1, 2, 0]}" in view.readout.text()
    np.testing.assert_array_equal(view.energy.chosen.getData()[1], view.energy.trace()[1][:, 4])


def test_the_likelihood_is_estimated_told_and_can_be_cancelled(
    window: MainWindow, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = samples_of(window, driver)
    estimator = view.likelihood
    estimator.button.click()
    assert estimator.button.text().startswith("Cancel")
    driver.wait_for(lambda: "%" in estimator.button.text())
    estimator.button.click()
    driver.wait_for(lambda: estimator._job is None)
    assert estimator.result.text() == ""
    assert estimator.button.text() == "Estimate log-likelihood"
    estimator.button.click()
    driver.wait_for(lambda: estimator._job is None)
    assert "log Z" in estimator.result.text() and "validation" in estimator.result.text()


def test_the_likelihood_names_the_parameters_it_is_of() -> None:
    estimate = LikelihoodEstimate(-90.0, -91.0, float("nan"), LogPartition(400.0, 399.0, 401.0))
    assert estimate_text(estimate, Moment(step=180)).endswith("· as of step 180")
    assert estimate_text(estimate, Moment(step=180, kept_epoch=6)).endswith("· as of epoch 6, restored")


def test_gaussian_machines_are_not_asked_for_a_likelihood(driver: Driver) -> None:
    experiment = dreaming(RBMSettings(hidden=4, visible_units="gaussian"))
    window = driver.open(replace(experiment, dataset=replace(experiment.dataset, scaling="standard")))
    view = samples_of(window, driver)
    assert not view.likelihood.isVisible()
    driver.wait_for(lambda: view.figures is not None)
    assert np.isnan(view.figures.pseudo_likelihood)


def test_a_stack_past_its_pretraining_leaves_a_sentence(driver: Driver) -> None:
    window = driver.open(dreaming(DeepBeliefSettings((8, 4), pretrain_epochs=1), epochs=3))
    view = samples_of(window, driver)
    assert view.canvas.isVisible()
    driver.finish(window)
    driver.wait_for(lambda: view.answer.problem != "")
    assert "Pretraining is over" in view._empty.text()
    assert view._empty.isVisible() and not view.canvas.isVisible()
    view.apply_theme(DARK)
    assert view.csv_columns() == {name: [] for name in view.csv_columns()}


def test_other_models_do_not_dream(driver: Driver, digits: MainWindow) -> None:
    assert "samples" not in digits.stage._fitting


def test_the_file_holds_a_row_for_every_pixel(window: MainWindow, driver: Driver) -> None:
    view = samples_of(window, driver)
    columns = view.csv_columns()
    place = 2 * 64 + 3 * 8 + 5
    assert (columns["chain"][place], columns["row"][place], columns["column"][place]) == (2, 3, 5)
    assert columns["grey"][place] == view.answer.pictures[2, 3, 5, 0]
    assert columns["free_energy"][place] == view.answer.energy[2]
    assert {len(values) for values in columns.values()} == {36 * 64}


def test_a_problem_is_shown_and_passes(qtbot) -> None:
    view = SamplesView()
    qtbot.addWidget(view)
    view.take(ChainStates(problem="There is nothing."))
    assert view._empty.text() == "There is nothing." and view._empty.isVisibleTo(view)
    assert view.options.look == 0
    states = np.zeros((2, 4), np.float32)
    fine = ChainStates(1, states, states, np.zeros((2, 2, 2, 1), np.uint8), np.zeros(2), black=states[0], white=states[0])
    view.take(fine)
    assert not view._empty.isVisibleTo(view) and view.canvas.isVisibleTo(view)
    assert isinstance(view.options, ChainOptions)


def test_every_control_says_what_it_does_and_why_one_would_turn_it(window: MainWindow, driver: Driver) -> None:
    view = samples_of(window, driver)
    bar = view.controls_bar
    chosen = (bar.start, bar.chains, bar.steps, bar.temperature, bar.shown, bar.brush, view.likelihood.button)
    for control in (bar.play, bar.restart, bar.release, *chosen):
        assert control.toolTip(), control.accessibleName()
    for control in (bar.start, bar.steps, bar.temperature, bar.shown, bar.brush, view.likelihood.button):
        # Only rich text wraps; a plain sentence would be wider than the screen.
        assert control.toolTip().startswith("<p>") and len(control.toolTip()) > 100
    caption = next(child for child in bar.temperature.parentWidget().findChildren(QLabel) if child.text() == "Temperature")
    assert caption.toolTip() == bar.temperature.toolTip()


def test_the_axes_of_steps_have_whole_numbers_that_stand_apart(window: MainWindow, driver: Driver) -> None:
    view = samples_of(window, driver)
    driver.wait_for(lambda: view.figures is not None)
    for plot in (view.energy, view.history.energy, view.history.likelihood):
        low, high = plot.box.viewRange()[0]
        assert high - low == 1
        ((_, ticks),) = plot.axes[1].tickValues(low, high, 90)
        assert [float(tick) for tick in ticks] == [low + 0.5]
        plot.fit(np.array([3.0, 4.0]), np.array([1.0, 2.0]))
        ((_, ticks),) = plot.axes[1].tickValues(*plot.box.viewRange()[0], 90)
        assert [float(tick) for tick in ticks] == [3, 4]


def test_a_weight_changed_by_hand_renews_filters_and_figures(window: MainWindow, driver: Driver) -> None:
    view = samples_of(window, driver)
    driver.wait_for(lambda: view.figures is not None)
    before, units, energy = view.figures, view.units.units, view.answer.energy
    window.session.change_parameter("rbm.weight", (9, 3), 2.5)
    driver.wait_for(lambda: view.figures is not before and view.units.units.filters[3].ravel()[9] == 2.5)
    assert view.moment.step == view.figures.moment.step == 0
    assert len(view.history.rows) == 1
    assert view.units.units.hidden[:, 3].tolist() != units.hidden[:, 3].tolist()
    # Nor are the chains' energies those of the last machine.
    np.testing.assert_array_equal(view.energy.trace()[1][-1], view.answer.energy)
    assert (view.answer.energy != energy).any()
