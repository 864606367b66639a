"""Forms, the list of layers, undo, and what waits for a reset."""

from dataclasses import fields, replace

import pytest
from PySide6.QtWidgets import QTreeWidgetItemIterator, QWidget

from nnlab.models import MODELS
from nnlab.models.layers.activations import ReLU, Sigmoid, Tanh
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.noise import Dropout
from nnlab.models.layers.parallel import Parallel
from nnlab.models.layers.residual import Residual
from nnlab.models.optimizers import OPTIMIZERS, Adam, Momentum
from nnlab.training import TrainingSettings
from nnlab.ui.activity import Activity
from nnlab.ui.main_window import MainWindow
from nnlab.ui.setup.architecture_panel import ArchitecturePanel
from nnlab.ui.setup.form import SettingsForm
from nnlab.ui.widgets.number_field import NumberField
from tests.targets import numbered
from tests.ui.conftest import Driver, example


def test_every_training_setting_has_a_field_with_its_formula_and_name(digits: MainWindow) -> None:
    form = digits.training_panel._form
    # Breakpoints are a list, and have a window of their own.
    for entry in (entry for entry in fields(TrainingSettings) if entry.name != "stop_when"):
        editor = form.editor(entry.name)
        assert f"training.{entry.name}" in editor.toolTip()
        assert editor.accessibleName()


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_an_optimizers_own_numbers_stand_right_beneath_it(digits: MainWindow, kind: str) -> None:
    form = digits.training_panel._form
    form.editor("optimizer").setCurrentText(kind)
    names = [key.name for key in form._rows if form._rows[key].editor.isVisibleTo(form)]
    own = [f"optimizer.{entry.name}" for entry in fields(OPTIMIZERS[kind])]
    assert names[4 : len(own) + 6] == ["optimizer", *own, "schedule"]
    for name in own:
        assert f"training.{name}" in form.editor(name).toolTip()
        assert form.editor(name).accessibleName()


def test_quick_edits_of_an_optimizers_number_are_one_undo(digits: MainWindow) -> None:
    start = digits.session.experiment
    field = digits.training_panel._form.editor("optimizer.momentum")
    for value in ("0.8", "0.7", "0.6"):
        field.setText(value)
        field.editingFinished.emit()
    assert digits.session.experiment.training.optimizer == Momentum(0.6)
    digits.session.undo()
    assert digits.session.experiment == start


def test_only_settings_that_matter_are_shown(digits: MainWindow) -> None:
    form = digits.training_panel._form
    assert form.editor("optimizer.momentum").isVisibleTo(form)
    assert not form.editor("optimizer.beta1").isVisibleTo(form)
    form.editor("optimizer").setCurrentText("adam")
    assert form.editor("optimizer.beta1").isVisibleTo(form)
    assert not form.editor("optimizer.momentum").isVisibleTo(form)


def test_a_field_takes_1e_minus_4_and_refuses_words_and_what_is_out_of_range(digits: MainWindow) -> None:
    field = digits.training_panel._form.editor("learning_rate")
    assert isinstance(field, NumberField)
    field.setText("1e-4")
    field.editingFinished.emit()
    assert digits.session.experiment.training.learning_rate == 1e-4
    for wrong, word in (("fast", "not a number"), ("-1", "out of range"), ("nan", "out of range")):
        field.setText(wrong)
        field.editingFinished.emit()
        assert digits.session.experiment.training.learning_rate == 1e-4
        assert field.property("invalid") is True
        assert word in digits.training_panel._form._error.text()
    field.setText("0.01")
    field.editingFinished.emit()
    assert field.property("invalid") is False


@pytest.mark.parametrize(("start", "up", "down"), [(0.05, 0.1, 0.02), (0.1, 0.2, 0.05), (0.03, 0.05, 0.02), (1.0, 2.0, 0.5)])
def test_arrow_keys_go_along_1_2_5(digits: MainWindow, driver: Driver, start, up, down) -> None:
    from PySide6.QtCore import Qt

    field = digits.training_panel._form.editor("learning_rate")
    for key, expected in ((Qt.Key.Key_Up, up), (Qt.Key.Key_Down, down)):
        field.set_value(start)
        driver.qtbot.keyClick(field, key)
        assert float(field.text()) == pytest.approx(expected)


def test_layers_can_be_added_moved_and_removed_and_shapes_follow(digits: MainWindow) -> None:
    panel = digits.architecture_panel
    panel.select(1)
    panel.add_layer("tanh")
    layers = digits.session.experiment.model.layers
    assert isinstance(layers[1], Tanh)
    panel.select(2)
    panel.move_layer(-1)
    assert isinstance(digits.session.experiment.model.layers[0], Tanh)
    panel.select(1)
    panel.remove_layer()
    assert digits.session.experiment.model.layers == example("digits-mlp").model.layers
    rows = [panel._list.topLevelItem(row) for row in range(panel._list.topLevelItemCount())]
    assert [row.text(1) for row in rows] == ["64", "64", "64", "10", "10"]
    assert [row.text(2) for row in rows] == ["", "4,160", "", "650", ""]


def test_editing_units_rebuilds_an_untrained_model_at_once(digits: MainWindow, driver: Driver) -> None:
    panel = digits.architecture_panel
    panel.select(1)
    with driver.qtbot.waitSignal(digits.session.prepared, timeout=60_000) as heard:
        panel._layer_form.editor("units").setValue(32)
    assert heard.args[0].parameters == 64 * 32 + 32 + 32 * 10 + 10
    assert digits.session.experiment.model.layers[0] == Dense(32)


def test_a_wrong_architecture_is_told_inline_and_cannot_run(digits: MainWindow, driver: Driver) -> None:
    panel = digits.architecture_panel
    panel.select(4)
    panel.remove_layer()
    assert "softmax" in panel.error_text and "cross_entropy" in panel.error_text
    assert panel._error.isVisibleTo(panel)
    assert not digits.run_bar.run.isEnabled()
    digits.session.undo()
    assert panel.error_text == ""
    assert digits.run_bar.run.isEnabled()


def test_outputs_that_do_not_match_the_classes_are_named(digits: MainWindow) -> None:
    panel = digits.architecture_panel
    panel.select(3)
    panel._layer_form.editor("units").setValue(7)
    assert "7 outputs" in panel.error_text and "10 classes" in panel.error_text


def test_undo_and_redo_reach_every_setting(digits: MainWindow) -> None:
    session, start = digits.session, digits.session.experiment
    digits.training_panel._form.editor("optimizer").setCurrentText("adam")
    digits.dataset_panel._form.editor("scaling").setCurrentText("standard")
    digits.architecture_panel.add_layer("relu")
    end = session.experiment
    for _ in range(3):
        session.undo()
    assert session.experiment == start
    assert digits.training_panel._form.editor("optimizer").currentText() == "momentum"
    for _ in range(3):
        session.redo()
    assert session.experiment == end


def test_quick_edits_of_one_setting_are_one_undo(digits: MainWindow) -> None:
    start = digits.session.experiment
    for value in (21, 22, 23):
        digits.training_panel._form.editor("epochs").setValue(value)
    digits.session.undo()
    assert digits.session.experiment == start


def test_changes_that_need_a_reset_wait_and_are_marked(digits: MainWindow, driver: Driver) -> None:
    digits.run_bar.batch.click()
    driver.wait_for(lambda: digits.session.progress.step == 1)
    driver.settle(digits)
    digits.training_panel._form.editor("optimizer").setCurrentText("adam")
    assert digits.session.is_pending
    assert "wait for a reset" in digits.notice.text
    assert digits.training_panel._form._row("optimizer").caption.objectName() == "changed"
    assert digits.session.running.training.optimizer == Momentum()
    with driver.qtbot.waitSignal(digits.session.prepared, timeout=60_000):
        digits.notice.button.click()
    assert digits.session.running.training.optimizer == Adam()
    assert not digits.session.is_pending
    assert "wait for a reset" not in digits.notice.text
    assert digits.training_panel._form._row("optimizer").caption.objectName() == "muted"


def test_the_last_layer_follows_the_classes_of_another_dataset(digits: MainWindow, driver: Driver) -> None:
    with driver.qtbot.waitSignal(digits.session.prepared, timeout=60_000):
        digits.dataset_panel._form.editor("source").setCurrentText("moons")
    assert digits.session.experiment.model.layers[2] == Dense(2)
    assert digits.session.problem == ""
    driver.wait_for(lambda: "boundary" in digits.stage._fitting)


def test_a_dataset_that_is_not_there_leaves_the_previous_one(digits: MainWindow, driver: Driver, no_data) -> None:
    before = digits.session.experiment
    digits.dataset_panel._form.editor("source").setCurrentText("mnist")
    driver.wait_for(lambda: digits.download_notice.text != "")
    assert "MNIST was not found" in digits.download_notice.text and "--data" in digits.download_notice.text
    assert digits.session.experiment == before
    assert digits.dataset_panel._form.editor("source").currentText() == "digits"
    driver.finish(digits)
    assert digits.session.progress.activity is Activity.FINISHED


def test_every_control_has_a_name_for_assistive_technology(digits: MainWindow) -> None:
    form = digits.training_panel._form
    nameless = [
        widget
        for widget in digits.findChildren(QWidget)
        if widget.metaObject().className() in ("Choice", "WholeNumber", "NumberField") and not widget.accessibleName()
    ]
    assert nameless == []
    assert isinstance(form, SettingsForm)


def test_a_custom_scale_is_asked_for_only_by_the_normal_initializer(digits: MainWindow) -> None:
    panel = digits.architecture_panel
    panel.select(1)
    panel.layer_line.turn(True)
    assert not panel._layer_form.editor("scale").isVisibleTo(panel)
    panel._layer_form.editor("initializer").setCurrentText("normal")
    assert panel._layer_form.editor("scale").isVisibleTo(panel)
    assert digits.session.experiment.model.layers[0] == replace(Dense(64), initializer="normal")


def test_the_signs_behind_settings_are_explained_on_every_card_that_has_them(digits: MainWindow) -> None:
    explained = {part.split()[0] for part in digits.training_panel._note.text().split("   ")}
    said = {"•": "Applies at the next step.", "⟲": "Applies at the next reset."}
    for panel in (digits.architecture_panel, digits.training_panel):
        forms = [form for form in panel.findChildren(SettingsForm) if form._rows]
        captions = [row.caption for form in forms for row in form._rows.values()]
        assert captions
        assert {caption.text().split()[-1] for caption in captions} <= explained == {"•", "⟲"}
        assert all(said[caption.text().split()[-1]] in caption.toolTip() for caption in captions)


@pytest.mark.parametrize("kind", MODELS)
def test_every_kind_of_model_says_how_many_parameters_it_has(digits: MainWindow, kind: str) -> None:
    panel = digits.architecture_panel
    panel.choose_kind(kind)
    model = digits.session.experiment.model
    if kind == "autoencoder":
        # Weights that two layers share count once.
        digits.session.edit(replace(digits.session.experiment, model=replace(model, tied=True)))
        model = digits.session.experiment.model
    assert panel._note.text().startswith(f"{model.build((8, 8, 1), numbered(10)).parameters.size:,} params")


def rows_of(panel: ArchitecturePanel) -> list[tuple[str, str, str]]:
    """Every row of the list of layers, those inside of others with two spaces more."""
    found, iterator = [], QTreeWidgetItemIterator(panel._list)
    while item := iterator.value():
        depth = 0 if item.parent() is None else 1 if item.parent().parent() is None else 2
        found.append(("  " * depth + item.text(0), item.text(1), item.text(2)))
        iterator += 1
    return found


def choose(panel: ArchitecturePanel, text: str) -> None:
    """Select the first row inside of a layer that says so."""
    iterator = QTreeWidgetItemIterator(panel._list)
    while item := iterator.value():
        if item.parent() is not None and item.text(0) == text:
            panel._list.setCurrentItem(item)
            return
        iterator += 1
    raise AssertionError(text)


def test_a_layer_of_layers_begins_with_some_that_fit_and_shows_them(digits: MainWindow) -> None:
    panel = digits.architecture_panel
    panel.select(2)
    panel.add_layer("residual")
    assert digits.session.experiment.model.layers[2] == Residual((Dense(64), ReLU()))
    assert rows_of(panel)[2:6] == [
        ("ReLU", "64", ""),
        ("Residual", "64", "4,160"),
        ("  Dense 64", "64", "4,160"),
        ("  ReLU", "64", ""),
    ]
    assert not panel.error_text


def test_layers_inside_are_edited_added_moved_and_removed(digits: MainWindow) -> None:
    panel = digits.architecture_panel
    panel.select(2)
    panel.add_layer("residual")
    assert panel.layer_line.is_open
    choose(panel, "Dense 64")
    assert panel._layer_form.isVisibleTo(panel)
    panel._edit_layer(Dense(64, initializer="zeros"), "initializer")
    assert digits.session.experiment.model.layers[2] == Residual((Dense(64, initializer="zeros"), ReLU()))
    panel.add_layer("dropout")
    assert digits.session.experiment.model.layers[2].layers[1] == Dropout()
    panel.move_layer(1)
    assert digits.session.experiment.model.layers[2].layers[1:] == (ReLU(), Dropout())
    panel.remove_layer()
    assert digits.session.experiment.model.layers[2].layers[1:] == (ReLU(),)


def test_a_residual_without_layers_goes_with_the_last(digits: MainWindow) -> None:
    panel = digits.architecture_panel
    layers = digits.session.experiment.model.layers
    panel.select(2)
    panel.add_layer("residual")
    for text in ("Dense 64", "ReLU"):
        choose(panel, text)
        panel.remove_layer()
    assert digits.session.experiment.model.layers == layers


def test_the_branches_of_a_parallel_layer_are_told_apart(digits: MainWindow) -> None:
    panel = digits.architecture_panel
    panel.select(2)
    panel.add_layer("parallel")
    panel._edit_layer(Parallel(((), (Residual((Tanh(),)),))), "branches")
    assert rows_of(panel)[3:7] == [
        ("Parallel", "128", ""),
        ("  1: as it is", "64", ""),
        ("  2: Residual", "64", ""),
        ("    Tanh", "64", ""),
    ]
    choose(panel, "1: as it is")
    panel.add_layer("relu")
    choose(panel, "Tanh")
    panel.add_layer("sigmoid")
    assert digits.session.experiment.model.layers[2] == Parallel(((ReLU(),), (Residual((Tanh(), Sigmoid())),)))


def test_layers_that_cannot_be_added_to_their_input_are_told_inline(digits: MainWindow) -> None:
    panel = digits.architecture_panel
    panel.select(2)
    panel.add_layer("residual")
    choose(panel, "Dense 64")
    panel._edit_layer(Dense(32), "units")
    assert "make 32 of the input's 64" in panel.error_text
