"""Mean and spread of several seeds in Curves: the right numbers, under the present run, only of the same experiment."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from nnlab.experiments.journal.stored_curves import read_curves
from nnlab.experiments.places import runs_folder
from nnlab.experiments.seeds.curves import shortened
from nnlab.experiments.sweeps.records import DONE
from nnlab.training.history import History
from nnlab.ui.seeds.banding import is_same
from nnlab.ui.views.curves.band import band_of
from nnlab.ui.views.curves.lines import Lines
from tests.ui.conftest import Driver, example
from tests.ui.seeds.desk import SeedsDesk, train_seeds

XOR = example("xor", epochs=3)
NOTHING = np.zeros(0)


def line(x: list[float], mean: list[float], ends: list[float] = [], validation: list[float] = []) -> Lines:  # noqa: B006
    steps, values = np.array(x, float), np.array(mean, float)
    return Lines(steps, values, values, np.array(ends, float), np.array(validation, float))


def test_it_is_of_the_validation_where_there_is_any():
    lines = [line([1, 2], [9, 9], [1, 2], [0.4, 0.2]), line([1, 2], [9, 9], [1, 2], [0.6, 0.4])]
    band = band_of(lines)
    assert band.line == "validation" and band.x.tolist() == [1, 2] and band.count.tolist() == [2, 2]
    assert band.mean == pytest.approx([0.5, 0.3]) and band.deviation == pytest.approx([np.std([1, 3], ddof=1) / 10] * 2)
    assert (band.low.tolist(), band.high.tolist()) == ([0.4, 0.2], [0.6, 0.4])
    assert band_of([line([1, 2], [1, 2]), line([1, 2], [3, 4])]).line == "training"


def test_at_each_place_it_is_over_those_that_come_so_far_and_of_one_alone_there_is_none():
    long, middle, short = (line(list(range(1, n + 1)), [value] * n) for n, value in ((9, 1.0), (5, 3.0), (2, 5.0)))
    band = band_of([long, middle, short])
    assert band.x.tolist() == [1, 2, 3, 4, 5] and band.count.tolist() == [3, 3, 2, 2, 2]
    assert band.mean == pytest.approx([3, 3, 2, 2, 2])
    assert not len(band_of([long]).x) and not len(band_of([]).x)


def test_what_is_not_finite_is_left_out_and_the_deviation_stays_within_the_range():
    band = band_of([line([1, 2], [1.0, np.inf]), line([1, 2], [0.9, 0.8]), line([1, 2], [1.0, 0.9])])
    assert np.isfinite(band.mean).all() and band.count.tolist() == [3, 2]
    low, high = band.inner
    assert high.max() <= 1.0 and (low >= band.low).all() and band.at(1.6) == 1 and band.at(7) is None


def test_runs_that_are_alike_have_no_deviation():
    band = band_of([line([1, 2], [0.97, 0.1])] * 9)
    assert band.deviation.tolist() == [0.0, 0.0]


def test_long_curves_are_shortened_to_their_means():
    history = History()
    numbers = np.arange(1, 5001, dtype=float)
    for name, column in history.steps.items():
        column.extend(numbers if name in ("step", "epoch") else numbers % 2)
    short = shortened(history)
    assert 512 <= len(short.steps["loss"]) <= 1024
    assert short.steps["loss"].values == pytest.approx(0.5)
    assert np.all(np.diff(short.steps["step"].values) > 0)


def test_the_same_experiment_is_one_of_another_seed_name_or_length():
    assert is_same(XOR, replace(XOR, name="other", training=replace(XOR.training, seed=7, epochs=99)))
    assert not is_same(XOR, replace(XOR, training=replace(XOR.training, learning_rate=0.5)))


@pytest.fixture
def desk(driver: Driver) -> Iterator[SeedsDesk]:
    train_seeds(XOR)
    desk = SeedsDesk(driver, XOR)
    desk.wait_for_state(DONE)
    desk.wait_for(lambda: not desk.main.curves.seeds.is_empty)
    yield desk
    desk.close()


def test_in_the_window_it_is_what_the_store_has_of_the_runs(desk: SeedsDesk):
    curves = desk.main.curves
    runs = [trial.run for trial in desk.trials()]
    histories = [read.history for read in read_curves(runs_folder(), runs).found.values()]
    for panel, column in (("loss", "validation_loss"), ("score", "validation_accuracy")):
        values = np.array([history.epochs[column].values for history in histories])
        band = curves.panels[panel].band.band
        assert band.x.tolist() == [1, 2, 3] and band.line == "validation"
        assert band.mean == pytest.approx(values.mean(axis=0)) and band.deviation == pytest.approx(
            values.std(axis=0, ddof=1)
        )
        assert np.array_equal(band.low, values.min(axis=0)) and np.array_equal(band.high, values.max(axis=0))
    assert [entry.text for entry in curves.names.entries] == ["9 seeds, validation: mean, ± deviation, range"]
    # Before the present run has learned anything, its axes reach to what there is.
    assert curves.panels["loss"].range is not None and not curves.is_empty
    [words] = curves.seeds.words_at(2.0)
    assert words.startswith("9 seeds: loss ") and "±" in words and "accuracy" in words
    band = curves.seeds.bands["loss"]
    curves.seeds.bands["loss"] = replace(band, mean=np.full_like(band.mean, 76050.0))
    assert curves.seeds.words_at(2.0)[0].startswith("9 seeds: loss 76,050 ± ")
    curves.seeds.bands["loss"] = band
    # The mouse over it is told the same, though there is no line yet.
    box = curves.panels["loss"].plot.getViewBox()
    desk.driver.settle(desk.main)
    curves._hover(box.mapViewToScene(QPointF(2.0, np.mean(box.viewRange()[1]))))
    assert curves.readout.isVisible() and curves.readout.text().endswith(words)
    assert curves.csv_columns()["9 seeds validation loss mean"][:3] == curves.panels["loss"].band.band.mean.tolist()


def test_it_goes_with_another_experiment_and_by_its_box_and_comes_back(desk: SeedsDesk):
    curves = desk.main.curves
    desk.learn_at(0.05)
    assert curves.seeds.is_empty and not curves.names.entries
    desk.learn_at(XOR.training.learning_rate)
    desk.wait_for(lambda: not curves.seeds.is_empty)
    desk.window.card.band.setChecked(False)
    assert curves.seeds.is_empty and curves.panels["loss"].band.band is None
    desk.window.card.band.setChecked(True)
    assert not curves.seeds.is_empty
    desk.window.close()
    desk.driver.finish(desk.main)
    assert not curves.seeds.is_empty
    desk.learn_at(0.05)
    assert curves.seeds.is_empty
