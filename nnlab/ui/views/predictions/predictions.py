"""A gallery of examples with what the network says of them: mistakes first, or doubts, or a cell of the confusion matrix."""

from dataclasses import replace

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QPushButton

from nnlab.probes import Answer, Moment, Selection
from nnlab.probes.predictions import ORDERS, PRESENT_BATCH, Predictions, PredictionsOptions
from nnlab.probes.selection import PART_ADJECTIVES
from nnlab.ui.messages import Prepared
from nnlab.ui.setup.form import Choice
from nnlab.ui.theme import Theme
from nnlab.ui.views import VIEWS
from nnlab.ui.views.parts.board import Board
from nnlab.ui.views.parts.stamp import stamp
from nnlab.ui.views.predictions.gallery import Gallery, gallery_for, gallery_of
from nnlab.ui.views.predictions.panel import LEAST_PANEL, PANEL_WIDTH, draw_panel, figure_text
from nnlab.ui.views.predictions.rows import RowTiles, numbers_text
from nnlab.ui.views.view import Table, View
from nnlab.ui.widgets.explained import set_tooltip, without_shortcut
from nnlab.ui.widgets.flow import captioned
from nnlab.ui.widgets.keyboard_pointer import NO_SPOTS, Click, KeyboardPointer, Spots, in_scene, numbers_of
from nnlab.ui.widgets.part_choice import PartChoice
from nnlab.words import percent

_FONT_PIXELS = 12  # the board's
_LEAST_ORDER = 130  # pixels: of one of four panes beside the Inspector it leaves room for its caption


class PredictionsView(View):
    """Pictures with the predicted and the true class and their probabilities; a click selects the example everywhere."""

    title = VIEWS["predictions"].title
    probe = "predictions"
    interval = 0.2
    least_picture = (180, 96)
    empty_text = "Examples with the classes that the network gives them appear here, its most confident mistakes first."

    def __init__(self) -> None:
        super().__init__()
        self.gallery: Gallery | None = None
        self._names: tuple[str, ...] = ()
        self._hovered: int | None = None
        self._rows: RowTiles | None = None
        self._awaited: tuple[int, int] | None = None  # the cell of which the first example will be selected
        font = QFont()
        font.setPixelSize(_FONT_PIXELS)
        self._metrics = QFontMetrics(font)
        self._caption_width = 0
        self._larger = 1.0  # times the usual size of a picture
        self.options = PredictionsOptions()
        self.board = Board(self.canvas, self._follow_size)
        self.order = Choice()
        self.order.addItems(ORDERS)
        self.order.setMinimumContentsLength(14)
        self.order.setMinimumWidth(_LEAST_ORDER)
        self.order.currentTextChanged.connect(lambda order: self._ask(order=order, first=0))
        self.part = PartChoice()
        self.part.chosen.connect(lambda part: self.select(part=part, example=0))
        self.cell = QPushButton()
        self.cell.setToolTip("Show all cells of the confusion matrix again")
        self.cell.clicked.connect(lambda: self.select(cell=None))
        self.back, self.forth = QPushButton("‹"), QPushButton("›")
        for button, name, way in ((self.back, "Earlier examples", -1), (self.forth, "Later examples", 1)):
            button.setFixedWidth(32)
            button.setAccessibleName(name)
            button.setToolTip(name)
            button.clicked.connect(lambda _=False, way=way: self._turn(way))
        for widget in (captioned("Order", self.order), self.back, self.forth, captioned("Part", self.part), self.cell):
            self.controls.addWidget(widget)
        self.canvas.scene().sigMouseMoved.connect(self._hover)
        self.canvas.scene().sigMouseClicked.connect(self._click)
        self.pointer = KeyboardPointer(self.canvas, self._spots)

    def begin(self, prepared: Prepared) -> None:
        """Another run: nothing is known about its predictions yet."""
        super().begin(prepared)
        self._names = prepared.dataset.class_names
        longest = max(map(self._metrics.horizontalAdvance, self._names[:100]))
        self._caption_width = longest + self._metrics.horizontalAdvance("✗ : 100% ") + 8
        self.part.begin(prepared)

    def forget(self) -> None:
        """What was predicted of every example, and their pictures."""
        super().forget()
        self._hovered = None
        self.board.begin()
        self.board.end()
        self.options = replace(self.options, first=0)

    def show_selection(self, selection: Selection) -> None:
        """The part and the cell are everybody's."""
        if (selection.part, selection.cell) != (self.selection.part, self.selection.cell):
            self.options = replace(self.options, first=0)
        if selection.cell != self.selection.cell:
            self._awaited = selection.cell
        elif selection.example != self.selection.example:
            self._awaited = None
        super().show_selection(selection)
        self.part.show_selection(selection)
        self.cell.setVisible(selection.cell is not None)
        if selection.cell is not None:
            true, predicted = (self._name(label) for label in selection.cell)
            self.cell.setText(without_shortcut(f"only {true} predicted as {predicted}  ✕"))
        if self.answer is not None:
            self.draw(self.answer)

    def take(self, answer: Predictions) -> None:
        """Draw it; of a cell that was just chosen the first example is selected, so that all views show one of the cell."""
        super().take(answer)
        is_whole = answer.is_fresh or answer.examples == answer.total
        if self._awaited is not None and answer.cell == self._awaited and is_whole:
            self._awaited = None
            if len(answer.places):
                self.select(part=answer.part, example=int(answer.places[0]))

    def moment_shown(self, answer: Answer) -> Moment:
        """When it was found."""
        found: Moment = answer.value.found
        return found

    def draw(self, answer: Predictions) -> None:
        """The mosaic, a caption for each tile, and the probabilities of the one that is looked at."""
        if not answer.is_fresh:
            # The rest comes with the next frames, also while training stands.
            self.wants_changed.emit()
        width, height = self.board.size
        self._rows = RowTiles(answer.raw.shape[1], self._metrics) if RowTiles.suit(answer) else None
        shape = self._rows.shape if self._rows else answer.pictures.shape[1:3]
        room = width - self._panel_width()
        self.gallery = gallery = self._gallery(answer, shape, room, height)
        if gallery.count != self.options.shown:
            self._ask(shown=gallery.count)
        count = min(len(answer.places), gallery.count)
        self.back.setEnabled(answer.first > 0)
        self.forth.setEnabled(answer.first + count < answer.matching)
        self.board.begin()
        pictures = self._rows.pictures(answer, self.theme) if self._rows else answer.pictures
        pixels = gallery.assemble(pictures[:count], self.theme)
        if count:
            self.board.picture(pixels, gallery.extent)
        for tile in range(count):
            self._draw_numbers(answer, tile, gallery)
            self._draw_caption(answer, tile, gallery)
        if not count:
            self.board.message(self._nothing(answer), self.theme.muted)
        self._draw_looked_at(answer, gallery)
        self.board.end()
        headline = self._headline(answer, count)
        self.readout.offer(headline, headline.partition(" among ")[0])

    def _gallery(self, answer: Predictions, shape: tuple[int, int], width: float, height: float) -> Gallery:
        if self._rows is not None:
            return gallery_for(shape, width, height, self._caption_width, is_drawn=True)
        gallery, self._larger = gallery_of(answer.matching, self._larger, shape, width, height, self._caption_width)
        return gallery

    def recolor(self, theme: Theme) -> None:
        """Everything is drawn anew in the theme's colours."""
        if self.answer is None:
            self.board.begin()
            self.board.end()

    def csv_columns(self) -> Table:
        """One row per shown example: its place, its class, the predicted one, and the probability of every class."""
        answer = self.answer
        rows: Table = {
            "example": answer.places.tolist(),
            "true class": [self._name(label) for label in answer.labels],
            "predicted class": [self._name(label) for label in answer.predicted],
        }
        for label in range(answer.probability.shape[1]):
            kind, values = ("score", answer.scores) if answer.gives_scores else ("p", answer.probability)
            rows[f"{kind}_{self._name(label)}"] = values[:, label].tolist()
        return rows

    def _ask(self, **changes: object) -> None:
        changed = replace(self.options, **changes)
        if changed != self.options:
            self.options = changed
            self.wants_changed.emit()

    def _turn(self, way: int) -> None:
        if self.answer is not None:
            self._ask(first=max(0, self.answer.first + way * self.options.shown))

    def _follow_size(self) -> None:
        if self.answer is not None:
            self.draw(self.answer)

    def _panel_width(self) -> float:
        """Nothing where the tiles need the room, or hardly any class would have a row."""
        width, height = self.board.size
        return PANEL_WIDTH if width > 2.5 * PANEL_WIDTH and height >= LEAST_PANEL else 0.0

    def _name(self, label: int) -> str:
        return self._names[label] if 0 <= label < len(self._names) else f"class {label}"

    def _draw_numbers(self, answer: Predictions, tile: int, gallery: Gallery) -> None:
        """The columns' names and numbers on a tile of few."""
        if self._rows is None:
            return
        names, values = self._rows.texts(answer.names, answer.raw[tile])
        if names:
            place = gallery.picture_of(tile)
            self.board.text(names, place.x() + 3, place.y(), self.theme.text)
            self.board.text(values, place.right() - 3 - self._rows.value_width(values), place.y(), self.theme.text)

    def _draw_caption(self, answer: Predictions, tile: int, gallery: Gallery) -> None:
        true, predicted = answer.labels[tile], answer.predicted[tile]
        is_right = true == predicted
        place = gallery.caption_of(tile)
        lines = [f"{'✓' if is_right else '✗'} {self._name(predicted)}: {figure_text(answer, tile, predicted)}"]
        if not is_right:
            lines.append(f"is {self._name(true)}: {figure_text(answer, tile, true)}")
        text = "\n".join(
            self._metrics.elidedText(line, Qt.TextElideMode.ElideMiddle, round(place.width())) for line in lines
        )
        self.board.text(text, place.x(), place.y(), self.theme.muted if is_right else self.theme.text)
        if self._is_selected(answer, tile):
            self.board.outline(gallery.frame_of(tile), self.theme)

    def _looked_at(self, answer: Predictions) -> tuple[Predictions, int] | None:
        """The tile under the mouse, else the selected example, be it among the tiles or not."""
        if self._hovered is not None and self._hovered < len(answer.places):
            return answer, self._hovered
        if answer.cell is not None and not answer.matching:
            # The selected example is not of this cell, and the sentence that says so has all the room.
            return None
        if answer.selected is not None:
            return answer.selected, 0
        tile = next((tile for tile in range(len(answer.places)) if self._is_selected(answer, tile)), None)
        return None if tile is None else (answer, tile)

    def _is_selected(self, answer: Predictions, tile: int) -> bool:
        return answer.part == self.selection.part and int(answer.places[tile]) == self.selection.example

    def _draw_looked_at(self, answer: Predictions, gallery: Gallery) -> None:
        """What is said of it, class by class."""
        looked_at = self._looked_at(answer)
        if looked_at is not None and self._panel_width():
            draw_panel(self.board, self.theme, *looked_at, self._name)

    def _headline(self, answer: Predictions, count: int) -> str:
        shown = f"{answer.first + 1:,} to {answer.first + count:,} of " if count < answer.matching else ""
        if answer.cell is None and answer.examples:
            # First, so that it is not what a narrow pane cuts off.
            shown = f"{percent(1 - answer.mistakes / answer.examples)} right · {shown}"
        if answer.cell is not None:
            what = f"{answer.matching:,} in this cell"
        elif self.options.order == ORDERS[0]:
            what = f"{answer.matching:,} mistakes"
        else:
            what = f"{answer.matching:,} examples, {answer.mistakes:,} of them mistaken,"
        return f"{shown}{what} among {self._surveyed(answer)}, {stamp(answer.found)}"

    def _surveyed(self, answer: Predictions) -> str:
        """Which examples were looked at: those of the cell's true class, or of all classes; or those of the last step."""
        count = f"{answer.examples:,}"
        if answer.examples != answer.total:
            count += f" of {answer.total:,}"
        of_class = "" if answer.cell is None else f" of class {self._name(answer.cell[0])}"
        if self.options.order != PRESENT_BATCH:
            return f"{count} {PART_ADJECTIVES[answer.part]} examples{of_class}"
        return f"{count} examples{of_class} of the last step's batch"

    def _nothing(self, answer: Predictions) -> str:
        if self.options.order == PRESENT_BATCH and not answer.total:
            return "No step is known that led here; make one, or run."
        where = f"among {self._surveyed(answer)}, {stamp(answer.found)}"
        if answer.cell is not None:
            return f"Nothing of class {self._name(answer.cell[0])} is predicted as {self._name(answer.cell[1])} {where}."
        return f"There is no mistake {where}."

    def _tile_at(self, position: QPointF) -> int | None:
        if self.answer is None or self.gallery is None:
            return None
        point = self.board.point_at(position)
        tile = self.gallery.tile_at(point.x(), point.y())
        return tile if tile is not None and tile < len(self.answer.places) else None

    def _spots(self) -> Spots:
        answer, gallery = self.answer, self.gallery
        if answer is None or gallery is None:
            return NO_SPOTS
        tiles = [numbers_of(gallery.frame_of(tile)) for tile in range(min(len(answer.places), gallery.count))]
        return Spots(in_scene(self.board.box, tiles), self._spot_text)

    def _spot_text(self, tile: int) -> str:
        answer = self.answer
        said = f"{self._name(answer.predicted[tile])} {figure_text(answer, tile, answer.predicted[tile])}"
        return f"{answer.part} example {answer.places[tile]:,}, is {self._name(answer.labels[tile])}, predicted {said}"

    def _hover(self, position: QPointF) -> None:
        tile = self._tile_at(position)
        # Without a gallery there is no tile, neither now nor before.
        if tile == self._hovered or self.gallery is None:
            return
        self._hovered = tile
        has_numbers = tile is not None and self.answer.raw.shape[1] > 0
        set_tooltip(self.canvas, numbers_text(self.answer.names, self.answer.raw[tile]) if has_numbers else "")
        self.board.mark(None if tile is None else self.gallery.frame_of(tile), self.theme.muted)
        self.draw(self.answer)

    def _click(self, event: Click) -> None:
        tile = self._tile_at(event.scenePos())
        if tile is not None:
            self.select(part=self.answer.part, example=int(self.answer.places[tile]))
