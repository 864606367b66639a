"""The hidden units of a machine: what each looks for, and on which examples each is on."""

from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF

from nnlab.probes import Selection
from nnlab.probes.machine_units import MachineUnits
from nnlab.probes.magnitude import magnitude
from nnlab.ui.theme import LIGHT, Theme, grey_lut, unsigned_indices
from nnlab.ui.views.parts.caption import Caption
from nnlab.ui.views.parts.color_bar import BAR_WIDTH, SignedColorBar
from nnlab.ui.views.parts.scales import Scales
from nnlab.ui.views.samples.mosaic import PictureMosaic
from nnlab.ui.widgets.keyboard_pointer import NO_SPOTS, Spots, in_scene
from nnlab.words import figure, signed


class Found(NamedTuple):
    """What lies under the mouse: a unit, and its number for an example (a row of the lower picture) or its weight."""

    unit: int
    case: int | None
    value: float


class UnitPictures(pg.GraphicsLayout):
    """Filters as a mosaic; below it a picture of p(h = 1 | v), an example per row and a unit per column."""

    def __init__(self, scales: Scales) -> None:
        super().__init__()
        self.units: MachineUnits | None = None
        self.bound = 1.0
        self._has_room = True
        self._scales = scales
        self._theme = LIGHT
        self._selection = Selection()
        self.filters, self.filter_caption, self.hidden_caption = PictureMosaic(), Caption("Filters"), Caption("Hidden units")
        self.bar = SignedColorBar()
        self.addItem(self.filter_caption, row=0, col=0, colspan=2)
        self.addItem(self.filters, row=1, col=0)
        self.addItem(self.bar, row=1, col=1)
        self.addItem(self.hidden_caption, row=2, col=0, colspan=2)
        self.hidden_box = self.addViewBox(row=3, col=0, colspan=2, enableMenu=False, invertY=True)
        self.hidden_box.setMouseEnabled(False, False)
        self.hidden_box.setDefaultPadding(0)
        self.hidden = pg.ImageItem(axisOrder="row-major")
        self.chosen_unit, self.chosen_case = (pg.QtWidgets.QGraphicsRectItem() for _ in range(2))
        self.hidden_box.addItem(self.hidden)
        for frame in (self.chosen_unit, self.chosen_case):
            frame.setZValue(1)
            frame.hide()
            self.hidden_box.addItem(frame)
        self.layout.setRowStretchFactor(1, 2)
        self.layout.setRowStretchFactor(3, 1)

    def show_hidden_units(self, is_shown: bool) -> None:
        """Without their picture the filters have all the room, and their caption says what the bar would."""
        self._has_room = is_shown
        for item in (self.hidden_caption, self.hidden_box, self.bar):
            item.setVisible(is_shown)
        # Hidden it would keep its column.
        self.bar.setFixedWidth(BAR_WIDTH if is_shown else 0)
        self.layout.setRowStretchFactor(3, int(is_shown))
        self._write_caption()

    def forget(self) -> None:
        """What stands there stays until the next machine's, but nothing can be chosen in it."""
        self.units = None
        self.filters.forget()

    def show_units(self, units: MachineUnits) -> None:
        """These are the units now."""
        self.units = units
        self.bound = self._scales.follow(("filters", units.layer), magnitude(units.filters))
        self.bar.set_bound(self.bound)
        self.filters.show_signed(units.filters, self.bound)
        cases, shown = units.hidden.shape
        self._write_caption()
        self.hidden_caption.setText(f"p(h = 1 | v): {cases} training examples × {shown:,} units")
        indices = unsigned_indices(units.hidden, 0.0, 1.0)
        self.hidden.setImage(indices, autoLevels=False, levels=(0, 255), lut=grey_lut(self._theme))
        self.hidden_box.setRange(xRange=(0, shown), yRange=(0, cases), padding=0)
        self.show_selection(self._selection)

    def show_selection(self, selection: Selection) -> None:
        """Frames around the selected unit and the selected example, if they are among these."""
        self._selection = selection
        units, unit = self.units, -1
        if units is not None and selection.layer == units.layer:
            unit = selection.unit
        cases, shown = (0, 0) if units is None else units.hidden.shape
        self.filters.mark(unit if units is not None and 0 <= unit < len(units.filters) else None)
        self.chosen_unit.setVisible(0 <= unit < shown)
        self.chosen_unit.setRect(unit, 0, 1, cases)
        found = np.zeros(0, np.intp)
        if units is not None and selection.part == "train":
            found = np.flatnonzero(units.places == selection.example)
        self.chosen_case.setVisible(len(found) > 0)
        if len(found):
            self.chosen_case.setRect(0, int(found[0]), shown, 1)

    def _write_caption(self) -> None:
        if self.units is not None:
            count = f"Filters: {len(self.units.filters)} of {self.units.units:,}"
            self.filter_caption.setText(count if self._has_room else f"Filters, ±{figure(self.bound)}")

    def found_at(self, position: QPointF) -> Found | None:
        """What lies under a point of the scene."""
        units = self.units
        if units is None:
            return None
        tile = self.filters.pixel_at(position)
        if tile is not None:
            return Found(tile[0], None, float(units.filters[tile]))
        if not self._has_room or not self.hidden_box.sceneBoundingRect().contains(position):
            return None
        point = self.hidden_box.mapSceneToView(position)
        case, unit = int(np.floor(point.y())), int(np.floor(point.x()))
        is_inside = 0 <= case < units.hidden.shape[0] and 0 <= unit < units.hidden.shape[1]
        return Found(unit, case, float(units.hidden[case, unit])) if is_inside else None

    def text_of(self, found: Found) -> str:
        """What it is, in words."""
        assert self.units is not None
        unit = f"{self.units.layer} · unit {found.unit}"
        if found.case is None:
            # Above the first level it is what weights come to on their way down.
            return f"{unit} · {'carried down ' * (self.units.level > 0)}weight {signed(found.value)}"
        return f"{unit} · training example {self.units.places[found.case]} · p(h = 1 | v) = {found.value:.3f}"

    def spots(self) -> Spots:
        """Every filter, then every cell of the lower picture."""
        units, mosaic = self.units, self.filters.mosaic
        if units is None or mosaic is None:
            return NO_SPOTS
        tiles = [(x + 1, y + 1, mosaic.width, mosaic.height) for x, y in map(mosaic.corner_of, range(mosaic.count))]
        cases, shown = units.hidden.shape
        case, unit = np.indices((cases, shown)).reshape(2, -1)
        cells = np.stack([unit, case, np.ones_like(unit), np.ones_like(unit)], axis=1)
        if not self._has_room:
            cells = cells[:0]
        places = np.vstack([in_scene(self.filters, tiles), in_scene(self.hidden_box, cells)])

        def name(spot: int) -> str:
            """Its unit; in the picture of hidden units also its case and number."""
            if spot < len(tiles):
                return f"{units.layer} · unit {spot}"
            row, column = divmod(spot - len(tiles), shown)
            return self.text_of(Found(column, row, float(units.hidden[row, column])))

        return Spots(places, name)

    def recolor(self, theme: Theme) -> None:
        """Mosaic, bar, captions, frames."""
        self._theme = theme
        for part in (self.filters, self.bar, self.filter_caption, self.hidden_caption):
            part.recolor(theme)
        for frame in (self.chosen_unit, self.chosen_case):
            frame.setPen(pg.mkPen(theme.accent, width=2, cosmetic=True))
        if self.units is not None:
            self.show_units(self.units)
