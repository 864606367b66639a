"""The window in which runs are compared: what they were told, what they reached, and how they got there, step by step."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from nnlab.experiments.journal.writer import JournalWriter
from nnlab.probes import START, Selection
from nnlab.ui.compare.alongside import Alongside
from nnlab.ui.compare.compared_run import ComparedRun
from nnlab.ui.compare.confusion_difference import ConfusionDifferenceView, difference_of_confusions
from nnlab.ui.compare.curves_page import CurvesPage
from nnlab.ui.compare.difference_page import DifferencePage
from nnlab.ui.compare.divergence_bar import DivergenceBar
from nnlab.ui.compare.in_step import InStep
from nnlab.ui.compare.in_step_page import MOST_PANES, InStepPage
from nnlab.ui.compare.run_buttons import RunButtons
from nnlab.ui.compare.step_bar import StepBar
from nnlab.ui.compare.table_page import TablePage
from nnlab.ui.compare.weights_difference import WeightsDifferenceView, difference_of_weights
from nnlab.ui.exporting import Exportable
from nnlab.ui.files import Files
from nnlab.ui.first_size import begin_as_large
from nnlab.ui.messages import Prepared
from nnlab.ui.past_worker import Arrival
from nnlab.ui.reporting import MOST_RUNS, report_on
from nnlab.ui.session import Session
from nnlab.ui.setup.loading_line import LoadingLine
from nnlab.ui.theme import Theme
from nnlab.ui.told_line import ToldLine
from nnlab.ui.views import VIEWS

_MOVING = ("in_step", "weights", "confusion")
_TITLES = {
    "table": "Settings and figures",
    "curves": "Curves",
    "in_step": "Side by side",
    "weights": "Weights difference",
    "confusion": "Confusion difference",
}


class CompareWindow(QDialog):
    """Stays open beside the main window. Pages that show a moment of the runs share one timeline and one selection."""

    closed = Signal()

    def __init__(self, parent: QWidget, session: Session, files: Files, folder: Path, journal: JournalWriter | None) -> None:
        super().__init__(parent)
        begin_as_large(self, (1180, 760), (760, 520))
        self.runs: tuple[ComparedRun, ...] = ()
        self.selection = START
        self._session, self._files = session, files
        self.may_close: Callable[[], bool] = lambda: True
        self.in_step = InStep(folder, session.loading.folders, journal)
        self.in_step.copy_ready.connect(session.jobs.take_copy)
        self.table, self.curves = TablePage(), CurvesPage()
        self.views = InStepPage(session, self.in_step)
        self.weights = DifferencePage(WeightsDifferenceView(), VIEWS["weights"].fits, difference_of_weights)
        self.confusion = DifferencePage(ConfusionDifferenceView(), VIEWS["confusion"].fits, difference_of_confusions)
        self.buttons = RunButtons(MOST_PANES)
        self.training = LoadingLine()
        self.steps = StepBar()
        self.divergence = DivergenceBar(session.jobs, folder, session.loading.folders)
        self.said = ToldLine(files)
        self._pages: dict[str, QWidget] = {
            "table": self.table,
            "curves": self.curves,
            "in_step": self.views,
            "weights": self.weights,
            "confusion": self.confusion,
        }
        self.tabs, self._stack = QTabBar(), QStackedWidget()
        self._make_outline()
        self._connect()
        for button in self.findChildren(QPushButton):
            # Enter is for what has the focus.
            button.setAutoDefault(False)
        self._show_page()

    def _make_outline(self) -> None:
        self.tabs.setAccessibleName("What is compared")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for name, page in self._pages.items():
            self.tabs.setTabData(self.tabs.addTab(_TITLES[name]), name)
            self._stack.addWidget(page)
        self.report = QPushButton("Report…")
        self.report.setToolTip("One HTML page of all of them, compared with the first")
        self.export = QPushButton("Export…")
        self.export.setToolTip("Save what this page shows: numbers as CSV, pictures as PNG, SVG or PDF, too")
        head = QHBoxLayout()
        head.addWidget(self.tabs, 1)
        head.addWidget(self.report)
        head.addWidget(self.export)
        # What comes and goes at the foot leaves the page in its place.
        foot = QWidget()
        foot.setFixedHeight(self.training.sizeHint().height())
        told = QHBoxLayout(foot)
        told.setContentsMargins(0, 0, 0, 0)
        told.addWidget(self.said, 1)
        told.addWidget(self.training, 1)
        column = QVBoxLayout(self)
        # What is shown must not decide how small the window can be made.
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.buttons)
        column.addWidget(self._stack, 1)
        column.addWidget(self.steps)
        column.addWidget(self.divergence)
        column.addWidget(foot)

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._show_page)
        self.export.clicked.connect(self._export)
        self.report.clicked.connect(self._report)
        self.buttons.changed.connect(self._show_panes)
        self.steps.moved.connect(lambda _: self._ask())
        self.steps.way_changed.connect(self._hold_alongside)
        self.divergence.other_changed.connect(lambda _: self._compare_pair())
        self.divergence.step_wanted.connect(self._go_to_step)
        for page in (self.views, self.weights, self.confusion):
            page.wants_changed.connect(self._ask)
            page.selected.connect(self.select)
            page.view_wanted.connect(self._show_view)
        self.in_step.prepared.connect(self._on_prepared)
        self.in_step.arrived.connect(self._on_arrived)
        self.in_step.failed.connect(self._on_failed)
        self.in_step.progressed.connect(self._on_progressed)

    @property
    def page(self) -> str:
        """The name of the page in front."""
        return str(self.tabs.tabData(self.tabs.currentIndex()))

    def show_page(self, name: str) -> None:
        """Bring a page to the front."""
        self.tabs.setCurrentIndex(list(self._pages).index(name))

    def show_runs(self, runs: tuple[ComparedRun, ...], colors: Sequence[QColor]) -> None:
        """These runs. Those that it shows already may have gone on, and others may have come behind them."""
        before = [run.number for run in self.runs]
        is_new = not before or [run.number for run in runs][: len(before)] != before
        has_more = len(runs) > len(before)
        self.runs = runs
        self.setWindowTitle("Compare " + ", ".join(f"run {run.number:,}" for run in runs))
        self.table.show_runs(runs, colors)
        self.curves.show_runs(runs, colors, is_new)
        records = [run.record for run in runs]
        if is_new:
            self._say("")
            self.selection = START
            self.in_step.begin(records)
            for page in (self.weights, self.confusion):
                page.begin()
            self.views.begin(runs, colors)
        else:
            self.in_step.follow(records)
            self.views.follow(runs, colors)
        self._hold_alongside(self.steps.alongside.by_epoch, is_new)
        self.report.setEnabled(len(runs) <= MOST_RUNS)
        if is_new or has_more:
            self.buttons.show_runs(runs, colors, is_new)
            self.views.show_runs(self.buttons.shown)
        if is_new:
            self.divergence.begin(runs, colors)
        else:
            self.divergence.follow(runs, colors)
        self._compare_pair()

    def select(self, selection: Selection) -> None:
        """What is selected in one picture is selected in all."""
        if selection != self.selection:
            self.selection = selection
            for page in (self.views, self.weights, self.confusion):
                page.show_selection(selection)
            self._ask()

    def apply_theme(self, theme: Theme) -> None:
        """To all pictures."""
        for page in (self.curves, self.views, self.weights, self.confusion):
            page.apply_theme(theme)

    def reject(self) -> None:
        """Closed, or left by Escape: let go of the runs, and of the memory they take."""
        if not self.may_close():
            return
        self.divergence.control.drop()
        self.in_step.let_go()
        self.runs = ()
        super().reject()
        self.closed.emit()

    def shut_down(self) -> None:
        """End all threads; returns when they have ended."""
        self.in_step.close()

    def _hold_alongside(self, by_epoch: bool, is_new: bool = False) -> None:
        """Where it stood at the end it stays at the end, also of runs that go on."""
        before = self.steps.alongside
        stands_at_end = is_new or self.steps.place >= before.last
        ends = [(run.record.step, run.record.epoch) for run in self.runs]
        alongside = Alongside([run.history for run in self.runs], ends, by_epoch)
        place = alongside.last if stands_at_end else min(self.steps.place, alongside.last)
        self.steps.hold(alongside, place)
        self._ask()

    def _compare_pair(self) -> None:
        """The first against the chosen one, in all differences."""
        if len(self.runs) > 1:
            place = self.divergence.place
            titles = self.runs[0].title, self.runs[place].title
            for page in (self.weights, self.confusion):
                page.compare(0, place, titles)
            self._ask()
        else:
            for page in (self.weights, self.confusion):
                page.say("It takes two runs to have a difference.")

    def _show_page(self) -> None:
        self._stack.setCurrentWidget(self._pages[self.page])
        self.steps.setVisible(self.page in _MOVING)
        self.buttons.setVisible(self.page == "in_step")
        self._ask()

    def _show_panes(self) -> None:
        self.views.show_runs(self.buttons.shown)
        self._ask()

    def _show_view(self, name: str) -> None:
        self.show_page("in_step")
        self.views.show_view(name)

    def _go_to_step(self, step: int) -> None:
        with QSignalBlocker(self.steps):
            if self.page not in _MOVING:
                self.show_page("weights")
        self.steps.go_to(self.steps.alongside.place_of(0, step))
        self._ask()

    def _ask(self) -> None:
        """What the page in front wants to see of every run that it shows, at the step that belongs to the place."""
        page = self._pages[self.page]
        if not isinstance(page, InStepPage | DifferencePage) or not self.runs:
            return
        steps = self.steps.alongside.steps_at(self.steps.place)
        for place, probes in page.wanted().items():
            if place < len(self.runs):
                self.in_step.want(place, steps[place], probes)

    def _on_prepared(self, place: int, prepared: Prepared) -> None:
        for page in (self.views, self.weights, self.confusion):
            page.prepare(place, prepared)
        self._ask()

    def _on_arrived(self, place: int, arrival: Arrival) -> None:
        for page in (self.views, self.weights, self.confusion):
            page.show_arrival(place, arrival)

    def _on_failed(self, place: int, sentence: str) -> None:
        for page in (self.views, self.weights, self.confusion):
            page.fail(place, sentence)

    def _on_progressed(self, place: int, what: str, share: float) -> None:
        for page in (self.views, self.weights, self.confusion):
            page.tell_progress(place, what, share)

    def _say(self, sentence: str) -> None:
        self.said.setText(sentence)

    def _report(self) -> None:
        numbers, name = [run.number for run in self.runs], self.runs[0].record.name
        report_on(self._session, self._files, numbers, name, self.curves.view)

    def _export(self) -> None:
        shown: dict[str, Exportable | None] = {
            "table": self.table,
            "curves": self.curves.view,
            "in_step": self.views.view,
            "weights": self.weights.view,
            "confusion": self.confusion.view,
        }
        view = shown[self.page]
        if view is None:
            self._say("There is nothing to export yet; wait until a run is shown.")
        else:
            self._files.export_dialog(view)
