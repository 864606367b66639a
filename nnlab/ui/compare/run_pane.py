"""One run among several that are seen in step: its name, the step it is at, and the chosen view of it."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from nnlab.probes import START, Selection
from nnlab.ui.compare.color_dot import ColorDot
from nnlab.ui.compare.compared_run import ComparedRun
from nnlab.ui.compare.pane_services import PaneServices
from nnlab.ui.messages import Prepared
from nnlab.ui.past_worker import Arrival
from nnlab.ui.theme import LIGHT, Theme
from nnlab.ui.views import VIEWS, View
from nnlab.ui.views.parts.scales import Scales
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.elided import Elided
from nnlab.ui.widgets.scrolled import Scrolled


class RunPane(QWidget):
    """Views are made when they are chosen first, and kept: making plots anew leaks them."""

    wants_changed = Signal()
    selected = Signal(object)  # Selection
    view_wanted = Signal(str)

    def __init__(self, services: PaneServices, common: dict[str, Scales]) -> None:
        """common: what the colours of each view reach to in all panes, by the view's name"""
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.view: View | None = None
        self.name = ""  # of the view
        self.prepared: Prepared | None = None
        self._services, self._common = services, common
        self._views: dict[str, View] = {}
        self._begun: dict[str, Prepared] = {}
        self._selection = START
        self._theme = LIGHT
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._redraw)
        self._dot = ColorDot()
        self._title = Elided("title")
        self._stamp = Elided("muted", self.fontMetrics().horizontalAdvance("epoch 1,000, restored "))
        self._stamp.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._said = label("", "muted")
        self._said.setWordWrap(True)
        self._said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._place = Scrolled()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._said)
        self._stack.addWidget(self._place)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self._dot)
        head.addWidget(self._title, 1)
        head.addWidget(self._stamp)
        outline = QVBoxLayout(self)
        outline.setContentsMargins(8, 4, 8, 4)
        outline.setSpacing(2)
        outline.addLayout(head)
        outline.addWidget(self._stack, 1)

    @property
    def said(self) -> str:
        """What stands in the view's place; "" while there is the view."""
        return self._said.text() if self._stack.currentWidget() is self._said else ""

    def begin(self, run: ComparedRun, color: QColor) -> None:
        """Another run, of which nothing is known yet."""
        self._title.setText(run.title)
        self._dot.set_color(color)
        self.forget()
        self.say("Getting the run ready …")

    def forget(self) -> None:
        """No run is shown here: none has a part in what the colours of the others reach to."""
        for view in self._views.values():
            view.forget()
        self.prepared = self.view = None

    def say(self, text: str) -> None:
        """In the place of the view."""
        self._said.setText(text)
        self._stack.setCurrentWidget(self._said)
        self._stamp.clear()

    def tell_progress(self, what: str, share: float) -> None:
        """Of a way that takes long, or of data that is loaded."""
        text = what if share != share else f"{what} {share:.0%}"
        if self.prepared is None:
            self._said.setText(text)
        else:
            self._stamp.setText(text)

    def prepare(self, prepared: Prepared) -> None:
        """The run is there."""
        self.prepared = prepared

    def show_view(self, name: str) -> None:
        """This view, where it fits the run."""
        prepared = self.prepared
        if prepared is None:
            return
        if not VIEWS[name].fits(prepared):
            self.view = None
            self.say(f"{VIEWS[name].title} shows nothing of this run: its model or its data is of another kind.")
            return
        if name not in self._views:
            self._views[name] = self._made(name)
        view = self._views[name]
        if self._begun.get(name) is not prepared:
            self._begun[name] = prepared
            view.begin(prepared)
        if self.view is not view or self.said:
            self._place.release()
            self._place.hold(view)
            self._stack.setCurrentWidget(self._place)
        self.view, self.name = view, name
        view.show_selection(prepared.fitting(self._selection))

    def show_arrival(self, arrival: Arrival) -> None:
        """What the view wanted to see."""
        answer = arrival.probes.get(self.name)
        if self.view is not None and answer is not None:
            self._stack.setCurrentWidget(self._place)
            self.view.show_answer(answer)
            self._stamp.setText(answer.moment.words)

    def show_selection(self, selection: Selection) -> None:
        """What is selected in one pane is selected in all."""
        self._selection = selection
        if self.view is not None and self.prepared is not None:
            self.view.show_selection(self.prepared.fitting(selection))

    def apply_theme(self, theme: Theme) -> None:
        """To all views, seen or not."""
        self._theme = theme
        for view in self._views.values():
            view.apply_theme(theme)

    def _redraw(self) -> None:
        """What is drawn in another pane has changed what the colours reach to."""
        if self.view is not None and self.view.answer is not None:
            self.view.draw(self.view.answer)

    def _made(self, name: str) -> View:
        view: View = VIEWS[name].make()
        view.scales.join(self._common.setdefault(name, Scales()))
        view.scales.changed = self._soon.start
        view.apply_theme(self._theme)
        view.services = self._services
        view.wants_changed.connect(self.wants_changed)
        view.selected.connect(self.selected)
        view.view_wanted.connect(self.view_wanted)
        return view
