"""The plots beside the chains: the energy of each, and how well the machine holds the data as it learns."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from nnlab.probes.machine_figures import MachineFigures
from nnlab.ui.theme import Theme
from nnlab.ui.views.parts.caption import Caption
from nnlab.ui.views.parts.number_axis import NumberAxis
from nnlab.ui.views.view import color_axis, step_up

_KEPT_LOOKS = 240
_KEPT_FIGURES = 1000
_LEFT_OUT = 2
_ENERGY = "F(v): — train ┄ validation"
_LIKELIHOOD = "Pseudo-likelihood, in nats"
_NO_LIKELIHOOD = "Pseudo-likelihood: of binary units only"
# Thousands of examples take some seconds.
_MEASURING = ": measuring\N{NO-BREAK SPACE}…"
# Below it a curve says nothing.
_LEAST_HEIGHT = 36
_ROUND_ONE = 0.02  # of a figure that is alone: so much is seen around it
_PAST = 10  # one part in so many of a trace may leave the picture


class TracePlot(pg.GraphicsLayout):
    """A small plot whose vertical scale changes in steps, and its caption.

    Put together from a box and two axes: a PlotItem brings a menu of sixty widgets along, which nobody would see.
    """

    def __init__(self, caption: str) -> None:
        super().__init__()
        self.caption = Caption(caption)
        # The last number stands out over the end of its axis.
        self.setContentsMargins(0, 0, 14, 0)
        self.layout.setSpacing(0)
        self.box = self.addViewBox(row=0, col=1, enableMenu=False)
        self.box.setMouseEnabled(False, False)
        self.box.setMinimumHeight(_LEAST_HEIGHT)
        self.axes = (NumberAxis("left"), NumberAxis("bottom", whole=True))
        for axis, row, column in zip(self.axes, (0, 1), (0, 1), strict=True):
            axis.linkToView(self.box)
            self.addItem(axis, row=row, col=column)
        self.axes[0].setWidth(52)
        # Clear of the lowest number at the left.
        self.axes[1].setStyle(tickTextOffset=6)
        self._range: tuple[float, float] | None = None
        self._show_numbers(False)
        # A line needs two ends: the first figures are dots.
        self.first = pg.ScatterPlotItem(size=4, pen=pg.mkPen(None))
        self.box.addItem(self.first)

    def fit(self, x: np.ndarray, y: np.ndarray) -> None:
        """Show all of x, and y between round numbers."""
        finite = y[np.isfinite(y)]
        alone = finite if len(x) == 1 else finite[:0]
        if len(alone) or len(self.first.data):
            self.first.setData(np.repeat(x[:1], len(alone)), alone)
        if not len(x) or not len(finite):
            return
        self._show_numbers(True)
        left, right = float(x[0]), float(x[-1])
        # A dot stands in the middle, where all of it can be seen.
        self.box.setXRange(*((left, right) if right > left else (left - 0.5, left + 0.5)), padding=0)
        # The first steps of a fresh machine, far off, may leave the picture.
        low, high = float(np.percentile(finite, _LEFT_OUT)), float(finite.max())
        tick = step_up(max(high - low, (_ROUND_ONE if len(alone) else 1e-3) * max(abs(low), abs(high)), 1e-6) / 4)
        wanted = (np.floor(low / tick) * tick, np.ceil(high / tick) * tick)
        kept = self._range
        # Out at once, in only when more than half would be empty: no flicker.
        if kept is None or low < kept[0] or high > kept[1] or wanted[1] - wanted[0] < 0.5 * (kept[1] - kept[0]):
            self._range = wanted
            self.box.setYRange(*wanted, padding=0.02)

    def forget(self) -> None:
        """The next numbers choose the scale anew."""
        self._range = None
        self.first.clear()
        self._show_numbers(False)

    def _show_numbers(self, are_shown: bool) -> None:
        """Where nothing was measured yet, numbers beside an axis would be of nothing."""
        for axis in self.axes:
            axis.setTicks(None if are_shown else [])

    def recolor(self, theme: Theme) -> None:
        """Caption and axes."""
        self.caption.recolor(theme)
        self.first.setBrush(pg.mkBrush(theme.accent))
        for axis in self.axes:
            color_axis(axis, theme)


class EnergyPlot(TracePlot):
    """The free energy of every chain over the Gibbs steps it has gone, their mean on top."""

    def __init__(self) -> None:
        super().__init__("F(v) of chains, nats")
        # One curve with gaps for all chains: one item is drawn ten times as fast as one per chain.
        self.each = pg.PlotCurveItem(connect="finite")
        self.mean = pg.PlotCurveItem()
        self.chosen = pg.PlotCurveItem()
        for curve in (self.each, self.mean, self.chosen):
            self.box.addItem(curve)
        self.steps = 0
        self._chosen: int | None = None
        self.clear_trace()

    def clear_trace(self) -> None:
        """Chains that start afresh have no past."""
        self.steps = 0
        self._chosen = None
        self._at = np.zeros(0)
        self._energies = np.zeros((0, 0))
        self.forget()
        for curve in (self.each, self.mean, self.chosen):
            curve.setData([], [])

    def follow(self, steps: int, energy: np.ndarray) -> None:
        """So many steps after they began, the chains have these energies (chains,)."""
        if self._energies.shape[1] != len(energy) or steps < self.steps:
            self.clear_trace()
            self._energies = np.zeros((0, len(energy)))
        elif steps == self.steps:
            # Other pixels are held, or a weight was changed by hand.
            self._energies[-1] = energy
            return
        self.steps = steps
        self._at = np.append(self._at, float(steps))[-_KEPT_LOOKS:]
        self._energies = np.vstack([self._energies, energy])[-_KEPT_LOOKS:]

    def trace(self) -> tuple[np.ndarray, np.ndarray]:
        """(looks,) the steps gone, and (looks, chains) the energies then."""
        return self._at, self._energies

    def choose(self, chain: int | None) -> None:
        """Bring out one chain."""
        if chain != self._chosen:
            self._chosen = chain
            self._draw_chosen()

    def redraw(self) -> None:
        """Put the traces into the curves."""
        at, energies = self._at, self._energies
        chains = energies.shape[1]
        if not chains or not len(at):
            return
        lines = np.full((chains, len(at) + 1), np.nan)
        lines[:, :-1] = energies.T
        self.each.setData(np.tile(np.append(at, at[-1]), chains), lines.ravel())
        self.mean.setData(at, energies.mean(axis=1))
        self._draw_chosen()
        # From noise they fall by a thousand nats within a few steps, below which what follows would be a flat line.
        self.fit(at, energies[len(at) // _PAST :])

    def recolor(self, theme: Theme) -> None:
        """Chains faint, their mean in the accent, the chosen one in the text's colour."""
        super().recolor(theme)
        self.each.setPen(pg.mkPen(theme.faint))
        self.mean.setPen(pg.mkPen(theme.accent))
        self.chosen.setPen(pg.mkPen(theme.text))

    def _draw_chosen(self) -> None:
        if self._chosen is None or self._chosen >= self._energies.shape[1]:
            self.chosen.setData([], [])
        else:
            self.chosen.setData(self._at, self._energies[:, self._chosen])


class HistoryPlots:
    """Free energies of training and validation examples, and the pseudo-likelihood, over the updates."""

    def __init__(self) -> None:
        self.energy = TracePlot(_ENERGY + _MEASURING)
        self.likelihood = TracePlot(_LIKELIHOOD + _MEASURING)
        self.train, self.validation, self.pseudo = (pg.PlotCurveItem() for _ in range(3))
        self.energy.box.addItem(self.train)
        self.energy.box.addItem(self.validation)
        self.likelihood.box.addItem(self.pseudo)
        self.rows: list[tuple[float, ...]] = []

    def clear(self) -> None:
        """A new run has no past."""
        self.rows = []
        for plot, words in ((self.energy, _ENERGY), (self.likelihood, _LIKELIHOOD)):
            plot.forget()
            plot.caption.setText(words + _MEASURING)
        for curve in (self.train, self.validation, self.pseudo):
            curve.setData([], [])

    def follow(self, figures: MachineFigures) -> None:
        """These are the figures after so many updates."""
        row = (float(figures.moment.step), *figures.free_energy, figures.pseudo_likelihood)
        if self.rows and self.rows[-1][0] >= figures.moment.step:
            # The same update again, perhaps with a weight changed by hand.
            self.rows.pop()
        self.rows.append(row)
        if len(self.rows) > _KEPT_FIGURES:
            self.rows = self.rows[::2]
        number_at, train, validation, pseudo = np.array(self.rows).T
        self.train.setData(number_at, train)
        self.validation.setData(number_at, validation, connect="finite")
        self.pseudo.setData(number_at, pseudo, connect="finite")
        self.energy.fit(number_at, np.concatenate([train, validation]))
        self.likelihood.fit(number_at, pseudo)
        train_count, validation_count = figures.examples
        also = f" ┄ {validation_count:,} validation" if validation_count else ""
        self.energy.caption.setText(f"F(v): — {train_count:,} train{also}")
        has_likelihood = np.isfinite(figures.pseudo_likelihood)
        caption = f"Pseudo-likelihood of {train_count:,}, in nats" if has_likelihood else _NO_LIKELIHOOD
        self.likelihood.caption.setText(caption)

    def recolor(self, theme: Theme) -> None:
        """Both in the run's colour, validation dashed."""
        for plot in (self.energy, self.likelihood):
            plot.recolor(theme)
        for curve in (self.train, self.pseudo):
            curve.setPen(pg.mkPen(theme.accent))
        self.validation.setPen(pg.mkPen(theme.accent, style=Qt.PenStyle.DashLine))
