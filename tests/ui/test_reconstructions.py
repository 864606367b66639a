"""The gallery of reconstructions: what is drawn, in which order, and how the worst are found."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from pytestqt.qtbot import QtBot

from nnlab.datasets import DatasetSettings, load_dataset
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.layers.activations import ReLU, Sigmoid
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.noise import MaskingNoise
from nnlab.models.layers.shape import Code
from nnlab.models.mlp import MLPSettings
from nnlab.models.rbm_settings import RBMSettings
from nnlab.training import TrainingRun, prepare_data
from nnlab.training.hand_edits import change_by_hand
from nnlab.ui.theme import DARK, grey_lut, signed_indices, signed_lut, unsigned_indices
from nnlab.ui.views import VIEWS
from nnlab.ui.views.reconstructions.class_errors import class_means, draw_class_errors
from nnlab.ui.views.reconstructions.grid import best_grid
from nnlab.ui.views.reconstructions.reconstructions import ReconstructionsView
from nnlab.words import figure, loss_text
from tests.models.small_runs import digits_run
from tests.probes.test_feature_maps_probe import pictures
from tests.ui.lone_view import Click, LoneView, prepared_for
from tests.ui.test_small_panes import texts_on_each_other

CODING = (Dense(12), ReLU(), Code(), Dense(64), Sigmoid())
MODEL = AutoencoderSettings(layers=CODING)
NOISY = AutoencoderSettings(layers=(MaskingNoise(0.3), *CODING))


def lone(qtbot: QtBot, model: object = MODEL, run: TrainingRun | None = None) -> LoneView:
    stand = LoneView(qtbot, ReconstructionsView(), run or digits_run(model), model, (900, 380))
    stand.look()
    return stand


def look_until_fresh(stand: LoneView) -> None:
    for _ in range(100):
        if stand.view.answer.is_fresh:
            break
        stand.look()
    stand.look()


def all_errors(stand: LoneView, part: np.ndarray) -> np.ndarray:
    inputs, _ = stand.run.data.learning.gather(part)
    made = stand.run.model.reconstruct(inputs).reshape(inputs.shape)
    return ((made - inputs) ** 2).reshape(len(part), -1).mean(axis=1)


def test_only_models_that_reconstruct_have_the_view() -> None:
    run = digits_run(MODEL)
    assert VIEWS["reconstructions"].fits(prepared_for(run, MODEL))
    assert VIEWS["reconstructions"].fits(prepared_for(run, RBMSettings()))
    assert not VIEWS["reconstructions"].fits(prepared_for(run, MLPSettings()))


@pytest.mark.parametrize("model", [MODEL, NOISY])
def test_tiles_are_drawn_as_they_were_probed(qtbot: QtBot, model: AutoencoderSettings) -> None:
    stand = lone(qtbot, model)
    view = stand.view
    answer, picture = view.answer, view.board.images[0].image
    greys = [answer.original, *([answer.corrupted] if model is NOISY else []), answer.reconstruction]
    assert view.grid.rows == len(greys) + 1
    for column in (0, view.grid.columns - 1):
        for row in range(view.grid.rows):
            tile = picture[1 + 9 * row :, 1 + 9 * column :][:8, :8]
            if row < len(greys):
                expected = grey_lut(view.theme)[unsigned_indices(greys[row][column, :, :, 0], *answer.extremes)]
            else:
                expected = signed_lut(view.theme)[signed_indices(answer.difference[column, :, :, 0], view.bound)]
            assert np.array_equal(tile, expected)
    assert loss_text(answer.error[0]) in view.board.texts


def test_errors_have_one_unit_in_picture_scale_and_figures(qtbot: QtBot) -> None:
    stand = lone(qtbot)
    view, answer = stand.view, stand.view.answer
    # Pixels are 0 to 255 in the data and 0 to 1 for the model, which is where errors are squared.
    assert answer.extremes == (0.0, 255.0) and view.bound <= 1.5
    np.testing.assert_allclose(np.square(answer.difference[0]).mean(), answer.error[0], rtol=1e-5)
    tile = view.grid.first_tile(0)
    point = view.board.scene_position(tile.left() + 2.5 * view.grid.scale, tile.top() + 1.5 * view.grid.scale)
    view._hover(point)
    assert f"· error {figure(answer.difference[0, 1, 2, 0], 3, plus=True)}" in view.readout.text()


def test_names_of_classes_are_whole_beside_their_errors(qtbot: QtBot) -> None:
    names = ("T-shirt", "Ankle boot", "Pullover")
    stand = lone(qtbot)
    board = stand.view.board
    board.begin()
    place = QRectF(0, 0, 178, 200)
    draw_class_errors(board, place, DARK, np.array([0, 1, 2]), np.array([0.02, 0.3, 0.001]), names)
    board.end()
    assert set(names) <= set(board.texts)
    assert not texts_on_each_other(board)


def test_in_order_starts_at_the_selected_example_and_turns_pages(qtbot: QtBot) -> None:
    stand = lone(qtbot)
    view, count = stand.view, len(stand.view.answer.places)
    assert view.answer.places.tolist() == list(range(count))
    # An example that can be seen already does not turn the page.
    view.picker.next.click()
    assert view.answer.places[0] == 0
    view.picker.place.setValue(count + 5)
    assert view.answer.places[0] == count + 5


def test_a_click_selects_the_example(qtbot: QtBot) -> None:
    stand = lone(qtbot)
    view = stand.view
    center = view.grid.column(3).center()
    view._click(Click(view.board.scene_position(center.x(), center.y() + 2)))
    assert view.selection.example == view.answer.places[3] == 3


def test_the_worst_and_the_best_are_found(qtbot: QtBot) -> None:
    stand = lone(qtbot)
    for _ in range(5):
        next(stand.run)
    look_until_fresh(stand)
    view = stand.view
    errors = all_errors(stand, stand.run.data.split.train)
    order = np.argsort(-errors)
    for name, expected in (("worst", order), ("best", order[::-1])):
        view.order.setCurrentText(name)
        look_until_fresh(stand)
        shown = view.answer.places
        np.testing.assert_allclose(errors[shown], errors[expected[: len(shown)]], rtol=1e-5)


def test_false_labels_are_those_that_the_model_learns_from(qtbot: QtBot) -> None:
    settings = DatasetSettings(label_noise=0.5)
    data = prepare_data(load_dataset(settings), settings)
    stand = lone(qtbot, run=digits_run(MODEL, data))
    stand.view.label.setCurrentIndex(4)
    look_until_fresh(stand)
    shown = data.split.train[stand.view.answer.places]
    assert (data.learning.examples.labels[shown] == 3).all() and (data.dataset.train.labels[shown] != 3).any()
    assert (stand.view.answer.labels == 3).all()


def test_only_one_class_and_another_part_can_be_shown(qtbot: QtBot) -> None:
    stand = lone(qtbot)
    view, data = stand.view, stand.run.data
    view.label.setCurrentText("4")
    stand.look()
    assert set(view.answer.labels.tolist()) == {4}
    view.picker.part.setCurrentIndex(view.picker.part.findData("validation"))
    look_until_fresh(stand)
    labels = data.dataset.train.labels[data.split.validation]
    assert view.answer.places.tolist() == np.flatnonzero(labels == 4)[: len(view.answer.places)].tolist()
    assert len(view.answer.surveyed_error) == np.count_nonzero(labels == 4)


def test_random_examples_are_drawn_anew_at_a_press(qtbot: QtBot) -> None:
    stand = lone(qtbot)
    view = stand.view
    view.order.setCurrentText("random")
    first = stand.look().places.tolist()
    assert len(set(first)) == len(first) > 3
    view.picker.random.click()
    assert stand.look().places.tolist() != first


def test_errors_by_class_are_means(qtbot: QtBot) -> None:
    stand = lone(qtbot)
    look_until_fresh(stand)
    errors = all_errors(stand, stand.run.data.split.train)
    labels = stand.run.data.dataset.train.labels[stand.run.data.split.train]
    for label in range(10):
        assert loss_text(errors[labels == label].mean()) in stand.view.board.texts
    np.testing.assert_array_equal(class_means(np.array([0, 0, 2]), np.array([1.0, np.inf, 3.0]), 4), [1, np.nan, 3, np.nan])


def test_an_edited_weight_is_measured_anew(qtbot: QtBot) -> None:
    stand = lone(qtbot)
    look_until_fresh(stand)
    assert stand.view.answer.is_fresh
    # A weight from a pixel that the shown examples leave at zero: their own errors stay what they are.
    learning, train = stand.run.data.learning, stand.run.data.split.train
    lit = learning.gather(train)[0].reshape(len(train), -1).copy() > 0
    pixel = int(np.argmax(lit.sum(axis=0) * ~lit[stand.view.answer.places].any(axis=0)))
    before = stand.view.answer.error.copy()
    change_by_hand(stand.run, "dense1.weight", (pixel, 0), 50.0)
    stand.look()
    assert np.array_equal(stand.view.answer.error, before)
    assert not stand.view.answer.is_fresh
    look_until_fresh(stand)
    errors = all_errors(stand, train)
    np.testing.assert_allclose(stand.view.answer.surveyed_error, errors, rtol=1e-4)


def test_the_best_parameters_put_back_are_measured_anew(qtbot: QtBot) -> None:
    stand = lone(qtbot)
    run = stand.run
    for _ in range(2):
        next(run)
    look_until_fresh(stand)
    # As at the end of training: other numbers at the same step.
    run.model.parameters.view("dense2.bias")[...] += 1
    run.kept_epoch = 1
    stand.look()
    look_until_fresh(stand)
    np.testing.assert_allclose(stand.view.answer.surveyed_error, all_errors(stand, run.data.split.train), rtol=1e-4)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (8, 8), (28, 28), (28, 400), (600, 600)])
@pytest.mark.parametrize("room", [(640.0, 330.0), (1280.0, 610.0), (80.0, 60.0)])
def test_a_grid_fits_and_finds_its_tiles_again(height: int, width: int, room: tuple[float, float]) -> None:
    grid = best_grid(3, height, width, room)
    assert grid.columns * grid.bands <= 40
    if grid.columns * grid.bands > 1:
        assert grid.columns * grid.step <= room[0] and grid.bands * grid.band_height <= room[1] + 1
    for example in (0, grid.columns * grid.bands - 1):
        center = grid.column(example).center()
        found = grid.tile_at(center)
        # The middle of the middle tile.
        assert found is None or found[:2] == (example, 1)


@pytest.mark.parametrize("side", [8, 28])
@pytest.mark.parametrize("rows", [3, 4])
@pytest.mark.parametrize("room", [(122.0, 150.0), (157.0, 150.0), (640.0, 330.0)])
def test_tiles_are_legible_in_a_small_pane(side: int, rows: int, room: tuple[float, float]) -> None:
    grid = best_grid(rows, side, side, room)
    assert side * grid.scale >= 24 and grid.columns >= 3
    assert grid.columns * grid.step <= room[0] and grid.band_height <= room[1] + 1


@pytest.mark.parametrize("size", [(900, 380), (425, 220)])
def test_every_number_has_a_name_and_room(qtbot: QtBot, size: tuple[int, int]) -> None:
    stand = LoneView(qtbot, ReconstructionsView(), digits_run(MODEL), MODEL, size)
    look_until_fresh(stand)
    view = stand.view
    assert not texts_on_each_other(view.board)
    assert view.readout.text().startswith("mean squared error 0.")
    # The scale of the errors has both its signs.
    is_large = size[0] == 900
    ends = {figure(-view.bound), figure(view.bound, plus=True)} if is_large else {f"error ±{figure(view.bound)}"}
    assert ends <= set(view.board.texts)
    assert ("squared error" in view.board.texts) == is_large
    # Errors by class have room only where examples have it, too.
    assert ("mean squared error" in view.board.texts) == is_large


@pytest.mark.parametrize(("height", "channels", "classes"), [(1, 1, 1), (5, 3, 3), (2, 1, 1000)])
def test_any_pictures_and_any_number_of_classes_are_drawn(qtbot: QtBot, height: int, channels: int, classes: int) -> None:
    model = AutoencoderSettings(layers=(Dense(2), Code(), Dense(height * height * channels), Sigmoid()))
    stand = lone(qtbot, model, digits_run(model, pictures(height, channels, classes)))
    look_until_fresh(stand)
    stand.view.apply_theme(DARK)
    stand.view.grab()
    table = stand.view.csv_columns()
    assert len({len(column) for column in table.values()}) == 1


def test_broken_weights_are_drawn_and_sorted_as_worst(qtbot: QtBot) -> None:
    stand = lone(qtbot)
    stand.run.model.parameters.values[...] = np.nan
    stand.view.order.setCurrentText("worst")
    look_until_fresh(stand)
    stand.view.grab()
    assert "nan" in stand.view.board.texts
