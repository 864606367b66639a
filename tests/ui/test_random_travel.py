"""Random actions on a window whose runs are kept, with its past among them: nothing breaks, and now is as it would be."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from nnlab.experiments.journal.replay import run_at
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.places import runs_folder
from nnlab.ui.main_window import MainWindow
from nnlab.ui.timeline.film import SPEEDS
from tests.ui.conftest import Driver, example
from tests.ui.test_random_walk import Walker, come_to_rest

ACTIONS = 200


class TimeWalker(Walker):
    """Goes through the past as well."""

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
        self.window.timeline.speed.setCurrentIndex(self.chance.randrange(len(SPEEDS)))


@pytest.mark.parametrize("seed", [3])
def test_random_actions_with_the_past_among_them_leave_everything_in_order(driver: Driver, seed: int):
    said: list[str] = []
    journal = JournalWriter(runs_folder(), said.append)
    window = driver.open(example("digits-mlp", epochs=3), journal=journal)
    session, travel = window.session, window.session.travel
    walker = TimeWalker(driver, window, seed)
    for _ in range(ACTIONS):
        walker.act()
        assert window.past_bar.isHidden() != travel.is_past
        assert travel.is_past or window.stage.objectName() == "card"
    travel.back_to_now()
    come_to_rest(driver, window)
    assert not session.film.is_playing
    window.run_bar.epoch.click()
    driver.wait_for(lambda: session.progress.epoch == 1 and not session.progress.is_running)
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
