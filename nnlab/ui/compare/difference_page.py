"""The difference of two runs as a picture, at steps that belong together; or why there is none."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from nnlab.probes import START, Answer, Selection
from nnlab.ui.messages import Prepared, ProbeRequest
from nnlab.ui.past_worker import Arrival
from nnlab.ui.theme import Theme
from nnlab.ui.views import View
from nnlab.ui.views.fitting import Fits
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.scrolled import Scrolled

# The second's answer less the first's, for the view; or a sentence that says why there is no difference.
Difference = Callable[[Any, Any], Any]
_GETTING = "Getting the runs ready …"


class DifferencePage(QWidget):
    """Both are looked at by the same probe; the view draws what one has more than the other."""

    wants_changed = Signal()
    selected = Signal(object)  # Selection
    view_wanted = Signal(str)

    def __init__(self, view: View, fits: Fits, difference: Difference) -> None:
        super().__init__()
        self.view, self._fits = view, fits
        self._difference = difference
        self._pair: tuple[int, int] = (0, 1)
        self._titles = ("", "")
        self._prepared: dict[int, Prepared] = {}
        self._answers: dict[int, Answer] = {}
        self._begun: object = None
        self._waits = False  # for runs that are not there yet
        self._selection = START
        self._said = label(view.empty_text, "muted")
        self._said.setWordWrap(True)
        self._said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._place = Scrolled()
        self._place.hold(view)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._said)
        self._stack.addWidget(self._place)
        outline = QVBoxLayout(self)
        outline.setContentsMargins(0, 8, 0, 0)
        outline.addWidget(self._stack)
        view.wants_changed.connect(self.wants_changed)
        view.selected.connect(self.selected)
        view.view_wanted.connect(self.view_wanted)

    @property
    def said(self) -> str:
        """What stands in the picture's place; "" while there is the picture."""
        return self._said.text() if self._stack.currentWidget() is self._said else ""

    def begin(self) -> None:
        """Other runs, of which nothing is known yet."""
        self._prepared, self._answers, self._begun = {}, {}, None
        self.view.forget()
        self.say(_GETTING)

    def compare(self, first: int, second: int, titles: tuple[str, str]) -> None:
        """These two, by their places."""
        if (first, second) != self._pair:
            self._pair, self._begun = (first, second), None
            self._answers.clear()
            self.say(_GETTING)
        self._titles = titles
        self._follow()

    def wanted(self) -> dict[int, tuple[ProbeRequest, ...]]:
        """By the places of the runs, what it wants to see; while one of them is not there yet, that it gets there."""
        if self._begun is None:
            return {place: () for place in self._pair if place >= 0}
        return {
            place: (ProbeRequest(self.view.title, self.view.probe, self._prepared[place].fitting(self._selection)),)
            for place in self._pair
            if place >= 0
        }

    def prepare(self, place: int, prepared: Prepared) -> None:
        """A run is there."""
        self._prepared[place] = prepared
        self._follow()

    def show_arrival(self, place: int, arrival: Arrival) -> None:
        """A run has come to its step; once both have, their difference is drawn."""
        if place not in self._pair or self.view.title not in arrival.probes:
            return
        self._answers[place] = arrival.probes[self.view.title]
        if all(one in self._answers for one in self._pair):
            first, second = (self._answers[one] for one in self._pair)
            self._draw(self._difference(first.value, second.value), second)

    def say(self, sentence: str) -> None:
        """In the picture's place."""
        self._said.setText(sentence)
        self._waits = sentence == _GETTING
        self._stack.setCurrentWidget(self._said)

    def fail(self, place: int, sentence: str) -> None:
        """Why a run, or its step, cannot be had."""
        if place in self._pair:
            self.say(sentence)

    def tell_progress(self, place: int, what: str, share: float) -> None:
        """Of a way that takes long."""
        if place in self._pair:
            text = what if share != share else f"{what} {share:.0%}"
            if not self.said:
                self.view.readout.setText(text)
            elif self._waits:
                self._said.setText(text)

    def show_selection(self, selection: Selection) -> None:
        """Something was selected."""
        self._selection = selection
        self._show_selection()

    def apply_theme(self, theme: Theme) -> None:
        """To the picture."""
        self.view.apply_theme(theme)

    def _draw(self, found: Any, newest: Answer) -> None:
        if isinstance(found, str):
            self.say(found)
            return
        self._stack.setCurrentWidget(self._place)
        self.view.show_answer(Answer(newest.moment, found))

    def _follow(self) -> None:
        """Once both runs are there, the view is told of them, where it fits both."""
        known = [self._prepared.get(place) for place in self._pair]
        if self._begun is not None or known[0] is None or known[1] is None:
            return
        for prepared, title in zip(known, self._titles, strict=True):
            if prepared is not None and not self._fits(prepared):
                self.say(f"There is no such picture of {title}: its model or its data is of another kind.")
                return
        self._begun = known
        self.view.begin(known[0])
        self._show_selection()

    def _show_selection(self) -> None:
        first = self._prepared.get(self._pair[0])
        self.view.show_selection(self._selection if first is None else first.fitting(self._selection))
