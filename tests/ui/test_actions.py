"""Whatever stands in the table of actions is in a menu, has its key, and can be done exactly when its rule says so."""

from collections import Counter
from dataclasses import replace

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMessageBox

from nnlab.experiments.experiment import Experiment
from nnlab.probes.advice import Advice
from nnlab.ui.actions import ACTIONS, keys_text, shortcuts_of, tooltip_of
from nnlab.ui.activity import Activity
from nnlab.ui.main_window import MainWindow
from nnlab.ui.situation import Situation, Wish
from tests.ui.conftest import Driver, example

# Which keys the platform has is known to the application alone.
pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def window(driver: Driver) -> MainWindow:
    return driver.open(example("xor", epochs=3))


@pytest.fixture(params=ACTIONS)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


def entries(menu: QMenu) -> list[QAction]:
    found = []
    for action in menu.actions():
        found += entries(action.menu()) if action.menu() else [action]
    return found


def test_no_key_and_no_words_stand_for_two():
    keys = [shortcut.toString() for row in ACTIONS.values() for keys in row.keys for shortcut in shortcuts_of(keys)]
    words = [(row.menu, row.words) for row in ACTIONS.values()]
    assert not [key for key, count in Counter(keys).items() if count > 1]
    assert len(set(words)) == len(words)


def test_every_row_is_in_its_menu(window: MainWindow):
    bar = {action.text().replace("&", ""): action.menu() for action in window.menuBar().actions()}
    for name, row in ACTIONS.items():
        assert window.commands[name] in entries(bar[row.menu]), name
    assert list(bar) == ["File", "Edit", "View", "Run", "Help"]


def test_rows_of_a_section_stand_together(window: MainWindow):
    (run,) = [action.menu() for action in window.menuBar().actions() if action.text() == "&Run"]
    assert [action.isSeparator() for action in run.actions()].count(True) == 5


@pytest.mark.parametrize("name", ACTIONS)
def test_tooltips_name_every_key(name: str):
    row = ACTIONS[name]
    if row.keys and keys_text(row):
        assert tooltip_of(row).endswith(f"({keys_text(row)})")


def test_arrows_are_shown_as_arrows():
    assert keys_text(ACTIONS["epoch"]).endswith("→")


HERE = Situation(Wish(Experiment()), Experiment().dataset.source, running=Experiment())
FILES = {"browse", "save_model", "export_onnx", "export_torch-weights", "export_npz", "report"}
STANDS = FILES | {"import_weights", "run", "batch", "epoch", "reset", "reset_new_seed"}
PAST = {"step_back", "epoch_back", "film", "export_film"}
SITUATIONS = {
    "nothing there yet": (Situation(Wish(Experiment())), {"run", "reset", "reset_new_seed"}),
    "on its way": (
        replace(HERE, activity=Activity.LOADING),
        FILES | {"import_weights", "run"},
    ),
    "ready": (HERE, STANDS),
    "running": (replace(HERE, activity=Activity.RUNNING), STANDS - {"batch", "epoch"}),
    "running, and what is being edited cannot run": (
        replace(HERE, activity=Activity.RUNNING, problem="no"),
        FILES | {"run"},
    ),
    "cannot run": (replace(HERE, problem="no"), FILES),
    "paused": (replace(HERE, activity=Activity.PAUSED, undoes="reset"), STANDS | {"undo"}),
    "finished": (replace(HERE, activity=Activity.FINISHED, aside=3), STANDS | {"continue", "bring_back"}),
    "with a past": (replace(HERE, activity=Activity.PAUSED, can_go_back=True), STANDS | PAST),
    "in the past, while it trains": (
        replace(HERE, activity=Activity.RUNNING, can_go_back=True, is_past=True),
        STANDS | PAST | {"back_to_now", "branch"},
    ),
    "at the beginning of the past, with an edit that cannot run": (
        replace(HERE, activity=Activity.PAUSED, is_past=True, problem="no"),
        FILES | {"batch", "epoch", "film", "export_film", "back_to_now"},
    ),
    "does not learn": (replace(HERE, activity=Activity.PAUSED, advice=Advice("too slow", 0.1)), STANDS | {"take_advice"}),
    "does not learn, and no learning rate helps": (replace(HERE, activity=Activity.PAUSED, advice=Advice("dead")), STANDS),
    "diverged": (replace(HERE, activity=Activity.DIVERGED, redoes="reset"), STANDS - {"batch", "epoch"} | {"redo"}),
}
RULED = STANDS | PAST | {"continue", "mend", "take_advice", "undo", "redo", "bring_back", "back_to_now", "branch", "faster"}


@pytest.mark.parametrize("kind", SITUATIONS)
def test_what_can_be_done_follows_from_the_situation(kind: str):
    situation, possible = SITUATIONS[kind]
    assert {name for name in RULED if ACTIONS[name].can(situation)} == possible
    assert all(row.can(situation) for name, row in ACTIONS.items() if name not in RULED)


def follows(window: MainWindow) -> bool:
    situation = window.session.situation
    return all(window.commands[name].isEnabled() == row.can(situation) for name, row in ACTIONS.items())


def test_the_window_offers_what_can_be_done_and_nothing_else(window: MainWindow, driver: Driver):
    session, bar = window.session, window.run_bar
    assert follows(window) and bar.batch.isEnabled() and not window.commands["undo"].isEnabled()
    window.commands["run"].trigger()
    driver.wait_for(lambda: session.progress.activity is Activity.FINISHED)
    assert follows(window) and bar.batch.isEnabled() and bar.run.isEnabled()
    session.edit(with_units(session.experiment, 3))
    assert follows(window) and session.problem and not bar.run.isEnabled()
    window.commands["undo"].trigger()
    assert follows(window) and bar.run.isEnabled() and window.commands["redo"].isEnabled()
    window.commands["reset_new_seed"].trigger()
    driver.wait_for(lambda: session.progress.activity is Activity.IDLE)
    assert follows(window) and session.experiment.training.seed == 1
    assert window.commands["bring_back"].isEnabled()
    window.commands["bring_back"].trigger()
    driver.wait_for(lambda: session.progress.activity is Activity.FINISHED)
    assert follows(window)


def with_units(experiment: Experiment, outputs: int) -> Experiment:
    """The model with another number of outputs, which its data does not fit."""
    *layers, last, softmax = experiment.model.layers
    return replace(experiment, model=replace(experiment.model, layers=(*layers, replace(last, units=outputs), softmax)))


def test_a_button_says_what_the_menu_says(window: MainWindow):
    for name, button in window.run_bar.buttons.items():
        assert button.toolTip() == window.commands[name].toolTip() == tooltip_of(ACTIONS[name])
        assert button.accessibleName()
    assert window.dataset_panel.browse.toolTip() == tooltip_of(ACTIONS["browse"])


def test_the_run_button_says_what_it_does_now(window: MainWindow, driver: Driver):
    run, where = window.run_bar.run, window.run_bar.line.where
    assert (run.text(), where.text()) == ("Run", "press Run or Space to train")
    seen: list[tuple[bool, str]] = []
    # Heard after the button has heard of it: a short run may have ended before a test looks.
    window.session.situation_changed.connect(lambda now: seen.append((now.activity is Activity.RUNNING, run.text())))
    run.click()
    driver.wait_for(lambda: window.session.progress.activity is Activity.FINISHED)
    assert (True, "Pause") in seen
    assert run.text() == "Continue" and run.toolTip() == "Continue for 3 epochs (Space)"


def test_what_can_be_seen_is_checked_in_the_menu_as_on_the_toolbar(window: MainWindow):
    for name, dock in zip(("setup", "curves", "inspector", "runs"), window.docks, strict=True):
        for _ in range(2):
            window.commands[name].trigger()
            assert window.commands[name].isChecked() != dock.isHidden()
        dock.toggleViewAction().trigger()
        assert window.commands[name].isChecked() != dock.isHidden()
    assert window.run_bar.inspector.isChecked() == window.docks[2].isVisible()


def test_the_button_of_the_theme_goes_to_the_other_one(window: MainWindow):
    was_dark = window.appearance.theme.is_dark
    window.run_bar.theme.click()
    assert window.appearance.theme.is_dark is not was_dark


def test_of_a_group_what_is_chosen_is_checked(window: MainWindow):
    window.commands["panes_2"].trigger()
    window.commands["theme_dark"].trigger()
    window.commands.show_choices()
    checked = {name for name, row in ACTIONS.items() if row.group and window.commands[name].isChecked()}
    expected = {"panes_2", "theme_dark", "pace_inf", "helpers_0", "scale_100", "layout_standard"}
    assert checked == expected and window.stage.pane_count == 2


def test_help_is_shown(window: MainWindow, monkeypatch: pytest.MonkeyPatch):
    shown = []
    monkeypatch.setattr(QMessageBox, "about", lambda *words: shown.append(words[-1]))
    window.commands["about"].trigger()
    assert "pure NumPy" in shown[0]
