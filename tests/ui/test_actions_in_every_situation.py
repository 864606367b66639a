"""In every situation of a window its menus, its toolbar and the list of keys offer what the table says, and all works."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QMessageBox

from nnlab.datasets import DatasetSettings
from nnlab.models import MLPSettings
from nnlab.models.layers.dense import Dense
from nnlab.ui.actions import ACTIONS, keys_text, tooltip_of, words_of
from nnlab.ui.activity import Activity
from nnlab.ui.keyboard_page.keys import key_sections
from nnlab.ui.main_window import MainWindow
from nnlab.ui.remedies import remedy_of
from tests.ui.conftest import Driver, example


def empty(driver: Driver, request: pytest.FixtureRequest) -> MainWindow:
    """Its data is not there."""
    return request.getfixturevalue("empty")


def pending(driver: Driver, request: pytest.FixtureRequest) -> MainWindow:
    """Something was learned, and an edit waits for a reset."""
    window = paused(driver, request)
    training = window.session.experiment.training
    window.session.edit(replace(window.session.experiment, training=replace(training, seed=training.seed + 1)))
    assert window.session.is_pending
    return window


def running(driver: Driver, request: pytest.FixtureRequest) -> MainWindow:
    """It trains."""
    window = driver.open(example("xor", epochs=100_000))
    window.run_bar.run.click()
    driver.wait_for(lambda: window.session.progress.is_running)
    return window


def paused(driver: Driver, request: pytest.FixtureRequest) -> MainWindow:
    """It has trained."""
    window = driver.open(example("xor", epochs=3))
    window.run_bar.batch.click()
    driver.wait_for(lambda: window.session.progress.activity is Activity.PAUSED)
    return window


def ended(driver: Driver, request: pytest.FixtureRequest) -> MainWindow:
    """It has made all its steps."""
    window = driver.open(example("xor", epochs=1))
    driver.finish(window)
    return window


def diverged(driver: Driver, request: pytest.FixtureRequest) -> MainWindow:
    """Its numbers have become too large."""
    model = MLPSettings((Dense(2),), loss="mean_squared_error")
    window = driver.open(replace(example("xor", learning_rate=1000.0, optimizer="sgd"), model=model))
    window.run_bar.run.click()
    driver.wait_for(lambda: window.session.progress.activity is Activity.DIVERGED)
    return window


def wrong(driver: Driver, request: pytest.FixtureRequest) -> MainWindow:
    """Its model does not end as its loss needs."""
    window = driver.open(example("xor", epochs=3))
    model = window.session.experiment.model
    window.session.edit(replace(window.session.experiment, model=replace(model, layers=model.layers[:-1])))
    assert window.session.problem
    return window


def blank(driver: Driver, request: pytest.FixtureRequest) -> MainWindow:
    """Nothing has been drawn on its plane."""
    window = driver.open(example("xor", epochs=3))
    drawn = DatasetSettings({"kind": "drawn", "points": ((0.0, 1.0, 0),)})
    window.session.edit(replace(window.session.experiment, dataset=drawn))
    driver.wait_for(lambda: bool(window.session.problem))
    return window


WINDOWS: dict[str, Callable[[Driver, pytest.FixtureRequest], MainWindow]] = {
    made.__name__: made for made in (empty, pending, running, paused, ended, diverged, wrong, blank)
}


@pytest.fixture(params=WINDOWS)
def window(driver: Driver, request: pytest.FixtureRequest) -> MainWindow:
    return WINDOWS[request.param](driver, request)


def leaves(menu: QMenu) -> list[QAction]:
    """What can be done in a menu and in those inside of it."""
    return [leaf for action in menu.actions() for leaf in (leaves(action.menu()) if action.menu() else [action])]


def check_that_all_agree(window: MainWindow) -> None:
    """Menus, toolbar and the list of keys with the table, in the situation that there is."""
    situation = window.session.situation
    menus = {action.text().replace("&", ""): action.menu() for action in window.menuBar().actions()}
    listed = {(key, line.what) for section in key_sections() for line in section.lines for key in line.keys}
    for name, row in ACTIONS.items():
        entries = [action for action in leaves(menus[row.menu]) if action.text() == words_of(row, situation)]
        assert entries == [window.commands[name]], name
        assert entries[0].isEnabled() == row.can(situation), (name, situation)
        if keys_text(row):
            assert {(key, row.help or row.words.rstrip("…")) for key in keys_text(row).split(", ")} <= listed
    line, remedy = window.run_bar.line, remedy_of(situation)
    assert ACTIONS["run"].can(situation) or remedy is not None
    assert line.reason.isHidden() == (remedy is None) and line.where.isHidden() != (remedy is None)
    assert line.mend.isHidden() != ACTIONS["mend"].can(situation) == line.mend.isEnabled()
    for name, button in window.run_bar.buttons.items():
        row, face = ACTIONS[name], ACTIONS[name].face(situation)
        assert button.isEnabled() == row.can(situation), name
        assert (button.text(), button.toolTip()) == (face.word, tooltip_of(row, face))
    assert window.dataset_panel.browse.isEnabled() == ACTIONS["browse"].can(situation)


def test_menus_toolbar_and_keys_agree_with_the_table(window: MainWindow):
    check_that_all_agree(window)


def test_whatever_is_offered_can_be_done(
    window: MainWindow, driver: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """One after the other: what each leads to is a situation of its own."""
    saved, problem, mending = tmp_path / "saved", window.session.problem, window.session.situation.mending
    saved.mkdir()

    def choose(parent: object, title: str, offered: str, filters: str) -> tuple[str, str]:
        return str(saved / Path(offered).name), filters.split(";;")[0]

    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    # An offscreen display has no folders to show.
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: True)
    for kind in ("information", "about"):
        monkeypatch.setattr(QMessageBox, kind, lambda *_: None)
    done = []
    for name in sorted(ACTIONS, key=lambda name: name == "quit"):
        if window.commands[name].isEnabled():
            window.commands[name].trigger()
            done.append(name)
            QApplication.processEvents()
            driver.wait_for(lambda: window.session.progress.activity is not Activity.LOADING)
            if name != "quit":
                check_that_all_agree(window)
    # What could not run at first is mended, or is a plane on which nobody draws here.
    expected = {"mend"} if mending else set() if problem else {"export_view", "run", "reset"}
    assert {"open", "save", "keyboard", "quit"} | expected <= set(done)
    driver.wait_for(lambda: not window.session.jobs.is_busy)
