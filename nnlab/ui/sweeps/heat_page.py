"""Heat map: two settings, and in every cell the mean objective of the trials that lie there."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from nnlab.models.arrays import Array
from nnlab.ui.sweeps.cells import Cells, cells_of, means
from nnlab.ui.sweeps.picture import ColumnChoice, TrialPicture
from nnlab.ui.sweeps.results import Results
from nnlab.ui.theme import GAP, unsigned_indices, viridis_lut
from nnlab.ui.views.parts.board import Board
from nnlab.ui.views.view import Table
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.flow import captioned
from nnlab.ui.widgets.keyboard_pointer import Array as Places
from nnlab.ui.widgets.keyboard_pointer import in_scene

_EMPTY = "The mean objective over any two settings appears here."
_HINT = "A cell stands for the best trial in it"
_ONE_SETTING = "A heat map takes two settings; this sweep varies one. Scatter shows it."
# Pixels: room for the names of rows at the left and of columns below, and what a number takes in a cell.
_BESIDE, _BELOW, _ABOVE, _RIGHT = 116.0, 44.0, 8.0, 12.0
_NUMBER_WIDTH, _NUMBER_HEIGHT = 44.0, 18.0


class HeatPage(TrialPicture):
    """The better, the more it stands out from the surface; cells without a trial are empty."""

    title = "Heat map"

    def __init__(self) -> None:
        super().__init__(_EMPTY)
        self.across, self.upwards = ColumnChoice("Across"), ColumnChoice("Upwards")
        for choice, caption in ((self.across, "Across"), (self.upwards, "Upwards")):
            choice.chosen.connect(self._choose)
            self.controls.addWidget(captioned(caption, choice))
        self.controls.addWidget(label(_HINT, "muted"))
        self.columns_cut = self.rows_cut = Cells(0, np.zeros(0, np.intp), ())
        self.cells: Array = np.zeros((0, 0))
        self.counts: Array = np.zeros((0, 0), np.intp)
        self._pixels: Array = np.zeros((0, 0), np.uint8)
        self.board = Board(self.canvas, self._choose)

    @property
    def is_empty(self) -> bool:
        """With one setting there is nothing to see either."""
        return super().is_empty or self.results is None or len(self.results.settings) < 2

    def show_results(self, results: Results | None) -> None:
        """Say where there is only one setting."""
        one = results is not None and bool(results.trials) and len(results.settings) < 2
        self.empty.setText(_ONE_SETTING if one else _EMPTY)
        super().show_results(results)

    def draw(self) -> None:
        """Cells with their means, names at the sides."""
        results = self.results
        if results is None:
            return
        settings = results.settings
        self.across.offer(settings, settings[0].name)
        self.upwards.offer(settings, settings[1].name)
        x, y = results.column(self.across.name) or settings[0], results.column(self.upwards.name) or settings[1]
        self.columns_cut, self.rows_cut = cells_of(x), cells_of(y)
        self.cells, self.counts = means(self.columns_cut, self.rows_cut, results.objective.values)
        self._lay_out(results.objective.scaled(self.cells))

    def _lay_out(self, scaled: Array) -> None:
        board, theme, results = self.board, self.theme, self.results
        assert results is not None
        place = self._place
        known = scaled[np.isfinite(scaled)]
        low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
        high = high if high > low else low + 1.0
        # The good end of the scale is the one that stands out from the surface.
        turns = results.seeks_highest != theme.is_dark
        shown = low + high - scaled if turns else scaled
        board.begin()
        self._pixels = unsigned_indices(shown, low, high)
        board.picture(self._pixels[::-1], place, viridis_lut(theme))
        self._write_numbers(place)
        self._write_names(place)
        board.end()

    @property
    def _place(self) -> QRectF:
        width, height = self.board.size
        return QRectF(_BESIDE, _ABOVE, max(width - _BESIDE - _RIGHT, 1), max(height - _ABOVE - _BELOW, 1))

    def _write_numbers(self, place: QRectF) -> None:
        """The means, where cells have room for them."""
        assert self.results is not None
        rows, columns = self.cells.shape
        width, height = place.width() / columns, place.height() / rows
        if width < _NUMBER_WIDTH or height < _NUMBER_HEIGHT:
            return
        for row, column in np.argwhere(np.isfinite(self.cells[::-1])).tolist():
            value = float(self.cells[::-1][row, column])
            color = self._contrast(int(self._pixels[rows - 1 - row, column]))
            x, y = place.left() + (column + 0.5) * width, place.top() + (row + 0.5) * height
            self.board.text(self.results.objective.text(value), x, y, color, anchor=(0.5, 0.5), width=width - 4)

    def _contrast(self, pixel: int) -> str:
        """What can be seen on a cell: viridis is dark at its lower end, an empty cell is the surface."""
        if pixel == GAP:
            return self.theme.text
        return "#FFFFFF" if pixel < GAP // 2 else "#1F2328"

    def _write_names(self, place: QRectF) -> None:
        board, theme = self.board, self.theme
        assert self.results is not None
        width, height = place.width() / max(self.columns_cut.count, 1), place.height() / max(self.rows_cut.count, 1)
        every = max(1, round(_NUMBER_HEIGHT / height))
        for row in range(0, self.rows_cut.count, every):
            y = place.bottom() - (row + 0.5) * height
            board.text(self.rows_cut.names[row], place.left() - 8, y, theme.muted, anchor=(1, 0.5), width=_BESIDE - 16)
        longest = max(map(board.width_of, self.columns_cut.names), default=0.0)
        every = max(1, round(min(longest + 8, 90) / width))
        for column in range(0, self.columns_cut.count, every):
            x = place.left() + (column + 0.5) * width
            board.text(
                self.columns_cut.names[column], x, place.bottom() + 4, theme.muted, anchor=(0.5, 0), width=width * every - 6
            )
        title = (
            f"{self.across.currentText()} across, {self.upwards.currentText()} upwards: mean {self.results.objective.title}"
        )
        board.text(title, place.center().x(), place.bottom() + 24, theme.text, anchor=(0.5, 0), width=place.width())

    def show_mark(self) -> None:
        """A frame around the cell in which it is."""
        cell = self._cell_of(self.marked)
        if cell is None:
            self.board.mark(None)
        else:
            self.board.mark(self._rectangle(*cell), self._contrast(int(self._pixels[cell])))

    def recolor(self) -> None:
        """All of it is drawn anew."""

    def trial_at(self, position: QPointF) -> int | None:
        """The best trial of the cell there."""
        point, place = self.board.point_at(position), self._place
        if not place.contains(point) or not self.cells.size:
            return None
        rows, columns = self.cells.shape
        column = min(int((point.x() - place.left()) / place.width() * columns), columns - 1)
        row = min(int((place.bottom() - point.y()) / place.height() * rows), rows - 1)
        return self._best_in(row, column)

    def places(self) -> Places:
        """The cells, each at its best trial."""
        assert self.results is not None
        found = np.full((len(self.results.trials), 4), np.nan)
        for row, column in np.argwhere(self.counts > 0).tolist():
            best, cell = self._best_in(row, column), self._rectangle(row, column)
            if best is not None:
                found[best] = in_scene(self.board.box, [(cell.x(), cell.y(), cell.width(), cell.height())])[0]
        return found

    def csv_columns(self) -> Table:
        """One row for each cell that has a trial."""
        at = np.argwhere(self.counts > 0).tolist()
        return {
            self.across.name: [self.columns_cut.names[column] for _, column in at],
            self.upwards.name: [self.rows_cut.names[row] for row, _ in at],
            "mean objective": [float(self.cells[row, column]) for row, column in at],
            "trials": [int(self.counts[row, column]) for row, column in at],
        }

    def _best_in(self, row: int, column: int) -> int | None:
        assert self.results is not None
        inside = np.flatnonzero((self.rows_cut.places == row) & (self.columns_cut.places == column))
        values = self.results.objective.values[inside]
        if not np.isfinite(values).any():
            return int(inside[0]) if len(inside) else None
        return int(inside[np.nanargmax(values) if self.results.seeks_highest else np.nanargmin(values)])

    def _cell_of(self, trial: int | None) -> tuple[int, int] | None:
        if trial is None or trial >= len(self.rows_cut.places):
            return None
        row, column = int(self.rows_cut.places[trial]), int(self.columns_cut.places[trial])
        return (row, column) if row >= 0 and column >= 0 else None

    def _rectangle(self, row: int, column: int) -> QRectF:
        place, (rows, columns) = self._place, self.cells.shape
        width, height = place.width() / columns, place.height() / rows
        return QRectF(place.left() + column * width, place.bottom() - (row + 1) * height, width, height)

    def _choose(self) -> None:
        # The board asks as soon as it is made.
        if getattr(self, "board", None) is not None and not self.is_empty:
            self.draw()
            self.show_mark()
