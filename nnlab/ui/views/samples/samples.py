"""What a Boltzmann machine dreams: Gibbs chains as a mosaic, its filters, and how well it holds the data."""

from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, Qt

from nnlab.probes import Selection
from nnlab.probes.chains import ChainOptions
from nnlab.probes.machine_figures import MachineFigures
from nnlab.probes.samples import ChainStates
from nnlab.ui.messages import Prepared
from nnlab.ui.theme import Theme
from nnlab.ui.views import VIEWS
from nnlab.ui.views.parts.caption import Caption
from nnlab.ui.views.samples.arrangement import Arranged
from nnlab.ui.views.samples.controls import ChainControls
from nnlab.ui.views.samples.held_pixels import mask_of, paint
from nnlab.ui.views.samples.hidden_units import UnitPictures
from nnlab.ui.views.samples.likelihood import LikelihoodEstimator
from nnlab.ui.views.samples.mosaic import PictureMosaic
from nnlab.ui.views.samples.plots import EnergyPlot, HistoryPlots
from nnlab.ui.views.view import Table, View
from nnlab.ui.widgets.canvas import NOWHERE
from nnlab.ui.widgets.keyboard_pointer import NO_SPOTS, KeyboardPointer, Spots, in_scene
from nnlab.words import counted

_INVITATIONS = (
    "hover over a chain to follow its energy, click a filter or a hidden unit to select it",
    "hover a chain, click a unit",
)


class SamplesView(View):
    """Chains at the left, filters and hidden units in the middle, energies and likelihoods at the right."""

    title = VIEWS["samples"].title
    probe = "samples"
    least_picture = (240, 110)
    empty_text = "What the Boltzmann machine dreams appears here, as soon as a model is built."

    def __init__(self) -> None:
        super().__init__()
        self.options = ChainOptions()
        self.figures: MachineFigures | None = None
        self._make_controls()
        self._make_pictures()

    def begin(self, prepared: Prepared) -> None:
        """Fresh chains for a fresh machine."""
        super().begin(prepared)
        model = prepared.experiment.model
        self.likelihood.setVisible(model.has_likelihood)
        self.likelihood.services = self.services
        self._restart()

    def forget(self) -> None:
        """The chains, and all that was measured."""
        super().forget()
        self.likelihood.forget()
        self.figures = None
        self.history.clear()
        self.chains.forget()
        self.units.forget()
        self.options = replace(self.options, clamped=None, values=None, level=0)
        self._offer()

    def show_selection(self, selection: Selection) -> None:
        """Frames move at once; a drawing handed on from the pad is where chains start next."""
        is_new = selection.drawing is not None and selection.drawing is not self.selection.drawing
        super().show_selection(selection)
        self.units.show_selection(selection)
        self._offer()
        if is_new:
            self.controls_bar.start_from("the drawing")
            self._restart()

    def take(self, answer: ChainStates) -> None:
        """Draw the chains, and ask for the next look; those of before a restart are not wanted any more."""
        if not answer.problem and answer.restarts != self.options.restarts:
            return
        if answer.problem:
            self.answer = answer
            self._empty.setText(answer.problem)
        else:
            self._follow(answer)
        super().take(answer)
        self._empty.setVisible(bool(answer.problem))
        self.canvas.setVisible(not answer.problem)
        plays = self.options.plays and self.options.start != "persistent" and self.options.steps
        if not answer.problem and (plays or not answer.is_measured):
            self.wants_changed.emit()

    def collected(self) -> list[tuple[float, ...]]:
        """The figures of the machine over the updates."""
        return self.history.rows

    def recall(self, collected: list[tuple[float, ...]], step: int | None) -> None:
        """Those up to a step."""
        self.history.rows = [row for row in collected if step is None or row[0] <= step]

    def draw(self, answer: ChainStates) -> None:
        """The pictures; the plots beside them have followed already."""
        if answer.problem or answer.pictures is None:
            return
        self.chains.show_pictures(answer.pictures)
        self._show_mask()
        self.energy.redraw()
        self._caption.setText(_chains_text(answer, len(answer.pictures), self.arranged.is_wide))
        self._hover(self._mouse)

    def recolor(self, theme: Theme) -> None:
        """Mosaics, plots, captions."""
        self.controls_bar.apply_theme(theme)
        for part in (self._caption, self.chains, self.units, self.energy, self.history):
            part.recolor(theme)

    def csv_columns(self) -> Table:
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

    def _make_controls(self) -> None:
        self.controls_bar = ChainControls()
        self.controls_bar.changed.connect(self._on_changed)
        self.controls_bar.restarted.connect(self._restart)
        self.controls_bar.brush_changed.connect(lambda _: self._show_brush())
        self.controls_bar.released.connect(lambda: self._hold(None, None))
        self.likelihood = LikelihoodEstimator()
        for widget in (*self.controls_bar.row, self.likelihood):
            self.controls.addWidget(widget)
        self.outline.insertWidget(1, self.likelihood.result)

    def _make_pictures(self) -> None:
        left, self.units = self.canvas.addLayout(row=0, col=0), UnitPictures(self.scales)
        self.canvas.addItem(self.units, row=0, col=1)
        for column in (left, self.units):
            column.setContentsMargins(0, 0, 0, 0)
            column.layout.setVerticalSpacing(4)
        self._caption, self.chains = Caption("Chains"), PictureMosaic()
        self.chains.stroked.connect(self._on_stroke)
        left.addItem(self._caption, row=0, col=0)
        left.addItem(self.chains, row=1, col=0)
        self.energy, self.history = EnergyPlot(), HistoryPlots()
        plots = (self.energy, self.history.energy, self.history.likelihood)
        self.arranged = Arranged(self.canvas.ci, self.units, plots)
        self._mouse = NOWHERE
        self.canvas.scene().sigMouseMoved.connect(self._hover)
        self.canvas.scene().sigMouseClicked.connect(self._click)
        self.pointer = KeyboardPointer(self.canvas, self._spots)

    def _follow(self, answer: ChainStates) -> None:
        if answer.level != self.options.level:
            # Another machine of the stack: its figures cannot be compared with those before.
            self.history.clear()
            self.energy.clear_trace()
            self.options = replace(self.options, clamped=None, values=None)
        assert answer.energy is not None
        self.energy.follow(answer.steps, answer.energy)
        if answer.figures is not None and answer.figures is not self.figures:
            self.figures = answer.figures
            self.history.follow(answer.figures)
        if answer.units is not None and answer.units is not self.units.units:
            self.units.show_units(answer.units)
        self.options = replace(self.options, level=answer.level, look=self.options.look + 1)
        self.answer = answer
        self._offer()

    # What the person does

    def _change(self, **changes: object) -> None:
        self.options = replace(self.options, **changes)
        self.wants_changed.emit()

    def _on_changed(self) -> None:
        self.options = self.controls_bar.choose(self.options)
        self.wants_changed.emit()

    def _restart(self) -> None:
        self.options = self.controls_bar.choose(self.options)
        self._change(restarts=self.options.restarts + 1)
        self._offer()

    def _on_stroke(self, start: QPointF, stop: QPointF) -> None:
        """Hold or let go the pixels under a stroke, in all chains."""
        answer, brush = self.answer, self.controls_bar.brush.currentText()
        under = self.chains.under_stroke(start, stop)
        if answer is None or answer.states is None or not answer.can_clamp or under is None:
            return
        self._hold(*paint(self.options, answer, under, brush))

    def _hold(self, clamped: np.ndarray | None, values: np.ndarray | None) -> None:
        self._change(clamped=clamped, values=values)
        self._offer()
        self._show_mask()

    def _click(self, event: Any) -> None:
        """A filter or a hidden unit is selected; in the picture of examples, the example, too."""
        found = self.units.found_at(event.scenePos())
        if found is None or self.units.units is None or event.button() != Qt.MouseButton.LeftButton:
            return
        layer, places = self.units.units.layer, self.units.units.places
        if found.case is None:
            self.select(layer=layer, unit=found.unit)
        else:
            self.select(layer=layer, unit=found.unit, part="train", example=int(places[found.case]))

    # What is told

    def _offer(self) -> None:
        # Until a new machine has answered, what was chosen stays.
        answer, has_persistent, can_clamp = self.answer, self.options.start == "persistent", True
        if answer is not None:
            has_persistent, can_clamp = answer.has_persistent, answer.can_clamp
        has_drawing, holds_pixels = self.selection.drawing is not None, self.options.clamped is not None
        self.controls_bar.offer(has_drawing, has_persistent, can_clamp, holds_pixels)

    def _show_brush(self) -> None:
        self.chains.takes_strokes = self.controls_bar.brush.currentText() != "nothing"

    def _show_mask(self) -> None:
        mosaic, clamped, answer = self.chains.mosaic, self.options.clamped, self.answer
        if mosaic is None or clamped is None or answer is None or not answer.can_clamp:
            self.chains.show_mask(None)
        else:
            self.chains.show_mask(mask_of(clamped, mosaic.height, mosaic.width))

    def _hover(self, position: QPointF) -> None:
        self._mouse = position
        answer = self.answer
        if answer is None or answer.pictures is None:
            return
        pixel, unit = self.chains.pixel_at(position), self.units.found_at(position)
        self.chains.frame(pixel[0] if pixel else None)
        self.energy.choose(pixel[0] if pixel else None)
        self.units.filters.frame(unit.unit if unit and unit.case is None else None)
        if unit is not None:
            self.readout.setText(self.units.text_of(unit))
        elif pixel is not None:
            said = _chain_text(pixel[0], answer.energy)
            self.readout.offer(f"{said} · {_pixel_text(answer.pictures, *pixel)}", said)
        else:
            self.readout.offer(*_INVITATIONS)

    def _spots(self) -> Spots:
        """Chains, which tell their energy, and what can be clicked."""
        mosaic, units = self.chains.mosaic, self.units.spots()
        if self.answer is None or self.answer.pictures is None or mosaic is None:
            return NO_SPOTS
        tiles = [(x + 1, y + 1, mosaic.width, mosaic.height) for x, y in map(mosaic.corner_of, range(mosaic.count))]

        def name(spot: int) -> str:
            energy = self.answer.energy
            return _chain_text(spot, energy) if spot < len(tiles) else units.name(spot - len(tiles))

        return Spots(np.vstack([in_scene(self.chains, tiles), units.places]), name)


def _chains_text(answer: ChainStates, chains: int, is_wide: bool) -> str:
    """In one line, also where it is narrow: the plot of the energies has the steps as well."""
    what = {"means": "E(v | h)", "samples": "samples v", "mean-field": "mean-field"}[answer.shown]
    level = f" · machine {answer.level + 1} of the stack" if answer.level else ""
    steps = f" · {counted(answer.steps, 'Gibbs step')}" if is_wide else ""
    return f"{chains:,} chains, {what}{steps}{level}"


def _chain_text(chain: int, energy: np.ndarray) -> str:
    return f"chain {chain} · F(v) = {energy[chain]:+.1f} nats".replace("-", "−")


def _pixel_text(pictures: np.ndarray, chain: int, row: int, column: int) -> str:
    value = " ".join(f"{byte}" for byte in pictures[chain, row, column])
    return f"row {row}, column {column} · grey {value}"
