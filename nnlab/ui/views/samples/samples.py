"""What a Boltzmann machine dreams: Gibbs chains as a mosaic, its filters, and how well it holds the data."""

import time
from dataclasses import replace

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QTimer
from PySide6.QtGui import QResizeEvent

from nnlab.models.rbm import RBMSettings
from nnlab.training.probes import Selection
from nnlab.training.probes.samples import ChainOptions, ChainPicture, MachineFigures
from nnlab.ui.messages import Prepared
from nnlab.ui.theme import Theme, grey_lut, unsigned_indices
from nnlab.ui.views.parts.caption import Caption
from nnlab.ui.views.parts.color_bar import SignedColorBar
from nnlab.ui.views.parts.last_column import LastColumn
from nnlab.ui.views.samples.controls import ChainControls
from nnlab.ui.views.samples.likelihood import LikelihoodEstimator
from nnlab.ui.views.samples.mosaic import PictureMosaic
from nnlab.ui.views.samples.plots import EnergyPlot, HistoryPlots
from nnlab.ui.views.view import Columns, View, step_up

_FIGURE_SECONDS = 0.5
_COVERED_PERCENT = 99.7
# Pixels: a narrower view has its plots below the pictures.
_ROOM_FOR_PLOTS = 560
_PLOTS_HEIGHT = 240


class SamplesView(View):
    """Chains at the left, filters and hidden units in the middle, energies and likelihoods at the right."""

    title = "Samples"
    probe = "samples"
    least_picture = (240, 200)
    empty_text = "What the Boltzmann machine dreams appears here, as soon as a model is built."

    def __init__(self) -> None:
        super().__init__()
        self.options = ChainOptions()
        self.bound = 0.0
        self.figures: MachineFigures | None = None
        self._level = 0
        self._figured = ((-1, 0), 0.0)  # after which update and edit, and when
        self._make_controls()
        self._make_pictures()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._ask_for_figures)

    @classmethod
    def fits(cls, prepared: Prepared) -> bool:
        """Boltzmann machines, by themselves or in a stack."""
        return prepared.experiment.model.kind in ("rbm", "deep_belief")

    def begin(self, prepared: Prepared) -> None:
        """Fresh chains for a fresh machine."""
        super().begin(prepared)
        model = prepared.experiment.model
        self.likelihood.setVisible(isinstance(model, RBMSettings) and not model.is_gaussian)
        self.likelihood.bench = self.bench
        self._restart(clamped=None, values=None, number=-1)
        self.controls_bar.release.setEnabled(False)

    def forget(self) -> None:
        """The chains, and all that was measured."""
        super().forget()
        self.likelihood.forget()
        self._level = 0
        self.figures, self._figured, self.bound = None, ((-1, 0), 0.0), 0.0
        self.history.clear()
        self.chains.forget()
        self.filters.forget()
        self.options = replace(self.options, states=None, means=None, clamped=None, values=None, number=-1)

    def show_selection(self, selection: Selection) -> None:
        """A drawing handed on from the pad is where chains start next."""
        is_new = selection.drawing is not None and selection.drawing is not self.selection.drawing
        super().show_selection(selection)
        self.controls_bar.offer(selection.drawing is not None, self._has_persistent(), self._can_clamp())
        if is_new:
            self.controls_bar.start_from("the drawing")
            self._restart()

    def show_answer(self, answer: ChainPicture) -> None:
        """Draw the chains, and hand their states on to the next look."""
        if answer.problem:
            self.options = replace(self.options, states=None, means=None, number=answer.number)
            self.answer = answer
            self._empty.setText(answer.problem)
        else:
            self._follow(answer)
        super().show_answer(answer)
        self._empty.setVisible(bool(answer.problem))
        self.canvas.setVisible(not answer.problem)
        if not answer.problem and self.options.plays and self.options.start != "persistent" and self.options.steps:
            self.wants_changed.emit()

    def draw(self, answer: ChainPicture) -> None:
        """The pictures; the plots beside them have followed already."""
        if answer.problem or answer.pictures is None:
            return
        self.chains.show_pictures(answer.pictures)
        self._show_mask()
        self.energy.redraw()
        self._caption.setText(_chains_text(answer, self.options, self.energy.steps))
        self._hover(self._mouse)

    def recolor(self, theme: Theme) -> None:
        """Mosaics, plots, captions."""
        self.controls_bar.apply_theme(theme)
        for part in (self.chains, self.filters, self.energy, self.history):
            part.recolor(theme)
        for part in (*self._captions, self._bar):
            part.recolor(theme)
        if self.figures is not None:
            self._draw_figures(self.figures)

    def columns(self) -> Columns:
        """One row per pixel of every chain: its value, and the free energy of the chain."""
        pictures, energy = self.answer.pictures, self.answer.energy
        if pictures is None:
            pictures, energy = np.zeros((0, 1, 1, 1), np.uint8), np.zeros(0)
        chain, row, column, channel = (axis.ravel() for axis in np.indices(pictures.shape))
        return {
            "chain": list(chain),
            "row": list(row),
            "column": list(column),
            "channel": list(channel),
            "grey": list(pictures.ravel()),
            "free_energy": list(energy[chain]),
        }

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow pane the plots stand below the pictures."""
        super().resizeEvent(event)
        self._plots.fit(self.width())
        self.canvas.setMinimumHeight(self.least_picture[1] + _PLOTS_HEIGHT * self._plots.is_below)

    def _make_controls(self) -> None:
        self.controls_bar = ChainControls()
        self.controls_bar.changed.connect(self._on_changed)
        self.controls_bar.restarted.connect(lambda: self._restart())
        self.controls_bar.brush_changed.connect(lambda _: self._show_brush())
        self.controls_bar.released.connect(lambda: self._hold(None, None))
        self.outline.insertWidget(0, self.controls_bar)
        self.likelihood = LikelihoodEstimator()
        self.controls.addWidget(self.likelihood)
        self.outline.insertWidget(2, self.likelihood.result)

    def _make_pictures(self) -> None:
        left, middle = (self.canvas.addLayout(row=0, col=place) for place in range(2))
        right = pg.GraphicsLayout()
        self._plots = LastColumn(self.canvas.ci, right, (5, 3, 3), _ROOM_FOR_PLOTS, _PLOTS_HEIGHT)
        for column in (left, middle, right):
            column.setContentsMargins(0, 0, 0, 0)
            column.layout.setVerticalSpacing(4)
        self.chains, self.filters = PictureMosaic(), PictureMosaic()
        self.chains.stroked.connect(self._on_stroke)
        self._caption, self._filter_caption, self._hidden_caption = self._captions = [
            Caption(text) for text in ("Chains", "Filters", "Hidden units")
        ]
        left.addItem(self._caption, row=0, col=0)
        left.addItem(self.chains, row=1, col=0)
        self._bar = SignedColorBar()
        middle.addItem(self._filter_caption, row=0, col=0, colspan=2)
        middle.addItem(self.filters, row=1, col=0)
        middle.addItem(self._bar, row=1, col=1)
        middle.addItem(self._hidden_caption, row=2, col=0, colspan=2)
        self._hidden_box = middle.addViewBox(row=3, col=0, colspan=2, enableMenu=False, invertY=True)
        self._hidden_box.setMouseEnabled(False, False)
        self._hidden_box.setDefaultPadding(0)
        self.hidden = pg.ImageItem(axisOrder="row-major")
        self._hidden_box.addItem(self.hidden)
        middle.layout.setRowStretchFactor(1, 2)
        middle.layout.setRowStretchFactor(3, 1)
        self.energy, self.history = EnergyPlot(), HistoryPlots()
        for place, plot in enumerate((self.energy, self.history.energy, self.history.likelihood)):
            right.addItem(plot.caption, row=2 * place, col=0)
            right.addItem(plot, row=2 * place + 1, col=0)
        self._mouse = QPointF(-1, -1)
        self.canvas.scene().sigMouseMoved.connect(self._hover)

    def _follow(self, answer: ChainPicture) -> None:
        if answer.level != self._level:
            # Another machine of the stack: its figures cannot be compared with those before.
            self._level = answer.level
            self.history.clear()
            self.energy.clear_trace()
            self.options = replace(self.options, clamped=None, values=None)
            self.controls_bar.release.setEnabled(False)
        elif self.options.states is None:
            self.energy.clear_trace()
        self.energy.follow(answer.steps, answer.energy)
        if answer.figures is not None:
            self.figures = answer.figures
            self._figured = (_state_of(answer), time.monotonic())
            self.history.follow(answer.number, answer.figures)
            self._draw_figures(answer.figures)
        is_due = time.monotonic() - self._figured[1] > _FIGURE_SECONDS and self._figured[0] != _state_of(answer)
        self.options = replace(
            self.options,
            states=answer.states,
            means=answer.means,
            number=answer.number,
            level=answer.level,
            look=self.options.look + 1,
            wants_figures=is_due,
        )
        if answer.figures is None and self._figured[0] != _state_of(answer) and not self._later.isActive():
            # Training may stop before the next figures are due.
            self._later.start(int(1000 * _FIGURE_SECONDS))
        self.controls_bar.offer(self.selection.drawing is not None, answer.has_persistent, answer.can_clamp)

    def _ask_for_figures(self) -> None:
        if self.answer is not None and self._figured[0] != _state_of(self.answer):
            self._change(wants_figures=True)

    def _draw_figures(self, figures: MachineFigures) -> None:
        known = np.abs(figures.filters[np.isfinite(figures.filters)])
        large = float(np.percentile(known, _COVERED_PERCENT)) if known.size else 0.0
        if self.bound == 0 or large > self.bound or large < 0.5 * self.bound:
            self.bound = step_up(large)
            self._bar.set_bound(self.bound)
        self.filters.show_signed(figures.filters, self.bound)
        shown = len(figures.filters)
        cases, units = figures.hidden.shape
        self._filter_caption.setText(f"Filters: {shown} of {figures.units:,}")
        self._hidden_caption.setText(f"p(h = 1 | v): {cases} cases × {units:,} units")
        self.hidden.setImage(
            unsigned_indices(figures.hidden, 0.0, 1.0), autoLevels=False, levels=(0, 255), lut=grey_lut(self.theme)
        )
        self._hidden_box.setRange(xRange=(0, units), yRange=(0, cases), padding=0)

    # What the person does

    def _change(self, **changes: object) -> None:
        self.options = replace(self.options, **changes)
        self.wants_changed.emit()

    def _on_changed(self) -> None:
        self.options = self.controls_bar.choose(self.options)
        self.wants_changed.emit()

    def _restart(self, **changes: object) -> None:
        chosen = self.controls_bar.choose(self.options)
        if chosen.values is not None and len(chosen.values) != chosen.chains:
            changes |= {"values": np.repeat(chosen.values[:1], chosen.chains, axis=0)}
        self.options = replace(chosen, states=None, means=None, wants_figures=self.figures is None)
        self._change(**changes)

    def _on_stroke(self, start: QPointF, stop: QPointF) -> None:
        """Hold or let go the pixels under a stroke, in all chains."""
        answer, brush = self.answer, self.controls_bar.brush.currentText()
        under = self.chains.under_stroke(start, stop)
        if answer is None or answer.states is None or not answer.can_clamp or under is None:
            return
        # A picture's pixels have as many units as it has channels; a rectangle of numbers may be filled up at its end.
        channels = max(answer.states.shape[1] // under.size, 1)
        touched = np.repeat(under.ravel(), channels)[: answer.states.shape[1]]
        options = self.options
        has_values = options.values is not None and options.values.shape == answer.states.shape
        clamped = options.clamped.copy() if has_values else np.zeros(answer.states.shape[1], bool)
        values = options.values.copy() if has_values else answer.states.copy()
        if brush == "let go":
            clamped[touched] = False
        else:
            source = {"hold white": answer.white, "hold black": answer.black}.get(brush, answer.states)
            fresh = touched & ~clamped if brush == "hold as they are" else touched
            values[:, fresh] = np.broadcast_to(source, values.shape)[:, fresh]
            clamped |= touched
        self._hold(clamped if clamped.any() else None, values)

    def _hold(self, clamped: np.ndarray | None, values: np.ndarray | None) -> None:
        self.controls_bar.release.setEnabled(clamped is not None)
        self._change(clamped=clamped, values=values if clamped is not None else None)
        self._show_mask()

    # What is told

    def _has_persistent(self) -> bool:
        return self.answer is not None and self.answer.has_persistent

    def _can_clamp(self) -> bool:
        return self.answer is not None and self.answer.can_clamp

    def _show_brush(self) -> None:
        self.chains.takes_strokes = self.controls_bar.brush.currentText() != "nothing"

    def _show_mask(self) -> None:
        mosaic, clamped = self.chains.mosaic, self.options.clamped
        if mosaic is None or clamped is None:
            self.chains.show_mask(None)
            return
        pixels = mosaic.height * mosaic.width
        channels = max(len(clamped) // pixels, 1)
        mask = np.zeros(pixels * channels, bool)
        mask[: len(clamped)] = clamped
        self.chains.show_mask(mask.reshape(mosaic.height, mosaic.width, channels).any(axis=2))

    def _hover(self, position: QPointF) -> None:
        self._mouse = position
        answer = self.answer
        if answer is None or answer.pictures is None:
            return
        found = self.chains.pixel_at(position)
        self.chains.frame(found[0] if found else None)
        self.energy.choose(found[0] if found else None)
        if found is None:
            self.readout.setText("hover over a chain to follow its energy")
            return
        chain, row, column = found
        value = " ".join(f"{byte}" for byte in answer.pictures[chain, row, column])
        self.readout.setText(
            f"chain {chain} · F(v) = {answer.energy[chain]:+.1f} nats · row {row}, column {column} · grey {value}"
        )


def _state_of(answer: ChainPicture) -> tuple[int, int]:
    """A weight changed by hand makes another machine, though no step was made."""
    return answer.number, answer.edits


def _chains_text(answer: ChainPicture, options: ChainOptions, steps: int) -> str:
    what = {"means": "E(v | h)", "samples": "samples v", "mean-field": "mean-field"}[options.shown]
    level = f" · machine {answer.level + 1} of the stack" if answer.level else ""
    return f"{len(answer.pictures):,} chains, {what} · {steps:,} Gibbs steps{level}"
