"""nnlab's time of each workload beside its peers', as bars."""

from html import escape
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from nnlab.experiments.benchmark.kept import KeptBenchmark
from nnlab.experiments.benchmark.outcome import Outcome
from nnlab.ui.theme import Theme
from nnlab.ui.views.parts.number_axis import NumberAxis
from nnlab.ui.views.view import Table, View, color_axis, step_up

# Of a core that other programs took away meanwhile: from here on times say little.
_BUSY = 0.2
_BAR = 0.56
# Bars of nnlab that are longer than the peer's.
_SLOWER = "#E8710A"
# Room for the words behind the bars, in parts of the longest.
_ROOM = 3.0


class BenchmarkView(View):
    """One row a workload: a bar as long as nnlab's time over the first peer's, and a line where both are as fast."""

    title = "Benchmark"
    empty_text = "The times of nnlab and of its peers appear here as bars, as soon as the first is measured: press Measure."

    def __init__(self) -> None:
        super().__init__()
        self.plot: pg.PlotItem = self.canvas.addPlot(axisItems={"bottom": NumberAxis("bottom")}, enableMenu=False)
        self.plot.setMouseEnabled(False, False)
        self.plot.hideButtons()
        self.plot.setLabel("bottom", "time of nnlab / time of the peer: shorter is faster")
        self.plot.getAxis("left").setStyle(tickLength=0)
        self._as_fast = pg.InfiniteLine(1.0, angle=90)
        self._bars = pg.BarGraphItem(x0=[], y=[], width=[], height=_BAR)
        self.plot.addItem(self._bars)
        self.plot.addItem(self._as_fast, ignoreBounds=True)
        self._words: list[pg.TextItem] = []
        # Axes of nothing would be read as something.
        self.canvas.hide()
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def draw(self, answer: KeptBenchmark) -> None:
        """Bars, words, and the names at the left."""
        self.canvas.show()
        outcomes = answer.outcomes
        rows = [-float(place) for place in range(len(outcomes))]
        ratios = [outcome.ratio or 0.0 for outcome in outcomes]
        brushes = [pg.mkBrush(QColor(_SLOWER if ratio > 1 else self.theme.accent)) for ratio in ratios]
        self._bars.setOpts(x0=[0.0] * len(rows), y=rows, width=ratios, height=_BAR, brushes=brushes, pen=pg.mkPen(None))
        self.plot.getAxis("left").setTicks([[(row, one.title) for row, one in zip(rows, outcomes, strict=True)]])
        for word in self._words:
            self.plot.removeItem(word)
        self._words = [self._word(row, outcome) for row, outcome in zip(rows, outcomes, strict=True)]
        longest = step_up(max([1.0, *ratios]))
        self.plot.setXRange(0, _ROOM * longest, padding=0)
        self.plot.setYRange(min(rows, default=0) - 0.6, 0.6, padding=0)

    def recolor(self, theme: Theme) -> None:
        """Axes and line."""
        for side in ("left", "bottom"):
            color_axis(self.plot.getAxis(side), theme)
        self.plot.getAxis("left").setTextPen(pg.mkPen(theme.text))
        self.plot.getAxis("bottom").label.setDefaultTextColor(pg.mkColor(theme.muted))
        self._as_fast.setPen(pg.mkPen(theme.muted, width=1, style=Qt.PenStyle.DashLine))

    def csv_columns(self) -> Table:
        """Every figure of every workload."""
        tables = [outcome.to_table() for outcome in self.answer.outcomes]
        columns = {name: [table[name] for table in tables] for name in tables[0]} if tables else {}
        others = columns.pop("others", [])
        for framework in dict.fromkeys(rival["framework"] for rivals in others for rival in rivals):
            found: list[dict[str, Any]] = [
                next((rival for rival in rivals if rival["framework"] == framework), {}) for rivals in others
            ]
            columns |= {f"{framework} {name}": [rival.get(name) for rival in found] for name in ("seconds", "ratio")}
        return columns

    def _word(self, row: float, outcome: Outcome) -> pg.TextItem:
        ratio = outcome.ratio
        item = pg.TextItem(anchor=(0, 0.5))
        muted = self.theme.muted
        if ratio is None:
            known = f"nnlab {_seconds(outcome.seconds)}{_others(outcome)}"
            text = f"<span style='color:{muted}'>{known}; {escape(outcome.why)}</span>"
        else:
            # Which form of the peer it was, and of nnlab, is among its figures.
            theirs = f"{escape(outcome.peer.partition(' ')[0])} {_seconds(outcome.peer_seconds or 0.0)}{_others(outcome)}"
            busy = " (busy)" if outcome.disturbance > _BUSY else ""
            text = (
                f"<span style='color:{self.theme.text}'><b>{ratio:.2f}</b></span>"
                f"<span style='color:{muted}'>&nbsp;&nbsp;nnlab {_seconds(outcome.seconds)}, {theirs}{busy}</span>"
            )
        item.setHtml(text)
        item.setPos(max(ratio or 0.0, 1.0) + 0.03, row)
        self.plot.addItem(item, ignoreBounds=True)
        return item


def _others(outcome: Outcome) -> str:
    """Each further peer with its time, and nnlab's over it."""
    known = [(rival, rival.seconds, outcome.ratio_to(rival)) for rival in outcome.others]
    return "".join(
        f", {escape(rival.peer)} {_seconds(time)} ({ratio:.2f})" for rival, time, ratio in known if time and ratio
    )


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{1000 * seconds:.0f} ms"
