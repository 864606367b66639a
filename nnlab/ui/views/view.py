"""What a view is: a picture of one probe's answer, with a line for hovered values and a way to be exported."""

from dataclasses import replace
from functools import partial
from html import escape
from typing import Any, ClassVar
from weakref import ref

import pyqtgraph as pg
from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from nnlab.probes import Answer, Moment, Selection
from nnlab.probes.step_history import StepHistory
from nnlab.ui.messages import Prepared
from nnlab.ui.services import Services
from nnlab.ui.theme import LIGHT, Theme
from nnlab.ui.views.parts.scales import Scales
from nnlab.ui.views.parts.scales import step_up as step_up
from nnlab.ui.widgets.canvas import Canvas
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.elided import Elided
from nnlab.ui.widgets.flow import LEAST_FILLER
from nnlab.ui.widgets.folding_row import FoldingRow
from nnlab.ui.widgets.settling import settle

Table = dict[str, list[Any]]
# Kinds of files that a picture and its numbers can be saved as.
KINDS = (".png", ".svg", ".pdf", ".csv")
# Pixels of height: one of four views on a small screen has fewer.
_LOW = 300


class View(QWidget):
    """Base of every view. The window asks for `probe` while the view is visible and hands its answer to `draw`."""

    title: ClassVar[str]
    probe: ClassVar[str]
    empty_text: ClassVar[str]
    kinds: ClassVar[tuple[str, ...]] = KINDS
    # Seconds between two answers while it trains, for views whose numbers nobody could read faster.
    interval: ClassVar[float] = 0.0

    # Pixels (width, height) under which the picture could not be read: in a smaller pane it scrolls.
    least_picture: ClassVar[tuple[int, int]] = (160, 90)

    # Pixels of width in which the words beside the controls still say what counts: in a low pane they need no line then.
    shortest_words: ClassVar[int] = LEAST_FILLER

    wants_changed = Signal()  # `options` changed: the window asks anew
    selected = Signal(object)  # Selection
    view_wanted = Signal(str)  # the name of another view to bring to the front

    def __init__(self) -> None:
        super().__init__()
        self.theme = LIGHT
        self.selection = Selection()
        # A frozen value for this view's own probe; it reaches the probe as selection.options.
        self.options: Any = None
        self.services: Services | None = None
        self.scales = Scales()  # what its colours reach to
        self.answer: Any = None  # the probe's, as it was drawn last
        self.moment = Moment()  # of which that is
        # Whether what a single step learned from can be made out: at full speed it would only flicker.
        self.shows_batch = False
        # Before the run was gone back into: the answer, its moment, and what had been collected.
        self._present: tuple[Any, Moment, Any] | None = None
        self.setAccessibleName(self.title)
        self.canvas = Canvas()
        self.canvas.setAccessibleName(f"{self.title} picture")
        self.canvas.ci.setContentsMargins(4, 4, 4, 4)
        self.canvas.setMinimumSize(*self.least_picture)
        # Axes without anything between them are no picture.
        self.canvas.ci.hide()
        self.readout = Elided("muted")
        self.controls = FoldingRow()
        self.controls.add_filler(self.readout)
        self._empty = label(self.empty_text, "muted")
        self._empty.setWordWrap(True)
        self.outline = QVBoxLayout(self)
        self._share_height()
        self.outline.addWidget(self.controls)
        self.outline.addWidget(self._empty)
        self.outline.addWidget(self.canvas, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low pane the picture has what margins and a second line of controls would take."""
        super().resizeEvent(event)
        self._share_height()

    @property
    def height_in_sight(self) -> int:
        """The height of its place: where that is too low, the view is higher and scrolls."""
        place = self.parentWidget()
        is_scrolled = place is not None and isinstance(place.parentWidget(), QScrollArea)
        return min(self.height(), place.height()) if place is not None and is_scrolled else self.height()

    def _share_height(self) -> None:
        is_low = self.height_in_sight < _LOW
        edge = 3 if is_low else 8
        self.outline.setContentsMargins(8, edge, 8, edge)
        self.outline.setSpacing(2 if is_low else 4)
        self.controls.allow_lines(1 if is_low else 2)
        self.controls.allow_filler(self.shortest_words if is_low else LEAST_FILLER)

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been shown yet: then there are no columns either."""
        return self.answer is None

    def heightForWidth(self, width: int) -> int:
        """The least height for words that wrap in this width: what a pane that scrolls asks for. Qt's own is what everything
        would like.
        """
        return self.outline.minimumHeightForWidth(width)

    def begin(self, prepared: Prepared) -> None:
        """A new run: forget what was drawn, keep the plots."""
        self.forget()

    def forget(self) -> None:
        """Let go of what was known of the last run; while a view is hidden, this is all it hears of a new one."""
        self.answer = self._present = None
        self.scales.forget()
        self.readout.clear()

    def follow(self, recorded: StepHistory[Any]) -> None:
        """What is recorded of the run, whatever can be seen: for a view of how things went."""

    def show_answer(self, answer: Answer) -> None:
        """Draw an answer of the probe, stamped with its moment."""
        self.moment = answer.moment
        self.take(answer.value)

    def show_past(self, answer: Answer) -> None:
        """The same of an earlier step: what was collected from step to step is shown up to there."""
        if self._present is None:
            self._present = self.answer, self.moment, self.collected()
        self.recall(self._present[2], answer.moment.step)
        self.show_answer(answer)

    def come_back(self) -> None:
        """The next answers are of the run as it is: nothing that was collected of it is lost."""
        if self._present is None:
            return
        self.answer, self.moment, collected = self._present
        self._present = None
        if self.answer is None:
            # It was first seen in the past.
            self.forget()
        else:
            self.recall(collected, None)

    def collected(self) -> Any:
        """What this view has put together of many answers; None where it shows the last one alone."""
        return None

    def recall(self, collected: Any, step: int | None) -> None:
        """Have that again, up to a step, or all of it."""

    def moment_shown(self, answer: Answer) -> Moment:
        """Of which moment what is seen of an answer is: where it was found bit by bit, those in which it was."""
        return answer.moment

    def take(self, answer: Any) -> None:
        """Draw what the probe has found at `moment`."""
        self.answer = answer
        self._empty.setVisible(False)
        is_first = not self.canvas.ci.isVisible()
        self.canvas.ci.show()
        self.draw(answer)
        if is_first:
            # Its axes would else find their widths before a person's eyes.
            settle(self.canvas)

    def select(self, **changes: Any) -> None:
        """Select something here, and so in all views."""
        self.selected.emit(replace(self.selection, **changes))

    def show_selection(self, selection: Selection) -> None:
        """Something was selected, here or elsewhere; the next answer follows it."""
        self.selection = selection

    def draw(self, answer: Any) -> None:
        """Put the answer's arrays into the plots."""
        raise NotImplementedError

    def apply_theme(self, theme: Theme) -> None:
        """Recolour everything, and draw the last answer again."""
        self.theme = theme
        self.canvas.setBackground(theme.surface)
        self.controls.apply_theme(theme)
        self.canvas.magnify(theme.magnification)
        self.recolor(theme)
        if self.answer is not None:
            self.draw(self.answer)

    def recolor(self, theme: Theme) -> None:
        """Give axes, bars and texts the theme's colours."""

    def csv_columns(self) -> Table:
        """The data behind the picture, for a CSV file: column names and equally long columns. Not asked of an empty view."""
        raise NotImplementedError


def color_axis(axis: pg.AxisItem, theme: Theme) -> None:
    """An axis in the theme's colours: quiet line, muted numbers."""
    # Lines and numbers are painted once per change of range, not once per frame (5 ms instead of 16 ms for two plots).
    if axis.cacheMode() != axis.CacheMode.DeviceCoordinateCache:
        axis.setCacheMode(axis.CacheMode.DeviceCoordinateCache)
        axis.geometryChanged.connect(partial(_paint_all, ref(axis)))
    # Switched off alone, it still chooses a prefix now and then: 0.05 epochs would be written as 50.
    axis.setSIPrefixEnableRanges(())
    axis.enableAutoSIPrefix(False)
    axis.setPen(pg.mkPen(theme.border))
    axis.setTextPen(pg.mkPen(theme.muted))
    axis.setTickPen(pg.mkPen(theme.border))


def _paint_all(held: ref[pg.AxisItem]) -> None:
    """Of a cached item that has grown Qt paints the new part alone, though its numbers are others: forget what is cached."""
    axis = held()
    if axis is not None:
        axis.setCacheMode(axis.CacheMode.NoCache)
        axis.setCacheMode(axis.CacheMode.DeviceCoordinateCache)


def name_axis(plot: pg.PlotItem, side: str, name: str) -> None:
    """Call an axis as the data does: pyqtgraph's labels are HTML, and a name is none."""
    plot.setLabel(side, escape(name))
