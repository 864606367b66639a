"""One part of the data and one example of it are selected, and every view shows that part and that example."""

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from nnlab.models.metrics.class_scores import confusion_matrix
from nnlab.models.mlp import MLPSettings
from nnlab.models.network import Network
from nnlab.probes import PARTS, START, Selection, look
from nnlab.ui.main_window import MainWindow
from nnlab.ui.theme import DARK, LIGHT, Theme, heat_lut, letters_on, rgb
from nnlab.ui.views.boundary.boundary import BoundaryView
from nnlab.ui.widgets.part_choice import PartChoice
from tests.models.small_runs import digits_run
from tests.training.runs import LAYERS, toy_run
from tests.ui.conftest import Driver, example
from tests.ui.lone_view import LoneView
from tests.ui.test_distributions import MODEL


def choices_in(window: MainWindow, name: str) -> list[PartChoice]:
    return window.stage.view(name).findChildren(PartChoice)


def test_validation_examples_are_looked_at_before_anything_is_chosen(digits: MainWindow, driver: Driver) -> None:
    for name in ("network", "confusion", "predictions", "distributions"):
        view = driver.see(digits, name)
        assert [choice.part for choice in choices_in(digits, name)] == ["validation"]
        assert view.selection.part == "validation"


def test_where_nothing_is_held_back_for_validation_test_examples_are_shown() -> None:
    run = digits_run(MODEL)
    data = run.data
    empty = data.split.validation[:0]
    nothing = type(data.split)(np.concatenate([data.split.train, data.split.validation]), empty)
    object.__setattr__(data, "split", nothing)
    assert look(run, "predictions", START).value.part == "test"
    assert look(run, "confusion", START).value.part == "test"


def test_a_part_chosen_in_one_view_is_shown_in_all(digits: MainWindow, driver: Driver) -> None:
    confusion = driver.see(digits, "confusion")
    confusion.part.setCurrentIndex(confusion.part.findData("test"))
    driver.wait_for(lambda: confusion.answer.part == "test" and confusion.answer.is_fresh)
    assert "test examples" in confusion.readout.text()
    predictions = driver.see(digits, "predictions")
    driver.wait_for(lambda: predictions.answer.part == "test")
    for name in ("network", "distributions", "predictions"):
        driver.see(digits, name)
        assert [choice.part for choice in choices_in(digits, name)] == ["test"]


def test_network_predictions_and_inspector_are_about_the_same_example(digits: MainWindow, driver: Driver) -> None:
    network = driver.see(digits, "network")
    digits.stage.select(Selection(part="test", example=7))
    driver.wait_for(lambda: digits.session.frames.is_settled)
    label = int(digits.stage._prepared.labels("test")[7])
    assert network.answer.label == label and network.picker.place.value() == 7
    predictions = driver.see(digits, "predictions")
    driver.wait_for(lambda: "test example 7" in predictions.board.texts)
    assert f"is {label}" in predictions.board.texts
    inspection = look(digits.session._link.worker._run, "inspector", digits.stage.selection).value
    assert (inspection.part, inspection.example, inspection.label) == ("test", 7, label)


@pytest.mark.parametrize("part", PARTS)
def test_the_matrix_is_that_of_the_part_counted_by_hand(part: str) -> None:
    run = digits_run(MODEL)
    for _ in range(6):
        next(run)
    found = look(run, "confusion", Selection(part=part)).value
    feed = run.data.testing if part == "test" else run.data.learning
    index = {"train": run.data.split.train, "validation": run.data.split.validation, "test": run.data.test_index}[part]
    assert isinstance(run.model, Network)
    said = run.model.predicted(run.model.predict(feed.gather(index)[0]))
    assert found.part == part
    np.testing.assert_array_equal(found.confusion, confusion_matrix(feed.examples.labels[index], said, 10))


@pytest.fixture
def learned(driver: Driver) -> MainWindow:
    """A window whose run took many slices of the worker's time, however fast the machine is."""
    window = driver.open(example("digits-mlp", epochs=60, keep="last"))
    driver.finish(window)
    return window


def test_distributions_are_full_when_the_view_is_opened_after_training(learned: MainWindow, driver: Driver) -> None:
    view = driver.see(learned, "distributions")
    last = learned.session.progress.step
    assert view.history.steps[0] == 0 and view.history.steps[-1] == last and len(view.history.steps) > 3
    assert "recorded since" not in view.readout.text()


def test_a_run_that_is_brought_back_has_its_distributions(learned: MainWindow, driver: Driver) -> None:
    view = driver.see(learned, "distributions")
    steps = list(view.history.steps)
    learned.session.reset()
    driver.wait_for(lambda: view.answer is not None and view.moment.step == 0)
    driver.settle(learned)
    assert view.history.steps == [0]
    learned.session.undo()
    driver.wait_for(lambda: view.answer is not None and view.moment.step == steps[-1])
    driver.settle(learned)
    assert view.history.steps[0] == 0 and len(view.history.steps) > 3


def test_the_plane_shows_the_points_of_the_part_and_how_many_are_right(qtbot: QtBot) -> None:
    run = toy_run()
    stand = LoneView(qtbot, BoundaryView(), run, MLPSettings(LAYERS), (700, 420))
    view, test = stand.view, run.data.dataset.test
    stand.select(replace(view.selection, part="test"))
    hollow = [item for (is_held, _), item in view.points._items.items() if is_held]
    drawn = np.concatenate([np.stack(item.getData(), axis=1) for item in hollow])
    assert sorted(map(tuple, drawn.tolist())) == sorted(map(tuple, test.inputs.astype(float).tolist()))
    said = run.model.predicted(run.model.predict(run.data.testing.gather(run.data.test_index)[0]))
    right = float((said == test.labels).mean())
    assert view.readout.text().startswith(f"{right:.1%} of {len(test):,} test points right")


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_numbers_are_legible_on_every_cell(theme: Theme) -> None:
    def luminance(color: np.ndarray) -> float:
        share = color / 255
        return float(np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4) @ (0.2126, 0.7152, 0.0722))

    for ground in heat_lut(theme).astype(float):
        light, dark = sorted((luminance(ground), luminance(rgb(letters_on(ground)))), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5
