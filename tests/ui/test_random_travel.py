"""Random actions on a window whose runs are kept: its past, the list of runs, breakpoints and slow motion among them.

Nothing breaks, now is as it would be, and what the store has of every run is what the run was.
"""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from nnlab.experiments.journal.replay import run_at
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.journal.visiting import Visitor
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.model_file import parameters_sha256
from nnlab.experiments.places import runs_folder
from nnlab.training.breakpoints import BREAKPOINTS
from nnlab.ui.main_window import MainWindow
from nnlab.ui.pace import FULL_SPEED, PACES
from nnlab.ui.timeline.film import SPEEDS
from tests.ui.conftest import Driver, example
from tests.ui.test_random_walk import Walker, come_to_rest

ACTIONS = 300
# Those that ask in a dialog are left out.
OF_RUNS = ("open", "duplicate", "tick", "star", "delete")
FILTERS = ("", "digits", "step > 3", "accuracy >", "lr < 0.01 star = true", "nothing = like this", "(")


class TimeWalker(Walker):
    """Goes through the past as well, and through the runs that are kept."""

    def __init__(self, driver: Driver, window: MainWindow, seed: int) -> None:
        super().__init__(driver, window, seed)
        self.actions += [
            (10, self.drag),
            (8, lambda: self.do("step_back")),
            (4, lambda: self.do("epoch_back")),
            (6, lambda: self.do("batch")),
            (5, lambda: self.do("back_to_now")),
            (4, lambda: self.do("branch")),
            (4, lambda: self.do("film")),
            (2, self.choose_speed),
            (8, self.do_with_runs),
            (4, self.open_a_run_at_a_step),
            (3, self.find_runs),
            (2, lambda: window.runs_panel.differ.click()),
            (2, self.take_back_the_deleting),
            (3, lambda: window.turn_dock("runs")),
            (4, self.stop_when),
            (3, self.choose_pace),
            (4, self.compare),
        ]

    def do(self, name: str) -> None:
        """From the menu, where it can be done."""
        self.window.commands[name].trigger()

    def drag(self) -> None:
        track = self.window.timeline.track
        places = [QPoint(self.chance.randrange(track.width()), 15) for _ in range(3)]
        QTest.mousePress(track, Qt.MouseButton.LeftButton, pos=places[0])
        for place in places:
            QTest.mouseMove(track, place)
        QTest.mouseRelease(track, Qt.MouseButton.LeftButton, pos=places[-1])

    def choose_speed(self) -> None:
        self.window.timeline.speeds[self.chance.randrange(len(SPEEDS))].trigger()

    def do_with_runs(self) -> None:
        panel = self.window.runs_panel
        numbers = list(panel.table.numbers)
        if numbers and panel.isVisible():
            some = tuple(self.chance.sample(numbers, min(len(numbers), self.chance.choice((1, 1, 2)))))
            panel._act(self.chance.choice(OF_RUNS), some)

    def open_a_run_at_a_step(self) -> None:
        if records := list(self.window.runs_panel.records.values()):
            record = self.chance.choice(records)
            self.window.session.open_run(record.number, self.chance.randint(0, record.step))

    def find_runs(self) -> None:
        self.window.runs_panel.filter.setText(self.chance.choice(FILTERS))

    def take_back_the_deleting(self) -> None:
        if self.window.runs_panel.undo.isVisible():
            self.window.runs_panel.undo.button.click()

    def stop_when(self) -> None:
        kinds = self.chance.sample(list(BREAKPOINTS), self.chance.choice((0, 1, 3)))
        training = self.window.session.experiment.training
        self._edit(training=replace(training, stop_when=tuple(BREAKPOINTS[kind]() for kind in kinds)))

    def compare(self) -> None:
        """Open the window that compares, turn its pages, and now and then close it."""
        opened = self.window.comparing.window
        if opened is None or not opened.isVisible():
            self.do("compare")
        elif self.chance.random() < 0.3:
            opened.close()
        else:
            opened.tabs.setCurrentIndex(self.chance.randrange(opened.tabs.count()))

    def choose_pace(self) -> None:
        """Slow motion now and then; at a step a second little would happen."""
        self.window.session.set_pace(self.chance.choice((*PACES[3:], FULL_SPEED, FULL_SPEED)))


@pytest.mark.parametrize("seed", [3])
def test_random_actions_with_the_past_among_them_leave_everything_in_order(driver: Driver, seed: int):
    said: list[str] = []
    journal = JournalWriter(runs_folder(), said.append)
    window = driver.open(example("digits-mlp", epochs=3), journal=journal)
    session, travel = window.session, window.session.travel
    walker = TimeWalker(driver, window, seed)
    if not window.shows_dock("runs"):
        window.turn_dock("runs")
    for _ in range(ACTIONS):
        walker.act()
        assert window.past_bar.isHidden() != travel.is_past
        assert travel.is_past or window.stage.objectName() == "card"
    travel.back_to_now()
    session.set_pace(FULL_SPEED)
    walker._edit(training=replace(session.experiment.training, stop_when=()))
    come_to_rest(driver, window)
    assert not session.film.is_playing
    window.run_bar.epoch.click()
    driver.wait_for(lambda: session.progress.epoch == 1 and not session.progress.is_running)
    # A run that has just begun is not in the store yet.
    driver.wait_for(lambda: not travel.reason)
    last = session.progress.step
    for step in (0, last // 2, last - 1):
        travel.go_to(step)
        driver.wait_for(lambda step=step: travel.shown is not None and travel.shown.step == step and travel.is_settled)
        shown = travel._past._worker._visitor.run.model.parameters.values.tobytes()
        journal.flush()
        store = RunStore(runs_folder())
        again = run_at(store, store.run(session.progress.number), step, [], dataset=session.dataset)
        assert again.run.model.parameters.values.tobytes() == shown
        store.close()
    driver.close(window)
    journal.close()
    assert said == []
    every_run_can_be_had_again()


def every_run_can_be_had_again() -> None:
    """At its last step, by a replay as out of its last snapshot, bit for bit."""
    store = RunStore(runs_folder())
    records = store.runs()
    assert len(records) > 3
    for record in records:
        assert not store.is_held(record.number)
        written = run_at(store, record, record.step, [])
        visitor = Visitor(store, record.number)
        visitor.at(record.step // 2)
        replayed = visitor.at(record.step)
        assert parameters_sha256(replayed.run.model) == parameters_sha256(written.run.model)
    store.close()
