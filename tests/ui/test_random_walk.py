"""Five hundred random actions on the real widgets, while it trains: nothing breaks, leaks, or shows what is past.

Exceptions in slots and Qt's warnings fail the test by themselves (pytest-qt).
"""

import gc
import random
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QThread
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QGraphicsView,
    QWidget,
)

from nnlab.datasets import DATASETS as SOURCES
from nnlab.datasets import DatasetSettings
from nnlab.datasets.files import FileSource
from nnlab.datasets.source import Made
from nnlab.models import MODELS
from nnlab.models.regularizers import L2, NoPenalty
from nnlab.resources import resource
from nnlab.ui.activity import Activity
from nnlab.ui.appearance import MODES
from nnlab.ui.main_window import MainWindow
from nnlab.ui.setup.section import SectionLine
from nnlab.ui.stage import PANE_COUNTS
from nnlab.ui.views import VIEWS, View
from tests.ui.conftest import Driver, example
from tests.ui.seeds.desk import train_seeds
from tests.ui.stroll import Stroll

ACTIONS = 500
# A leak of one widget by each action would be as many as there are actions.
MORE_WIDGETS = 120
DATASETS = ("digits", "xor", "moons", "circles", "spirals", "gaussians")
EXAMPLES = ("digits-mlp", "xor")


class Walker:
    """Does one random thing after another."""

    def __init__(self, driver: Driver, window: MainWindow, seed: int) -> None:
        self.driver, self.window, self.chance = driver, window, random.Random(seed)
        self.done: list[str] = []
        # As often as a person would: looking and running more than changing everything.
        self.actions: list[tuple[int, Callable[[], object]]] = [
            (8, self.run_or_pause),
            (4, lambda: window.run_bar.batch.click()),
            (2, lambda: window.run_bar.epoch.click()),
            (4, window.session.reset),
            (10, self.look_at_another_view),
            (6, self.select_something),
            (8, self.press_something),
            (8, self.point_at_something),
            (4, self.change_a_parameter),
            (2, self.show_or_hide_the_inspector),
            (3, self.choose_dataset),
            (2, self.choose_what_is_not_there),
            (2, self.open_what_is_not_there),
            (3, self.answer_the_notice),
            (3, self.choose_model),
            (2, self.open_example),
            (5, self.edit_training),
            (2, self.prepare_data_otherwise),
            (3, self.arrange),
            (3, self.turn_a_line_of_the_setup),
            (3, self.change_theme),
            (3, self.resize),
            (3, window.session.undo),
            (2, window.session.redo),
            *Stroll(window, self.chance).actions,
        ]

    def act(self) -> None:
        """One action, and a moment for the window and the worker to answer."""
        weights, actions = zip(*self.actions, strict=True)
        [action] = self.chance.choices(actions, weights)
        self.done.append(getattr(action, "__name__", "click"))
        action()
        self.driver.qtbot.wait(self.chance.choice((0, 5, 20, 60)))

    def turn_a_line_of_the_setup(self) -> None:
        lines = [line for line in self.window.findChildren(SectionLine) if line.isVisible()]
        if lines:
            self.chance.choice(lines).click()

    def run_or_pause(self) -> None:
        self.window.run_bar.run.click()

    def look_at_another_view(self) -> None:
        stage = self.window.stage
        pane = self.chance.choice([pane for pane in stage.panes if pane.isVisible()])
        if pane.tabs.count():
            place = self.chance.randrange(pane.tabs.count())
            if pane.tabs.isVisible():
                pane.tabs.setCurrentIndex(place)
            else:
                pane.choice.setCurrentIndex(place)
                pane.choice.activated.emit(place)

    def select_something(self) -> None:
        stage, chance = self.window.stage, self.chance
        layer = chance.choice(("", "dense1", "relu1", "conv2d1", "dense7"))
        cell = chance.choice((None, (0, 1), (9, 9)))
        part = chance.choice(("train", "validation", "test"))
        stage.select(
            replace(
                stage.selection,
                layer=layer,
                unit=chance.randrange(-1, 70),
                example=chance.randrange(500),
                part=part,
                cell=cell,
            )
        )

    def press_something(self) -> None:
        """A button, a list, a slider of a view; buttons that begin long work are among them."""
        view = self.chance.choice([view for view in self.seen() if view])
        controls = [
            control
            for control in view.findChildren(QWidget)
            if isinstance(control, QAbstractButton | QComboBox | QAbstractSlider | QAbstractSpinBox)
            and control.isVisible()
            and control.isEnabled()
        ]
        if not controls:
            return
        control = self.chance.choice(controls)
        if isinstance(control, QAbstractButton):
            control.click()
        elif isinstance(control, QComboBox):
            control.setCurrentIndex(self.chance.randrange(max(control.count(), 1)))
        elif isinstance(control, QAbstractSlider):
            control.setValue(self.chance.randint(control.minimum(), control.maximum()))
        else:
            control.stepBy(self.chance.choice((-1, 1)))

    def point_at_something(self) -> None:
        """The mouse comes by, and perhaps clicks."""
        canvas = self.chance.choice([view for view in self.seen() if view]).findChild(QGraphicsView)
        if canvas is None:
            return
        port = canvas.viewport()
        place = QPoint(self.chance.randrange(port.width()), self.chance.randrange(port.height()))
        QTest.mouseMove(port, place)
        if self.chance.random() < 0.7:
            modifier = self.chance.choice((Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier))
            QTest.mouseClick(port, Qt.MouseButton.LeftButton, modifier, place)

    def change_a_parameter(self) -> None:
        """By hand, as the inspector does."""
        run, chance = self.window.session._link.worker._run, self.chance
        if run is not None:
            tensor, shape = chance.choice(list(run.model.parameters.shapes.items()))
            position = tuple(chance.randrange(length) for length in shape)
            self.window.session.change_parameter(tensor, position, chance.choice((0.0, -2.5, 1e4)))

    def show_or_hide_the_inspector(self) -> None:
        self.window.docks[2].toggleViewAction().trigger()

    def seen(self) -> list[View | None]:
        """The views on the stage, and the inspector."""
        return [*(pane.view for pane in self.window.stage.panes if pane.isVisible()), self.window.inspector]

    def choose_dataset(self) -> None:
        kind, samples = self.chance.choice(DATASETS), self.chance.choice((40, 200))
        own = {"samples": samples} if issubclass(SOURCES[kind], Made) else {}
        self._edit(dataset=DatasetSettings({"kind": kind} | own))

    def choose_what_is_not_there(self) -> None:
        self._edit(dataset=DatasetSettings(FileSource(path="/nowhere/points.csv")))

    def open_what_is_not_there(self) -> None:
        """And perhaps run it before that has been found out."""
        self.window.files.open(Path("/nowhere/experiment.toml"))
        if self.chance.random() < 0.5:
            self.window.commands["run"].trigger()

    def answer_the_notice(self) -> None:
        """Do what it offers, or put it away."""
        notice = self.window.notice
        if notice.isVisible():
            self.chance.choice([button for button in (notice.button, notice._close) if button.isVisible()]).click()

    def choose_model(self) -> None:
        self.window.architecture_panel.choose_kind(self.chance.choice(list(MODELS)))

    def open_example(self) -> None:
        open_unasked(self.window, self.chance.choice(EXAMPLES))

    def edit_training(self) -> None:
        training, chance = self.window.session.experiment.training, self.chance
        change = chance.choice(
            (
                {"learning_rate": chance.choice((0.001, 0.05, 1000.0))},
                {"optimizer": chance.choice(("sgd", "adam", "momentum"))},
                {"batch_size": chance.choice((1, 16, 5000))},
                {"epochs": chance.choice((1, 30))},
                {"seed": chance.randrange(100)},
                {"penalty": chance.choice((NoPenalty(), L2(0.01)))},
            )
        )
        self._edit(training=replace(training, **change))

    def prepare_data_otherwise(self) -> None:
        change = self.chance.choice(
            (
                {"validation": self.chance.choice((0.0, 0.3))},
                {"examples": self.chance.choice((0, 30))},
                {"layout": self.chance.choice(("auto", "flat"))},
                {"scaling": self.chance.choice(("unit", "symmetric", "standard"))},
                {"label_noise": self.chance.choice((0.0, 0.5))},
            )
        )
        self._edit(dataset=replace(self.window.session.experiment.dataset, **change))

    def arrange(self) -> None:
        self.window.stage.arrange(self.chance.choice(PANE_COUNTS))

    def change_theme(self) -> None:
        self.window.appearance.choose(self.chance.choice(MODES))

    def resize(self) -> None:
        self.window.resize(self.chance.choice((960, 1280, 1920)), self.chance.choice((620, 800, 1080)))

    def _edit(self, **changes: object) -> None:
        session = self.window.session
        session.edit(replace(session.experiment, **changes))


def open_unasked(window: MainWindow, name: str) -> None:
    """Open an example; changes, about which the person would be asked, are discarded."""
    window.files.open(resource("examples", f"{name}.toml"))


def census() -> tuple[int, int]:
    """How many widgets and plot items there are, and how many threads."""
    QApplication.processEvents()
    gc.collect()
    return len(QApplication.allWidgets()), running_threads()


def running_threads() -> int:
    """Those of Python: of a thread of Qt's that has asked for its name it keeps a dummy for ever."""
    return sum(not isinstance(thread, threading._DummyThread) for thread in threading.enumerate())


def see_everything(driver: Driver, window: MainWindow) -> None:
    """Every view of every model: views make their parts when they are first seen."""
    for name in EXAMPLES:
        open_unasked(window, name)
        driver.wait_for(lambda name=name: window.session.running.name == name)
        for kind in MODELS:
            window.architecture_panel.choose_kind(kind)
            come_to_rest(driver, window)
            for view in window.stage._fitting:
                driver.see(window, view)
    # Its panel is made when it is wanted first.
    for is_on in (True, False):
        window.curves.controls.rate.setChecked(is_on)
    for name in ("examples", "seeds"):
        window.commands[name].trigger()
    driver.wait_for(lambda: bool(window.sweeping.seeds.window.strip.tiles))
    window.gallery.window.close()
    window.sweeping.seeds.window.close()


def come_to_rest(driver: Driver, window: MainWindow) -> None:
    """Paused, with the present run prepared and everything that can be seen drawn."""
    session = window.session
    driver.wait_for(
        lambda: (
            session.situation.has_data
            and session.situation.reading is None
            and session.progress.activity is not Activity.LOADING
        )
    )
    if session.progress.is_running:
        window.run_bar.run.click()
    driver.wait_for(lambda: not session.progress.is_running)
    if session.problem or session.is_pending:
        open_unasked(window, "digits-mlp")
        driver.wait_for(
            lambda: (
                session.situation.reading is None
                and session.situation.has_data
                and session.progress.activity is Activity.IDLE
            )
        )
    # Long work is of the run before, and so is a machine that dreams on by itself.
    window.choose_layout("standard")
    window.stage.arrange(1)
    window.stage.show_view("weights")
    with driver.qtbot.waitSignal(session.prepared, timeout=60_000):
        session.reset()
    driver.wait_for(lambda: not session.jobs.is_busy)
    driver.wait_for(lambda: session.frames.is_settled)


@pytest.mark.parametrize("seed", [0])
def test_five_hundred_random_actions_leave_everything_in_order(driver: Driver, seed: int):
    train_seeds(example("xor", epochs=1))
    window = driver.open(example("digits-mlp", epochs=3))
    walker = Walker(driver, window, seed)
    see_everything(driver, window)
    widgets, threads = census()
    for _ in range(ACTIONS):
        walker.act()
    come_to_rest(driver, window)

    # Layer editors, forms and the Inspector's tables differ by what is shown, but nothing grows with the number of actions.
    now_widgets, _ = census()
    assert now_widgets <= widgets + MORE_WIDGETS, (now_widgets, widgets, walker.done[-20:])
    # The last edit's layers may be looked through only now.
    driver.wait_for(lambda: running_threads() <= threads and not window.session.jobs.is_busy)
    assert sum(thread.isRunning() for thread in window.findChildren(QThread)) <= 1

    prepared, run = window.stage._prepared, window.session._link.worker._run
    assert prepared.generation == window.session.runs.generation
    assert window.stage._fitting == [name for name, row in VIEWS.items() if row.fits(prepared)]
    shown = [pane.view for pane in window.stage.panes if pane.isVisible() and pane.view]
    assert shown
    for view in shown:
        answer = view.answer
        assert answer is not None, view.title
        if hasattr(answer, "layers") and answer.layers and isinstance(answer.layers[0], str):
            assert {name.split(".")[0] for name in answer.layers} <= {
                *(name.rsplit(".", 1)[0] for name in run.model.parameters.shapes),
                *getattr(run.model, "names", ()),
            }
