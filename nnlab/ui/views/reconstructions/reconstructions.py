"""Examples above what an autoencoder or a Boltzmann machine makes of them, and how far apart they are."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, Qt

from nnlab.probes import Selection
from nnlab.probes.magnitude import magnitude
from nnlab.probes.reconstructions import ORDERS, Reconstructions, ReconstructionsOptions
from nnlab.probes.selection import PART_ADJECTIVES
from nnlab.ui.messages import Prepared
from nnlab.ui.setup.form import Choice
from nnlab.ui.theme import Theme, grey_lut, signed_indices, signed_lut, unsigned_indices
from nnlab.ui.views import VIEWS
from nnlab.ui.views.parts.board import Board
from nnlab.ui.views.parts.strongest import strongest_channel
from nnlab.ui.views.reconstructions.class_errors import draw_class_errors
from nnlab.ui.views.reconstructions.grid import CAPTIONS, FIGURE_LINE, Grid, assembled, best_grid
from nnlab.ui.views.view import Table, View
from nnlab.ui.widgets.example_picker import ExamplePicker
from nnlab.ui.widgets.explained import explain
from nnlab.ui.widgets.keyboard_pointer import NO_SPOTS, Click, KeyboardPointer, Spots, in_scene, numbers_of
from nnlab.words import figure, loss_text

_ALL = "All classes"
_CLASSES = 184  # pixels for the errors by class
_ROOM_FOR_CLASSES = 520  # pixels: in a narrower picture examples have their room
_SCALE = 26  # pixels of the errors' scale with its numbers
_LINE = 16
_ROOM_FOR_SCALE = 48  # pixels of a tile beside which it has room under the name of the row


class ReconstructionsView(View):
    """Rows of originals, what noise makes of them, reconstructions and signed errors; click one to select the example."""

    title = VIEWS["reconstructions"].title
    probe = "reconstructions"
    interval = 0.1
    least_picture = (300, 112)
    empty_text = "Examples and their reconstructions appear here, as soon as a model is built."

    def __init__(self) -> None:
        super().__init__()
        self.options = ReconstructionsOptions()
        self.grid = Grid(1, 1, 3, 1, 1, 1)
        self.bound = 1.0
        self._names: tuple[str, ...] = ()
        self._mouse = QPointF(-1, -1)
        self._tables = (grey_lut(self.theme), signed_lut(self.theme))
        self.picker = ExamplePicker()
        self.picker.picked.connect(self._pick)
        self.order, self.label = Choice(), Choice()
        self.order.addItems(ORDERS)
        for choice, name in ((self.order, "Which examples"), (self.label, "Class")):
            choice.setAccessibleName(name)
            choice.setMinimumContentsLength(7)
            choice.currentIndexChanged.connect(lambda _: self._choose())
            self.controls.addWidget(choice)
        explain(
            self.order,
            "In order: from the selected example on. Worst and best: of up to 1,000 examples of this part and class, "
            "which are measured a few per frame. Present batch: what the last step learned from.",
        )
        self.controls.addWidget(self.picker)
        self.board = Board(self.canvas, self._resized)
        self.canvas.scene().sigMouseMoved.connect(self._hover)
        self.canvas.scene().sigMouseClicked.connect(self._click)
        self.pointer = KeyboardPointer(self.canvas, self._spots)

    def begin(self, prepared: Prepared) -> None:
        """Other data, another scale; the order stays."""
        super().begin(prepared)
        dataset = prepared.dataset
        self.picker.begin(prepared)
        if self._names != dataset.class_names or not self.label.count():
            self._names = dataset.class_names
            with QSignalBlocker(self.label):
                self.label.clear()
                self.label.addItems([_ALL, *self._names])
        self.label.setVisible(len(self._names) > 1)
        self._choose()

    def show_selection(self, selection: Selection) -> None:
        """Another example is framed, and may be on another page."""
        super().show_selection(selection)
        self.picker.show_selection(selection)
        if self.answer is not None:
            self.draw(self.answer)

    def take(self, answer: Reconstructions) -> None:
        """Draw it; the rest is measured with the next frames, also while training stands."""
        super().take(answer)
        if not answer.is_fresh:
            self.wants_changed.emit()

    def draw(self, answer: Reconstructions) -> None:
        """One picture for each band, figures below it, errors by class beside it."""
        self._fit_grid(answer)
        errors = answer.difference
        self._follow_scale(errors)
        rows = [answer.original, *([answer.corrupted] if len(answer.corrupted) else []), answer.reconstruction]
        colors = np.stack([*(self._as_grey(tiles, answer.extremes) for tiles in rows), self._as_signed(errors)])
        shown = min(len(answer.places), self.grid.columns * self.grid.bands)
        self.board.begin()
        for band in range(-(-shown // self.grid.columns)):
            part = slice(band * self.grid.columns, min((band + 1) * self.grid.columns, shown))
            picture = assembled(colors[:, part], self.theme.surface)
            height, width = np.array(picture.shape[:2]) * self.grid.scale
            self.board.picture(picture, QRectF(CAPTIONS, band * self.grid.band_height, width, height))
        self._draw_captions(len(answer.corrupted) > 0, errors.shape[-1])
        for number in range(shown):
            self._draw_figures(answer, number)
        self._draw_classes(answer)
        self.board.end()
        self._hover(self._mouse)

    def recolor(self, theme: Theme) -> None:
        """Tables and icons."""
        self._tables = (grey_lut(theme), signed_lut(theme))
        self.picker.apply_theme(theme)

    def csv_columns(self) -> Table:
        """One row per example shown: part, position, class, mean squared error."""
        answer = self.answer
        return {
            "part": [answer.part] * len(answer.places),
            "example": list(answer.places),
            "class": [self._name_of(label) for label in answer.labels],
            "mean squared error": list(answer.error),
        }

    def _draw_captions(self, is_noisy: bool, channels: int) -> None:
        names, grid = ["original", *(["corrupted"] if is_noisy else []), "reconstruction"], self.grid
        tall = grid.height * grid.scale
        # Of a pixel's channels the one that is farthest off.
        names.append(f"largest error\nof {channels} channels" if channels > 1 else "error")
        if tall < _ROOM_FOR_SCALE + _LINE:
            names[-1] = names[-1].partition("\n")[0]
        has_room = tall >= _ROOM_FOR_SCALE
        if not has_room:
            names[-1] = f"error ±{figure(self.bound)}"
        for index, name in enumerate(names):
            middle = (index * (grid.height + 1) + 1) * grid.scale + tall / 2
            lift = (_SCALE + _LINE * name.count("\n")) / 2 if has_room and name == names[-1] else 0
            self.board.text(name, 0, middle - lift, self.theme.text, anchor=(0, 0.5))
        low, below = len(names) * (grid.height + 1) * grid.scale, grid.column(0).bottom() + 2
        # Beside the errors where they are tall enough, else below them.
        y = low - tall / 2 if has_room else below
        self.board.picture(np.arange(255, dtype=np.uint8)[None, :], QRectF(0, y, 76, 6 if has_room else 4), self._tables[1])
        if has_room:
            self.board.text(figure(-self.bound), 0, y + 8, self.theme.muted)
            self.board.text(figure(self.bound, plus=True), 76, y + 8, self.theme.muted, anchor=(1, 0))
        lines = ["squared error"] * grid.tells_errors + ["class"] * (len(self._names) > 1)
        for number, name in enumerate(lines):
            self.board.text(name, 0, below + 5 + FIGURE_LINE * number, self.theme.muted)

    def _draw_figures(self, answer: Reconstructions, number: int) -> None:
        column, theme = self.grid.column(number), self.theme
        left, wide, y = column.left() + self.grid.scale / 2, column.width() - self.grid.scale, column.bottom() + 2
        largest = float(np.nanmax(answer.error, initial=0.0))
        error = float(answer.error[number])
        self.board.rectangle(QRectF(left, y, wide, 4), fill=theme.border)
        if np.isfinite(error) and largest > 0:
            self.board.rectangle(QRectF(left, y, wide * error / largest, 4), fill=theme.ink)
        is_selected = answer.places[number] == self.selection.example
        name = self._name_of(answer.labels[number])
        error_text = [(loss_text(error), theme.text)] if self.grid.tells_errors else []
        for line, (text, color) in enumerate([*error_text, (name, theme.muted)]):
            # Not cut: half a number is another number.
            if self.board.width_of(text) <= wide:
                self.board.text(text, left, y + 5 + FIGURE_LINE * line, color)
        if is_selected:
            self.board.outline(column, theme)

    def _draw_classes(self, answer: Reconstructions) -> None:
        if not self._classes_width:
            return
        left, height = self.board.size[0] - _CLASSES + 16, self.board.size[1]
        place = QRectF(left, 0, _CLASSES - 18, height)
        draw_class_errors(self.board, place, self.theme, answer.surveyed_labels, answer.surveyed_error, self._names)

    @property
    def _classes_width(self) -> int:
        """Of what stands at the right, if anything does."""
        return _CLASSES if self._names and self.board.size[0] >= _ROOM_FOR_CLASSES else 0

    def _fit_grid(self, answer: Reconstructions) -> None:
        rows = 4 if len(answer.corrupted) else 3
        _, height, width, _ = answer.original.shape
        room = max(self.board.size[0] - CAPTIONS - self._classes_width, 40.0), max(self.board.size[1], 40.0)
        grid = best_grid(rows, height, width, room)
        if grid != self.grid:
            self.grid = grid
            self._ask(shown=grid.columns * grid.bands)

    def _follow_scale(self, errors: np.ndarray) -> None:
        self.bound = self.scales.follow("errors", magnitude(errors))

    def _as_grey(self, tiles: np.ndarray, extremes: tuple[float, float]) -> np.ndarray:
        """Colours (N, height, width, 3) of pictures with one channel or three."""
        if tiles.shape[-1] == 3:
            return unsigned_indices(np.nan_to_num(tiles, nan=extremes[0]), *extremes)
        return self._tables[0][unsigned_indices(tiles.mean(axis=-1), *extremes)]

    def _as_signed(self, errors: np.ndarray) -> np.ndarray:
        return self._tables[1][signed_indices(strongest_channel(errors), self.bound)]

    def _name_of(self, label: int) -> str:
        return self._names[label] if 0 <= label < len(self._names) else ""

    def _choose(self) -> None:
        """Another order or class; random ones are drawn anew."""
        label = self.label.currentIndex() - 1 if len(self._names) > 1 else -1
        order = self.order.currentText()
        self._ask(order=order, label=max(label, -1), draw=self.options.draw + (order == "random"))

    def _ask(self, **changes: object) -> None:
        options = replace(self.options, **changes)
        if options != self.options:
            self.options = options
            self.wants_changed.emit()

    def _resized(self) -> None:
        if self.answer is not None:
            self.draw(self.answer)

    def _pick(self, part: str, place: int) -> None:
        self.select(part=part, example=place)
        self._ask(draw=self.options.draw + (self.options.order == "random"))

    def _tile_at(self, position: QPointF) -> tuple[int, int, int, int] | None:
        found = self.grid.tile_at(self.board.point_at(position)) if self.answer is not None else None
        return found if found is not None and found[0] < len(self.answer.places) else None

    def _spots(self) -> Spots:
        if self.answer is None:
            return NO_SPOTS
        shown = min(len(self.answer.places), self.grid.columns * self.grid.bands)
        tiles = [numbers_of(self.grid.first_tile(number)) for number in range(shown)]
        return Spots(in_scene(self.board.box, tiles), self._spot_text)

    def _spot_text(self, number: int) -> str:
        answer, name = self.answer, self._name_of(self.answer.labels[number])
        class_name = f" ({name})" if name else ""
        return f"{answer.part} {answer.places[number]:,}{class_name}, mean squared error {loss_text(answer.error[number])}"

    def _hover(self, position: QPointF) -> None:
        self._mouse = position
        answer, found = self.answer, self._tile_at(position)
        self.board.mark(self.grid.column(found[0]) if found else None, self.theme.muted)
        if answer is None:
            return
        if found is None:
            whole = self._summary()
            self.readout.offer(whole, whole.partition(" · ")[0])
            return
        number, _, down, across = found
        original, made = answer.original[number, down, across], answer.reconstruction[number, down, across]
        name = self._name_of(answer.labels[number])
        self.readout.setText(
            f"{answer.part} {answer.places[number]:,}{f' ({name})' if name else ''} · row {down}, column {across} · "
            f"{_numbers(original)} → {_numbers(made)} · {_error_text(answer.difference[number, down, across])}"
        )

    def _summary(self) -> str:
        answer = self.answer
        measured = answer.surveyed_error[~np.isnan(answer.surveyed_error)]
        known = measured[np.isfinite(measured)]
        mean = f"mean squared error {loss_text(known.mean())} · " if len(known) else ""
        examples = f"{len(measured):,} {PART_ADJECTIVES[answer.part]} examples"
        text = f"{mean}{examples} measured, errors of inputs as scaled for the model"
        is_colored = answer.original.shape[-1] > 1
        return text + (" · largest error: of a pixel's channels the one farthest off" if is_colored else "")

    def _click(self, event: Click) -> None:
        found = self._tile_at(event.scenePos())
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            self.select(part=self.answer.part, example=int(self.answer.places[found[0]]))


def _numbers(pixel: np.ndarray) -> str:
    return ", ".join(figure(value, 3) for value in pixel)


def _error_text(error: np.ndarray) -> str:
    """As scaled for the model, as what is drawn; of several channels the one that is drawn."""
    words = f"error {figure(strongest_channel(error), 3, plus=True)}"
    return words if len(error) == 1 else f"largest {words} in channel {np.abs(error).argmax()}"
