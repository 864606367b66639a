"""Backpropagation held against plain differences: is every number of the gradient right?"""

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from nnlab.models.gradient_check import TOLERANCE
from nnlab.training.gradient_report import GradientReport, check_run
from nnlab.training.probes import RunStanding
from nnlab.ui.jobs import Job
from nnlab.ui.messages import Prepared
from nnlab.ui.setup.form import Choice
from nnlab.ui.theme import Theme
from nnlab.ui.views.gradient_check.epsilon_plot import EpsilonPlot
from nnlab.ui.views.gradient_check.maps import GradientMaps
from nnlab.ui.views.parts.board import Board
from nnlab.ui.views.view import Columns, View
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.flow import FlowRow, captioned
from nnlab.ui.widgets.job_control import JobControl

_COUNTS = (100, 500, 2000, 10_000)
_WORST_SHOWN = 20
_COLUMNS = ("parameter", "backpropagation", "difference", "relative error")
_READING = (
    "How to read it: backpropagation and the difference (L(p + ε) − L(p − ε)) / 2ε should agree to better than 1e-4, dark "
    "in the pictures; bright entries are wrong or sit at a kink, and the V shows that larger steps ε see the loss bend "
    "while smaller ones see only rounding."
)


class GradientCheckView(View):
    """Errors of the entries as pictures and in a table, and the error against the size of the step."""

    title = "Gradient check"
    probe = "standing"
    interval = 1.0
    empty_text = "The gradient of the model can be checked here, number by number, as soon as there is one."

    def __init__(self) -> None:
        super().__init__()
        self.report: GradientReport | None = None
        self._drawn: tuple[object, ...] = ()
        self.board = Board(self.canvas, self._follow_size)
        self.maps = GradientMaps(self.board)
        self.curve = EpsilonPlot()
        self.canvas.addItem(self.curve, row=0, col=1)
        for column, share in ((0, 3), (1, 2)):
            self.canvas.ci.layout.setColumnStretchFactor(column, share)
        self.most = Choice()
        self.most.setToolTip("How many parameters are compared, drawn at random from all tensors; each takes two passes")
        for count in _COUNTS:
            self.most.addItem(f"{count:,}", count)
        self.most.setCurrentIndex(1)
        self.control = JobControl("Check", self._start)
        self.control.told.connect(self.readout.setText)
        self.control.done.connect(self._show_report)
        self.control.failed.connect(self._tell_failure)
        self.control.cancelled.connect(self._show_state)
        self.table = _worst_table()
        self.reading = label(_READING, "muted")
        self.reading.setWordWrap(True)
        row = FlowRow()
        row.addWidget(captioned("Parameters", self.most))
        row.addWidget(self.control)
        self.outline.insertLayout(0, row)
        self.outline.insertWidget(2, self.reading)
        self.outline.addWidget(self.table)
        self.outline.setStretch(self.outline.indexOf(self.canvas), 3)
        self.outline.setStretch(self.outline.indexOf(self.table), 2)
        self.canvas.scene().sigMouseMoved.connect(self._hover)
        self._show_parts()

    def begin(self, prepared: Prepared) -> None:
        """Another model: the last check was not of it."""
        super().begin(prepared)
        self.control.drop()
        self.report = None
        self._drawn = ()
        self.table.setRowCount(0)
        self._show_parts()
        self.board.begin()
        self.board.end()

    def draw(self, answer: RunStanding) -> None:
        """The last check; while there is none, what it would do."""
        now = (self.report, self.theme, self.board.size)
        if now != self._drawn:
            self._drawn = now
            if self.report is None:
                self.maps.tell("Press Check to compare the gradient with differences.", self.theme)
            else:
                self.maps.draw(self.report, self.theme)
                self.curve.draw(self.report.sweep)
        if not self.control.is_busy:
            self._show_state()

    def recolor(self, theme: Theme) -> None:
        """The plot; pictures are drawn anew."""
        self.curve.recolor(theme)

    def columns(self) -> Columns:
        """One row per checked parameter."""
        if self.report is None:
            return {name: [] for name in _COLUMNS}
        check = self.report.check
        places = [_place_text(self.report, entry) for entry in range(len(check.index))]
        numbers = (check.analytic.tolist(), check.numeric.tolist(), check.error.tolist())
        return dict(zip(_COLUMNS, (places, *numbers), strict=True))

    def _start(self) -> Job | None:
        if self.bench is None or self.answer is None:
            return None
        most = int(self.most.currentData())
        self.readout.setText("copying the model")
        return self.bench.start_job("Gradient check", lambda run, report: check_run(run, most, report))

    def _show_report(self, report: GradientReport) -> None:
        self.report = report
        self._show_parts()
        self._fill_table(report)
        if self.answer is not None:
            self.draw(self.answer)

    def _show_parts(self) -> None:
        """Plot, sentence and table only when there is something to read."""
        self.curve.setVisible(self.report is not None)
        self.reading.setVisible(self.report is not None)
        self.table.setVisible(self.report is not None)

    def _show_state(self) -> None:
        if self.answer is not None:
            self.readout.setText(_verdict(self.report, self.answer) if self.report else _prospect(self.answer))

    def _tell_failure(self, sentence: str) -> None:
        self.report = None
        self._drawn = (None, self.theme, self.board.size)
        self._show_parts()
        self.maps.tell(sentence, self.theme)
        self.readout.clear()

    def _fill_table(self, report: GradientReport) -> None:
        check = report.check
        worst = np.argsort(-np.nan_to_num(check.error, nan=np.inf), kind="stable")[:_WORST_SHOWN]
        self.table.setRowCount(len(worst))
        for row, entry in enumerate(worst):
            numbers = (f"{check.analytic[entry]:+.8e}", f"{check.numeric[entry]:+.8e}", f"{check.error[entry]:.2e}")
            for column, text in enumerate((_place_text(report, int(entry)), *numbers)):
                item = QTableWidgetItem(text)
                side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(row, column, item)

    def _follow_size(self) -> None:
        if self.answer is not None:
            self.draw(self.answer)

    def _hover(self, position: QPointF) -> None:
        if self.report is None or self.control.is_busy:
            return
        point = self.board.point_at(position)
        entry = self.maps.entry_at(point.x(), point.y())
        if entry is None:
            self._show_state()
            return
        check = self.report.check
        self.readout.setText(
            f"{_place_text(self.report, entry)} · backpropagation {check.analytic[entry]:+.4e} · "
            f"difference {check.numeric[entry]:+.4e} · relative error {check.error[entry]:.1e}"
        )


def _place_text(report: GradientReport, entry: int) -> str:
    name, place = report.place_of(entry)
    return f"{name}[{', '.join(map(str, place))}]"


def _prospect(answer: RunStanding) -> str:
    return f"{int(answer.sizes.sum()):,} parameters in {len(answer.tensors)} tensors, now after step {answer.step:,}"


def _verdict(report: GradientReport, answer: RunStanding) -> str:
    worst = report.check.worst
    is_right = worst < TOLERANCE
    verdict = f"{'✓ right' if is_right else '✗ suspicious'}: the worst of {len(report.check.index):,} errors is {worst:.1e}"
    parts = [verdict, f"{report.examples} examples, step {report.step:,}"]
    if report.is_nudged:
        parts.append("weights nudged off the kinks they start at")
    if later := answer.since(report.step, report.edits):
        parts.append(later)
    return " · ".join(parts)


def _worst_table() -> QTableWidget:
    table = QTableWidget(0, len(_COLUMNS))
    table.setAccessibleName("Largest errors")
    table.setHorizontalHeaderLabels(_COLUMNS)
    table.horizontalHeaderItem(0).setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    for column in range(1, len(_COLUMNS)):
        table.horizontalHeaderItem(column).setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    table.setShowGrid(False)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(24)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    table.setMinimumHeight(100)
    return table
