"""A table of one's own: its columns are named, its numbers shown as they are and as the network sees them, in every view."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSizeF, Qt

from nnlab.datasets import DatasetSettings
from nnlab.ui.main_window import MainWindow
from nnlab.ui.theme import DARK, LIGHT
from nnlab.ui.views.predictions.rows import RowTiles, numbers_text
from nnlab.words import figure, signed
from tests.ui.conftest import Driver, example
from tests.ui.test_predictions import settled

COLUMNS = ("sepal length", "sepal width", "petal <b>length</b>", "petal width")


def table(folder: Path, columns: tuple[str, ...] = COLUMNS, count: int = 60) -> Path:
    """Numbers around another centre in each of three classes, which overlap."""
    rng, path = np.random.default_rng(0), folder / "flowers.csv"
    lines = [",".join([*columns, "species"])]
    for row in range(count):
        values = rng.normal(5 + row % 3, 1.0, len(columns))
        lines.append(",".join([*(f"{value:.2f}" for value in values), ("setosa", "versicolor", "virginica")[row % 3]]))
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def opened(driver: Driver, path: Path, scaling: str = "standard", **training: object) -> MainWindow:
    """The XOR network on the table; its outputs follow the classes."""
    settings = DatasetSettings({"kind": "file", "path": str(path)}, scaling=scaling, validation=0.2)
    return driver.open(replace(example("xor", **({"epochs": 3} | training)), dataset=settings))


@pytest.fixture
def flowers(driver: Driver, tmp_path: Path) -> MainWindow:
    return opened(driver, table(tmp_path))


def hovered(window: MainWindow, place: int, unit: int) -> str:
    """What Network says about a unit under the mouse."""
    view = window.stage.view("network")
    view._hover(view.diagram.mapToScene(view.diagram.frames[place].unit_rect(unit).center()))
    return str(view.readout.text())


def test_a_table_over_an_example_has_a_name_of_its_own(driver: Driver, tmp_path: Path) -> None:
    window = driver.open(example("xor", epochs=1))
    window.open_paths(table(tmp_path))
    driver.wait_for(lambda: window.session.dataset is not None and "flowers" in window.session.dataset.title)
    assert window.session.experiment.name == "flowers"
    assert window.statusBar()._saved.text() == "flowers · not saved"
    assert window.commands["undo"].text() == "Undo: dataset xor to file"
    window.commands["undo"].trigger()
    assert window.session.experiment.name == "xor"


def test_network_names_inputs_by_their_columns_and_says_how_they_are_scaled(flowers: MainWindow) -> None:
    view = flowers.stage.current
    data = flowers.session._link.worker._run.data
    raw = data.dataset.train.inputs[data.split.validation[0]]
    text = hovered(flowers, 0, 1)
    assert text.startswith(f"sepal width = {raw[1]:.6g}, scaled to mean 0, deviation 1: {signed(view.answer.numbers(0)[1])}")
    assert "dense1 · unit 2" in hovered(flowers, 1, 2)
    columns = view.csv_columns()
    assert columns["name"][:5] == [*COLUMNS, "unit 0"]
    np.testing.assert_array_equal(columns["data"][:4], raw)


@pytest.mark.parametrize("width", [380, 1600])
def test_the_names_beside_the_inputs_have_room_left_of_them(flowers: MainWindow, width: int) -> None:
    diagram = flowers.stage.current.diagram
    room = diagram._captions.room_for_inputs(diagram.picture, diagram.metrics(), QSizeF(width, 400))
    widest = max(map(diagram.metrics().horizontalAdvance, COLUMNS))
    assert room == pytest.approx(min(widest + 8, 0.2 * width))


@pytest.mark.parametrize("scaling", ["standard", "none"])
def test_the_inspector_shows_an_example_as_it_is_and_as_the_network_sees_it(
    driver: Driver, tmp_path: Path, scaling: str
) -> None:
    window = opened(driver, table(tmp_path), scaling)
    inspector = window.inspector
    window.docks[2].show()
    driver.wait_for(lambda: inspector.answer is not None and not inspector.panels["example"].isHidden())
    answer, panel = inspector.answer, inspector.panels["example"]
    data = window.session._link.worker._run.data
    np.testing.assert_array_equal(answer.raw, data.dataset.train.inputs[data.split.validation[0]])
    np.testing.assert_allclose(data.scaling.apply(answer.raw[None], out=np.empty((1, 4), np.float32))[0], answer.inputs)
    headings, first, *_ = panel.features.texts()
    assert headings == ["input", "data", *(["scaled"] if scaling == "standard" else []), "∂L/∂x"]
    assert first[:2] == ["sepal length", f"{answer.raw[0]:.6g}"]
    assert len(first) == len(headings)
    assert panel.scaling.isHidden() == (scaling == "none")
    # What is exported are the numbers, by name.
    columns = inspector.csv_columns()
    rows = list(zip(columns["quantity"], columns["name"], columns["value"], strict=True))
    assert ("raw", "sepal width", float(answer.raw[1])) in rows
    assert ("outputs", "virginica", float(answer.outputs[2])) in rows


def test_equations_name_what_comes_in_and_what_is_fed(flowers: MainWindow, driver: Driver) -> None:
    inspector = flowers.inspector
    flowers.docks[2].show()
    flowers.stage.select(replace(flowers.stage.selection, part="train", layer="dense1", unit=3))
    panel = inspector.panels["unit"]
    driver.wait_for(lambda: panel.answer is not None and panel.answer.unit == 3)
    answer = panel.answer
    order = np.argsort(-np.abs(answer.inputs * answer.incoming), kind="stable")
    line = panel.forward.text().split("\n")[1]
    assert line.endswith(f"{COLUMNS[order[0]]}: {figure(answer.raw[order[0]])}"[-20:])
    assert "unit" in panel.backward.text() and "[" not in panel.forward.text()
    assert "scaled to mean 0" in panel.scaling.text() and not panel.scaling.isHidden()
    flowers.stage.select(replace(flowers.stage.selection, weight=("dense1.weight", (1, 3))))
    driver.wait_for(lambda: "sepal width to unit 3" in inspector.panels["weight"].note.text())
    flowers.stage.select(replace(flowers.stage.selection, weight=("dense2.weight", (5, 2))))
    driver.wait_for(lambda: "unit 5 of dense1 to unit 2" in inspector.panels["weight"].note.text())
    flowers.stage.select(replace(flowers.stage.selection, layer="input", unit=1, weight=None))
    driver.wait_for(lambda: panel.title.text() == "input · sepal width")
    assert panel.forward.text().startswith(f"sepal width = {panel.answer.raw[0]:.6g} in the data")


def test_the_browser_and_the_plane_have_the_columns_names(flowers: MainWindow, driver: Driver, tmp_path: Path) -> None:
    flowers.browsing.open()
    rows = flowers.browsing.browser.rows
    across = [rows.headerData(column, Qt.Orientation.Horizontal) for column in range(rows.columnCount())]
    assert across == ["class", *COLUMNS]
    flowers.browsing.browser.close()
    plane = opened(driver, table(tmp_path, ("east", "north")))
    boundary = driver.see(plane, "boundary")
    assert [boundary._plot.getAxis(side).labelText for side in ("bottom", "left")] == ["east", "north"]
    driver.wait_for(lambda: boundary.answer is not None)
    saved, (left, right, bottom, top) = boundary.csv_columns(), boundary.answer.extent
    assert list(saved)[:2] == ["east", "north"]
    assert (saved["east"][0], saved["east"][-1], saved["north"][0], saved["north"][-1]) == (left, right, bottom, top)


def test_a_tile_of_the_gallery_holds_the_names_and_numbers_of_a_row(flowers: MainWindow, driver: Driver) -> None:
    driver.finish(flowers)
    flowers.stage.show_view("predictions")
    flowers.stage.view("predictions").order.setCurrentText("as they come")
    view = settled(flowers, driver)
    answer = view.answer
    data = flowers.session._link.worker._run.data
    np.testing.assert_array_equal(answer.raw, data.dataset.train.inputs[data.split.validation[answer.places]])
    numbers = view.board.texts[1].split("\n")
    assert numbers == [figure(value) for value in answer.raw[0]]
    view._hover(view.board.scene_position(5, 5))
    assert numbers_text(answer.names, answer.raw[0]) == view.canvas.toolTip()
    assert "petal &lt;b&gt;length" in view.canvas.toolTip() and f"{answer.raw[0, 3]:.6g}" in view.canvas.toolTip()


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_a_bar_reaches_as_far_as_its_number_between_the_columns_lowest_and_highest(
    flowers: MainWindow, driver: Driver, theme
) -> None:
    driver.see(flowers, "predictions")
    answer, view = flowers.stage.view("predictions").answer, flowers.stage.view("predictions")
    answer = replace(
        answer,
        raw=np.array([[0, 5, 10, np.nan]], np.float32),
        extremes=np.array([[0, 0, 0, 0], [10, 10, 10, 0]], np.float32),
    )
    tiles = RowTiles(4, view._metrics)
    height, width = tiles.shape
    pixels = tiles.pictures(answer, theme)
    assert pixels.shape == (1, height, width, 3)
    middle = pixels[0, [int((column + 0.4) * height / 4) for column in range(4)]]
    filled = (middle != middle[0, 0]).any(axis=2).sum(axis=1)
    assert filled.tolist() == [0, width // 2, width, 0]
