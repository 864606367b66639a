"""A pad to draw on, and what the model makes of the drawing with every stroke."""

import math
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QRectF, QSignalBlocker, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QHBoxLayout, QSlider, QToolButton, QVBoxLayout, QWidget

from nnlab.datasets.drawing import Drawing, Framing, framing_of, prepare_drawing
from nnlab.probes.analyses.fooling import Fooled
from nnlab.probes.drawing import DrawingAnswer, DrawOptions
from nnlab.ui.icons import icon
from nnlab.ui.messages import Prepared
from nnlab.ui.theme import Theme, grey_lut
from nnlab.ui.views import VIEWS
from nnlab.ui.views.draw.bars import draw_bars
from nnlab.ui.views.draw.fooling_control import FoolingControl
from nnlab.ui.views.parts.board import Board
from nnlab.ui.views.view import Table, View
from nnlab.ui.widgets.drawing_pad import DrawingPad, fitting_width
from nnlab.ui.widgets.explained import explain
from nnlab.ui.widgets.flow import captioned
from nnlab.words import percent

# Moves of the mouse come faster than anybody could see an answer.
_PAUSE_MILLISECONDS = 15
_CAPTION = 22
_GAP = 16
_MARGIN = 8
_CAPTION_WIDTH = 124
_DREAM, _PAUSE = "Dream on", "Pause dream"
_EMPTY = "Draw something on the pad at the left: the model answers with every stroke."


class DrawView(View):
    """The pad at the left; at the right the prepared picture, and classes, reconstruction or dreams."""

    title = VIEWS["draw"].title
    probe = "drawing"
    interval = 0.1
    least_picture = (160, 60)
    empty_text = _EMPTY

    def __init__(self) -> None:
        super().__init__()
        self.framing: Framing | None = None
        self.options = DrawOptions()
        self._fooled: tuple[Drawing, Fooled] | None = None
        self.board = Board(self.canvas, self._redraw)
        self.pad = DrawingPad()
        self.pad.drawn.connect(self._on_drawn)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_PAUSE_MILLISECONDS)
        self._soon.timeout.connect(self._prepare)
        self._make_controls()
        self.outline.removeWidget(self.canvas)
        self.outline.removeWidget(self._empty)
        right = QVBoxLayout()
        right.addWidget(self._empty)
        right.addWidget(self.canvas, 1)
        row = QHBoxLayout()
        row.setSpacing(_GAP)
        row.addWidget(self.pad)
        row.addLayout(right, 1)
        self.outline.addLayout(row, 1)

    def begin(self, prepared: Prepared) -> None:
        """The drawing stays; it is made ready for the new data."""
        super().begin(prepared)
        self.framing = framing_of(prepared.dataset.train.inputs, prepared.dataset.grey_range)
        self._fit_brush(self.framing)
        for widget in self._dream_controls:
            widget.setVisible(prepared.experiment.model.gives_samples)
        self.fooling.forget()
        self.fooling.services = self.services
        self.fooling.offer(prepared.dataset.class_names if prepared.experiment.model.predicts_targets else ())
        self._prepare()

    def take(self, answer: DrawingAnswer) -> None:
        """Draw it, and let the dream go on; an answer to an earlier drawing, or of an earlier dream, waits for its own."""
        chains = self.options.chains
        if answer.drawing is not self.options.drawing or answer.restarts != chains.restarts:
            return
        self.options = replace(self.options, chains=replace(chains, level=answer.level, look=chains.look + 1))
        super().take(answer)
        self._empty.setText(answer.problem or _EMPTY)
        self._empty.setVisible(bool(answer.problem) or answer.drawing is None)
        if answer.states is not None and chains.plays:
            self.wants_changed.emit()

    def draw(self, answer: DrawingAnswer) -> None:
        """The prepared picture at the left, the answer beside it."""
        board, theme = self.board, self.theme
        board.begin()
        width, height = board.size
        if answer.drawing is not None:
            pictures = [("what the model sees", answer.drawing.pixels)] if self.prepared.isChecked() else []
            pictures += [("reconstruction", picture) for picture in answer.reconstruction]
            if len(answer.probability):
                x = self._draw_row(pictures, min(height - _CAPTION, width * 0.35))
                draw_bars(board, answer, QRectF(x, 0, max(width - x, 40), height), theme)
            elif len(answer.dreams):
                x = self._draw_column(pictures, min(height / len(pictures) - _CAPTION, width * 0.35))
                self._draw_dreams(answer, x, min(height - _CAPTION, width - x))
            else:
                self._draw_row(pictures, min(height - _CAPTION, (width + _GAP) / max(len(pictures), 1) - _GAP))
        board.end()
        self.readout.setText(_readout_text(answer, self.framing) + self._fooled_text(answer))

    def recolor(self, theme: Theme) -> None:
        """Pad and icons; the board is drawn anew."""
        self.pad.apply_theme(theme)
        plays = self.play.isChecked()
        self.play.setIcon(icon("pause" if plays else "run", theme.text))
        # What a press does, as everywhere.
        self.play.setText(_PAUSE if plays else _DREAM)

    def csv_columns(self) -> Table:
        """Of a classifier one row per class; of others one per pixel: what was drawn and what was made of it."""
        answer = self.answer
        if len(answer.probability):
            names, shares = list(answer.class_names), list(answer.probability)
            if answer.are_scores:
                return {"class": names, "score": list(answer.scores), "softmax of the scores": shares}
            return {"class": names, "probability": shares}
        if answer.drawing is None or not len(answer.reconstruction):
            return {"row": [], "column": [], "channel": [], "drawn": [], "reconstruction": []}
        made = answer.reconstruction[0]
        row, column, channel = (axis.ravel() for axis in np.indices(made.shape))
        places = {"row": list(row), "column": list(column), "channel": list(channel)}
        return places | {"drawn": list(answer.drawing.pixels.ravel()), "reconstruction": list(made.ravel())}

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The pad is square, and leaves the better half to the answer."""
        super().resizeEvent(event)
        self.pad.setFixedWidth(max(96, min(self.height() - self.pad.y() - _MARGIN, int(0.45 * self.width()))))

    def _make_controls(self) -> None:
        self._has_chosen_width = False
        self.pen, self.eraser = (_tool(text, checkable=True) for text in ("Pen", "Eraser"))
        group = QButtonGroup(self)
        for tool in (self.pen, self.eraser):
            group.addButton(tool)
        self.pen.setChecked(True)
        self.eraser.setToolTip("Take ink away; the right mouse button does, too")
        self.eraser.toggled.connect(self._choose_eraser)
        self.brush = QSlider(Qt.Orientation.Horizontal)
        self.brush.setRange(4, 60)
        self.brush.setValue(int(self.pad.brush_width))
        self.brush.setFixedWidth(84)
        self.brush.valueChanged.connect(self._choose_width)
        self.undo = _tool("Undo stroke")
        self.undo.clicked.connect(self.pad.undo)
        self.clear = _tool("Clear")
        self.clear.clicked.connect(self.pad.clear)
        self.prepared = QCheckBox("Prepared picture")
        self.prepared.setChecked(True)
        explain(
            self.prepared,
            "What the model is shown: the drawing cropped, scaled and centred the way the data's pictures were. "
            "MNIST: a box of 20×20, its centre of mass in the middle of 28×28 (LeCun et al. 1998)",
        )
        self.prepared.toggled.connect(self._redraw)
        self._make_dream_controls()
        self.fooling = FoolingControl()
        self.fooling.fooled.connect(self._show_fooled)
        self.fooling.failed.connect(self.readout.setText)
        tools = (self.pen, self.eraser, self.clear, self.undo, captioned("Brush", self.brush), self.prepared, self.fooling)
        for widget in (*tools, *self._dream_controls):
            self.controls.addWidget(widget)
        self._show_tools()

    def _make_dream_controls(self) -> None:
        """Of a Boltzmann machine, which goes on from the drawing."""
        self.play = _tool(_PAUSE, checkable=True)
        self.play.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.play.setIconSize(QSize(14, 14))
        self.play.setFixedWidth(140)  # for either text
        self.play.setChecked(True)
        self.play.setToolTip("Let the chains go on from the drawing, a Gibbs step per frame, even while training stands")
        self.play.toggled.connect(self._choose_dream)
        self.hold = QCheckBox("Hold the ink")
        self.hold.setToolTip("Pixels with ink stay as they were drawn; the rest is imagined")
        self.hold.toggled.connect(self._choose_dream)
        self.hand_on = _tool("Use as start")
        self.hand_on.setToolTip("Start the chains of the Samples view from this drawing")
        self.hand_on.clicked.connect(self._hand_on)
        self._dream_controls: tuple[QWidget, ...] = (self.play, self.hold, self.hand_on)

    # What the person does

    def _on_drawn(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _prepare(self) -> None:
        """Make the drawing ready, and ask about it; the dream begins anew."""
        self._show_tools()
        if self.framing is None:
            return
        drawing = prepare_drawing(self.pad.canvas, self.framing)
        self.fooling.drawing = drawing
        self._ask(drawing=drawing)

    def _show_fooled(self, fooled: Fooled) -> None:
        """In place of what was drawn, until something is drawn again."""
        drawing = Drawing(fooled.pixels)
        self._fooled = (drawing, fooled)
        self._ask(drawing=drawing)

    def _fooled_text(self, answer: DrawingAnswer) -> str:
        if self._fooled is None or answer.drawing is not self._fooled[0]:
            return ""
        fooled = self._fooled[1]
        return (
            f" · {'noise' if fooled.from_noise else 'the drawing'} with no pixel changed by more than {fooled.change} of 255"
        )

    def _ask(self, **changes: object) -> None:
        chains = replace(self.options.chains, plays=self.play.isChecked(), restarts=self.options.chains.restarts + 1)
        self.options = replace(self.options, holds_ink=self.hold.isChecked(), chains=chains, **changes)
        self.wants_changed.emit()

    def _choose_dream(self) -> None:
        self.recolor(self.theme)
        if self.sender() is self.play:
            self.options = replace(self.options, chains=replace(self.options.chains, plays=self.play.isChecked()))
            self.wants_changed.emit()
        else:
            self._ask()

    def _choose_eraser(self, is_chosen: bool) -> None:
        self.pad.erases = is_chosen

    def _choose_width(self, width: int) -> None:
        self.pad.brush_width = float(width)
        self._has_chosen_width = True

    def _fit_brush(self, framing: Framing) -> None:
        """A brush for pictures of this size, unless the person has chosen one."""
        if not self._has_chosen_width:
            with QSignalBlocker(self.brush):
                self.brush.setValue(round(fitting_width(framing.box or framing.shape[0])))
            self.pad.brush_width = float(self.brush.value())

    def _hand_on(self) -> None:
        if self.options.drawing is not None:
            self.select(drawing=self.options.drawing)
            self.view_wanted.emit("samples")

    def _show_tools(self) -> None:
        self.undo.setEnabled(bool(self.pad.strokes))
        self.clear.setEnabled(bool(self.pad.strokes))
        self.hand_on.setEnabled(not self.pad.is_empty)

    # What is drawn

    def _redraw(self) -> None:
        if self.answer is not None:
            self.draw(self.answer)

    def _draw_row(self, pictures: list[tuple[str, np.ndarray]], side: float) -> float:
        """Captioned pictures beside each other; where what comes next may begin."""
        x = 0.0
        for caption, pixels in pictures:
            self.board.text(caption, x, 0, self.theme.muted)
            self._put(pixels, QRectF(x, _CAPTION, side, side))
            x += max(side, _CAPTION_WIDTH) + _GAP
        return x

    def _draw_column(self, pictures: list[tuple[str, np.ndarray]], side: float) -> float:
        """Captioned pictures below each other; where what comes next may begin."""
        for row, (caption, pixels) in enumerate(pictures):
            y = row * (side + _CAPTION)
            self.board.text(caption, 0, y + (4 if row else 0), self.theme.muted)
            self._put(pixels, QRectF(0, y + _CAPTION, side, side))
        return max(side, _CAPTION_WIDTH) + _GAP

    def _draw_dreams(self, answer: DrawingAnswer, left: float, side: float) -> None:
        """All chains in a square, three by three."""
        after = f"after {answer.steps:,} Gibbs steps"
        captions = (f"dreams {after}", after, f"{answer.steps:,} steps")
        fitting = (text for text in captions if self.board.width_of(text) <= self.board.size[0] - left)
        self.board.text(next(fitting, captions[-1]), left, 0, self.theme.muted)
        across = math.ceil(math.sqrt(len(answer.dreams)))
        each = (max(side, 12.0) + 2) / across
        for number, dream in enumerate(answer.dreams):
            row, column = divmod(number, across)
            self._put(dream, QRectF(left + column * each, _CAPTION + row * each, each - 2, each - 2))

    def _put(self, pixels: np.ndarray, place: QRectF) -> None:
        """A picture of bytes (height, width, channels), its aspect kept."""
        height, width = pixels.shape[:2]
        scale = min(place.width() / width, place.height() / height)
        fitted = QRectF(place.x(), place.y(), width * scale, height * scale)
        if pixels.shape[2] == 3:
            self.board.picture(pixels, fitted)
        else:
            grey = pixels.mean(axis=2) if pixels.shape[2] > 1 else pixels[:, :, 0]
            # The table ends at index 254, the last one is the gap.
            self.board.picture((grey * (254 / 255)).astype(np.uint8), fitted, grey_lut(self.theme))


def _tool(text: str, checkable: bool = False) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setCheckable(checkable)
    # A mouse click must not take the focus: Space runs the training.
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _readout_text(answer: DrawingAnswer, framing: Framing | None) -> str:
    if answer.drawing is None or answer.problem:
        return ""
    if len(answer.probability):
        best = int(np.argmax(answer.probability))
        what = "softmax of the scores" if answer.are_scores else "probability"
        return f"{answer.class_names[best]} · {what} {percent(answer.probability[best])}"
    return f"mean squared error {answer.error:.4f}, where white is 1"
