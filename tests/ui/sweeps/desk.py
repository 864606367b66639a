"""A window with its sweeps open, and a person at it."""

from typing import Any

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtTest import QTest

from nnlab.experiments.journal.store import RunStore, open_store
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.places import runs_folder
from nnlab.experiments.sweeps.reading import sweep, sweeps, trials
from nnlab.experiments.sweeps.records import SweepRecord, TrialRecord
from nnlab.ui.main_window import MainWindow
from nnlab.ui.sweeps.at_work import SweepsAtWork
from nnlab.ui.sweeps.picture import TrialPicture
from nnlab.ui.sweeps.window import SweepsWindow
from tests.ui.conftest import Driver, example


class SweepDesk:
    def __init__(self, driver: Driver, epochs: int = 2) -> None:
        self.driver, self.said = driver, []
        self.journal = JournalWriter(runs_folder(), self.said.append)
        self.main: MainWindow = driver.open(example("xor", epochs=epochs), journal=self.journal)
        self.main.commands["sweeps"].trigger()
        work = self.main.sweeping.work
        assert work is not None and work.window is not None and work.window.isVisible()
        self.work: SweepsAtWork = work
        self.window: SweepsWindow = work.window

    @property
    def store(self) -> RunStore:
        self.journal.flush()
        return open_store(runs_folder())[0]

    def records(self) -> list[SweepRecord]:
        return sweeps(self.store)

    def record(self, number: int = 1) -> SweepRecord:
        return sweep(self.store, number)

    def trials(self, number: int = 1) -> list[TrialRecord]:
        return trials(self.store, number)

    def wait_for(self, condition: Any) -> None:
        self.driver.wait_for(condition)

    def vary(self, name: str, **typed: str) -> None:
        """Choose a setting, and type into its fields."""
        axes = self.window.setup.axes
        axes.vary(name)
        if "low" in typed:
            way = axes.rows[name].way
            way.setCurrentIndex(1)
            way.activated.emit(1)
        for field, text in typed.items():
            self.type(name, field, text)

    def type(self, name: str, field: str, text: str) -> None:
        line = getattr(self.window.setup.axes.rows[name], field)
        line.setFocus()
        line.selectAll()
        QTest.keyClicks(line, text)

    def settle(self) -> None:
        """Until what is typed has been looked at."""
        setup, session = self.window.setup, self.main.session
        self.wait_for(lambda: not setup._patience.isActive() and not session.jobs.is_busy)

    def show(self, number: int, page: str) -> Any:
        """A sweep of the store, as a page has it."""
        self.window.show_number(number)
        self.wait_for(lambda: self.window.results is not None)
        self.window.show_page(page)
        self.driver.qtbot.wait(20)
        return self.window.pages[page]

    def move_to(self, page: TrialPicture, place: int) -> None:
        """The mouse to where a trial is drawn."""
        page.canvas.scene().sigMouseMoved.emit(self.point_of(page, place))

    def click(self, page: TrialPicture, place: int) -> None:
        point = page.canvas.mapFromScene(self.point_of(page, place))
        QTest.mouseClick(page.canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(point.x(), point.y()))

    @staticmethod
    def point_of(page: TrialPicture, place: int) -> QPointF:
        return QRectF(*page.places()[place]).center()

    def close(self) -> None:
        self.driver.close(self.main)
        self.journal.close()
        assert self.said == []
