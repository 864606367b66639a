"""The view of predicted values draws what its probe found, on the sine and on a table of values."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from nnlab.datasets import DatasetSettings
from nnlab.datasets.files import FileSource
from nnlab.experiments.experiment import Experiment
from nnlab.models import MLPSettings
from nnlab.models.layers.activations import Tanh
from nnlab.models.layers.dense import Dense
from nnlab.ui.main_window import MainWindow
from nnlab.ui.theme import DARK
from nnlab.ui.views.predicted_values.predicted_values import AGAINST_TRUE, PredictedValuesView
from nnlab.ui.views.predicted_values.value_plot import ValuePlot, reach, reach_about_zero
from nnlab.ui.views.predicted_values.words import form_of, headline, number_text
from tests.probes.test_predicted_values import houses, run_on
from tests.ui.conftest import Driver, example
from tests.ui.lone_view import Click, LoneView


def pictures_of(plot: ValuePlot) -> tuple[np.ndarray, np.ndarray]:
    """What a plot shows: points (n, 2), and its line (m, 2)."""
    return np.stack(plot.scatter.getData(), axis=1), np.stack(plot.line.getData(), axis=1)


@pytest.fixture
def sine(driver: Driver) -> MainWindow:
    window = driver.open(example("sine", epochs=5))
    driver.finish(window)
    return window


def shown(window: MainWindow, driver: Driver) -> PredictedValuesView:
    view = driver.see(window, "predicted_values")
    driver.wait_for(lambda: view.answer is not None and view.answer.is_fresh)
    return view


def test_of_the_sine_the_function_is_drawn_over_the_data(sine: MainWindow, driver: Driver) -> None:
    view = shown(sine, driver)
    answer = view.answer
    points, line = pictures_of(view.plot)
    np.testing.assert_array_equal(points, np.stack([answer.x, answer.true], axis=1))
    np.testing.assert_array_equal(line, answer.curve)
    left, zero = pictures_of(view.residuals)
    np.testing.assert_array_equal(left, np.stack([answer.x, answer.predicted - answer.true], axis=1))
    assert (zero[:, 1] == 0).all()
    assert view.readout.text().startswith("R² 0.") and "validation examples" in view.readout.text()


def test_predictions_are_drawn_against_what_is_true_with_the_diagonal(sine: MainWindow, driver: Driver) -> None:
    view = shown(sine, driver)
    view.over.setCurrentText(AGAINST_TRUE)
    points, line = pictures_of(view.plot)
    np.testing.assert_array_equal(points, np.stack([view.answer.true, view.answer.predicted], axis=1))
    assert len(line) == 2 and (line[:, 0] == line[:, 1]).all() and line[0, 0] < line[1, 0]
    bottom, left = (view.plot.getAxis(side).labelText for side in ("bottom", "left"))
    assert (bottom, left) == ("true y", "predicted y")


def test_the_worst_are_listed_and_one_chosen_is_selected_everywhere(sine: MainWindow, driver: Driver) -> None:
    view = shown(sine, driver)
    worst = view.answer.worst
    row = view.worst.topLevelItem(3)
    view.worst.setCurrentItem(row)
    place = int(view.answer.places[worst[3]])
    assert (view.selection.part, view.selection.example) == ("validation", place)
    assert float(row.text(3).replace("−", "-")) == pytest.approx(view.answer.residuals[worst[3]], abs=1e-3)
    for plot in (view.plot, view.residuals):
        np.testing.assert_array_equal(np.stack(plot.ring.getData(), axis=1), plot.points[worst[3]][None])
    driver.settle(sine)
    assert view.worst.currentItem() is row


def test_a_point_clicked_is_the_example_that_is_selected(sine: MainWindow, driver: Driver) -> None:
    view = shown(sine, driver)
    number = int(view.answer.worst[0])
    for plot in (view.plot, view.residuals):
        view.select(part="train", example=0)
        view._click(Click(plot.getViewBox().mapViewToScene(QPointF(*plot.points[number]))))
        assert view.selection.example == view.answer.places[number]


def test_the_test_part_is_looked_at_when_it_is_chosen(sine: MainWindow, driver: Driver) -> None:
    view = shown(sine, driver)
    view.part.setCurrentText("test")
    driver.wait_for(lambda: view.answer.part == "test" and view.answer.is_fresh)
    assert len(view.answer.places) == 200 and "test examples" in view.readout.text()


def test_a_table_of_values_has_a_choice_of_them_and_no_function(driver: Driver, tmp_path: Path) -> None:
    dataset = houses(120)
    rows = np.hstack([dataset.train.inputs, dataset.train.targets])
    np.savetxt(tmp_path / "houses.csv", rows, delimiter=",", header="a,b,c,price,rent", comments="", fmt="%.5g")
    data = DatasetSettings(
        FileSource(path=str(tmp_path / "houses.csv"), label="price, rent", target="values"), scaling="standard"
    )
    model = MLPSettings((Dense(8), Tanh(), Dense(2)), "mean_squared_error")
    base = example("sine", epochs=3)
    window = driver.open(Experiment("houses", data, model, base.training))
    driver.finish(window)
    view = shown(window, driver)
    assert not view.over.isVisible() and view.value.isVisible()
    assert [view.value.itemText(place) for place in range(2)] == ["price", "rent"]
    assert view.plot.getAxis("bottom").labelText == "true price"
    view.value.setCurrentIndex(1)
    driver.wait_for(lambda: view.answer.value == 1 and view.answer.is_fresh)
    assert view.plot.getAxis("bottom").labelText == "true rent"
    points, _ = pictures_of(view.plot)
    np.testing.assert_array_equal(points[:, 0], view.answer.true)
    assert 300 < np.median(view.answer.true) < 1500
    assert {len(values) for values in view.csv_columns().values()} == {len(view.answer.places)}


def test_for_classes_it_is_not_offered(xor: MainWindow) -> None:
    assert "predicted_values" not in xor.stage._fitting


def test_its_colours_follow_the_theme(qtbot: QtBot) -> None:
    run = run_on(houses())
    model = MLPSettings((Dense(8), Tanh(), Dense(2)), "mean_squared_error")
    lone = LoneView(qtbot, PredictedValuesView(), run, model, (900, 420))
    view = lone.view
    view.apply_theme(DARK)
    assert view.plot.scatter.opts["brush"].color().name().upper() == DARK.ink.upper()
    assert view.plot.line.opts["pen"].color().name().upper() == DARK.text.upper()
    assert view.plot.line.opts["pen"].style() == Qt.PenStyle.DashLine


def test_a_narrow_pane_leaves_the_list_out(qtbot: QtBot) -> None:
    model = MLPSettings((Dense(8), Tanh(), Dense(2)), "mean_squared_error")
    lone = LoneView(qtbot, PredictedValuesView(), run_on(houses()), model, (900, 420))
    assert lone.view.worst.isVisible()
    lone.view.resize(480, 420)
    assert not lone.view.worst.isVisible()


def test_errors_are_written_in_the_units_and_with_the_digits_of_the_values(qtbot: QtBot) -> None:
    model = MLPSettings((Dense(8), Tanh(), Dense(2)), "mean_squared_error")
    answer = LoneView(qtbot, PredictedValuesView(), run_on(houses()), model, (900, 420)).view.answer
    assert form_of(answer) == ",.0f" and number_text(1234567.8, form_of(answer)) == "1,234,568"
    assert form_of(replace(answer, true=np.array([0.5, -1.2]))) == ",.3f"
    assert form_of(replace(answer, true=np.array([np.nan, 1e12]))) == form_of(replace(answer, true=np.zeros(2))) == ".4g"
    assert "e+" not in headline(answer) and number_text(1e30, ",.0f") == "1e+30"


def test_axes_reach_what_is_true_and_what_is_wrong_but_not_what_is_hopeless() -> None:
    true = np.array([0.0, 10.0])
    low, high = reach(true, np.array([5.0, 14.2]))
    assert low <= 0 and 14.2 <= high < 20
    assert reach(true, np.array([5.0, 14.3])) == (low, high)
    assert reach(true, np.array([np.nan, np.inf, 1e38]))[1] < 60
    assert reach(np.array([np.nan]), true) == (-1.0, 1.0)
    low, high = reach(np.array([7.0, 7.0]), np.array([7.0]))
    assert low < 7.0 < high or low <= 7.0 <= high
    assert reach_about_zero(np.array([-3.0, 2.0]), 10.0) == (-3.0, 3.0)
    assert reach_about_zero(np.array([np.nan]), 10.0) == (-1.0, 1.0)
