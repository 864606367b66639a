"""A convolutional network looking at one example: filters and maps, layer under layer, one mosaic for each."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt

from nnlab.models.layers.sequence import readable_name
from nnlab.probes import Selection
from nnlab.probes.feature_maps import FeatureMaps, FeatureMapsOptions, MapRow
from nnlab.probes.reconstructions import picture_range
from nnlab.ui.messages import Prepared
from nnlab.ui.theme import Theme, grey_lut, signed_indices, signed_lut, unsigned_indices, viridis_lut
from nnlab.ui.views import VIEWS
from nnlab.ui.views.parts.board import Board
from nnlab.ui.views.parts.layer_names import LayerChoice, fitted_name
from nnlab.ui.views.parts.mosaic_rows import Captioned, Placed, most_rows, place_mosaics
from nnlab.ui.views.view import Table, View
from nnlab.ui.widgets.example_picker import ExamplePicker
from nnlab.ui.widgets.flow import captioned
from nnlab.ui.widgets.keyboard_pointer import NO_SPOTS, Click, KeyboardPointer, Spots, in_scene, numbers_of
from nnlab.words import figure, percent, signed

# Pixels: the example's picture and the caption of a row, also where there is little room.
_EXAMPLE, _SMALL_EXAMPLE = 112, 56
_CAPTION, _SMALL_CAPTION = 148, 124
_NARROW, _LOW = 560, 200
_GAP = 24  # between the example and the captions
_WHAT = {
    "filters": "filters",
    "before": "before non-linearity",
    "after": "after non-linearity",
    "pooled": "pooled",
    "enlarged": "enlarged",
    "maps": "maps",
}
_TELLING = (("after", "pooled", "enlarged"), ("filters",), ("before", "maps"))
_SHORT = {"before": "before", "after": "after"}


class FeatureMapsView(View):
    """Click a map to select its unit in all views; signed maps on a symmetric scale, others from zero upwards."""

    title = VIEWS["feature_maps"].title
    probe = "feature_maps"
    interval = 0.1
    least_picture = (300, 112)
    empty_text = "What every layer makes of the selected example appears here, as soon as a model is built."

    def __init__(self) -> None:
        super().__init__()
        self.options = FeatureMapsOptions()
        self.captioned: list[Captioned] = []
        self.rows: tuple[MapRow, ...] = ()  # those for which there is room
        self._names: tuple[str, ...] = ()
        self._range = (0.0, 255.0)
        self._layout_of: tuple[object, ...] = ()
        self._tables = (signed_lut(self.theme), viridis_lut(self.theme), grey_lut(self.theme))
        self._mouse = QPointF(-1, -1)
        self.picker = ExamplePicker()
        self.picker.picked.connect(lambda part, place: self.select(part=part, example=place))
        self._layer = LayerChoice("All layers")
        self._layer.chosen.connect(self._choose_layer)
        self.controls.addWidget(self.picker)
        self.controls.addWidget(captioned("Layer", self._layer))
        self.board = Board(self.canvas, self._redraw)
        self.canvas.scene().sigMouseMoved.connect(self._hover)
        self.canvas.scene().sigMouseClicked.connect(self._click)
        self.pointer = KeyboardPointer(self.canvas, self._spots)

    @property
    def placed(self) -> list[Placed]:
        """Where the mosaic of each row lies."""
        return [place.placed for place in self.captioned]

    def begin(self, prepared: Prepared) -> None:
        """Other layers, other scales; the example stays."""
        super().begin(prepared)
        self._names = prepared.dataset.class_names
        self._range = picture_range(prepared.dataset)
        self.options = FeatureMapsOptions()
        self.picker.begin(prepared)

    def forget(self) -> None:
        """The maps and their scales."""
        super().forget()
        self.captioned, self.rows, self._layout_of = [], (), ()

    def show_selection(self, selection: Selection) -> None:
        """The picker follows; frames move at once."""
        super().show_selection(selection)
        self.picker.show_selection(selection)
        self._redraw()

    def draw(self, answer: FeatureMaps) -> None:
        """The example at the left, a row for each layer beside it."""
        self._layer.show_layers(answer.layers, self.options.layer)
        self._lay_out(answer.rows)
        self.board.begin()
        self._draw_example(answer)
        for row, place in zip(self.rows, self.captioned, strict=True):
            self._draw_row(row, place)
        self.board.end()
        self._hover(self._mouse)

    def recolor(self, theme: Theme) -> None:
        """Tables and icons."""
        self._tables = (signed_lut(theme), viridis_lut(theme), grey_lut(theme))
        self.picker.apply_theme(theme)

    def csv_columns(self) -> Table:
        """One row per number: layer, what of it, picture, unit, row, column, value."""
        table: Table = {name: [] for name in ("layer", "what", "picture", "unit", "row", "column", "value")}
        for entry in self.answer.rows:
            picture, row, column = np.indices(entry.tiles.shape).reshape(3, -1)
            table["layer"] += [entry.layer] * entry.tiles.size
            table["what"] += [_WHAT[entry.what]] * entry.tiles.size
            table["picture"] += list(picture)
            table["unit"] += list(entry.unit[picture])
            table["row"] += list(row)
            table["column"] += list(column)
            table["value"] += list(entry.tiles.ravel())
        return table

    def _redraw(self) -> None:
        if self.answer is not None:
            self.draw(self.answer)

    def _draw_example(self, answer: FeatureMaps) -> None:
        low, high = self._range
        pixels, lut = as_pixels(answer.example, low, high), self._tables[2]
        height, width = pixels.shape[:2]
        room = self._widths()[0]
        scale = min(room, max(self.board.size[1] - 60, 24)) / max(height, width)
        scale = float(np.floor(scale)) if scale >= 2 else scale
        self.board.picture(pixels, QRectF(0, 0, width * scale, height * scale), lut if pixels.ndim == 2 else None)
        y = height * scale + 8
        lines = [("muted", "selected example" if room == _EXAMPLE else "example")]
        if 0 <= answer.label < len(self._names):
            lines.append(("text", f"{'true class ' if room == _EXAMPLE else 'is'} {self._names[answer.label]}"))
        if len(answer.probability):
            best = int(answer.probability.argmax())
            is_right = best == answer.label
            name = self._names[best] if best < len(self._names) else str(best)
            sure = signed(answer.scores[best]) if len(answer.scores) else percent(answer.probability[best])
            role = "text" if is_right else "danger"
            whole = f"predicted  {name}  ({sure})"
            if room == _EXAMPLE and self.board.width_of(whole) <= room + _GAP - 4:
                lines.append((role, whole))
            else:
                # A number that is cut is none.
                lines += [(role, f"predicted  {name}"), *([(role, f"({sure})")] if room == _EXAMPLE else [])]
        for number, (role, text) in enumerate(lines):
            # Beside them there are captions, if not below each other then at least in the middle.
            self.board.text(text, 0, y + 17 * number, getattr(self.theme, role), width=room + _GAP - 4)

    def _draw_row(self, row: MapRow, place: Captioned) -> None:
        placed, bound = place.placed, self._bound_of(row)
        whole = placed.mosaic.assemble(row.tiles[: placed.mosaic.count])
        indices = signed_indices(whole, bound) if row.is_signed else unsigned_indices(whole, 0.0, bound)
        lut = self._tables[0 if row.is_signed else 1]
        self.board.picture(indices, placed.rect, lut)
        if place.is_above or place.caption.height() < 28:
            self._write_line(row, place, bound)
        else:
            self._write_lines(row, place, bound, lut)
        if self.selection.unit >= 0 and row.source == self._selected_source():
            for tile in np.flatnonzero(row.unit[: placed.mosaic.count] == self.selection.unit):
                self.board.outline(placed.tile(int(tile)), self.theme)

    def _write_line(self, row: MapRow, captioned: Captioned, bound: float) -> None:
        """The layer, what of it, and from where to where the colours reach, as far as there is room."""
        place = captioned.caption
        x, y, room = place.x(), place.y(), place.width()
        name = fitted_name(row.layer, room, lambda text: self.board.width_of(text, bold=True))
        self.board.text(name, x, y, self.theme.text, bold=True)
        x += self.board.width_of(name, bold=True) + 6
        count = f"{_shown(row, captioned)}{row.count}"
        kind, short = _what(row), _SHORT.get(row.what, _what(row))
        texts = (f"{count} {kind}", f"{count} {short}", kind, _SHORT.get(row.what, ""))
        what = next((text for text in texts if self._has_room(text, x, place)), "")
        self.board.text(what, x, y, self.theme.muted)
        x += self.board.width_of(what) + 8
        scale = _scale_text(row, bound)
        if self._has_room(scale, x, place):
            self.board.text(scale, x, y, self.theme.muted)

    def _has_room(self, text: str, x: float, place: QRectF) -> bool:
        return self.board.width_of(text) <= place.right() - x

    def _write_lines(self, row: MapRow, captioned: Captioned, bound: float, lut: np.ndarray) -> None:
        """The layer; below it what of it; and the scale of the colours, as a bar where there is room."""
        place = captioned.caption
        x, y = place.x(), place.y()
        name = fitted_name(row.layer, place.width(), lambda text: self.board.width_of(text, bold=True))
        self.board.text(name, x, y, self.theme.text, bold=True)
        count = f"{_shown(row, captioned)}{row.count}"
        whole, short = (f"{count} {what}" for what in (_what(row), _SHORT.get(row.what, _what(row))))
        self.board.text(whole if self._has_room(whole, x - 8, place) else short, x, y + 16, self.theme.muted)
        if place.height() >= 50:
            ramp = np.arange(255, dtype=np.uint8)[None, :]
            self.board.picture(ramp, QRectF(x + 34, y + 37, 60, 6), lut)
            self.board.text(figure(-bound if row.is_signed else 0), x + 30, y + 33, self.theme.muted, anchor=(1, 0))
            self.board.text(figure(bound), x + 98, y + 33, self.theme.muted)
            return
        scale = _scale_text(row, bound)
        if self._has_room(scale, x + self.board.width_of(name, bold=True) + 6, place):
            self.board.text(scale, place.right(), y, self.theme.muted, anchor=(1, 0))

    def _selected_source(self) -> str:
        """The layer whose units are selected, whichever of its rows was named."""
        named = [row.source for row in self.answer.rows if self.selection.layer in (row.layer, row.source)]
        return named[0] if named else ""

    def _bound_of(self, row: MapRow) -> float:
        finite = np.abs(row.tiles[np.isfinite(row.tiles)])
        large = float(finite.max()) if finite.size else 0.0
        return self.scales.follow((row.layer, row.what), large)

    def _widths(self) -> tuple[int, int]:
        """Of the example, and of a caption beside a mosaic."""
        width, height = self.board.size
        is_small = width < _NARROW or height < _LOW
        return (_SMALL_EXAMPLE, _SMALL_CAPTION) if is_small else (_EXAMPLE, _CAPTION)

    def _lay_out(self, rows: tuple[MapRow, ...]) -> None:
        width, height = self.board.size
        example, caption = self._widths()
        left = example + _GAP
        room = QRectF(left, 0, max(width - left - 2, 40), height)
        self.rows = rows = _most_telling(rows, most_rows(room))
        key = (width, height, *((row.layer, row.what, row.tiles.shape) for row in rows))
        if key != self._layout_of:
            self._layout_of = key
            self.captioned = place_mosaics([row.tiles.shape for row in rows], room, caption)

    def _choose_layer(self, name: str) -> None:
        self.options = FeatureMapsOptions(name)
        self.wants_changed.emit()

    def _tile_at(self, position: QPointF) -> tuple[MapRow, Placed, tuple[int, int, int]] | None:
        if self.answer is None:
            return None
        point = self.board.point_at(position)
        for row, placed in zip(self.rows, self.placed, strict=False):
            if placed.rect.contains(point):
                found = placed.mosaic.tile_at((point.x() - placed.x) / placed.scale, (point.y() - placed.y) / placed.scale)
                return (row, placed, found) if found else None
        return None

    def _hover(self, position: QPointF) -> None:
        self._mouse = position
        found = self._tile_at(position)
        if found is None:
            self.board.mark(None)
            self.readout.offer(*self._summary() if self.answer is not None else ("",))
            return
        row, placed, (tile, down, across) = found
        value = row.tiles[tile, down, across]
        number = signed(value) if row.is_signed else figure(value)
        self.board.mark(placed.tile(tile), self.theme.text)
        self.readout.setText(f"{_tile_text(row, tile)} · row {down}, column {across} · {number}")

    def _summary(self) -> tuple[str, ...]:
        """What to do, and where not all has room how to see the rest."""
        what, there, shown = "click a map to select its unit", len(self.answer.rows), len(self.rows)
        if shown == there:
            return (what,)
        few = f"{shown} of {there} rows"
        return f"{few}; choose a layer to see the others · {what}", f"{few}; choose a layer to see the others", few

    def _spots(self) -> Spots:
        if self.answer is None:
            return NO_SPOTS
        each = [
            (row, placed, tile)
            for row, placed in zip(self.rows, self.placed, strict=False)
            for tile in range(placed.mosaic.count)
        ]
        places = [numbers_of(placed.tile(tile)) for _, placed, tile in each]
        return Spots(in_scene(self.board.box, places), lambda spot: _tile_text(each[spot][0], each[spot][2]))

    def _click(self, event: Click) -> None:
        found = self._tile_at(event.scenePos())
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            row, _, (tile, _, _) = found
            self.select(layer=row.source, unit=int(row.unit[tile]))


def _tile_text(row: MapRow, tile: int) -> str:
    return f"{readable_name(row.layer)} · unit {row.unit[tile]}"


def _most_telling(rows: tuple[MapRow, ...], most: int) -> tuple[MapRow, ...]:
    """So many of them in their order: what layers put out before their filters, and these before what lies between."""
    kinds = [next(rank for rank, some in enumerate(_TELLING) if row.what in some) for row in rows]
    kept = sorted(sorted(range(len(rows)), key=lambda place: (kinds[place], place))[:most])
    return tuple(rows[place] for place in kept)


def _shown(row: MapRow, captioned: Captioned) -> str:
    """Words for how many of all there are."""
    shown = captioned.placed.mosaic.count
    return "" if shown == row.count else f"{shown} of "


def _scale_text(row: MapRow, bound: float) -> str:
    return f"±{figure(bound)}" if row.is_signed else f"0 … {figure(bound)}"


def _what(row: MapRow) -> str:
    if row.what == "filters":
        return "kernels" if len(row.tiles) != row.count else "filters"
    return _WHAT[row.what]


def as_pixels(picture: np.ndarray, low: float, high: float) -> np.ndarray:
    """Indices (height, width) into grey_lut, or colours where a picture (height, width, channels) has three channels."""
    if picture.shape[-1] == 3:
        return unsigned_indices(np.nan_to_num(picture, nan=low), low, high)
    return unsigned_indices(picture.mean(axis=-1), low, high)
