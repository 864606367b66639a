"""The confusion matrix of a part of the data, and what follows from it for every class."""

import math
from typing import ClassVar

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontInfo, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem

from nnlab.models.confusion import MOST_CLASSES
from nnlab.models.metrics import CLASS_METRICS
from nnlab.models.metrics.class_scores import ClassScores, accuracy, class_scores
from nnlab.probes import Answer, Moment, Selection
from nnlab.probes.confusion import ConfusionMatrix
from nnlab.probes.selection import PART_ADJECTIVES
from nnlab.ui.messages import Prepared
from nnlab.ui.theme import Theme, heat_lut, letters_on
from nnlab.ui.views import VIEWS
from nnlab.ui.views.parts.outline import OutlineItem
from nnlab.ui.views.parts.stamp import stamp
from nnlab.ui.views.view import Table, View, color_axis
from nnlab.ui.widgets.flow import captioned
from nnlab.ui.widgets.keyboard_pointer import NO_SPOTS, Click, KeyboardPointer, Spots, in_scene
from nnlab.ui.widgets.part_choice import PartChoice
from nnlab.ui.widgets.read_table import read_table
from nnlab.words import percent

# Beyond this many classes numbers in the cells would not be legible.
_MOST_NUMBERED = 20
_WIDTH_WITH_TABLE = 760
_LEAST_TABLE, _WIDEST_TABLE = 400, 480
_LEGIBLE_CELL = 20
_WIDE_CELL = 44  # of a low cell, in which 1,888 has room
_LEAST_ROW, _ROW = 18, 26  # pixels, of the table
_LEAST_LETTERS = 9  # pixels
_INSET = 2  # between a number and the edges of its cell
_BEYOND = 24  # by so much a name may stand out over the ends of the axis
_MARGIN = 4  # of the canvas, around the plot
_LOW = 160  # pixels of height
_GAP = 6  # between the names of two columns
# Beyond this many classes nobody finds a cell with arrow keys.
_MOST_BY_KEYS = 100
_COLUMNS = ("precision", "recall", "F1", "count")


class ConfusionView(View):
    """Rows are true classes, columns predictions; a cell is as strong as its share of the row."""

    title = VIEWS["confusion"].title
    probe = "confusion"
    interval = 0.25
    # Whether scores of every class stand beside the matrix, where there is room.
    has_scores: ClassVar[bool] = True
    empty_text = "How often each class is taken for another appears here, as soon as examples have been predicted."

    def __init__(self) -> None:
        super().__init__()
        self.beside = 0.0  # pixels that something at the right of the matrix takes
        self.widest = "0"  # of the numbers in the cells
        self._names: tuple[str, ...] = ()
        self._ticks: list[tuple[float, str]] = []
        self._named: tuple[bool, int, int] | None = None  # whether by name, and every how manieth column and row
        self._metrics = QFontMetrics(self.font())
        self._letters = -1  # pixels of the numbers in the cells; 0 where they have no room
        self._drawn: np.ndarray | None = None
        self._mouse = QPointF(-1, -1)
        self.part = PartChoice()
        self.part.chosen.connect(lambda part: self.select(part=part, example=0))
        self.controls.addWidget(captioned("Part", self.part))
        self._plot = self.canvas.addPlot(enableMenu=False)
        self.canvas.sigDeviceRangeChanged.connect(self._fit)
        # An axis is as wide as what is written at it, which is known once it is laid out.
        self._plot.getViewBox().sigResized.connect(self._fit)
        self._dress_plot()
        self.image = pg.ImageItem(axisOrder="row-major")
        self._plot.addItem(self.image)
        self.outline_of_cell = OutlineItem()
        self._plot.addItem(self.outline_of_cell, ignoreBounds=True)
        self._numbers: list[pg.TextItem] = []
        self.table = _score_table()
        self.outline.removeWidget(self.canvas)
        row = pg.QtWidgets.QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.canvas, 1)
        row.addWidget(self.table)
        self.outline.addLayout(row, 1)
        self.canvas.scene().sigMouseMoved.connect(self._hover)
        self.canvas.scene().sigMouseClicked.connect(self._click)
        self.canvas.setToolTip("Click a cell to see its examples")
        self.pointer = KeyboardPointer(self.canvas, self._spots)

    def _dress_plot(self) -> None:
        self._plot.setMouseEnabled(False, False)
        self._plot.hideButtons()
        self._plot.invertY(True)
        self._plot.setLabel("bottom", "predicted class")
        self._plot.setLabel("left", "true class")
        # Else the first and the last name were left out where cells are smaller than letters.
        self._plot.getAxis("bottom").setStyle(hideOverlappingLabels=_BEYOND)

    def begin(self, prepared: Prepared) -> None:
        """Axes and cells for this dataset's classes."""
        super().begin(prepared)
        self._drawn = None
        self.part.begin(prepared)
        if prepared.dataset.class_names != self._names:
            self._names = prepared.dataset.class_names
            # Of too many classes nothing will be shown but the probe's sentence.
            self._make_cells(self._names[:MOST_CLASSES])

    def show_selection(self, selection: Selection) -> None:
        """The part is everybody's; the cell is outlined."""
        super().show_selection(selection)
        self.part.show_selection(selection)
        self._outline_cell()

    def take(self, answer: ConfusionMatrix) -> None:
        """Draw the matrix, or say why there is none."""
        self._empty.setText(answer.problem or self.empty_text)
        if answer.problem:
            self._empty.setVisible(True)
        else:
            super().take(answer)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is no room for the table's numbers, the picture has all of it."""
        super().resizeEvent(event)
        self.table.setVisible(self.has_scores and self.width() >= _WIDTH_WITH_TABLE)
        self._share_rows()

    def _share_rows(self) -> None:
        """All classes in sight, if they are not too many, in rows that are lower if need be."""
        edges = self.outline.contentsMargins()
        room = self.height_in_sight - edges.top() - edges.bottom() - self.outline.spacing() - self.controls.height()
        room -= self.table.horizontalHeader().sizeHint().height() + 2 * self.table.frameWidth()
        self.table.verticalHeader().setMinimumSectionSize(_LEAST_ROW)
        row = min(max(room // max(self.table.rowCount(), 1), _LEAST_ROW), _ROW)
        self.table.verticalHeader().setDefaultSectionSize(row)

    def _fit(self) -> None:
        """As large as there is room for, its labels close to it; square, but where it is low as wide as its numbers."""
        left, bottom = self._plot.getAxis("left"), self._plot.getAxis("bottom")
        # Where it is low the cells need the line that the name of their columns would take.
        bottom.showLabel(self.canvas.room.height() >= _LOW)
        wide = self.canvas.room.width() - 2 * _MARGIN - left.width() - self.beside
        high = self.canvas.room.height() - 2 * _MARGIN - bottom.height()
        height, count = max(min(wide, high), 1.0), max(len(self._names), 1)
        width = min(wide, _WIDE_CELL * count) if height < min(wide, _LEGIBLE_CELL * count) else height
        # A plot that is larger than its cells would have its labels at its own edges, far from them.
        across, down = (_MARGIN + max(room - side, 0) / 2 for room, side in ((wide, width), (high, height)))
        self.canvas.ci.setContentsMargins(across, down, across, down)
        # The margins of before may have kept it from becoming as small as the canvas has become.
        self.canvas.ci.setGeometry(QRectF(0, 0, self.canvas.room.width(), self.canvas.room.height()))
        if self._names:
            self._name_classes(width / count, height / count)
            self._number_cells_of(width / count, height / count)

    def _name_classes(self, width: float, height: float) -> None:
        """Columns so many pixels wide go by name where names have room or are short; else by number, which rows tell."""
        names = [name for _, name in self._ticks]
        step = self._ticks[1][0] - self._ticks[0][0] if len(names) > 1 else 1
        width_of = self._metrics.horizontalAdvance
        has_room = max(map(width_of, names)) + _GAP <= width * step
        by_name = has_room or max(map(len, names)) <= 3
        numbered = [(at, str(int(at))) for at, _ in self._ticks]
        columns = self._ticks if by_name else numbered
        rows = self._ticks if by_name else [(at, f"{name}  {int(at)}") for at, name in self._ticks]
        # In small cells every second or third: names that lie on each other are none.
        across = math.ceil((max(width_of(name) for _, name in columns) + _GAP / 2) / (width * step))
        down = math.ceil(self._metrics.ascent() / (height * step))
        if (by_name, across, down) != self._named:
            self._named = (by_name, across, down)
            self._plot.getAxis("bottom").setTicks([columns[::across]])
            self._plot.getAxis("left").setTicks([rows[::down]])

    def moment_shown(self, answer: Answer) -> Moment:
        """When it was found."""
        found: Moment = answer.value.found
        return found

    def draw(self, answer: ConfusionMatrix) -> None:
        """Only when it has changed."""
        if not answer.is_fresh:
            # The rest comes with the next frames, also while training stands.
            self.wants_changed.emit()
        confusion = answer.confusion
        self._hover(self._mouse)
        self.widest = f"{confusion.max(initial=0):,}"
        self._fit()
        if self._drawn is not None and np.array_equal(self._drawn, confusion):
            return
        self._drawn = confusion
        lut = heat_lut(self.theme)
        share = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
        # The square root lifts the few mistakes of a good model out of the ground colour.
        self.image.setImage(np.sqrt(share), autoLevels=False, levels=(0, 1), lut=lut)
        count = len(confusion)
        for index, text in enumerate(self._numbers):
            number, strength = confusion.flat[index], share.flat[index]
            text.setText(f"{number:,}" if number else "")
            text.setColor(letters_on(lut[round(255 * np.sqrt(strength))]))
        self._plot.setRange(xRange=(0, count), yRange=(0, count), padding=0.01)
        self._fill_table(class_scores(confusion))

    def recolor(self, theme: Theme) -> None:
        """Axes; cells follow with the next drawing."""
        for side in ("left", "bottom"):
            color_axis(self._plot.getAxis(side), theme)
        self._drawn = None
        self._outline_cell()

    def csv_columns(self) -> Table:
        """One row per true class: its name, then how many were taken for each class."""
        confusion = self.answer.confusion
        counts = {f"predicted {name}": list(confusion[:, index]) for index, name in enumerate(self._names)}
        return {"true class": list(self._names), **counts}

    def _make_cells(self, names: tuple[str, ...]) -> None:
        for text in self._numbers:
            self._plot.removeItem(text)
        self._numbers, self._letters = [], -1
        if len(names) <= _MOST_NUMBERED:
            for index in range(len(names) ** 2):
                text = pg.TextItem(anchor=(0.5, 0.5))
                text.setPos(index % len(names) + 0.5, index // len(names) + 0.5)
                self._plot.addItem(text)
                self._numbers.append(text)
        every = max(1, len(names) // _MOST_NUMBERED)
        self._ticks = [(index + 0.5, name) for index, name in enumerate(names) if index % every == 0]
        self._named = None
        self._fit()
        self.table.setRowCount(len(names) + 1)
        self.table.setVerticalHeaderLabels([*names, "mean"])
        # As wide as its heads, and as the names of the classes unless they are very long.
        for part in (self.table, self.table.horizontalHeader(), self.table.verticalHeader()):
            part.ensurePolished()
        head = max(self.table.horizontalHeader().sectionSizeHint(column) for column in range(len(_COLUMNS)))
        named = self.table.verticalHeader().sizeHint().width() + len(_COLUMNS) * head
        self.table.setFixedWidth(min(max(named + 4, _LEAST_TABLE), _WIDEST_TABLE))
        self._share_rows()

    def _number_cells_of(self, width: float, height: float) -> None:
        """Numbers stand in cells of so many pixels only where the widest has room, in smaller letters if need be."""
        font = QFont(self.font())
        pixels = self._fitting_letters(font, width, height) if width >= _LEGIBLE_CELL else 0
        if pixels == self._letters:
            return
        self._letters = pixels
        font.setPixelSize(max(pixels, 1))
        for text in self._numbers:
            text.setVisible(pixels > 0)
            text.setFont(font)

    def _fitting_letters(self, font: QFont, width: float, height: float) -> int:
        """The largest, up to the view's own, in which the widest number has room; 0 where none has. Letters of another size
        are not exactly as much narrower as they are smaller.
        """
        # Digits have nothing below their line: letters as high as the cell leave a gap.
        for pixels in range(min(QFontInfo(font).pixelSize(), int(height)), _LEAST_LETTERS - 1, -1):
            font.setPixelSize(pixels)
            if QFontMetrics(font).horizontalAdvance(self.widest) <= width - _INSET:
                return pixels
        return 0

    def _fill_table(self, scores: ClassScores) -> None:
        rates = [scores.precision, scores.recall, scores.f1]
        for row in range(len(scores.support)):
            texts = [percent(rate[row]) for rate in rates] + [f"{scores.support[row]:,}"]
            self._set_row(row, texts)
        self._set_row(len(scores.support), [percent(rate.mean()) for rate in rates] + [f"{scores.support.sum():,}"])

    def _set_row(self, row: int, texts: list[str]) -> None:
        for column, text in enumerate(texts):
            item = self.table.item(row, column)
            if item is None:
                item = QTableWidgetItem()
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(row, column, item)
            item.setText(text)

    def _cell_at(self, position: QPointF) -> tuple[int, int] | None:
        """True and predicted class of the cell there."""
        point = self._plot.getViewBox().mapSceneToView(position)
        row, column = int(np.floor(point.y())), int(np.floor(point.x()))
        return (row, column) if 0 <= row < len(self._names) and 0 <= column < len(self._names) else None

    def _outline_cell(self) -> None:
        cell, count = self.selection.cell, len(self._names)
        is_there = cell is not None and max(cell) < count
        self.outline_of_cell.show_at(QRectF(cell[1], cell[0], 1, 1) if cell is not None and is_there else None, self.theme)

    def _spots(self) -> Spots:
        count = len(self._names)
        if self.answer is None or count > _MOST_BY_KEYS:
            return NO_SPOTS
        cells = [(place % count, place // count, 1, 1) for place in range(count**2)]
        return Spots(in_scene(self._plot.getViewBox(), cells), lambda place: self._spot_text(*divmod(place, count)))

    def _click(self, event: Click) -> None:
        """The examples of a cell are shown by another view."""
        cell = self._cell_at(event.scenePos()) if self.answer is not None else None
        if cell is not None:
            self.select(cell=cell)
            self.view_wanted.emit("predictions")

    def _hover(self, position: QPointF) -> None:
        self._mouse = position
        if self.answer is None:
            return
        cell = self._cell_at(position)
        if cell:
            self.readout.setText(self._spot_text(*cell))
        else:
            whole = self._headline()
            self.readout.offer(whole, whole.partition(" · ")[0])

    def _headline(self) -> str:
        return _headline(self.answer)

    def _spot_text(self, row: int, column: int) -> str:
        number, total = self.answer.confusion[row, column], self.answer.confusion[row].sum()
        share = f" ({percent(number / total)})" if total else ""
        return f"{number:,} of {total:,} {self._names[row]}{share} were predicted as {self._names[column]}"


def _headline(answer: ConfusionMatrix) -> str:
    seen = int(answer.confusion.sum())
    if not seen:
        return ""
    count = f"{seen:,} of {answer.total:,}" if seen < answer.total else f"{seen:,}"
    # The score first, so that it is not what a narrow pane cuts off.
    score = f"{CLASS_METRICS[0].title} {percent(accuracy(answer.confusion))}"
    return f"{score} · {count} {PART_ADJECTIVES[answer.part]} examples {stamp(answer.found)}"


def _score_table() -> QTableWidget:
    table = read_table("Scores per class", len(_COLUMNS), row_height=_ROW)
    table.setHorizontalHeaderLabels(_COLUMNS)
    table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    # Above the numbers, which end at the right.
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return table
