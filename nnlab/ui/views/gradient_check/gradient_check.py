"""Backpropagation held against finite differences: is every number of the gradient right?"""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem

from nnlab.models.gradient_check import TOLERANCE
from nnlab.probes import Answer, Moment
from nnlab.probes.analyses.gradient_report import GradientReport, check_run
from nnlab.probes.parts import ModelParts
from nnlab.ui.jobs import Job
from nnlab.ui.setup.form import Choice
from nnlab.ui.theme import Theme
from nnlab.ui.views import VIEWS
from nnlab.ui.views.gradient_check.epsilon_plot import EpsilonPlot
from nnlab.ui.views.gradient_check.maps import GradientMaps
from nnlab.ui.views.parts.board import Board
from nnlab.ui.views.parts.right_part import RightPart
from nnlab.ui.views.parts.stamp import stamp
from nnlab.ui.views.view import Table, View
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.flow import captioned
from nnlab.ui.widgets.job_control import JobControl
from nnlab.ui.widgets.read_table import read_table
from nnlab.ui.widgets.switch import Switch

_COUNTS = (100, 500, 2000, 10_000)
_WORST_SHOWN = 20
_COLUMNS = ("parameter", "backpropagation", "finite difference", "relative error")
# What a file tells besides: how the finite difference was taken.
_HOW = ("step", "precision")
_READING = (
    "Each slope of the loss twice: by backpropagation, and measured by nudging the parameter a small step ε up and down, "
    "(L(p + ε) − L(p − ε)) / 2ε, a finite difference. They should agree to better than 1e-4: dark. Bright entries are "
    "wrong, or sit at a kink of the loss."
)
_V = (
    "The error of a finite difference makes a V: large steps see the loss bend, small ones only the rounding of the loss, "
    "and float32 rounds sooner than float64. Dotted: the tolerance of 1e-4, and the step of 1e-5 that the check takes."
)
_PROMISE = (
    "Press Check to measure slopes of the loss by small nudges of the parameters (finite differences), and to compare them "
    "with those that backpropagation computes."
)
# Pixels: a narrower view has the V below the pictures where it is high enough, else not at all; a lower one has the largest
# errors in place of the pictures, where they are asked for.
_ROOM_FOR_CURVE, _CURVE_HEIGHT = 560, 150
_ROOM_FOR_BOTH, _ROOM_BELOW = 500, 360
_PICTURES, _NUMBERS = "pictures", "numbers"


class GradientCheckView(View):
    """Errors of the entries as pictures and in a table, and the error against the size of the step."""

    title = VIEWS["gradient_check"].title
    probe = "parts"
    interval = 1.0
    empty_text = "The gradient of the model can be checked here, number by number, as soon as there is one."

    def __init__(self) -> None:
        super().__init__()
        self.found: Answer | None = None  # with a GradientReport
        self._drawn: tuple[object, ...] = ()
        self._sentence = _PROMISE  # in place of a report
        self.board = Board(self.canvas, self._follow_size)
        self.maps = GradientMaps(self.board)
        self.curve = EpsilonPlot()
        self.curve.setToolTip(_V)
        right = pg.GraphicsLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.addItem(self.curve.heading, row=0, col=0)
        right.addItem(self.curve, row=1, col=0)
        self._right = RightPart(self.canvas.ci, right, (3, 2), _ROOM_FOR_CURVE, _CURVE_HEIGHT)
        self.most = Choice()
        self.most.setToolTip("How many parameters are compared, drawn at random from all tensors; each takes two passes")
        for count in _COUNTS:
            self.most.addItem(f"{count:,}", count)
        self.most.setCurrentIndex(1)
        self.control = JobControl("Check", self._start)
        self.control.reported.connect(self._tell_progress)
        self.control.done.connect(self._show_report)
        self.control.failed.connect(self._tell_failure)
        self.control.cancelled.connect(self._tell_promise)
        self.table = _worst_table()
        self.reading = label(_READING, "muted")
        self.reading.setWordWrap(True)
        self.switch = Switch("Shown", ((_PICTURES, "Errors"), (_NUMBERS, "Largest")))
        self.switch.buttons[_PICTURES].setToolTip("The error of every checked parameter, as pictures")
        self.switch.buttons[_NUMBERS].setToolTip("The largest errors, as a table")
        self.switch.chosen.connect(lambda _: self._show_parts())
        for widget in (self.control, captioned("Parameters", self.most), self.switch):
            self.controls.addWidget(widget)
        self.outline.insertWidget(1, self.reading)
        self.outline.addWidget(self.table)
        self.outline.setStretch(self.outline.indexOf(self.canvas), 3)
        self.outline.setStretch(self.outline.indexOf(self.table), 2)
        self.canvas.scene().sigMouseMoved.connect(self._hover)
        self._show_parts()

    @property
    def report(self) -> GradientReport | None:
        """The last check of this model."""
        return None if self.found is None else self.found.value

    def forget(self) -> None:
        """Another model: the last check was not of it."""
        super().forget()
        self.control.drop()
        self.found, self._sentence = None, _PROMISE
        self._drawn = ()
        self.table.setRowCount(0)
        self._show_parts()
        self.board.begin()
        self.board.end()

    def draw(self, answer: ModelParts) -> None:
        """The last check; while there is none, what it would do, or how far the first one is."""
        now = (self.report or self._sentence, self.theme, self.board.size)
        if now != self._drawn:
            self._drawn = now
            if self.report is None:
                self.maps.tell(self._sentence, self.theme)
            else:
                self.maps.draw(self.report, self.theme)
                self.curve.draw(self.report.sweep)
        if not self.control.is_busy:
            self._show_state()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow pane the V stands below the pictures."""
        super().resizeEvent(event)
        self._show_parts()

    def recolor(self, theme: Theme) -> None:
        """The plot; pictures are drawn anew."""
        self.curve.recolor(theme)

    def csv_columns(self) -> Table:
        """One row per checked parameter, then one per step of the sweep and precision, whose errors are of some of them."""
        if self.report is None:
            return {name: [] for name in (*_COLUMNS, *_HOW)}
        check, sweep = self.report.check, self.report.sweep
        places = [_place_text(self.report, entry) for entry in range(len(check.index))]
        errors = check.error.tolist()
        steps, precisions = check.epsilon.tolist(), ["float64"] * len(places)
        for precision in ("float64", "float32"):
            errors += getattr(sweep, precision).tolist()
            steps += sweep.epsilon.tolist()
            precisions += [precision] * len(sweep.epsilon)
        swept = len(errors) - len(places)
        slopes = [[*slope.tolist(), *[""] * swept] for slope in (check.analytic, check.numeric)]
        columns = ([*places, *["some together"] * swept], *slopes, errors, steps, precisions)
        return dict(zip((*_COLUMNS, *_HOW), columns, strict=True))

    def _start(self) -> Job | None:
        if self.services is None or self.answer is None:
            return None
        most = int(self.most.currentData())
        self._say("copying the model")
        return self.services.start_job("Gradient check", lambda run, report: check_run(run, most, report))

    def _show_report(self, found: Answer) -> None:
        self.found, self._sentence = found, _PROMISE
        self._show_parts()
        self._fill_table(found.value)
        if self.answer is not None:
            self.draw(self.answer)

    def _show_parts(self) -> None:
        """Plot, sentence and table only when there is something to read, and where there is room."""
        has_report, is_high = self.report is not None, self.height_in_sight >= _ROOM_FOR_BOTH
        shows_numbers = has_report and self.switch.choice == _NUMBERS
        self.switch.setVisible(has_report and not is_high)
        self.canvas.setVisible(is_high or not shows_numbers)
        self.table.setVisible(has_report and (is_high or shows_numbers))
        self.reading.setVisible(has_report and is_high)
        self.canvas.setToolTip("" if is_high or not has_report else _READING)
        is_wide = self.width() >= _ROOM_FOR_CURVE
        # One that is not shown takes no place below either.
        self._right.fit(self.width() if is_wide or self.height_in_sight >= _ROOM_BELOW else _ROOM_FOR_CURVE)
        self._right.show(has_report and (is_wide or self._right.is_below))
        below = _CURVE_HEIGHT * (has_report and self._right.is_below)
        self.canvas.setMinimumHeight(self.least_picture[1] + below)

    def _show_state(self) -> None:
        if self.answer is not None:
            found, now = self.found, self.moment
            self.readout.setText(_verdict(found, now) if found is not None else _prospect(self.answer, now))

    def _tell_progress(self, what: str) -> None:
        bar = self.control.bar
        self._say(f"{what}, {bar.value() / bar.maximum():.0%}" if bar.maximum() else what)

    def _say(self, what: str) -> None:
        """What the check does; in the middle too, where there is no report of an earlier one to look at meanwhile."""
        self.readout.setText(what)
        self._tell(f"Checking the gradient: {what}")

    def _tell_promise(self) -> None:
        self._tell(_PROMISE)
        self._show_state()

    def _tell_failure(self, sentence: str) -> None:
        self.found = None
        self._show_parts()
        self._tell(sentence)
        self.readout.clear()

    def _tell(self, sentence: str) -> None:
        self._sentence = sentence
        if self.report is None:
            self._drawn = (sentence, self.theme, self.board.size)
            self.maps.tell(sentence, self.theme)

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
            f"finite difference {check.numeric[entry]:+.4e} · relative error {check.error[entry]:.1e}"
        )


def _place_text(report: GradientReport, entry: int) -> str:
    name, place = report.place_of(entry)
    return f"{name}[{', '.join(map(str, place))}]"


def _prospect(answer: ModelParts, now: Moment) -> str:
    return f"{int(answer.sizes.sum()):,} parameters in {len(answer.tensors)} tensors, {stamp(now)}"


def _verdict(found: Answer, now: Moment) -> str:
    report: GradientReport = found.value
    worst = report.check.worst
    is_right = worst < TOLERANCE
    verdict = f"{'✓ right' if is_right else '✗ suspicious'}: the worst of {len(report.check.index):,} errors is {worst:.1e}"
    nudged = " · weights nudged off the kinks they start at" if report.is_nudged else ""
    return f"{verdict}{nudged} · {report.examples} examples, {stamp(found.moment, now)}"


def _worst_table() -> QTableWidget:
    table = read_table("Largest errors", len(_COLUMNS), row_height=24)
    for column, name in enumerate(_COLUMNS):
        heading = QTableWidgetItem(name)
        side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
        heading.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        table.setHorizontalHeaderItem(column, heading)
    table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    table.verticalHeader().hide()
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    table.setMinimumHeight(84)
    return table
