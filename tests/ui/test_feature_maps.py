"""What is drawn of a convolutional network is what the probe says, where it is said to be."""

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from pytestqt.qtbot import QtBot

from nnlab.models.cnn import CNNSettings
from nnlab.models.layers.activations import ReLU, Softmax
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.pool2d import MaxPool2D
from nnlab.models.layers.shape import Flatten
from nnlab.models.mlp import MLPSettings
from nnlab.probes import Selection
from nnlab.ui.theme import DARK, signed_indices, signed_lut, unsigned_indices, viridis_lut
from nnlab.ui.views import VIEWS
from nnlab.ui.views.feature_maps import FeatureMapsView
from nnlab.ui.views.parts.mosaic_rows import most_rows, place_mosaics, place_rows
from nnlab.words import figure, signed
from tests.models.small_runs import digits_run
from tests.probes.test_feature_maps_probe import pictures
from tests.ui.lone_view import Click, LoneView, prepared_for
from tests.ui.test_small_panes import texts_on_each_other

MODEL = CNNSettings(layers=(Conv2D(5), ReLU(), MaxPool2D(), Flatten(), Dense(10), Softmax()))


@pytest.fixture
def stand(qtbot: QtBot) -> LoneView:
    run = digits_run(MODEL)
    next(run)
    return LoneView(qtbot, FeatureMapsView(), run, MODEL, (900, 380))


def middle_of(view: FeatureMapsView, row: int, tile: int) -> QPointF:
    center = view.placed[row].tile(tile).center()
    return view.board.scene_position(center.x(), center.y())


def test_only_models_with_convolutions_have_feature_maps() -> None:
    run = digits_run(MODEL)
    assert VIEWS["feature_maps"].fits(prepared_for(run, MODEL))
    assert not VIEWS["feature_maps"].fits(prepared_for(run, MLPSettings()))


def test_every_row_is_drawn_as_it_was_probed(stand: LoneView) -> None:
    view, rows = stand.view, stand.view.answer.rows
    # The first picture is the example's, then one for each row and one for its scale.
    drawn = [image for image in view.board.images if image.isVisible()]
    mosaics = [image.image for image in drawn[1:] if image.image.shape[0] > 1]
    assert len(mosaics) == len(rows) == 4
    for row, placed, picture in zip(rows, view.placed, mosaics, strict=True):
        bound = view.scales.bounds[row.layer, row.what]
        expected = signed_indices(row.tiles, bound) if row.is_signed else unsigned_indices(row.tiles, 0, bound)
        for tile in (0, len(row.tiles) - 1):
            x, y = placed.mosaic.corner_of(tile)
            height, width = row.tiles.shape[1:]
            drawn = picture[y + 1 : y + 1 + height, x + 1 : x + 1 + width, :3]
            lut = signed_lut(view.theme) if row.is_signed else viridis_lut(view.theme)
            assert np.array_equal(drawn, lut[expected[tile]][..., :3])


def test_a_click_selects_the_unit_everywhere(stand: LoneView) -> None:
    view = stand.view
    row = next(number for number, row in enumerate(view.answer.rows) if row.what == "pooled")
    view._click(Click(middle_of(view, row, 3)))
    assert (view.selection.layer, view.selection.unit) == ("conv2d1", 3)
    frames = [item.rect() for item in view.board._rectangles if item.isVisible()]
    # An outline and its halo.
    assert frames[::2] == frames[1::2] == [placed.tile(3) for placed in view.placed]


def test_hovering_reads_the_number(stand: LoneView) -> None:
    view = stand.view
    row, placed = view.answer.rows[1], view.placed[1]
    x, y = placed.mosaic.corner_of(2)
    view._hover(view.board.scene_position(placed.x + (x + 4.5) * placed.scale, placed.y + (y + 2.5) * placed.scale))
    assert "conv2d1 · unit 2 · row 1, column 3" in view.readout.text()
    assert signed(row.tiles[2, 1, 3]) in view.readout.text()
    assert view.board._mark.isVisible()
    view._hover(QPointF(-5, -5))
    assert not view.board._mark.isVisible()


def test_the_picker_walks_through_the_examples(stand: LoneView) -> None:
    view, count = stand.view, len(stand.run.data.split.train)
    first = view.answer.example.copy()
    view.picker.next.click()
    assert view.selection.example == 1
    assert not np.array_equal(view.answer.example, first)
    view.picker.previous.click()
    view.picker.previous.click()
    assert view.selection.example == count - 1
    view.picker.part.setCurrentIndex(view.picker.part.findData("test"))
    assert (view.selection.part, view.selection.example) == ("test", 0)
    view.picker._dice = np.random.default_rng(1)
    view.picker.random.click()
    assert 0 < view.selection.example < len(stand.run.data.dataset.test)
    assert view.picker.place.value() == view.selection.example


def test_one_layer_can_be_looked_at_alone(stand: LoneView) -> None:
    view = stand.view
    small = view.placed[3].scale
    view._layer.setCurrentText("max_pool2d1")
    stand.look()
    assert [row.layer for row in view.answer.rows] == ["max_pool2d1"]
    assert view.placed[0].scale >= small


def test_the_csv_has_every_number(stand: LoneView) -> None:
    table = stand.view.csv_columns()
    assert len({len(column) for column in table.values()}) == 1
    rows = stand.view.answer.rows
    assert len(table["value"]) == sum(row.tiles.size for row in rows)
    at = sum(row.tiles.size for row in rows[:1]) + rows[1].tiles[0].size + 8
    place = np.unravel_index(rows[1].tiles[0].size + 8, rows[1].tiles.shape)
    assert table["value"][at] == rows[1].tiles[place]
    assert (table["layer"][at], table["unit"][at]) == ("conv2d1", 1)


@pytest.mark.parametrize(
    ("shapes", "size"),
    [
        ([(8, 3, 3), (8, 26, 26), (8, 26, 26), (8, 13, 13)], (600, 330)),
        ([(16, 3, 3), (16, 28, 28), (512, 3, 3), (32, 14, 14)] * 3, (600, 330)),
        ([(1, 1, 1)], (900, 600)),
        ([(400, 1, 1), (3, 200, 200)], (300, 200)),
    ],
)
def test_rows_of_mosaics_stay_inside_and_apart(shapes: list[tuple[int, int, int]], size: tuple[int, int]) -> None:
    placed = place_rows(shapes, 10.0, *size)
    for row, (count, height, width) in zip(placed, shapes, strict=True):
        assert (row.mosaic.height, row.mosaic.width) == (height, width)
        assert row.mosaic.rows * row.mosaic.columns >= row.mosaic.count
        # Fewer than there are only where even these are small.
        assert row.mosaic.count == count or (row.mosaic.count < count and row.scale * max(height, width) <= 14)
        assert row.rect.right() <= 10 + size[0] + 1 and row.rect.bottom() <= size[1] + 1
    for above, below in pairwise(placed):
        assert above.rect.bottom() <= below.rect.top() + 1


DEEP = [(16, 3, 3), (16, 28, 28), (16, 28, 28), (16, 14, 14), (16, 3, 3), (32, 14, 14), (32, 14, 14), (32, 7, 7)]


@pytest.mark.parametrize("size", [(300, 112), (360, 120), (620, 330), (1200, 540)])
@pytest.mark.parametrize("shapes", [DEEP, DEEP[:4], DEEP[:1], [(400, 1, 1), (3, 200, 200)]])
def test_mosaics_and_their_captions_stay_inside_and_apart(shapes: list[tuple[int, int, int]], size: tuple[int, int]) -> None:
    room = QRectF(60, 0, *size)
    found = place_mosaics(shapes, room, beside=124)
    assert len(found) == len(shapes)
    # Without the gap around the tiles.
    tiles = [place.placed.rect.adjusted(place.placed.scale, place.placed.scale, 0, 0) for place in found]
    inner = [*(tile.adjusted(2, 2, -2, -2) for tile in tiles), *(place.caption for place in found)]
    for place, tile in zip(found, tiles, strict=True):
        assert room.adjusted(-2, -2, 2, 2).contains(tile)
        assert place.caption.width() >= 90
    for number, one in enumerate(inner):
        assert not any(one.intersects(other) for other in inner[number + 1 :])


@pytest.mark.parametrize("size", [(346, 118), (300, 112), (620, 330)])
def test_tiles_can_be_made_out_in_small_rooms_too(size: tuple[int, int]) -> None:
    room = QRectF(0, 0, *size)
    few = DEEP[: most_rows(room)]
    for place in place_mosaics(few, room, beside=124):
        mosaic = place.placed.mosaic
        # With the gaps around it, which of few pixels are large.
        assert mosaic.count >= 1 and place.placed.scale * (max(mosaic.height, mosaic.width) + 2) >= 13


def test_in_a_small_pane_what_layers_put_out_goes_before_what_lies_between(qtbot: QtBot) -> None:
    layers = tuple(layer for _ in range(4) for layer in (Conv2D(4, kernel=1), ReLU()))
    model = CNNSettings(layers=(*layers, Flatten(), Dense(2), Softmax()))
    stand = LoneView(qtbot, FeatureMapsView(), digits_run(model, pictures(6, 1, 2)), model, (400, 180))
    view = stand.view
    assert len(view.rows) < len(view.answer.rows) and view.readout.text().startswith(f"{len(view.rows)} of 12 rows")
    assert [row.layer for row in view.rows if row.what == "after"] == ["relu1", "relu2", "relu3", "relu4"]
    order = {(row.layer, row.what): place for place, row in enumerate(view.answer.rows)}
    shown = [order[row.layer, row.what] for row in view.rows]
    assert shown == sorted(shown)
    view.resize(1000, 700)
    stand.look()
    assert len(view.rows) == 12


def test_side_by_side_only_where_the_tiles_are_larger_so() -> None:
    def columns(shapes: list[tuple[int, int, int]], size: tuple[int, int]) -> int:
        return len({place.caption.x() for place in place_mosaics(shapes, QRectF(0, 0, *size), beside=124)})

    assert columns(DEEP[:4], (400, 900)) == 1
    assert columns(DEEP, (1200, 200)) > 1


@pytest.mark.parametrize(("height", "channels", "classes"), [(1, 1, 2), (6, 3, 3), (1, 3, 1000)])
def test_pictures_of_any_shape_and_many_classes_are_drawn(qtbot: QtBot, height: int, channels: int, classes: int) -> None:
    model = CNNSettings(layers=(Conv2D(3, kernel=1), ReLU(), Flatten(), Dense(classes), Softmax()))
    run = digits_run(model, pictures(height, channels, classes))
    stand = LoneView(qtbot, FeatureMapsView(), run, model, (700, 300))
    picture = stand.view.board.images[0].image
    # A coloured example has its colours, a grey one a grey for each.
    assert channels == 3 or (picture[..., 0] == picture[..., 1]).all()
    stand.view.apply_theme(DARK)
    stand.view.grab()


def test_an_all_zero_picture_and_broken_weights_are_drawn(stand: LoneView) -> None:
    run = stand.run
    run.model.parameters.values[...] = 0
    stand.look()
    run.model.parameters.values[...] = np.nan
    stand.look()
    stand.view.grab()
    assert set(stand.view.scales.bounds.values()) - {0.0}


def test_another_size_lays_the_rows_out_anew(stand: LoneView, qtbot: QtBot) -> None:
    before = list(stand.view.placed)
    stand.view.resize(1500, 800)
    qtbot.waitUntil(lambda: stand.view.placed != before)
    assert stand.view.placed[1].scale > before[1].scale
    assert stand.view.board.box.viewRect().contains(QRectF(1, 1, stand.view.board.size[0] - 2, 10))


def test_rows_too_low_for_a_colour_bar_say_their_scale(stand: LoneView, qtbot: QtBot) -> None:
    view = stand.view
    view.resize(700, 240)
    qtbot.waitUntil(lambda: view.captioned[0].is_above or view.placed[0].room < 50)
    scales = [f"±{figure(view.scales.bounds[row.layer, row.what])}" for row in view.answer.rows if row.is_signed]
    scales += [f"0 … {figure(view.scales.bounds[row.layer, row.what])}" for row in view.answer.rows if not row.is_signed]
    assert sorted(text for text in view.board.texts if text.startswith(("±", "0 … "))) == sorted(scales)
    assert not texts_on_each_other(view.board)


def test_a_selection_from_elsewhere_moves_the_frames(stand: LoneView) -> None:
    stand.view.show_selection(Selection(layer="relu1", unit=1))
    frames = [item.rect() for item in stand.view.board._rectangles if item.isVisible()]
    assert frames[::2] == frames[1::2] == [placed.tile(1) for placed in stand.view.placed]
    stand.view.show_selection(Selection(layer="dense1", unit=1))
    assert not [item for item in stand.view.board._rectangles if item.isVisible()]
