"""How well a straight cut through the codes tells the classes apart: two linear SVMs side by side."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHeaderView, QTableWidget, QTableWidgetItem

from nnlab.probes import Answer
from nnlab.probes.analyses.latent_svm import LatentSVM, MachineScore, compare_svms
from nnlab.probes.parts import ModelParts
from nnlab.ui.jobs import Job
from nnlab.ui.theme import Theme
from nnlab.ui.views import VIEWS
from nnlab.ui.views.latent.confusion_plot import ConfusionPlot
from nnlab.ui.views.latent.margin_plot import MarginPlot
from nnlab.ui.views.parts.right_part import RightPart
from nnlab.ui.views.parts.stamp import stamp
from nnlab.ui.views.view import Table, View
from nnlab.ui.widgets.flow import ANY_SIZE
from nnlab.ui.widgets.job_control import JobControl
from nnlab.ui.widgets.read_table import read_table
from nnlab.ui.widgets.switch import Switch
from nnlab.words import figure

_RATES = ("precision", "recall", "f1")
_OWN, _PEER = "nnlab", "scikit-learn"
_MACHINES = "nnlab scikit"  # above their columns
# What stands above the classes.
_TOTALS = ("objective", "mean")
_OBJECTIVE = (
    "What both machines make small over the training codes: C Σ max(0, 1 − s z) + Σ w² / 2, of all classes together, "
    "with C = 1. The lower, the nearer to the one best machine."
)
# Pixels: what can be read is so large.
_TABLE_WIDTH, _MOST_NAMES = 420, 180
_PADDING = 14  # of a cell
_ROW_HEIGHT, _HEADER_HEIGHT, _MOST_ROWS = 24, 48, 12
_MATRIX_WIDTH, _MATRIX_HEIGHT = 210, 280
_ROOM_FOR_PLANE = 600
# Of height: for the table below the matrices, else one of them is shown; and for all that is said above a matrix.
_ROOM_FOR_BOTH, _ROOM_FOR_WORDS = 560, 300
_LEAST_MATRICES = 100
_PICTURES, _NUMBERS = "pictures", "numbers"


class LatentSVMView(View):
    """Confusion matrices of nnlab's and scikit-learn's machine on the same codes, and their figures for every class."""

    title = VIEWS["latent_svm"].title
    probe = "parts"
    interval = 1.0
    empty_text = "Linear support vector machines can be trained on the codes here, as soon as there is a model."

    def __init__(self) -> None:
        super().__init__()
        self.found: Answer | None = None  # with a LatentSVM
        self._drawn: tuple[object, ...] = ()
        self.plots = {_OWN: ConfusionPlot(), _PEER: ConfusionPlot()}
        own, peer = (plot.heading for plot in self.plots.values())
        own.stand_beside(peer)
        peer.stand_beside(own)
        self.margin = MarginPlot()
        plots: tuple[ConfusionPlot | MarginPlot, ...] = (*self.plots.values(), self.margin)
        columns = [_under_heading(plot) for plot in plots]
        for index, column in enumerate(columns[:-1]):
            self.canvas.addItem(column, row=0, col=index)
        self._last = RightPart(self.canvas.ci, columns[-1], (1, 1, 1), _ROOM_FOR_PLANE, _MATRIX_HEIGHT)
        self.control = JobControl("Train both SVMs", self._start)
        self.control.reported.connect(self.readout.setText)
        self.control.done.connect(self._show_result)
        self.control.failed.connect(self._show_failure)
        self.control.cancelled.connect(self._show_state)
        self.switch = Switch("Shown", ((_PICTURES, "Matrices"), (_NUMBERS, "Figures")))
        self.switch.buttons[_PICTURES].setToolTip("Both machines' confusion matrices")
        self.switch.buttons[_NUMBERS].setToolTip("Precision, recall and F1 of every class")
        self.switch.chosen.connect(lambda _: self._arrange())
        for widget in (self.control, self.switch):
            self.controls.addWidget(widget)
        self.table = _figures_table()
        self.outline.removeWidget(self.canvas)
        self._pair = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._pair.setSpacing(8)
        self._pair.addWidget(self.canvas, 1)
        self._pair.addWidget(self.table)
        self.outline.addLayout(self._pair, 1)
        self.outline.addStretch(0)
        # While there is nothing else, in the middle of the room.
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.outline.setStretchFactor(self._empty, 100)
        self.canvas.scene().sigMouseMoved.connect(self._hover)
        self._show_parts()

    @property
    def result(self) -> LatentSVM | None:
        """Both machines on the codes of this model."""
        return None if self.found is None else self.found.value

    def forget(self) -> None:
        """Another model has other codes."""
        super().forget()
        self.control.drop()
        self.found = None
        self._drawn = ()
        self._show_parts()

    def draw(self, answer: ModelParts) -> None:
        """Only what has changed since it was drawn."""
        if (now := (self.result, self.theme, self._is_low)) != self._drawn:
            self._drawn = now
            if self.result is not None:
                self._draw_result(self.result)
        if not self.control.is_busy:
            self._show_state()

    def recolor(self, theme: Theme) -> None:
        """Drawn with the next answer."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow pane the table stands below the matrices."""
        super().resizeEvent(event)
        self._arrange()
        if self.answer is not None:
            self.draw(self.answer)

    @property
    def _is_low(self) -> bool:
        return self.height_in_sight < _ROOM_FOR_WORDS

    def csv_columns(self) -> Table:
        """One row per class: both machines' precision, recall and F1, and the examples."""
        if self.result is None:
            return {"class": []}
        rows: Table = {"class": list(self.result.class_names)}
        for name, machine in ((_OWN, self.result.own), (_PEER, self.result.peer)):
            rows |= {f"{name} {rate}": getattr(machine.scores, rate).tolist() for rate in _RATES}
        return rows | {"examples": self.result.own.scores.support.tolist()}

    def _start(self) -> Job | None:
        if self.services is None or self.answer is None:
            return None
        self.readout.setText("copying the model")
        return self.services.start_job("Linear SVM on the codes", compare_svms)

    def _show_result(self, found: Answer) -> None:
        self.found = found
        self._show_parts()
        if self.answer is not None:
            self.draw(self.answer)

    def _show_failure(self, sentence: str) -> None:
        self.found = None
        self._show_parts()
        self.readout.setText(sentence)

    def _show_parts(self) -> None:
        """Plots and table only when there is something in them."""
        self._last.show(self.result is not None and self.result.dims == 2)
        self._arrange()

    def _arrange(self) -> None:
        """Everything as large as it can be read at, whatever has to go below, or make way."""
        has_result, has_plane = self.result is not None, self.result is not None and self.result.dims == 2
        table = self._table_width()
        is_below = self.width() < table + _MATRIX_WIDTH * (2 + has_plane)
        shows_both = not is_below or self.height_in_sight >= _ROOM_FOR_BOTH
        shows_numbers = self.switch.choice == _NUMBERS
        self.switch.setVisible(has_result and not shows_both)
        self.canvas.setVisible(has_result and (shows_both or not shows_numbers))
        self.table.setVisible(has_result and (shows_both or shows_numbers))
        ways = QBoxLayout.Direction
        self._pair.setDirection(ways.TopToBottom if is_below else ways.LeftToRight)
        beside = self.width() if shows_both else _ROOM_FOR_PLANE
        self._last.fit(beside if is_below else self.width() - table)
        lines = 1 + (has_plane and self._last.is_below)
        self.canvas.setMinimumHeight(_MATRIX_HEIGHT * lines if shows_both and is_below else _LEAST_MATRICES)
        rows = min(self.table.rowCount(), _MOST_ROWS)
        self.table.setMinimumHeight(_HEADER_HEIGHT + rows * _ROW_HEIGHT if is_below and shows_both else 0)
        self.table.setMinimumWidth(0 if is_below else table)
        self.table.setMaximumWidth(ANY_SIZE if is_below else table)

    def _table_width(self) -> int:
        """So many pixels that no cell is cut off, however long the names of the classes are."""
        cell = self.table.fontMetrics().horizontalAdvance("0.000 0.000")
        cell = max(cell, self.table.horizontalHeader().fontMetrics().horizontalAdvance(_MACHINES)) + _PADDING
        names = min(self.table.verticalHeader().sizeHint().width(), _MOST_NAMES)
        examples = self.table.horizontalHeader().sectionSizeHint(len(_RATES))
        bar = self.table.verticalScrollBar().sizeHint().width()
        return max(_TABLE_WIDTH, names + cell * len(_RATES) + examples + bar)

    def _draw_result(self, result: LatentSVM) -> None:
        for name, machine in ((_OWN, result.own), (_PEER, result.peer)):
            self.plots[name].show_axis_names(not self._is_low)
            heading = f"<b>{name} {_accuracy(machine)}</b>" if self._is_low else _heading(machine)
            self.plots[name].draw(machine.confusion, heading, self.theme)
        if result.dims == 2:
            self.margin.draw(result, self.theme, self._is_low)
        self._fill_table(result)

    def _fill_table(self, result: LatentSVM) -> None:
        machines = (result.own, result.peer)
        self.table.setRowCount(len(result.class_names) + len(_TOTALS))
        self.table.setVerticalHeaderLabels([*_TOTALS, *result.class_names])
        self._fill_objective(result)
        rates = [tuple(getattr(machine.scores, rate) for machine in machines) for rate in _RATES]
        support = result.own.scores.support
        self._fill_row(1, [f"{own.mean():.3f} {peer.mean():.3f}" for own, peer in rates], int(support.sum()))
        for label in range(len(support)):
            texts = [f"{own[label]:.3f} {peer[label]:.3f}" for own, peer in rates]
            self._fill_row(label + len(_TOTALS), texts, int(support[label]))
        self._arrange()

    def _fill_objective(self, result: LatentSVM) -> None:
        """One line over all columns: the numbers are too long for a cell."""
        figures = (f"{_OWN} {_figure(result.own.objective)}", f"{_PEER} {_figure(result.peer.objective)}")
        item = QTableWidgetItem(" · ".join((*figures, "lower is better")))
        item.setToolTip(_OBJECTIVE)
        item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.table.setItem(0, 0, item)
        self.table.setSpan(0, 0, 1, self.table.columnCount())
        self.table.verticalHeaderItem(0).setToolTip(_OBJECTIVE)

    def _fill_row(self, row: int, texts: list[str], examples: int) -> None:
        for column, text in enumerate((*texts, f"{examples:,}")):
            item = QTableWidgetItem(text)
            item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.table.setItem(row, column, item)

    def _show_state(self) -> None:
        answer, found = self.answer, self.found
        if answer is None or self.control.is_busy:
            return
        self._empty.setVisible(found is None)
        if found is None:
            self.readout.clear()
            # In as many lines as it takes: there is nothing else to be seen.
            self._empty.setText(
                f"Trains on codes of {answer.code_dims:,} dimensions, standardised, with C = 1: by stochastic descent here, "
                "and by scikit-learn's LinearSVC."
            )
            return
        result: LatentSVM = found.value
        codes = f"{result.train_examples:,} training codes of {result.dims:,} dimensions"
        self.readout.setText(
            f"{codes}, judged on {result.held_examples:,} of the {result.held_part} part, {stamp(found.moment, self.moment)}"
        )

    def _hover(self, position: QPointF) -> None:
        if self.result is None or self.control.is_busy:
            return
        for name, machine in ((_OWN, self.result.own), (_PEER, self.result.peer)):
            cell = self.plots[name].cell_at(position)
            if cell is not None:
                number, total = machine.confusion[cell], machine.confusion[cell[0]].sum()
                true, said = (self.result.class_names[label] for label in cell)
                self.readout.setText(f"{name}: {number:,} of {total:,} {true} were predicted as {said}")
                return
        self._show_state()


def _under_heading(plot: ConfusionPlot | MarginPlot) -> pg.GraphicsLayout:
    column = pg.GraphicsLayout()
    column.setContentsMargins(0, 0, 0, 0)
    column.addItem(plot.heading, row=0, col=0)
    column.addItem(plot, row=1, col=0)
    return column


def _heading(machine: MachineScore) -> str:
    training = f"training part {machine.train_accuracy:.2%}<br>{machine.remark}"
    return f"<b>{machine.name}<br>{_accuracy(machine)} in {machine.seconds:.2f} s</b><br>{training}"


def _accuracy(machine: MachineScore) -> str:
    return f"{machine.accuracy:.2%}" if np.isfinite(machine.accuracy) else "no examples"


def _figure(objective: float) -> str:
    return f"{objective:,.1f}" if objective >= 100 else figure(objective, 3)


def _figures_table() -> QTableWidget:
    names = [f"{rate.replace('f1', 'F1')}\n{_MACHINES}" for rate in _RATES] + ["examples\n"]
    table = read_table("Figures of both machines for every class", len(names), _ROW_HEIGHT)
    for column, name in enumerate(names):
        heading = QTableWidgetItem(name)
        heading.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        table.setHorizontalHeaderItem(column, heading)
    table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    table.horizontalHeader().setSectionResizeMode(len(_RATES), QHeaderView.ResizeMode.ResizeToContents)
    table.verticalHeader().setMaximumWidth(_MOST_NAMES)
    # Two figures to a cell: they need its whole width.
    table.setStyleSheet("QTableView { font-size: 12px; } QTableView::item { padding: 2px 3px; }")
    return table
