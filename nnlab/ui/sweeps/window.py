"""The window of sweeps: making one, and the live pictures of its results."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QPushButton, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from nnlab.experiments.sweeps.records import PAUSED, RUNNING, SweepRecord
from nnlab.experiments.sweeps.sweep import Sweep
from nnlab.ui.exporting import nothing_to_export
from nnlab.ui.files import Files
from nnlab.ui.first_size import begin_as_large
from nnlab.ui.session import Session
from nnlab.ui.sweeps.best_page import BestPage
from nnlab.ui.sweeps.choosable import titles_of
from nnlab.ui.sweeps.deleting_question import is_to_go
from nnlab.ui.sweeps.heat_page import HeatPage
from nnlab.ui.sweeps.parallel_page import ParallelPage
from nnlab.ui.sweeps.picture import TrialPicture
from nnlab.ui.sweeps.reader import SweepReader, Watched
from nnlab.ui.sweeps.results import Results, results_of
from nnlab.ui.sweeps.scatter_page import ScatterPage
from nnlab.ui.sweeps.setup_page import SetupPage
from nnlab.ui.sweeps.sweep_bar import SweepBar
from nnlab.ui.sweeps.table_page import TablePage
from nnlab.ui.sweeps.trial_card import TrialCard
from nnlab.ui.theme import Theme
from nnlab.ui.told_line import ToldLine

_TITLES = {
    "setup": "Set up",
    "table": "Trials",
    "parallel": "Parallel coordinates",
    "scatter": "Scatter",
    "heat": "Heat map",
    "best": "Best so far",
}


class SweepsWindow(QDialog):
    """Stays open beside the main window. What is shown of a sweep is what the store says, whoever runs it."""

    start_wanted = Signal(object)  # Sweep
    go_on_wanted = Signal(object)  # Watched: a sweep of the store that has stopped
    pause_wanted = Signal()
    unpause_wanted = Signal()
    cancel_wanted = Signal()
    file_dropped = Signal(object)  # Path

    def __init__(self, parent: QWidget, session: Session, files: Files, reader: SweepReader) -> None:
        super().__init__(parent)
        self.setWindowTitle("Sweeps")
        begin_as_large(self, (1180, 760), (860, 560))
        self.setAcceptDrops(True)
        self.number = 0  # of the sweep that is shown; 0 for a new one
        self.watched: Watched | None = None
        self.results: Results | None = None
        self.records: tuple[SweepRecord, ...] = ()
        self._session, self._files, self._reader = session, files, reader
        self._own: Callable[[], tuple[int, bool]] = lambda: (0, False)
        self.bar, self.tabs, self._stack, self.said = SweepBar(), QTabBar(), QStackedWidget(), ToldLine(files)
        self.setup, self.table, self.card = SetupPage(session), TablePage(), TrialCard()
        self.parallel, self.scatter, self.heat, self.best = ParallelPage(), ScatterPage(), HeatPage(), BestPage()
        self.pages: dict[str, SetupPage | TablePage | TrialPicture] = {
            "setup": self.setup,
            "table": self.table,
            "parallel": self.parallel,
            "scatter": self.scatter,
            "heat": self.heat,
            "best": self.best,
        }
        self._lay_out()
        self._connect()
        for button in self.findChildren(QPushButton):
            # Enter is for what has the focus.
            button.setAutoDefault(False)
        self._show_tabs()
        self.say("")
        self._show_page()

    def _lay_out(self) -> None:
        self.tabs.setAccessibleName("Pages of the sweep")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for name, page in self.pages.items():
            self.tabs.setTabData(self.tabs.addTab(_TITLES[name]), name)
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        # What is shown must not decide how small the window can be made.
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addWidget(self.bar)
        column.addWidget(self.tabs)
        column.addWidget(self._stack, 1)
        column.addWidget(self.card)
        column.addWidget(self.said)

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(lambda _: self._show_page())
        self.bar.chosen.connect(self.show_number)
        self.bar.pause_wanted.connect(self.pause_wanted)
        self.bar.cancel_wanted.connect(self.cancel_wanted)
        self.bar.go_on_wanted.connect(self._go_on)
        self.bar.duplicate_wanted.connect(self._duplicate)
        self.bar.export_wanted.connect(self._export)
        self.bar.delete_wanted.connect(self._delete)
        self.setup.start_wanted.connect(self.start_wanted)
        self.card.open_wanted.connect(self._open_run)
        for page in (self.table, self.parallel, self.scatter, self.heat, self.best):
            page.hovered.connect(self._mean)
            page.opened.connect(self._open_run)
        self._reader.found.connect(self._take_sweeps)
        self._reader.watched.connect(self._take_trials)
        self._reader.curve_found.connect(self.card.show_curve)
        self._reader.failed.connect(self.say)

    def follow_own(self, own: Callable[[], tuple[int, bool]]) -> None:
        """Where to ask which sweep this window runs (its number, 0 for none), and whether that is stopping."""
        self._own = own

    @property
    def page(self) -> str:
        """The name of the page in front."""
        return str(self.tabs.tabData(self.tabs.currentIndex()))

    def show_page(self, name: str) -> None:
        """Bring a page to the front."""
        self.tabs.setCurrentIndex(list(self.pages).index(name))

    def show_number(self, number: int) -> None:
        """Another sweep of the store, or a new one."""
        if number == self.number:
            return
        self.number, self.watched = number, None
        self._show_tabs()
        self._take_results(None)
        self.card.show_trial(None, None)
        self.bar.show_sweeps(self.records, number)
        self._show_bar()
        if number:
            self._reader.watch(number)
        self._show_page()

    def show_draft(self, sweep: Sweep) -> None:
        """As a new one, which can be changed and started."""
        self.show_number(0)
        self.setup.show_sweep(sweep)
        self.show_page("setup")

    def say(self, sentence: str) -> None:
        """A line below everything."""
        self.said.setText(sentence)

    def show_own(self) -> None:
        """What this window runs has changed."""
        self._show_bar()

    def apply_theme(self, theme: Theme) -> None:
        """To all pages."""
        for page in self.pages.values():
            page.apply_theme(theme)
        self.card.apply_theme(theme)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files of sweeps are welcome."""
        if dropped_sweep(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """One is opened as if it had been chosen."""
        path = dropped_sweep(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.file_dropped.emit(path)

    def showEvent(self, event: QShowEvent) -> None:
        """The store is read while anybody looks."""
        super().showEvent(event)
        self._reader.follow(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks; what runs goes on."""
        self._reader.follow(False)
        super().hideEvent(event)

    def _show_tabs(self) -> None:
        """Of a new sweep what it is to be, of all others what came of them."""
        is_new = self.number == 0
        self.tabs.setVisible(not is_new)
        for place, name in enumerate(self.pages):
            self.tabs.setTabVisible(place, (name == "setup") == is_new)
        if is_new or self.page == "setup":
            self.show_page("setup" if is_new else "parallel")

    def _take_sweeps(self, records: tuple[SweepRecord, ...]) -> None:
        is_first, self.records = not self.records, records
        if is_first and not self.number and not self.setup.draft.axes:
            # What runs already, perhaps elsewhere, is what a person wants to see.
            self.show_number(next((record.number for record in records if record.state in (RUNNING, PAUSED)), 0))
        self.bar.show_sweeps(records, self.number)
        if self.number and all(record.number != self.number for record in records):
            self.show_number(0)

    def _take_trials(self, watched: Watched) -> None:
        if watched.record.number != self.number:
            return
        self.watched = watched
        if watched.problem:
            self.say(watched.problem)
        sweep = watched.sweep
        self._show_bar()
        if sweep is not None:
            search = sweep.search
            titles = titles_of(sweep.base)
            self._take_results(results_of(watched.trials, sweep.axes, titles, search.objective, search.seeks_highest))

    def _take_results(self, results: Results | None) -> None:
        self.results = results
        page = self.pages[self.page]
        # The others are drawn when they are looked at.
        if not isinstance(page, SetupPage):
            page.show_results(results)
        if results is not None and self.card.place is not None:
            self._mean(self.card.place)

    def _show_bar(self) -> None:
        watched = self.watched
        record = watched.record if watched is not None else None
        own, is_stopping = self._own()
        is_own = record is not None and record.number == own
        sweep = watched.sweep if watched is not None else None
        self.bar.show_sweep(record, sweep.count if sweep is not None else 0, is_own, is_own and is_stopping)

    def _show_page(self) -> None:
        page = self.pages[self.page]
        self._stack.setCurrentWidget(page)
        is_result = not isinstance(page, SetupPage)
        self.card.setVisible(is_result)
        self.bar.export.setVisible(is_result)
        if not isinstance(page, SetupPage):
            page.show_results(self.results)
            page.mark(self.card.place)

    def _mean(self, place: int | None) -> None:
        """A trial is meant: the last one stays in sight when the mouse has left."""
        if place is None or self.results is None or place >= len(self.results.trials):
            return
        run = self.card.run
        self.card.show_trial(self.results, place)
        page = self.pages[self.page]
        if not isinstance(page, SetupPage):
            page.mark(place)
        if self.card.run is not None and self.card.run != run:
            self._reader.read_curve(self.card.run)

    def _open_run(self, place: int) -> None:
        """The run of a trial, in the main window."""
        trial = self.results.trials[place] if self.results is not None else None
        if trial is None:
            return
        self._mean(place)
        if trial.run is None:
            self.say(f"Trial {trial.number:,} has no run in the store{f': {trial.reason}' if trial.reason else ''}.")
        else:
            self.say(f"Run {trial.run:,} of trial {trial.number:,} is opened in the main window.")
            self._session.open_run(trial.run)

    def _go_on(self) -> None:
        own, _ = self._own()
        if self.watched is None:
            return
        if self.watched.record.number == own:
            self.unpause_wanted.emit()
        else:
            self.go_on_wanted.emit(self.watched)

    def _duplicate(self) -> None:
        if self.watched is not None and self.watched.sweep is not None:
            self.show_draft(self.watched.sweep)

    def _delete(self) -> None:
        if self.watched is not None and is_to_go(self, self.watched.record):
            self._reader.delete(self.watched.record.number)

    def _export(self) -> None:
        page = self.pages[self.page]
        if isinstance(page, SetupPage):
            return
        if page.is_empty:
            self.say(nothing_to_export(page))
        else:
            self._files.export_dialog(page)


def dropped_sweep(data: QMimeData) -> Path | None:
    """The first file that may hold a sweep, of those that are dropped."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return next((path for path in paths if path.suffix.lower() == ".toml"), None)
