"""Before training: pictures, costs and faults at the layers that they are of."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QTreeWidgetItem, QTreeWidgetItemIterator
from pytestqt.qtbot import QtBot

from nnlab.errors import DatasetError
from nnlab.experiments import preview as engine
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.preview import LayerLook
from nnlab.models.layers import Layer
from nnlab.models.layers.activations import ReLU, Softmax
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.residual import Residual
from nnlab.models.layers.shape import Flatten
from nnlab.models.plan import in_order
from nnlab.models.rates import Rates
from nnlab.ui.main_window import MainWindow
from nnlab.ui.setup import previewing
from nnlab.ui.setup.cost_words import compact
from nnlab.ui.setup.look_strip import LookStrip
from nnlab.words import about_seconds
from tests.ui.conftest import Driver, example

END = (Flatten(), Dense(10), Softmax())


def rows_of(window: MainWindow) -> list[QTreeWidgetItem]:
    """Every row of the list, notes too."""
    found, iterator = [], QTreeWidgetItemIterator(window.architecture_panel._list)
    while item := iterator.value():
        found.append(item)
        iterator += 1
    return found


def notes_of(window: MainWindow) -> list[tuple[str, str]]:
    """What is said below layers: the layer's name, and the sentence."""
    tree = window.architecture_panel._list
    return [(row.parent().text(0), tree.itemWidget(row, 0).text()) for row in rows_of(window) if tree.itemWidget(row, 0)]


def has_looked(window: MainWindow) -> bool:
    """Whether the pictures in the list are of the model as it is edited."""
    panel, experiment = window.architecture_panel, window.session.experiment
    seen = panel._previewing._seen
    return panel._previewing._job is None and seen is not None and seen[0] == experiment.model and bool(panel._list._looks)


def give_layers(window: MainWindow, *layers: Layer, kind: str = "cnn") -> Experiment:
    """Another model of the window."""
    if window.session.experiment.model.kind != kind:
        window.architecture_panel.choose_kind(kind)
    experiment = window.session.experiment
    changed = replace(experiment, model=replace(experiment.model, layers=layers))
    window.session.edit(changed)
    return changed


def test_every_layer_has_a_picture_its_shape_and_what_it_costs(digits: MainWindow, driver: Driver) -> None:
    give_layers(digits, Conv2D(4, padding="same"), Residual((Conv2D(4, padding="same"), ReLU())), *END)
    driver.wait_for(lambda: has_looked(digits))
    rows = rows_of(digits)
    texts = [tuple(row.text(column) for column in range(4)) for row in rows]
    assert texts == [
        ("Input", "8×8×1", "", ""),
        ("Conv 4, 3×3", "8×8×4", "40", "2,304"),
        ("Residual", "8×8×4", "148", "9,216"),
        ("Conv 4, 3×3", "8×8×4", "148", "9,216"),
        ("ReLU", "8×8×4", "", ""),
        ("Flatten", "256", "", ""),
        ("Dense 10", "10", "2,570", "2,560"),
        ("Softmax", "10", "", ""),
    ]
    assert not any(row.icon(0).isNull() for row in rows)
    assert "2,304 multiply-adds for one example forward, 4,608 in a training step" in rows[1].toolTip(0)
    assert "9,216 multiply-adds for one example forward, 27,648 in a training step" in rows[2].toolTip(3)
    assert "≈" in rows[2].toolTip(0) and "(estimated)" in rows[2].toolTip(0)
    note = digits.architecture_panel._note
    assert note.text().startswith("2,758 params · ≈ ") and "measured on this machine" in note.toolTip()


def test_the_selected_layer_shows_its_maps_and_costs_below_its_line(digits: MainWindow, driver: Driver) -> None:
    panel = digits.architecture_panel
    panel.layer_line.turn(True)
    give_layers(digits, Conv2D(4, padding="same"), ReLU(), *END)
    panel.select(1)
    driver.wait_for(lambda: has_looked(digits) and panel._strip.isVisible())
    assert len(panel._strip._tiles) == 4 and (panel._strip._tiles[0].width(), panel._strip._tiles[0].height()) == (8, 8)
    assert panel._costs.text().startswith("2,304 multiply-adds · ≈ ")
    panel.select(4)
    assert len(panel._strip._tiles) == 1 and panel._strip._tiles[0].width() == 10
    # Where the input is selected there is no layer to tell of.
    panel.select(0)
    assert not panel.layer_line.isVisible() and not panel._strip.isVisible()


def test_pictures_follow_an_edit_while_a_trained_run_waits_for_a_reset(digits: MainWindow, driver: Driver) -> None:
    driver.finish(digits)
    driver.wait_for(lambda: has_looked(digits))
    digits.architecture_panel._layer_form.editor("units").setValue(9)
    assert digits.session.is_pending
    driver.wait_for(lambda: has_looked(digits))
    assert [look.units for look in digits.architecture_panel._previewing.preview.layers] == [9, 9, 10, 10]
    assert digits.session.running.model.layers[0] == Dense(64)


def test_why_a_layer_does_not_fit_stands_at_the_layer(digits: MainWindow, driver: Driver) -> None:
    panel = digits.architecture_panel
    give_layers(digits, Conv2D(4), ReLU(), Conv2D(4, kernel=7), *END)
    ((name, sentence),) = notes_of(digits)
    assert name == "Conv 4, 7×7" and "kernel 7 is larger than its input 6 x 6" in sentence
    assert [row.text(1) for row in rows_of(digits)][:6] == ["8×8×1", "6×6×4", "6×6×4", "?", "", "?"]
    # Once is enough.
    assert "kernel 7" in panel.error_text and not panel._error.isVisible()
    label = next(panel._list.itemWidget(row, 0) for row in rows_of(digits) if panel._list.itemWidget(row, 0))
    driver.wait_for(lambda: label.isVisible() and label.height() >= label.heightForWidth(label.width()))
    assert all(row.icon(0).isNull() for row in rows_of(digits))
    give_layers(digits, Conv2D(4), ReLU(), Conv2D(4, kernel=5), *END)
    assert notes_of(digits) == [] and panel.error_text == ""
    driver.wait_for(lambda: has_looked(digits))


def test_what_is_wrong_inside_of_a_layer_stands_inside(digits: MainWindow) -> None:
    give_layers(digits, Flatten(), Dense(6), Residual((Dense(6), Softmax(), Flatten(), Conv2D(2), Dense(6))), *END)
    ((name, sentence),) = notes_of(digits)
    assert name == "Conv 2, 3×3" and "expected height x width x channels" in sentence


def test_a_fault_of_no_layer_stands_below_the_list(digits: MainWindow) -> None:
    give_layers(digits, Dense(6), ReLU(), Dense(7), Softmax(), kind="mlp")
    panel = digits.architecture_panel
    assert notes_of(digits) == [] and panel._error.isVisibleTo(panel) and "7 outputs" in panel._error.text()


def test_the_first_layer_that_makes_the_same_of_all_examples_says_so(digits: MainWindow, driver: Driver) -> None:
    give_layers(digits, Dense(6), ReLU(), Dense(8, initializer="zeros"), ReLU(), Dense(10), Softmax(), kind="mlp")
    driver.wait_for(lambda: has_looked(digits))
    assert notes_of(digits) == [("Dense 8", "At the start the same for all 32 examples.")]
    digits.session.undo()
    driver.wait_for(lambda: has_looked(digits))
    assert notes_of(digits) == []


@pytest.mark.parametrize(("kind", "title"), [("rbm", "Hidden 256"), ("linear_svm", "Dense 10")])
def test_models_whose_layers_nobody_lists_show_them_too(digits: MainWindow, driver: Driver, kind: str, title: str) -> None:
    digits.architecture_panel.choose_kind(kind)
    driver.wait_for(lambda: has_looked(digits))
    rows = rows_of(digits)[:2]
    assert [row.text(0) for row in rows] == ["Input", title]
    assert not any(row.icon(0).isNull() for row in rows)
    # The support vector machine begins at zero.
    assert [name for name, _ in notes_of(digits)] == ([title] if kind == "linear_svm" else [])
    assert not digits.architecture_panel._buttons.isVisible()


def test_what_is_edited_during_a_look_is_looked_at_after_it(
    digits: MainWindow, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.wait_for(lambda: has_looked(digits))
    may_end, begun = threading.Event(), []

    def slowly(experiment: Experiment, *rest: object) -> engine.Preview:
        begun.append(experiment.model.layers[0].units)
        assert may_end.wait(60)
        return engine.previewed(experiment, *rest)

    monkeypatch.setattr(previewing, "previewed", slowly)
    editor = digits.architecture_panel._layer_form.editor("units")
    for units in (11, 12, 13):
        editor.setValue(units)
        driver.wait_for(lambda: begun == [11])
    may_end.set()
    driver.wait_for(lambda: has_looked(digits))
    assert begun == [11, 13]
    assert digits.architecture_panel._previewing.preview.layers[0].units == 13


def test_a_model_that_is_too_large_to_be_tried_says_so(
    digits: MainWindow, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.wait_for(lambda: has_looked(digits))
    monkeypatch.setattr(engine, "_MOST_PARAMETERS", 10)
    panel = digits.architecture_panel
    panel._layer_form.editor("units").setValue(12)
    driver.wait_for(lambda: "too large to be tried" in panel._note.toolTip())
    assert all(row.icon(0).isNull() for row in rows_of(digits))


def test_a_look_that_fails_leaves_no_pictures_of_another_model(
    digits: MainWindow, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.wait_for(lambda: has_looked(digits))

    def fail(*asked: object) -> None:
        raise DatasetError("the file was changed")

    monkeypatch.setattr(previewing, "previewed", fail)
    digits.architecture_panel._layer_form.editor("units").setValue(12)
    driver.wait_for(lambda: digits.architecture_panel._previewing.preview is None)
    assert all(row.icon(0).isNull() for row in rows_of(digits))


def test_a_setting_of_training_asks_for_no_other_look(digits: MainWindow, driver: Driver) -> None:
    driver.wait_for(lambda: has_looked(digits))
    before = digits.architecture_panel._previewing.preview
    training = digits.session.experiment.training
    digits.session.edit(replace(digits.session.experiment, training=replace(training, batch_size=64)))
    assert digits.architecture_panel._previewing._job is None
    assert digits.architecture_panel._previewing.preview is before
    assert "a step of 64" in rows_of(digits)[1].toolTip(0)


def test_the_whole_takes_what_its_layers_take(driver: Driver) -> None:
    window = driver.open(example("digits-residual", epochs=1))
    driver.wait_for(lambda: has_looked(window))
    panel = window.architecture_panel
    assert len(panel._previewing.preview.layers) == len(list(in_order(panel._plans)))
    update = window.session.experiment.training.update_passes
    seconds = panel._step.rates.step_seconds(panel._plans, 32, update)
    assert seconds > sum(panel._step.rates.seconds(plan, 32, update) for plan in panel._plans)
    assert panel._note.text().endswith(f"{about_seconds(seconds)} a step")


def test_numbers_have_few_digits_where_they_are_large() -> None:
    numbers = (0, 42, 9_999, 10_000, 123_456, 999_499, 999_500, 1_474_560, 25_700_000, 999_600_000, 3.1e9)
    texts = ["", "42", "9,999", "10.0 k", "123 k", "999 k", "1.00 M", "1.47 M", "25.7 M", "1.00 G", "3.10 G"]
    assert [compact(int(number)) for number in numbers] == texts
    times = (9.4e-6, 4.26e-5, 9.96e-4, 1.04e-3, 0.0123, 0.4567, 0.996, 12.3)
    words = ["≈ 9.4 µs", "≈ 43 µs", "≈ 1.0 ms", "≈ 1.0 ms", "≈ 12 ms", "≈ 460 ms", "≈ 1.0 s", "≈ 12 s"]
    assert [about_seconds(time) for time in times] == words


def test_a_layer_takes_the_time_of_its_products_of_what_it_passes_over_and_of_its_parameters() -> None:
    (plan,) = [plan for plan in example("digits-mlp").model.plan((8, 8, 1), None) if plan.title == "Dense 64"]
    slow = Rates(products=1e6, numbers=np.inf).seconds(plan, 10)
    assert slow == pytest.approx(10 * 2 * 64 * 64 / 1e6, rel=1e-3)
    kept = Rates(products=np.inf, numbers=1e6)
    assert kept.seconds(plan, 20) - kept.seconds(plan, 10) == pytest.approx(10 * plan.moved / 1e6)
    assert kept.seconds(plan, 10, update=12) - kept.seconds(plan, 10, update=4) == pytest.approx(8 * 65 * 64 / 1e6)


def test_the_scale_of_the_strip_is_told_as_every_number_is(qtbot: QtBot) -> None:
    strip = LookStrip()
    qtbot.addWidget(strip)
    strip.show_look(LayerLook(np.ones((1, 1, 4), np.float32), 76050.0, 4, 0))
    assert strip.text_at(QPoint(1, 1)).endswith("full colour at ±76,050")
