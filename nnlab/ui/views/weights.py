"""Each unit's incoming weights as a picture, all in one mosaic on one scale; a click selects unit and weight."""

from typing import Any, ClassVar

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QResizeEvent

from nnlab.models.layers.sequence import readable_name
from nnlab.probes.magnitude import magnitude
from nnlab.probes.mosaic import Mosaic, best_mosaic
from nnlab.probes.weights import WeightPictures
from nnlab.ui.messages import Prepared
from nnlab.ui.theme import Theme, signed_indices, signed_lut
from nnlab.ui.views import VIEWS
from nnlab.ui.views.parts.color_bar import SignedColorBar
from nnlab.ui.views.parts.layer_names import LayerChoice
from nnlab.ui.views.parts.outline import OutlineItem
from nnlab.ui.views.view import Table, View
from nnlab.ui.widgets.canvas import NOWHERE
from nnlab.ui.widgets.flow import captioned
from nnlab.ui.widgets.keyboard_pointer import NO_SPOTS, KeyboardPointer, Spots, in_scene
from nnlab.words import counted, signed


class WeightsView(View):
    """A mosaic of weight pictures with a colour bar symmetric about zero; values on hover."""

    title = VIEWS["weights"].title
    probe = "weights"
    interval = 0.12
    # What a pixel is, in words.
    value_name: ClassVar[str] = "weight"
    empty_text = "Each unit's incoming weights appear here as a picture, as soon as a model is built."

    def __init__(self) -> None:
        super().__init__()
        self.mosaic: Mosaic | None = None
        self.bound = 1.0
        self._mouse = NOWHERE
        self._layer = LayerChoice()
        self._layer.chosen.connect(lambda name: self.select(layer=name, unit=-1))
        self.controls.addWidget(captioned("Layer", self._layer))
        self._box = self.canvas.addViewBox(row=0, col=0, lockAspect=True, invertY=True, enableMenu=False)
        self._box.setDefaultPadding(0.01)
        self.image = pg.ImageItem(axisOrder="row-major")
        self._frame = pg.QtWidgets.QGraphicsRectItem()
        self._selected = OutlineItem()
        self._frame.hide()
        for item in (self.image, self._frame, self._selected):
            self._box.addItem(item)
        self._bar = SignedColorBar()
        self.canvas.addItem(self._bar, row=0, col=1)
        self.canvas.scene().sigMouseMoved.connect(self._hover)
        self.canvas.scene().sigMouseClicked.connect(self._click)
        self.canvas.setToolTip("Click a weight to select it and its unit")
        self.pointer = KeyboardPointer(self.canvas, self._spots)

    def begin(self, prepared: Prepared) -> None:
        """A new run may have other layers, and starts with another scale."""
        super().begin(prepared)
        self.mosaic = None
        self._frame.hide()

    def draw(self, answer: WeightPictures) -> None:
        """The tiles of the selected layer."""
        self._layer.show_layers(answer.layers, answer.layer)
        count, height, width = answer.tiles.shape
        if self.mosaic is None or (count, height, width) != (self.mosaic.count, self.mosaic.height, self.mosaic.width):
            self.mosaic = best_mosaic(count, height, width, self._aspect())
            self._frame.hide()
            rows, columns = self.mosaic.shape
            self._box.setRange(xRange=(0, columns), yRange=(0, rows), padding=0.01)
        self._mark_selected(answer)
        self._follow_scale(answer)
        self.image.setImage(
            signed_indices(self.mosaic.assemble(answer.tiles), self.bound),
            autoLevels=False,
            levels=(0, 255),
            lut=signed_lut(self.theme),
        )
        # Other weights lie under the mouse now.
        self._hover(self._mouse)

    def recolor(self, theme: Theme) -> None:
        """Frame and bar."""
        self._frame.setPen(pg.mkPen(theme.text, width=1, cosmetic=True))
        self._selected.show_at(self._selected.place, theme)
        self._bar.recolor(theme)

    def csv_columns(self) -> Table:
        """One row per weight: unit, row, column, weight."""
        tiles = self.answer.tiles
        unit, row, column = np.nonzero(~np.isnan(tiles))
        return {
            "unit": list(unit),
            "row": list(row),
            "column": list(column),
            self.value_name: list(tiles[unit, row, column]),
        }

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another shape of area may want another number of columns."""
        super().resizeEvent(event)
        if self.mosaic is not None and self.answer is not None:
            best = best_mosaic(self.mosaic.count, self.mosaic.height, self.mosaic.width, self._aspect())
            if best != self.mosaic:
                self.mosaic = None
                self.draw(self.answer)

    def _mark_selected(self, answer: WeightPictures) -> None:
        """A frame around the unit that is selected, here or in another view."""
        assert self.mosaic is not None
        unit, per_unit = self.selection.unit, answer.tiles_per_unit
        is_here = self.selection.layer == answer.layer and 0 <= unit < len(answer.tiles) // per_unit
        place = None
        if is_here:
            place = QRectF(*self.mosaic.frame_of(unit * per_unit))
        self._selected.show_at(place, self.theme)

    def _follow_scale(self, answer: WeightPictures) -> None:
        """The scale holds all but the most extreme weights, which would leave the rest pale."""
        self.bound = self.scales.follow((answer.layer, answer.pixels), magnitude(answer.tiles))
        self._bar.set_bound(self.bound)

    def _aspect(self) -> float:
        size = self.canvas.room
        return max(size.width() - 90, 50) / max(size.height(), 50)

    def _found_at(self, position: QPointF) -> tuple[int, int, int] | None:
        """The tile, row and column under a point of the scene."""
        if self.answer is None or self.mosaic is None:
            return None
        point = self._box.mapSceneToView(position)
        return self.mosaic.tile_at(point.x(), point.y())

    def _hover(self, position: QPointF) -> None:
        self._mouse = position
        answer, mosaic, found = self.answer, self.mosaic, self._found_at(position)
        self._frame.setVisible(found is not None)
        if found is None or mosaic is None:
            self.readout.setText("" if answer is None else _total_text(answer))
            return
        tile, row, column = found
        self._frame.setRect(*mosaic.frame_of(tile))
        weight = answer.tiles[tile, row, column]
        value = "" if np.isnan(weight) else f" · {'mean ' * (answer.pixels == 'mean')}{self.value_name} {signed(weight)}"
        self.readout.setText(
            f"{_tile_text(answer, tile)} · row {row}, column {column}{value} · bias {signed(answer.bias[tile])}"
        )

    def _click(self, event: Any) -> None:
        found = self._found_at(event.scenePos())
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            answer: WeightPictures = self.answer
            self.select(layer=answer.layer, unit=answer.unit_of(found[0]), weight=answer.weight_at(*found))

    def _spots(self) -> Spots:
        if self.answer is None or self.mosaic is None:
            return NO_SPOTS
        mosaic = self.mosaic
        corners = [mosaic.corner_of(tile) for tile in range(len(self.answer.tiles))]
        tiles = [(x + 1, y + 1, mosaic.width, mosaic.height) for x, y in corners]
        return Spots(in_scene(self._box, tiles), lambda tile: _tile_text(self.answer, tile))


def _tile_text(answer: WeightPictures, tile: int) -> str:
    unit = answer.unit_of(tile)
    layer = readable_name(answer.layer)
    if answer.pixels == "kernel":
        return f"{layer} · filter {unit}, channel {tile % answer.tiles_per_unit}"
    return f"{layer} · unit {unit}"


def _total_text(answer: WeightPictures) -> str:
    shown = answer.unit_of(len(answer.tiles))
    units = counted(answer.units, "filter" if answer.pixels == "kernel" else "unit")
    of_channels = f" of {answer.tiles_per_unit:,} channels" if answer.tiles_per_unit > 1 else ""
    return (f"the first {shown:,} of " if shown < answer.units else "") + f"{units}{of_channels}"
