"""The inspector on a unit: its weights as a picture, its equation, when it is active, one step of backpropagation."""

import numpy as np
from PySide6.QtCore import Qt, Signal

from nnlab.models.layers.sequence import readable_names
from nnlab.probes.mosaic import best_mosaic
from nnlab.probes.unit import UnitInspection
from nnlab.probes.weights import as_rectangles
from nnlab.ui.theme import grey_lut
from nnlab.ui.views.inspector.equations import backward_lines, forward_lines
from nnlab.ui.views.inspector.own_parameters import OwnParameters
from nnlab.ui.views.inspector.panel import PART_WORDS, Panel, drawable, equations, signed_bound
from nnlab.ui.views.inspector.picture_boxes import PictureBox, PictureRow
from nnlab.ui.views.inspector.plots import Bars
from nnlab.ui.views.inspector.steps import step_note, step_title
from nnlab.ui.views.network.column_images import finite_range, grey_image
from nnlab.ui.widgets.card import label
from nnlab.words import figure

_ASPECT = 2.0  # of the picture of a unit's weights, width by height


class UnitPanel(Panel):
    """What a unit listens to, what it says, when it speaks, and how it learns."""

    weight_wanted = Signal(str, object)  # tensor, position
    example_wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.answer: UnitInspection | None = None
        self.weights_name, self.weights = label("", "muted"), PictureBox("Incoming weights")
        self.weights.setToolTip(
            "Click a weight to look at it and to change it. Each input channel has a picture, the first at the upper left"
        )
        self.weights.setCursor(Qt.CursorShape.PointingHandCursor)
        self.weights.clicked.connect(self._choose_weight)
        self.map_name, self.map = label("", "muted"), PictureBox("Channel")
        self._pictures = self.side_by_side((self.weights_name, self.weights), (self.map_name, self.map))
        self.own = OwnParameters()
        self.own.chosen.connect(self.weight_wanted)
        self.forward_name, self.forward = label("Forward", "title"), equations()
        self.scaling = label("", "muted")
        self.watched_name, self.watched = label("", "title"), Bars("Activations over examples")
        self.best_name, self.best = label("Most active on", "muted"), PictureRow("Examples that excite it most")
        self.best.setCursor(Qt.CursorShape.PointingHandCursor)
        self.best.clicked.connect(self._choose_best)
        self.backward_name, self.backward = label("One step of backpropagation", "title"), equations()
        self.step_note = label("", "muted")
        self.add(self.own, self.forward_name, self.forward, self.scaling, self.backward_name, self.step_note, self.backward)
        self.add(self.watched_name, self.watched, self.best_name, self.best)
        self.column.addStretch(1)

    def present(self, answer: UnitInspection) -> None:
        """The unit's pictures, equation, histogram, and backward step."""
        self.answer = answer
        self.title.setText(f"{readable_names((answer.layer, *answer.following))} · {answer.name}")
        self.note.setText(f"for {PART_WORDS[answer.part]} example {answer.example:,}")
        has_weights = answer.incoming.size > 0
        for part in (self.weights_name, self.weights, self.forward_name):
            part.setVisible(has_weights)
        for part in (self.backward_name, self.step_note):
            part.setVisible(has_weights or bool(answer.own))
        self.own.show_parameters(answer.own)
        if has_weights:
            bound = signed_bound(answer.incoming)
            self.weights_name.setText(f"{answer.incoming.size:,} weights, {_channels_text(answer)}±{figure(bound, 3)}")
            self.weights.show_image(self.signed_image(weight_picture(answer), bound))
        self._show_map(answer)
        self.forward.setText("\n".join(forward_lines(answer)))
        has_raw = answer.raw.size > 0 and answer.incoming.size > 0
        self.scaling.setVisible(has_raw and bool(answer.scaling))
        self.scaling.setText(f"The inputs are {answer.scaling}; behind each name stands the number in the data.")
        self.backward.setText("\n".join(backward_lines(answer)))
        self.backward_name.setText(step_title(answer))
        self.step_note.setText(step_note(answer))
        self._show_watched(answer)

    def _show_map(self, answer: UnitInspection) -> None:
        has_map = answer.picture.size > 0
        # Without a map its share of the row would stay empty, and pixels of many weights are small enough.
        self._pictures.setStretch(1, int(has_map))
        self.map_name.setVisible(has_map)
        self.map.setVisible(has_map)
        if has_map:
            bound = signed_bound(answer.picture)
            self.map_name.setText(f"activation, ±{figure(bound, 3)}")
            row, column = answer.place[:2]
            self.map.show_image(self.signed_image(answer.picture, bound), (row, column))

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
        place = int(weight_places(answer)[row, column])
        if place >= 0:
            self.weight_wanted.emit(answer.tensor, _position(answer, place))

    def _choose_best(self, place: int) -> None:
        if self.answer is not None:
            self.example_wanted.emit(int(self.answer.best[place]))


def weight_places(answer: UnitInspection) -> np.ndarray:
    """Which incoming weight each pixel of their picture is (height, width), -1 where there is none.

    The picture is like the data's where they see that, a picture for each channel, else a near square.
    """
    shape, places = answer.incoming_shape, np.arange(answer.incoming.size, dtype=np.float64)
    if len(shape) < 3:
        drawn = as_rectangles(places[None])[0]
    elif shape[2] == 1:
        drawn = places.reshape(shape[:2])
    else:
        mosaic = best_mosaic(shape[2], shape[0], shape[1], _ASPECT)
        drawn = mosaic.assemble(np.moveaxis(places.reshape(shape), 2, 0))
    whole: np.ndarray = np.nan_to_num(drawn, nan=-1).astype(np.intp)
    return whole


def weight_picture(answer: UnitInspection) -> np.ndarray:
    """The incoming weights as a picture (height, width), NaN where it has none."""
    places = weight_places(answer)
    return np.where(places >= 0, answer.incoming[places], np.nan)


def _channels_text(answer: UnitInspection) -> str:
    shape = answer.incoming_shape
    return f"{shape[2]} channels, " if len(shape) == 3 and shape[2] > 1 else ""


def _position(answer: UnitInspection, place: int) -> tuple[int, ...]:
    """The place of an incoming weight in its tensor."""
    if answer.has_filters:
        return (*(int(at) for at in np.unravel_index(place, answer.incoming_shape)), answer.unit)
    return (answer.unit, place) if answer.is_transposed else (place, answer.unit)
