"""The inspector on a unit: its weights as a picture, its equation, when it is active, one step of backpropagation."""

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton

from nnlab.training.probes import UnitInspection
from nnlab.training.probes.weights import as_rectangles
from nnlab.ui.theme import grey_lut
from nnlab.ui.views.inspector.equations import backward_lines, forward_lines, rate_text, signed
from nnlab.ui.views.inspector.panel import PART_WORDS, Panel, drawable, equations, signed_bound
from nnlab.ui.views.inspector.pictures import PictureBox, PictureRow
from nnlab.ui.views.inspector.plots import Bars
from nnlab.ui.views.network.pictures import finite_range, grey_image
from nnlab.ui.widgets.card import label


class UnitPanel(Panel):
    """What a unit listens to, what it says, when it speaks, and how it learns."""

    weight_wanted = Signal(str, object)  # tensor, position
    example_wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.answer: UnitInspection | None = None
        self.weights_name, self.weights = label("", "muted"), PictureBox("Incoming weights")
        self.weights.setToolTip("Click a weight to look at it and to change it")
        self.weights.setCursor(Qt.CursorShape.PointingHandCursor)
        self.weights.clicked.connect(self._choose_weight)
        self.map_name, self.map = label("", "muted"), PictureBox("Channel")
        self.side_by_side((self.weights_name, self.weights), (self.map_name, self.map))
        self.bias = QPushButton("Bias")
        self.bias.setToolTip("Look at the bias, and change it")
        self.bias.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.bias.clicked.connect(self._choose_bias)
        self.forward_name, self.forward = label("Forward", "title"), equations()
        self.scaling = label("", "muted")
        self.watched_name, self.watched = label("", "title"), Bars("Activations over examples")
        self.best_name, self.best = label("Most active on", "muted"), PictureRow("Examples that excite it most")
        self.best.setCursor(Qt.CursorShape.PointingHandCursor)
        self.best.clicked.connect(lambda place: self.example_wanted.emit(int(self.answer.best[place])))
        self.backward_name, self.backward = label("One step of backpropagation", "title"), equations()
        self.step_note = label("", "muted")
        self.add(self.bias, self.forward_name, self.forward, self.scaling, self.backward_name, self.step_note, self.backward)
        self.add(self.watched_name, self.watched, self.best_name, self.best)
        self.column.addStretch(1)

    def present(self, answer: UnitInspection) -> None:
        """The unit's pictures, equation, histogram, and backward step."""
        self.answer = answer
        self.title.setText(f"{_layer_name(answer)} · {answer.name}")
        self.note.setText(f"for {PART_WORDS[answer.part]} example {answer.example:,}")
        has_weights = answer.incoming.size > 0
        for part in (self.weights_name, self.weights, self.bias, self.forward_name, self.backward_name, self.step_note):
            part.setVisible(has_weights)
        if has_weights:
            bound = signed_bound(answer.incoming)
            self.weights_name.setText(f"{answer.incoming.size:,} weights, ±{bound:.3g}")
            self.weights.show_image(self.signed_image(weight_picture(answer), bound))
            self.bias.setText(f"Bias {signed(answer.bias)}")
        self._show_map(answer)
        self.forward.setText("\n".join(forward_lines(answer)))
        has_raw = answer.raw.size > 0 and answer.incoming.size > 0
        self.scaling.setVisible(has_raw and bool(answer.scaling))
        self.scaling.setText(f"The inputs are {answer.scaling}; behind each name stands the number in the data.")
        self.backward.setText("\n".join(backward_lines(answer)))
        what = "mean-field contrastive divergence" if answer.is_machine else "plain gradient descent"
        self.backward_name.setText("One step of learning" if answer.is_machine else "One step of backpropagation")
        self.step_note.setText(
            f"This example alone, {what}, η = {rate_text(answer.learning_rate)}{_why_zero(answer)}. "
            "Training takes a batch's mean, and its optimizer."
        )
        if answer.pretraining:
            self.backward_name.setText("Gradient of the whole stack")
            self.step_note.setText("This example alone. While the stack is pretrained, no step follows this gradient.")
        self._show_watched(answer)

    def _show_map(self, answer: UnitInspection) -> None:
        has_map = answer.picture.size > 0
        self.map_name.setVisible(has_map)
        self.map.setVisible(has_map)
        if has_map:
            bound = signed_bound(answer.picture)
            self.map_name.setText(f"activation, ±{bound:.3g}")
            self.map.show_image(self.signed_image(answer.picture, bound), answer.place[:2])

    def _show_watched(self, answer: UnitInspection) -> None:
        what = "Largest activation" if answer.picture.size else "Activation"
        self.watched_name.setText(f"{what} over {len(answer.watched)} {PART_WORDS[answer.part]} examples")
        self.watched.show_values(answer.watched, answer.y)
        pictures = answer.best_pictures
        images = []
        if pictures.ndim == 4:
            grey = grey_lut(self.theme)
            images = [grey_image(drawable(picture), *finite_range(picture), grey) for picture in pictures]
        # With their zeros, as they stand beside each other: 0.960, 0.949.
        values = [f"{value:#.3g}".rstrip(".") for value in answer.best_values]
        texts = values if images else [f"#{at}\n{value}" for at, value in zip(answer.best, values, strict=True)]
        self.best.show_images(images, texts)

    def _choose_weight(self, row: int, column: int) -> None:
        answer = self.answer
        if answer is None:
            return
        place = _number_at(answer, row, column)
        if place is not None:
            self.weight_wanted.emit(answer.tensor, _position(answer, place))

    def _choose_bias(self) -> None:
        if self.answer is not None:
            self.weight_wanted.emit(self.answer.bias_tensor, (self.answer.unit,))


def weight_picture(answer: UnitInspection) -> np.ndarray:
    """The incoming weights as a picture (height, width): as the data's where they see it, else as a near square."""
    shape = answer.incoming_shape
    if answer.kind == "conv2d":
        # All channels of the filter side by side.
        return answer.incoming.reshape(shape).transpose(0, 2, 1).reshape(shape[0], -1)
    if len(shape) == 3:
        return answer.incoming.reshape(shape).mean(axis=2)
    return as_rectangles(answer.incoming[None])[0]


def _number_at(answer: UnitInspection, row: int, column: int) -> int | None:
    """Which weight lies at a pixel of its picture."""
    shape = answer.incoming_shape
    if answer.kind == "conv2d":
        channel, across = divmod(column, shape[1])
        return int((row * shape[1] + across) * shape[2] + channel)
    width = shape[1] if len(shape) == 3 else as_rectangles(answer.incoming[None]).shape[2]
    place = (row * width + column) * (shape[2] if len(shape) == 3 else 1)
    return place if place < answer.incoming.size else None


def _position(answer: UnitInspection, place: int) -> tuple[int, ...]:
    """The place of an incoming weight in its tensor."""
    if answer.kind == "conv2d":
        return (*(int(at) for at in np.unravel_index(place, answer.incoming_shape)), answer.unit)
    return (answer.unit, place) if answer.is_transposed else (place, answer.unit)


def _layer_name(answer: UnitInspection) -> str:
    return " + ".join((answer.layer, *answer.riders))


def _why_zero(answer: UnitInspection) -> str:
    return "" if answer.learning_rate else " at the end of its schedule"
