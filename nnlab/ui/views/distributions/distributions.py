"""How the numbers of every layer are spread, now and over the steps: weights, gradients, activations, sizes of steps."""

import numpy as np
import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent

from nnlab.models.layers.sequence import readable_name
from nnlab.probes import START, Selection
from nnlab.probes.distributions import BINS, Distributions, Histograms
from nnlab.probes.selection import PART_ADJECTIVES
from nnlab.probes.step_history import StepHistory
from nnlab.ui.messages import Prepared
from nnlab.ui.theme import CLASS_COLORS, GAP, Theme, heat_lut
from nnlab.ui.views import VIEWS
from nnlab.ui.views.distributions.cells import HEADER, Cell, lay_out, least_height
from nnlab.ui.views.distributions.histogram_rows import HISTOGRAM_COLUMNS, QUANTITIES, histogram_rows
from nnlab.ui.views.distributions.part_histories import PartHistories, found_of, recorded_words
from nnlab.ui.views.distributions.ratio_plot import RatioPlot
from nnlab.ui.views.distributions.spread import Spread
from nnlab.ui.views.parts.board import Board
from nnlab.ui.views.parts.layer_names import LayerChoice, fitted_name, short_name
from nnlab.ui.views.parts.stamp import stamp
from nnlab.ui.views.view import Table, View, step_up
from nnlab.ui.widgets.flow import ANY_SIZE, captioned
from nnlab.ui.widgets.part_choice import PartChoice
from nnlab.words import counted, figure, percent

_MOST_ROWS = 8
_SPANS = 120  # columns of a heat map, where it is so wide
_MOST_BARS = 40  # levels of the histogram of now
_RATIO_WIDTH = (150, 250)  # pixels, least and most
# In a narrower view the heads of the columns would run into each other, or the names into them.
_ROOM_FOR_RATIOS, _BESIDE_NAMES = 390, 500
# A bar of the histogram of now is so many pixels long, in this colour of the table.
_BAR_COLUMNS = np.arange(_MOST_BARS)[None] / _MOST_BARS
_BAR = 200


class DistributionsView(View):
    """A row for each layer: heat maps over the steps with the histogram of now beside them, and the sizes of the updates."""

    title = VIEWS["distributions"].title
    probe = "distributions"
    interval = 0.1
    least_picture = (330, 90)
    empty_text = "How weights, gradients and activations are spread appears here, as soon as a model is built."

    def __init__(self) -> None:
        super().__init__()
        # What is known of the run, and what of it is shown: in the past what was found up to there.
        self.histories = PartHistories()
        self.history = self.histories.recorded
        self._part_shown = self.histories.part
        self.cells: list[Cell] = []
        self._laid_out: tuple[object, ...] = ()
        self._spread = {quantity: Spread() for quantity in QUANTITIES}
        self._chosen = ""
        self._mouse = QPointF(-1, -1)
        self._lut = heat_lut(self.theme)
        self._layer = LayerChoice("All layers")
        self._layer.chosen.connect(self._choose_layer)
        self.part = PartChoice()
        self.part.chosen.connect(lambda part: self.select(part=part, example=0))
        for name, choice in (("Part", self.part), ("Layer", self._layer)):
            self.controls.addWidget(captioned(name, choice))
        self.board = Board(self.canvas, self._redraw)
        self.ratios = RatioPlot()
        self._right = pg.GraphicsLayout()
        self._right.setContentsMargins(0, 0, 14, 0)
        self._right.addItem(self.ratios.heading, row=0, col=0)
        self._right.addItem(self.ratios, row=1, col=0)
        self.canvas.addItem(self._right, row=0, col=1)
        self._right.setFixedWidth(_RATIO_WIDTH[1])
        self.canvas.scene().sigMouseMoved.connect(self._hover)
        self.canvas.scene().sigMouseClicked.connect(self._click)

    def begin(self, prepared: Prepared) -> None:
        """A run with data in other parts, perhaps."""
        super().begin(prepared)
        self._go_on_with(PartHistories(prepared.fitting(START).part))
        self.part.begin(prepared)

    def forget(self) -> None:
        """A new run has a history of its own."""
        super().forget()
        self._go_on_with(PartHistories())
        self.ratios.begin()
        self.cells, self._laid_out = [], ()
        for spread in self._spread.values():
            spread.forget([])
        # The layers of the run before can be chosen no more.
        self._chosen = ""
        self._layer.show_layers((), "")

    def follow(self, recorded: StepHistory[Distributions]) -> None:
        """The history that goes on while this view is not seen."""
        self._go_on_with(PartHistories(self.histories.part, recorded))

    def come_back(self) -> None:
        """What was recorded meanwhile belongs to it."""
        histories = self.histories
        super().come_back()
        self._go_on_with(histories)

    def take(self, answer: Distributions) -> None:
        """Keep it for the heat maps, with others of its part, then draw."""
        if self._present is None and answer.part != self._part_shown:
            self.history, self._part_shown = self.histories.of(answer.part), answer.part
        self.history.add(self.moment.step, answer)
        super().take(answer)
        if not answer.is_fresh:
            # Once the model stands still, the last answer is to be of the model as it is.
            self.wants_changed.emit()

    def collected(self) -> StepHistory[Distributions]:
        """The answers behind the heat maps."""
        return self.history

    def recall(self, collected: StepHistory[Distributions], step: int | None) -> None:
        """The heat maps up to a step; while one is in the past, with what was seen there."""
        seen = self.history if self.history is not collected else StepHistory[Distributions]()
        self.history = collected
        if step is not None:
            self.history = collected.up_to(step).joined(seen.up_to(step))

    def show_selection(self, selection: Selection) -> None:
        """The selected layer's name is outlined; activations are of the selected part."""
        super().show_selection(selection)
        self.part.show_selection(selection)
        self._redraw()

    def draw(self, answer: Distributions) -> None:
        """All cells of the chosen rows, then the ratios."""
        self._layer.show_layers(answer.layers, self._chosen)
        rows = [row for row, name in enumerate(answer.layers) if self._chosen in ("", name)][:_MOST_ROWS]
        self.canvas.setMinimumHeight(max(self.least_picture[1], least_height(len(rows))))
        first = self.history.steps[0]
        last = first + step_up(max(self.history.steps[-1] - first, 10))
        for quantity, spread in self._spread.items():
            spread.follow([found_of(kept, quantity, answer.part) for kept in self.history.kept], rows)
        # Rectangles and scales are those of the frame before, as a rule.
        scales = [(tuple(spread.exponents), tuple(spread.signed)) for spread in self._spread.values()]
        if (wanted := (tuple(rows), self.board.size, *scales)) != self._laid_out:
            self._laid_out, self.cells = wanted, lay_out(rows, self._spread, *self.board.size)
            self._share_width()
        self.board.begin()
        for column, quantity in enumerate(QUANTITIES):
            x = self.cells[column].heat.x()
            self.board.text(quantity, x, 0, self.theme.text, bold=True)
            if self.cells[column].has_header:
                self._draw_foot(self.cells[column], first, last)
        # Of a map with fewer pixels some spans would not be seen, and one may hold all there is.
        spans = self.history.spread(first, last, min(_SPANS, int(self.cells[0].heat.width())))
        for cell in self.cells:
            self._draw_cell(cell, answer, spans)
        self.board.end()
        ratios = np.array([kept.ratio for kept in self.history.kept])
        hidden = [row for row in range(len(answer.layers)) if row not in rows]
        ratios[:, hidden] = np.nan
        self.ratios.show_ratios(self.history.steps, ratios, last)
        self._hover(self._mouse)

    def recolor(self, theme: Theme) -> None:
        """The heat's table, the axes."""
        self._lut = heat_lut(theme).copy()
        self._lut[GAP] = self._lut[0]
        self.ratios.recolor(theme)

    def csv_columns(self) -> Table:
        """One row per histogram, of every step that is kept."""
        found = zip(self.history.kept, self.history.steps, strict=True)
        rows = [row for kept, step in found for row in histogram_rows(kept, step)]
        return {name: [row[index] for row in rows] for index, name in enumerate(HISTOGRAM_COLUMNS)}

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow pane the heat maps get what there is."""
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        width = self.canvas.room.width()
        are_named = bool(self.cells) and not self.cells[0].has_header
        has_room = width >= (_BESIDE_NAMES if are_named else _ROOM_FOR_RATIOS)
        self._right.setVisible(has_room)
        # Words in no width would be very high, and count though they are not seen.
        self._right.setMaximumHeight(ANY_SIZE if has_room else 0)
        self._right.setFixedWidth(int(np.clip(0.28 * width, *_RATIO_WIDTH)) if has_room else 0)

    def showEvent(self, event: QShowEvent) -> None:
        """What was recorded while it could not be seen is shown, too."""
        super().showEvent(event)
        self._part_shown = ""

    def _go_on_with(self, histories: PartHistories) -> None:
        self.histories = histories
        self._part_shown = histories.part if self.answer is None else self.answer.part
        self.history = histories.of(self._part_shown)

    def _redraw(self) -> None:
        if self.answer is not None:
            self.draw(self.answer)

    def _draw_foot(self, cell: Cell, first: float, last: float) -> None:
        """From which step to which the maps of a column go."""
        below = self.board.size[1]
        self.board.text("" if cell.is_narrow else f"{first:,}", cell.heat.x(), below, self.theme.muted, anchor=(0, 1))
        steps = f"{last:,.0f}{'' if cell.is_narrow else ' steps'}"
        self.board.text(steps, cell.heat.right(), below, self.theme.muted, anchor=(1, 1))

    def _draw_cell(self, cell: Cell, answer: Distributions, spans: np.ndarray) -> None:
        histograms: Histograms = getattr(answer, cell.quantity)
        heat = self._spread[cell.quantity].heat[spans, cell.place, cell.bins]
        # The highest value on top.
        self.board.picture(heat.T[::-1], cell.heat, self._lut)
        now = self._spread[cell.quantity].now[cell.place, cell.bins][::-1, None]
        bars = np.where(_BAR_COLUMNS * now.max() < now, _BAR, GAP).astype(np.uint8)
        self.board.picture(bars, cell.now, self._lut)
        if cell.has_header:
            self.board.rectangle(cell.heat, line=self.theme.border, width=1)
            self._draw_header(cell, answer, histograms)
        else:
            is_bad = histograms.broken[cell.row] > 0 or (cell.quantity == "activations" and _is_bad(answer, cell.row))
            self.board.rectangle(cell.heat, line=self.theme.danger if is_bad else self.theme.border, width=1)
            self._name_row(cell, answer)

    def _name_row(self, cell: Cell, answer: Distributions) -> None:
        """The layer of a low row, at its left."""
        if cell.quantity != "weights":
            return
        middle, layer = cell.heat.center().y(), answer.layers[cell.row]
        self.board.rectangle(QRectF(0, middle - 4, 8, 8), fill=CLASS_COLORS[cell.row % len(CLASS_COLORS)])
        name = fitted_name(layer, cell.heat.x() - 18, self.board.width_of)
        self.board.text(name, 13, middle, self.theme.text, anchor=(0, 0.5), width=cell.heat.x() - 18)
        if self.selection.layer == layer:
            self.board.outline(QRectF(-3, middle - 7, cell.heat.x() - 4, 14), self.theme)

    def _draw_header(self, cell: Cell, answer: Distributions, histograms: Histograms) -> None:
        y, theme, row, right = cell.heat.y() - HEADER + 1, self.theme, cell.row, cell.now.right()
        scale, color = f"{'±' if cell.is_signed else '0 … '}{figure(2.0**cell.exponent, 3)}", theme.muted
        if histograms.broken[row] > 0:
            scale, color = "not finite", theme.danger
        elif not histograms.shares[row].any():
            scale = "all 0" if histograms.zeros[row] else "none yet"
        name = answer.outputs[row] if cell.quantity == "activations" else answer.layers[row]
        x, at_right, right_color = cell.heat.x(), scale, color
        if cell.quantity == "weights":
            self.board.rectangle(QRectF(x, y + 4, 8, 8), fill=CLASS_COLORS[row % len(CLASS_COLORS)])
            x += 13
            whole, room = _named(name, answer.tensors[row]), right - x - self.board.width_of(scale) - 10
            name = whole if self._fits(whole, scale, right - x) else fitted_name(name, room, self.board.width_of)
        elif cell.quantity == "gradients":
            name = ""
        else:
            dead, saturated = int(answer.dead[row]), int(answer.saturated[row])
            right_color = theme.danger if _is_bad(answer, row) else color
            notes = [unit_notes(int(answer.units[row]), dead, saturated, is_short) for is_short in (False, True)]
            # The counts matter more than the name, which stands at the weights of the row as well.
            names = dict.fromkeys((readable_name(name), short_name(name)))
            choices = [(f"{each}   {scale}", note) for note in notes for each in names]
            choices += [(each, notes[1]) for each in (*names, "")]
            name, at_right = next((each for each in choices if self._fits(*each, right - x)), choices[-1])
        if cell.quantity != "activations" and not self._fits(name, at_right, right - x):
            at_right = ""
        self.board.text(name, x, y, theme.text)
        if self.selection.layer == answer.layers[row] and cell.quantity == "weights":
            self.board.outline(QRectF(cell.heat.x() - 3, y - 1, self.board.width_of(name) + 19, 18), theme)
        self.board.text(at_right, right, y, right_color, anchor=(1, 0))

    def _fits(self, left: str, right: str, width: float) -> bool:
        return self.board.width_of(left) + self.board.width_of(right) + 10 <= width

    def _choose_layer(self, name: str) -> None:
        self._chosen = name
        self._redraw()

    def _cell_at(self, position: QPointF) -> tuple[Cell, QPointF] | None:
        point = self.board.point_at(position)
        found = (cell for cell in self.cells if cell.heat.united(cell.now).contains(point))
        cell = next(found, None)
        return (cell, point) if cell else None

    def _hover(self, position: QPointF) -> None:
        self._mouse = position
        if self.answer is None:
            return
        found = self._cell_at(position)
        self.readout.setText(self._describe(*found)) if found else self.readout.offer(*self._summary())

    def _summary(self) -> tuple[str, str]:
        """All of it, and what matters most."""
        answer, rows = self.answer, min(len(self.answer.layers), _MOST_ROWS)
        many = f" · the first {rows} of {len(answer.layers)} layers" if rows < len(answer.layers) else ""
        when, recorded = stamp(self.moment), recorded_words(self.history.steps)
        if self.moment.kept_epoch:
            when += f", stands at step {self.moment.step:,}, the last"
        examples = f"activations of {answer.examples} {PART_ADJECTIVES[answer.part]} examples"
        return f"{when}{recorded} · {examples}{many}", f"{stamp(self.moment)}{recorded}"

    def _describe(self, cell: Cell, point: QPointF) -> str:
        histograms: Histograms = getattr(self.answer, cell.quantity)
        count = cell.bins.stop - cell.bins.start
        place = min(int((cell.heat.bottom() - point.y()) / cell.heat.height() * count), count - 1)
        low = np.ldexp(-1.0 + 2.0 * (cell.bins.start + place) / BINS, cell.exponent)
        high = np.ldexp(-1.0 + 2.0 * (cell.bins.start + place + 1) / BINS, cell.exponent)
        share = self._spread[cell.quantity].now[cell.place, cell.bins][place]
        answer = self.answer
        name = readable_name(answer.outputs[cell.row]) if cell.quantity == "activations" else answer.tensors[cell.row]
        text = f"{name} {cell.quantity} · {figure(low, 3)} … {figure(high, 3)}: {percent(share)} now"
        if cell.quantity == "activations" and _is_bad(answer, cell.row):
            units, dead, saturated = (int(of[cell.row]) for of in (answer.units, answer.dead, answer.saturated))
            text += f" · {unit_notes(units, dead, saturated)}"
        zeros = histograms.zeros[cell.row]
        text += f" · exactly 0: {percent(zeros)}" if zeros else ""
        ratio = self.answer.ratio[cell.row]
        has_ratio = cell.quantity == "weights" and np.isfinite(ratio)
        return f"{text} · update / weights {figure(ratio, 2)}" if has_ratio else text

    def _click(self, event: MouseClickEvent) -> None:
        found = self._cell_at(event.scenePos())
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            self.select(layer=self.answer.layers[found[0].row], unit=-1)


def _is_bad(answer: Distributions, row: int) -> bool:
    """Whether units of a layer are dead or saturated; outputs are meant to be at their bounds."""
    return bool(answer.dead[row] > 0 or (answer.saturated[row] > 0 and row < len(answer.layers) - 1))


def _named(layer: str, tensor: str) -> str:
    """A layer, and what stands for its weights where it has none of its own: those it shares, or a batch norm's scale."""
    if tensor == f"{layer}.weight":
        return readable_name(layer)
    if tensor.startswith(f"{layer}."):
        return readable_name(layer) + tensor.removeprefix(layer)
    return f"{layer} = {tensor.removesuffix('.weight')}ᵀ"


def unit_notes(units: int, dead: int, saturated: int, is_short: bool = False) -> str:
    """14 of 128 dead; 3 of 200 saturated; else how many units there are."""
    of = "" if is_short else f" of {units}"
    notes = [f"{count}{of} {what}" for count, what in ((dead, "dead"), (saturated, "saturated")) if count >= 0]
    return ", ".join(notes) or counted(units, "unit")
