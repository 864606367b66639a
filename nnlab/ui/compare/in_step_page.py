"""The same view of several runs side by side, at steps that belong together, with one selection."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from nnlab.experiments.experiment import Experiment
from nnlab.probes import START, Selection
from nnlab.ui.compare.compared_run import ComparedRun
from nnlab.ui.compare.in_step import InStep
from nnlab.ui.compare.pane_services import PaneServices
from nnlab.ui.compare.run_pane import RunPane
from nnlab.ui.messages import Prepared, ProbeRequest
from nnlab.ui.past_worker import Arrival
from nnlab.ui.session import Session
from nnlab.ui.setup.form import Choice
from nnlab.ui.theme import Theme
from nnlab.ui.views import VIEWS, View
from nnlab.ui.views.parts.scales import Scales
from nnlab.ui.widgets.flow import captioned

MOST_PANES = 4
_FIRST_VIEW = "weights"


class InStepPage(QWidget):
    """Up to four panes; which runs they show is said from outside."""

    wants_changed = Signal()
    selected = Signal(object)  # Selection
    view_wanted = Signal(str)

    def __init__(self, session: Session, in_step: InStep) -> None:
        super().__init__()
        self._in_step = in_step
        self._runs: Sequence[ComparedRun] = ()
        self._colors: Sequence[QColor] = ()
        self._prepared: dict[int, Prepared] = {}
        self._failed: set[int] = set()
        self._shown: tuple[int, ...] = ()
        self._selection = START
        self._scales: dict[str, Scales] = {}
        self.panes = [self._made(session, number) for number in range(MOST_PANES)]
        self.choice = Choice()
        self.choice.setAccessibleName("View of all runs")
        for name, row in VIEWS.items():
            self.choice.addItem(row.title, name)
        self.choice.setCurrentIndex(list(VIEWS).index(_FIRST_VIEW))
        self.choice.activated.connect(lambda _: self._follow_choice())
        head = QHBoxLayout()
        head.addWidget(captioned("View", self.choice))
        head.addStretch(1)
        self._grid = QGridLayout()
        self._grid.setSpacing(8)
        for number, pane in enumerate(self.panes):
            self._grid.addWidget(pane, number // 2, number % 2)
        outline = QVBoxLayout(self)
        outline.setContentsMargins(0, 8, 0, 0)
        outline.addLayout(head)
        outline.addLayout(self._grid, 1)

    def _made(self, session: Session, number: int) -> RunPane:
        def experiment() -> Experiment:
            prepared = self.panes[number].prepared
            return prepared.experiment if prepared is not None else session.experiment

        pane = RunPane(PaneServices(session, lambda: self._in_step.walker(self._shown[number]), experiment), self._scales)
        pane.wants_changed.connect(self.wants_changed)
        pane.selected.connect(self.selected)
        pane.view_wanted.connect(self.view_wanted)
        return pane

    @property
    def view_name(self) -> str:
        """Of the view that all panes show."""
        return str(self.choice.currentData())

    @property
    def view(self) -> View | None:
        """Of the first run that shows it."""
        shown = (pane.view for pane in self.panes if not pane.isHidden() and not pane.said)
        return next((view for view in shown if view is not None), None)

    def begin(self, runs: Sequence[ComparedRun], colors: Sequence[QColor]) -> None:
        """Other runs."""
        self._prepared, self._shown = {}, ()
        self._failed.clear()
        self.follow(runs, colors)

    def follow(self, runs: Sequence[ComparedRun], colors: Sequence[QColor]) -> None:
        """The same, which may have gone on, and others behind them."""
        self._runs, self._colors = runs, colors

    def show_runs(self, places: Sequence[int]) -> None:
        """These of them."""
        places = tuple(places[:MOST_PANES])
        for number, pane in enumerate(self.panes):
            pane.setVisible(number < len(places))
            if number >= len(places):
                pane.forget()
            if number < len(places) and places[number : number + 1] != self._shown[number : number + 1]:
                place = places[number]
                pane.begin(self._runs[place], self._colors[place])
                if place in self._prepared:
                    pane.prepare(self._prepared[place])
                    pane.show_view(self.view_name)
        self._shown = places
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, int(len(places) > 1))
        self._grid.setRowStretch(0, 1)
        self._grid.setRowStretch(1, int(len(places) > 2))
        self._offer_views()

    def show_view(self, name: str) -> None:
        """This view of all runs, where it fits any."""
        place = self.choice.findData(name)
        if place >= 0:
            self.choice.setCurrentIndex(place)
            self._follow_choice()

    def wanted(self) -> dict[int, tuple[ProbeRequest, ...]]:
        """By the places of the runs, what their panes want to see."""
        return {place: self._requests(pane) for place, pane in zip(self._shown, self.panes, strict=False)}

    def _requests(self, pane: RunPane) -> tuple[ProbeRequest, ...]:
        if pane.view is None:
            return ()
        selection = replace(self._selection, options=pane.view.options)
        return (ProbeRequest(pane.name, pane.view.probe, selection),)

    def prepare(self, place: int, prepared: Prepared) -> None:
        """A run is there."""
        self._prepared[place] = prepared
        if (pane := self._pane_of(place)) is not None:
            pane.prepare(prepared)
            self._offer_views()
            pane.show_view(self.view_name)

    def show_arrival(self, place: int, arrival: Arrival) -> None:
        """A run has come to its step."""
        if (pane := self._pane_of(place)) is not None:
            pane.show_arrival(arrival)

    def fail(self, place: int, sentence: str) -> None:
        """Why a run, or its step, cannot be had."""
        self._failed.add(place)
        if (pane := self._pane_of(place)) is not None:
            pane.say(sentence)

    def tell_progress(self, place: int, what: str, share: float) -> None:
        """Of a way that takes long."""
        if (pane := self._pane_of(place)) is not None:
            pane.tell_progress(what, share)

    def show_selection(self, selection: Selection) -> None:
        """Something was selected."""
        self._selection = selection
        for pane in self.panes:
            pane.show_selection(selection)

    def apply_theme(self, theme: Theme) -> None:
        """To all panes."""
        for pane in self.panes:
            pane.apply_theme(theme)

    def _pane_of(self, place: int) -> RunPane | None:
        return self.panes[self._shown.index(place)] if place in self._shown else None

    def _follow_choice(self) -> None:
        for number, _ in enumerate(self._shown):
            self.panes[number].show_view(self.view_name)
        self.wants_changed.emit()

    def _offer_views(self) -> None:
        """Those that fit any of the runs that are seen; all of them until that is known."""
        known = [self._prepared[place] for place in self._shown if place in self._prepared]
        are_known = known and all(place in self._prepared or place in self._failed for place in self._shown)
        fitting = [name for name, row in VIEWS.items() if not are_known or any(row.fits(run) for run in known)]
        offered = [self.choice.itemData(place) for place in range(self.choice.count())]
        if offered != fitting:
            before = self.view_name
            self.choice.clear()
            for name in fitting:
                self.choice.addItem(VIEWS[name].title, name)
            self.choice.setCurrentIndex(max(self.choice.findData(before), 0))
