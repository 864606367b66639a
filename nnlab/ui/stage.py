"""The stage: views that fit the present run, in one pane or several side by side. Only what can be seen is asked for."""

import time
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QTabBar, QVBoxLayout, QWidget

from nnlab.probes import Selection
from nnlab.ui.messages import FrameAnswer, Prepared, ProbeRequest
from nnlab.ui.past_worker import Arrival
from nnlab.ui.services import Services
from nnlab.ui.setup.form import Choice
from nnlab.ui.theme import LIGHT, Theme
from nnlab.ui.views import VIEWS, View
from nnlab.ui.widgets.card import set_role
from nnlab.ui.widgets.elided import Elided
from nnlab.ui.widgets.scrolled import Scrolled

PANE_COUNTS = (1, 2, 4)
# Drawing five views in every frame would take Python's lock from the training for half of the time.
_VIEWS_PER_FRAME = 2


class Stage(QFrame):
    """Holds the views and their one selection.

    A view is made when it is first seen, and kept: making plots anew leaks them. One that is not seen forgets the last run
    when another begins, but hears of that, or of another selection, when it is seen again.
    """

    wants_changed = Signal()
    selection_changed = Signal(object)  # Selection

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.setObjectName("card")
        self.selection = Selection()
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
        self._asked: dict[str, float] = {}  # when each view's probe was last asked for
        self._active = self.panes[0]
        self._outline = outline = QGridLayout(self)
        outline.setContentsMargins(4, 2, 4, 4)
        outline.setSpacing(8)
        for number, pane in enumerate(self.panes):
            outline.addWidget(pane, number // 2, number % 2)
            pane.chosen.connect(lambda name, pane=pane: self._choose(pane, name))
        self.arrange(1)

    @property
    def current(self) -> View | None:
        """The view of the pane that was used last."""
        return self._active.view

    @property
    def pane_count(self) -> int:
        """How many panes are side by side."""
        return self._count

    def view(self, name: str) -> View:
        """The view of this name, made if it has not been yet, and told of the present run and selection."""
        if name not in self._views:
            self._views[name] = VIEWS[name]()
            self._adopt(self._views[name])
        view = self._views[name]
        if self._prepared is not None and self._begun.get(name) != self._prepared.generation:
            self._begun[name] = self._prepared.generation
            view.begin(self._prepared)
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
        # A row or column without a pane must not take its share.
        self._outline.setColumnStretch(0, 1)
        self._outline.setRowStretch(0, 1)
        self._outline.setColumnStretch(1, int(count > 1))
        self._outline.setRowStretch(1, int(count > 2))
        self._fill_panes()

    def show_view(self, name: str) -> None:
        """Bring a view to the front, unless it can be seen already."""
        if name in self._fitting and name not in self._shown():
            self._choose(self._active, name)

    def show_next(self, step: int) -> None:
        """The pane that was used last goes on to the next view that no pane shows, or with -1 to the one before."""
        shown, here = self._shown(), self.panes.index(self._active)
        if here < len(shown):
            names = [name for name in self._fitting if name == shown[here] or name not in shown]
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
            self.selection = Selection()
        self._prepared = prepared
        self._fitting = [name for name, view in VIEWS.items() if view.fits(prepared)]
        for name in self._views.keys() - self._shown():
            self._views[name].forget()
        for view in self._companions.values():
            view.begin(prepared)
            view.show_selection(self.selection)
        self._fill_panes()

    def show_frame(self, frame: FrameAnswer) -> None:
        """Hand each answer to its view, and tell of which step it is."""
        for name, view in self._present_views().items():
            if name in frame.probes and view.isVisible():
                view.shows_batch = frame.progress.shows_each_step
                view.show_answer(frame.probes[name])
                for pane in self.panes:
                    if pane.view is view:
                        pane.show_stamp(frame.probes[name].moment.words, is_past=False)

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

    def _choose(self, pane: "Pane", name: str) -> None:
        """The pane shows this view; a pane that showed it gets the other one in exchange."""
        self._active = pane
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
        for number, pane in enumerate(self.panes):
            pane.setVisible(number < max(len(shown), 1) and number < self._count)
            if number < len(shown):
                pane.show_view(shown[number], self.view(shown[number]), choices, compact=self._count > 1)
        self.wants_changed.emit()


class Pane(QWidget):
    """One view at a time, with tabs to choose another; beside other panes a list takes the tabs' place."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        # Panes are of one size, whatever their views would like.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.view: View | None = None
        self._is_compact = self._is_past = False
        self.tabs = QTabBar()
        self.tabs.setAccessibleName("Views")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.currentChanged.connect(self._choose_tab)
        self.tabs.tabBarClicked.connect(self._click_tab)
        self.choice = Choice()
        self.choice.setAccessibleName("View")
        self.choice.activated.connect(lambda place: self.chosen.emit(str(self.choice.itemData(place))))
        self._place = Scrolled()
        outline = QVBoxLayout(self)
        outline.setContentsMargins(0, 0, 0, 0)
        outline.setSpacing(0)
        # While it trains, views are drawn in turn: side by side each says of which step it is.
        self.stamp = Elided("muted", self.fontMetrics().horizontalAdvance("step 10,000,000, 10,000,000 steps ago"))
        self.stamp.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head = QHBoxLayout()
        head.setSpacing(8)
        for widget in (self.tabs, self.choice):
            head.addWidget(widget, 1)
        head.addWidget(self.stamp)
        outline.addLayout(head)
        outline.addWidget(self._place, 1)

    def show_view(self, name: str, view: View, choices: dict[str, str], compact: bool) -> None:
        """Show the view, and offer these others by their titles."""
        with QSignalBlocker(self.tabs), QSignalBlocker(self.choice):
            if [self.tabs.tabData(index) for index in range(self.tabs.count())] != list(choices):
                while self.tabs.count():
                    self.tabs.removeTab(0)
                self.choice.clear()
                for key, title in choices.items():
                    self.tabs.setTabData(self.tabs.addTab(title), key)
                    self.choice.addItem(title, key)
            self.tabs.setCurrentIndex(list(choices).index(name))
            self.choice.setCurrentIndex(list(choices).index(name))
        self.tabs.setVisible(not compact)
        self.choice.setVisible(compact)
        self._is_compact = compact
        self.show_stamp("" if not self._is_past else self.stamp.text(), self._is_past)
        self.view = view
        self._place.hold(view)

    def show_stamp(self, words: str, is_past: bool) -> None:
        """Of which step the view is; of the present one that is said only beside others."""
        self.stamp.setText(words)
        self._is_past = is_past
        set_role(self.stamp, "then" if is_past else "muted")
        self.stamp.setVisible(self._is_compact or is_past)

    def release(self) -> None:
        """Let go of the view, so that another pane can take it."""
        if self.view is not None:
            # A hidden widget hands the focus on to whatever comes next, and Space would press it.
            focus = QApplication.focusWidget()
            if focus is not None and (focus is self.view or self.view.isAncestorOf(focus)):
                self.window().setFocus()
            self._place.release()
            self.view = None

    def focus_view(self) -> None:
        """With Tab on from here one comes to what the view holds; all other keys are the window's."""
        if self.view is not None:
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose_tab(self, place: int) -> None:
        self.chosen.emit(str(self.tabs.tabData(place)))
        # Arrow keys go on along the tabs.
        if not self.tabs.hasFocus():
            self.focus_view()

    def _click_tab(self, place: int) -> None:
        if place == self.tabs.currentIndex():
            self.focus_view()
