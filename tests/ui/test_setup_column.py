"""The setup column as a whole: what is changed first is in sight, and what folds away stays as a person left it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from nnlab.datasets import Dataset, DatasetSettings, Examples
from nnlab.experiments.assembly import load_data
from nnlab.experiments.experiment import Experiment, load_experiment
from nnlab.models.layers.dense import Dense
from nnlab.resources import resource
from nnlab.targets import Classes
from nnlab.ui.main_window import MainWindow
from nnlab.ui.opened import Opened
from nnlab.ui.setup.section import SectionLine
from tests.ui.conftest import Driver, example

EXAMPLES = sorted(resource("examples").glob("*.toml"), key=lambda path: path.name)
# What a frame with a title takes of a screen.
FRAME = (4, 32)


def like_published(settings: DatasetSettings, folders: list[Path], report: object) -> Dataset:
    """Data of the shape of MNIST, or of codes of it, where the real one may not be at hand; any other as it is."""
    if not settings.encoder and "mnist" not in settings.source.name:
        return load_data(settings, folders)
    shape = (32,) if settings.encoder else (28, 28, 1)
    inputs = np.random.default_rng(0).integers(0, 256, (200, *shape)).astype(np.uint8)
    part = Examples(inputs, np.arange(200) % 10)
    return Dataset("mnist", "MNIST", part, part, Classes.of(tuple("0123456789")))


@pytest.fixture
def any_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """All data is at hand."""
    monkeypatch.setattr("nnlab.ui.loading.load_data", like_published)
    monkeypatch.setattr("nnlab.ui.loading.find_encoder", lambda name, folders: Path(name))


@pytest.fixture
def small(driver: Driver, any_data: None) -> Iterator[MainWindow]:
    """A window that fills a screen of 1280 x 800 with its frame."""
    window = driver.open(example("xor"))
    window.resize(1280 - FRAME[0], 800 - FRAME[1])
    yield window


def open_in(window: MainWindow, driver: Driver, experiment: Experiment) -> None:
    """Make this the experiment of the window, and wait until everything has its place."""
    session = window.session
    session.open(Opened(experiment))
    driver.wait_for(lambda: session.experiment.name == experiment.name and session.situation.has_data)
    driver.wait_for(lambda: session.running is not None and session.running.name == experiment.name)
    driver.settle(window)


def is_in_sight(widget: QWidget) -> bool:
    """Whether all of it is seen, with nothing scrolled."""
    area = widget.parentWidget()
    while not isinstance(area, QScrollArea):
        area = area.parentWidget()
    assert area.verticalScrollBar().value() == 0
    view = area.viewport()
    place = QRect(widget.mapTo(view, QPoint(0, 0)), widget.size())
    return widget.isVisible() and view.rect().contains(place)


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1920, 1080)])
def test_what_is_changed_first_is_in_sight_for_every_example(
    driver: Driver, any_data: None, monkeypatch: pytest.MonkeyPatch, width: int, height: int
) -> None:
    for card in ("dataset_panel", "architecture_panel"):
        monkeypatch.setattr(f"nnlab.ui.setup.{card}.has_room", lambda widget, least: height - FRAME[1] >= least)
    window = driver.open(example("xor"))
    window.resize(width - FRAME[0], height - FRAME[1])
    assert window.dataset_panel.about.is_open == (height > 1000)
    assert len(EXAMPLES) >= 16
    for path in EXAMPLES:
        experiment = load_experiment(path)
        open_in(window, driver, experiment)
        training = window.training_panel._form
        batches = "batch_size" if experiment.training.batching == "mini-batch" else "batching"
        wanted = {name: training.editor(name) for name in ("learning_rate", batches, "epochs")}
        wanted["dataset"] = window.dataset_panel._form.editor("source")
        wanted["layers"] = window.architecture_panel._list

        def sees_all(name: str = path.name, widgets: dict[str, QWidget] = wanted) -> bool:
            assert [f"{name}: {what}" for what, widget in widgets.items() if not is_in_sight(widget)] == []
            return True

        driver.wait_for(sees_all)


def test_a_long_list_of_layers_scrolls_by_itself(small: MainWindow, driver: Driver) -> None:
    session, layers = small.session, small.architecture_panel._list
    heights = []
    for count in (3, 6, 12, 30):
        hidden = tuple(Dense(8) for _ in range(count - 2))
        model = session.experiment.model
        session.edit(replace(session.experiment, model=replace(model, layers=(*hidden, *model.layers[-2:]))))
        heights.append(layers.height())
    assert heights[0] < heights[1] <= heights[2] == heights[3]
    assert layers.verticalScrollBar().maximum() > 0


def test_names_of_layers_are_whole_beside_wide_shapes_and_large_numbers(small: MainWindow, driver: Driver) -> None:
    session, layers = small.session, small.architecture_panel._list
    wide = Dense(100_000)
    model = session.experiment.model
    session.edit(replace(session.experiment, model=replace(model, layers=(wide, *model.layers[-2:]))))
    driver.settle(small)
    assert layers.columnWidth(0) >= layers.sizeHintForColumn(0) and not layers.isColumnHidden(1)
    needed, hidden = [layers.sizeHintForColumn(column) for column in range(4)], []
    for width in (400, sum(needed) - 5, sum(needed[:3]) - 5, 400):
        layers.setFixedWidth(width)
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        driver.wait_for(lambda width=width: layers.width() == width)
        hidden.append([column for column in range(4) if layers.isColumnHidden(column)])
    assert hidden == [[], [3], [2, 3], []]


def test_a_summary_without_room_behind_its_title_has_a_line_of_its_own(small: MainWindow, driver: Driver) -> None:
    line = small.dataset_panel.about
    heights = []
    for title in ("XOR", "Handwritten digits, all of them"):
        line.call(title)
        line.say("8 × 8 · 10 classes")
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        driver.wait_for(lambda: line.height() >= line.heightForWidth(line.width()))
        assert line.shown == "8 × 8 · 10 classes"
        heights.append(line.heightForWidth(line.width()))
    assert heights[1] == heights[0] + line.fontMetrics().height()
    line.turn(True, for_good=False)
    assert line.shown == "" and line.heightForWidth(line.width()) == heights[0]


def test_all_fields_of_a_form_are_equally_high(small: MainWindow) -> None:
    form = small.training_panel._form
    heights = {form.editor(name).sizeHint().height() for name in ("learning_rate", "batch_size", "epochs", "optimizer")}
    assert len(heights) == 1


def lines_of(window: MainWindow) -> dict[str, SectionLine]:
    """The lines of the column by what they are called."""
    panels = (window.dataset_panel, window.architecture_panel, window.training_panel)
    return {line.title: line for panel in panels for line in panel.findChildren(SectionLine)}


def test_sections_are_as_they_were_left_at_the_next_start(driver: Driver) -> None:
    first = driver.open(example("xor"))
    assert not any(line.is_open for line in lines_of(first).values())
    for name in ("Preparation", "XOR"):
        driver.qtbot.mouseClick(lines_of(first)[name], Qt.MouseButton.LeftButton)
    driver.close(first)
    driver.memory.sync()
    second = driver.open(example("xor"))
    assert {name for name, line in lines_of(second).items() if line.is_open} == {"Preparation", "XOR"}
    assert second.dataset_panel._form.editor("seed").isVisibleTo(second) and second.dataset_panel.values.isVisible()
    driver.qtbot.mouseClick(lines_of(second)["XOR"], Qt.MouseButton.LeftButton)
    driver.close(second)
    third = driver.open(example("xor"))
    assert {name for name, line in lines_of(third).items() if line.is_open} == {"Preparation"}


def test_a_layer_that_is_clicked_shows_its_settings_until_the_next_start(driver: Driver) -> None:
    window = driver.open(example("xor"))
    panel = window.architecture_panel
    assert panel.layer_line.title == "Dense 8" and not panel._layer_form.isVisible()
    row = panel._list.topLevelItem(3)
    driver.qtbot.mouseClick(panel._list.viewport(), Qt.MouseButton.LeftButton, pos=panel._list.visualItemRect(row).center())
    assert panel.layer_line.title == "Dense 2"
    assert panel._layer_form.isVisible() and panel._layer_form.editor("units").value() == 2
    driver.close(window)
    assert not driver.open(example("xor")).architecture_panel.layer_line.is_open


def test_a_line_says_no_more_than_there_is_room_for_and_all_of_it_under_the_mouse(small: MainWindow) -> None:
    line, width = small.dataset_panel.about, small.dataset_panel.width()
    line.call("a rather long name of a file with many measurements.csv")
    line.say("12 classes, and much more besides that no column of this window has room for")
    small.dataset_panel.grab()
    assert small.dataset_panel.width() == width and line.minimumSizeHint().width() < 50
    assert "no column of this window" in line.toolTip()


def test_a_line_divides_what_is_of_the_selected_layer_from_what_is_of_the_model(small: MainWindow, driver: Driver) -> None:
    panel = small.architecture_panel
    panel.layer_line.turn(True)
    driver.settle(small)
    line, below = panel.divider, panel._model_form
    assert line.isVisible() and line.height() == 1 and line.width() > 200
    assert panel._layer.geometry().bottom() < line.y() < below.y()
    # Of a model without layers there is nothing to divide.
    open_in(small, driver, example("mnist-rbm"))
    assert not line.isVisible() and below.isVisible()
