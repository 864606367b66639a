"""The stage: views that fit the present run, in one pane or several side by side. Only what can be seen is asked for."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from nnlab.probes import START, Answer, Selection
from nnlab.probes.step_history import StepHistory
from nnlab.ui.messages import FrameAnswer, Prepared, ProbeRequest
from nnlab.ui.past_worker import Arrival
from nnlab.ui.services import Services
from nnlab.ui.stage.pane import Pane
from nnlab.ui.stage.pane_grid import PANE_COUNTS, PaneGrid
from nnlab.ui.theme import LIGHT, Theme
from nnlab.ui.views import VIEWS, View
from nnlab.ui.widgets.card import set_role

# Drawing five views in every frame would take Python's lock from the training for half of the time.
_VIEWS_PER_FRAME = 2


class Stage(QFrame):
    """Holds the views and their one selection.

    A view is made when it is first seen, and kept: making plots anew leaks them. One that is not seen forgets the last run
    when another begins, but hears of that, or of another selection, when it is seen again.
    """

    wants_changed = Signal()
    selection_changed = Signal(object)  # Selection
    seen_changed = Signal()  # other views can be seen

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.setObjectName("card")
        self.selection = START
        self.panes = [Pane() for _ in range(max(PANE_COUNTS))]
        self._bench = services
        self._theme = LIGHT
        self._prepared: Prepared | None = None
        self._views: dict[str, View] = {}
        self._begun: dict[str, int] = {}  # of which run, by its generation, each view has heard
        self._companions: dict[str, View] = {}
        self._fitting: list[str] = []
        self._order = list(VIEWS)
        self._count = 1
        self.recorded: StepHistory[Any] = StepHistory()  # how the run's numbers were spread, looked at or not
        self._asked: dict[str, float] = {}  # when each view's probe was last asked for
        self._active = self.panes[0]
        self._alone: Pane | None = None  # which has the stage to itself for now
        self.grid = PaneGrid(self.panes)
        outline = QVBoxLayout(self)
        outline.setContentsMargins(4, 2, 4, 4)
        outline.addWidget(self.grid)
        for pane in self.panes:
            pane.chosen.connect(lambda name, pane=pane: self._choose(pane, name))
            pane.used.connect(lambda pane=pane: self._use(pane))
            pane.maximise_wanted.connect(lambda pane=pane: self._turn_alone(pane))
        self.arrange(1)

    @property
    def current(self) -> View | None:
        """The view of the pane that was used last."""
        return self._active.view

    @property
    def shows_example(self) -> bool:
        """Whether one of the views that can be seen tells of the selected example what it is, and what comes of it."""
        return any(VIEWS[name].shows_example for name in self._seen())

    @property
    def pane_count(self) -> int:
        """How many panes are side by side."""
        return self._count

    @property
    def is_maximised(self) -> bool:
        """Whether one of several panes has the stage to itself."""
        return self._alone is not None

    def view(self, name: str) -> View:
        """The view of this name, made if it has not been yet, and told of the present run and selection."""
        if name not in self._views:
            self._views[name] = VIEWS[name].make()
            self._adopt(self._views[name])
        view = self._views[name]
        if self._prepared is not None and self._begun.get(name) != self._prepared.generation:
            self._begun[name] = self._prepared.generation
            view.begin(self._prepared)
            view.follow(self.recorded)
            view.show_selection(self.selection)
        elif view.selection != self.selection:
            view.show_selection(self.selection)
        return view

    def accompany(self, name: str, view: View) -> None:
        """A view outside of the stage that shares its selection and its frames."""
        self._companions[name] = view
        self._adopt(view)

    def arrange(self, count: int) -> None:
        """One pane, two side by side, or four."""
        self._count = count
        self._active = self.panes[0]
        self._alone = None
        self._fill_panes()

    def use_actions(self, exports: Sequence[QAction], maximise: QAction) -> None:
        """What the buttons of every pane stand for; they mean the view of the pane that was used last."""
        for pane in self.panes:
            pane.use_actions(exports, maximise)

    def turn_maximised(self) -> None:
        """The pane that was used last has the stage to itself, or the others come back."""
        self._turn_alone(self._active)

    def follow_focus(self, before: QWidget | None, now: QWidget | None) -> None:
        """Whoever works in a pane means its view."""
        for pane in self.panes:
            if now is not None and pane.isVisible() and pane.isAncestorOf(now):
                self._use(pane)

    def show_view(self, name: str) -> None:
        """Bring a view to the front, unless it can be seen already."""
        if name in self._fitting and name not in self._seen():
            self._choose(self._active, name)

    def show_next(self, step: int) -> None:
        """The pane that was used last goes on to the next view that no pane shows, or with -1 to the one before."""
        shown, here = self._shown(), self.panes.index(self._active)
        if here < len(shown):
            names = [name for name in self._fitting if name == shown[here] or name not in self._seen()]
            self._choose(self._active, names[(names.index(shown[here]) + step) % len(names)])
            self._active.focus_view()

    def wanted_probes(self, all_views: bool = True) -> tuple[ProbeRequest, ...]:
        """The probes of the views that can be seen; while it trains, of the few that have waited longest past their time."""
        now = time.monotonic()
        wanted = {name: view for name, view in self._present_views().items() if view.isVisible()}
        if not all_views:
            waited = {name: now - self._asked.get(name, 0.0) - view.interval for name, view in wanted.items()}
            due = sorted((name for name in wanted if waited[name] >= 0), key=lambda name: -waited[name])
            wanted = {name: wanted[name] for name in due[:_VIEWS_PER_FRAME]}
        self._asked |= dict.fromkeys(wanted, now)
        return tuple(
            ProbeRequest(name, view.probe, replace(self.selection, options=view.options)) for name, view in wanted.items()
        )

    def select(self, selection: Selection) -> None:
        """What is selected in one view is selected in all."""
        if selection == self.selection:
            return
        self.selection = selection
        for view in self._present_views().values():
            view.show_selection(selection)
        self.selection_changed.emit(selection)
        self.wants_changed.emit()

    def begin(self, prepared: Prepared) -> None:
        """Offer the views that fit, the same ones in front where they still fit."""
        if self._prepared is None or self._prepared.dataset is not prepared.dataset:
            self.selection = START
        self.selection = prepared.fitting(self.selection)
        self._prepared, self.recorded = prepared, StepHistory()
        self._fitting = [name for name, row in VIEWS.items() if row.fits(prepared)]
        for name in self._views.keys() - self._shown():
            self._views[name].forget()
        for view in self._companions.values():
            view.begin(prepared)
            view.show_selection(self.selection)
        self._fill_panes()

    def keep(self, spreads: tuple[Answer, ...]) -> None:
        """What the worker found of the run besides what was asked; views that show it hold on to it, too."""
        for answer in spreads:
            self.recorded.add(answer.moment.step, answer.value)

    def show_frame(self, frame: FrameAnswer) -> None:
        """Hand each answer to its view, and tell of which step it is."""
        for name, view in self._present_views().items():
            if name in frame.probes and view.isVisible():
                view.shows_batch = frame.progress.shows_each_step
                view.show_answer(frame.probes[name])
                for pane in self.panes:
                    if pane.view is view:
                        pane.show_stamp(view.moment_shown(frame.probes[name]).words, is_past=False)

    def show_past(self, arrival: Arrival) -> None:
        """The same of an earlier step."""
        for name, view in self._present_views().items():
            if name in arrival.probes and view.isVisible():
                view.shows_batch = True
                view.show_past(arrival.probes[name])
        set_role(self, "card-then")

    def tell_past(self, words: str) -> None:
        """Every pane says which step that is."""
        for pane in self.panes:
            if pane.view is not None:
                pane.show_stamp(words, is_past=True)

    def come_back(self) -> None:
        """From now on the views show the run as it is."""
        for view in (*self._views.values(), *self._companions.values()):
            view.come_back()
        for pane in self.panes:
            pane.show_stamp("", is_past=False)
        set_role(self, "card")

    def apply_theme(self, theme: Theme) -> None:
        """To all views, seen or not."""
        self._theme = theme
        for view in (*self._views.values(), *self._companions.values()):
            view.apply_theme(theme)
        for pane in self.panes:
            pane.apply_theme(theme)

    def _adopt(self, view: View) -> None:
        view.apply_theme(self._theme)
        view.services = self._bench
        view.wants_changed.connect(self.wants_changed)
        view.selected.connect(self.select)
        view.view_wanted.connect(self.show_view)

    def _present_views(self) -> dict[str, View]:
        return {name: self.view(name) for name in self._shown()} | self._companions

    def _shown(self) -> list[str]:
        return [name for name in self._order if name in self._fitting][: self._count]

    def _seen(self) -> list[str]:
        """Those whose pane no other one covers."""
        shown = self._shown()
        return shown if self._alone is None else shown[self.panes.index(self._alone) :][:1]

    def _use(self, pane: Pane) -> None:
        self._active = pane

    def _turn_alone(self, pane: Pane) -> None:
        self._use(pane)
        self._alone = None if self._alone is not None or len(self._shown()) < 2 else pane
        self._fill_panes()

    def _choose(self, pane: Pane, name: str) -> None:
        """The pane shows this view; a pane that showed it gets the other one in exchange."""
        self._use(pane)
        shown = self._shown()
        here = self.panes.index(pane)
        if here < len(shown) and name != shown[here]:
            first, second = self._order.index(shown[here]), self._order.index(name)
            self._order[first], self._order[second] = self._order[second], self._order[first]
            self._fill_panes()

    def _fill_panes(self) -> None:
        shown = self._shown()
        choices = {name: VIEWS[name].title for name in VIEWS if name in self._fitting}
        for pane in self.panes:
            pane.release()
        if self._alone is not None and len(shown) < max(2, self.panes.index(self._alone) + 1):
            self._alone = None
        # The first one stays where nothing fits: it holds the place.
        seen = self.panes[: max(len(shown), 1)] if self._alone is None else [self._alone]
        for pane, name in zip(self.panes, shown, strict=False):
            pane.show_view(name, self.view(name), choices, compact=len(seen) > 1)
            pane.show_size(len(shown) > 1, pane is self._alone, self._theme)
        if self._active not in seen:
            self._active = seen[0]
        self.grid.show_only(seen)
        self.seen_changed.emit()
        self.wants_changed.emit()
