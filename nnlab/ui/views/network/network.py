"""The network as a diagram: the selected example flows through it, and everything in it can be clicked."""

import math
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QSizeF, Qt
from PySide6.QtGui import QResizeEvent

from nnlab.datasets.words import as_in_data
from nnlab.models.layers.sequence import readable_name, readable_names
from nnlab.probes import Selection
from nnlab.probes.columns import Column, names_of, unit_name
from nnlab.probes.network import NetworkNumbers, NetworkOptions
from nnlab.ui.messages import Prepared
from nnlab.ui.theme import Theme
from nnlab.ui.views import VIEWS
from nnlab.ui.views.network.diagram import NetworkDiagram, Spot
from nnlab.ui.views.network.layout import has_branches
from nnlab.ui.views.view import Table, View
from nnlab.ui.widgets.example_picker import ExamplePicker
from nnlab.ui.widgets.keyboard_pointer import NO_SPOTS, KeyboardPointer, Spots, numbers_of
from nnlab.ui.widgets.scrolled import Scrolled
from nnlab.ui.widgets.switch import Switch
from nnlab.words import counted, figure, signed


class NetworkView(View):
    """Table of units from left to right; a click selects a layer, a unit or a weight in all views."""

    title = VIEWS["network"].title
    probe = "network"
    interval = 0.12
    least_picture = (220, 92)
    empty_text = "The layers appear here as a diagram, with an example flowing through, as soon as a model is built."

    def __init__(self) -> None:
        super().__init__()
        self.diagram = NetworkDiagram(self.scales)
        # Of many branches the diagram alone scrolls: what chooses an example stays in sight.
        self.place = Scrolled()
        self.place.setMinimumSize(*self.least_picture)
        self.outline.replaceWidget(self.canvas, self.place)
        self.place.hold(self.canvas)
        self.canvas.ci.setContentsMargins(0, 0, 0, 0)
        self.canvas.addItem(self.diagram, row=0, col=0)
        self._mouse: QPointF | None = None
        self.options = NetworkOptions()
        self._whole = QSizeF(0, 0)  # what the diagram with all branches needs
        self.switch = Switch("Numbers shown", (("forward", "Activations"), ("gradients", "Gradients")))
        self.switch.buttons["forward"].setToolTip("The selected example's numbers on their way forward")
        self.switch.buttons["gradients"].setToolTip(
            "How the loss of the selected example answers to each: ∂loss/∂activation"
        )
        self.switch.chosen.connect(lambda _: self._redraw())
        self.picker = ExamplePicker()
        self.picker.picked.connect(lambda part, example: self.select(part=part, example=example))
        for widget in (self.picker, self.switch):
            self.controls.addWidget(widget)
        scene = self.canvas.scene()
        scene.sigMouseMoved.connect(self._hover)
        scene.sigMouseClicked.connect(self._click)
        self.pointer = KeyboardPointer(self.canvas, self._spots)

    def begin(self, prepared: Prepared) -> None:
        """A new run may have other layers."""
        super().begin(prepared)
        self.picker.begin(prepared)

    def forget(self) -> None:
        """What flowed through the layers."""
        super().forget()
        self.diagram.forget()
        self._whole = QSizeF(0, 0)
        self.options = NetworkOptions()

    def draw(self, answer: NetworkNumbers) -> None:
        """The diagram with the example's numbers."""
        needed, (width, height) = self.diagram.least_size(answer), self.least_picture
        if has_branches(answer.columns):
            self._whole = needed
        self._fold()
        self.canvas.setMinimumSize(max(math.ceil(needed.width()), width), max(math.ceil(needed.height()), height))
        self.diagram.show_picture(answer, self.switch.choice == "gradients")
        self._read_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A larger pane may have room for the branches."""
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        """Without room for branches, what stands around them is one column."""
        room = self.place.size()
        options = NetworkOptions(self._whole.width() > room.width() or self._whole.height() > room.height())
        if options != self.options:
            self.options = options
            self.wants_changed.emit()

    def show_selection(self, selection: Selection) -> None:
        """Outlines go to what is selected; numbers follow with the next answer."""
        super().show_selection(selection)
        self.picker.show_selection(selection)
        self.diagram.selection = selection
        self.diagram.update()

    def recolor(self, theme: Theme) -> None:
        """Everything is painted in the theme's colours."""
        self.diagram.theme = theme
        self.picker.apply_theme(theme)
        self.diagram.update()

    def csv_columns(self) -> Table:
        """One row per number: its activation, the gradient of the loss by it, and of an input the number in the data."""
        picture: NetworkNumbers = self.answer
        numbers = [number for column in picture.columns for number in range(column.size)]
        called = [names_of(column, picture.names) for column in picture.columns for _ in range(column.size)]
        data = picture.raw.ravel()[: picture.columns[0].size].tolist()
        return {
            "column": [column.name for column in picture.columns for _ in range(column.size)],
            "number": numbers,
            "name": [names.name(number) for names, number in zip(called, numbers, strict=True)],
            "data": [*data, *[""] * (len(numbers) - len(data))],
            "activation": picture.forward.tolist(),
            "gradient": picture.backward.tolist(),
        }

    def select_spot(self, spot: Spot) -> None:
        """Select what lies there: a weight with its unit, a unit, or a layer."""
        assert self.answer is not None
        column = self.answer.columns[spot.place]
        if spot.weight is not None:
            source, target = spot.weight
            index = (target, source) if column.is_transposed else (source, target)
            self.select(layer=column.name, unit=target, weight=(column.tensor, index))
        elif spot.place == 0 and self.diagram.frames[0].style == "picture":
            self.select(layer=column.name, unit=-1)
        else:
            self.select(layer=column.name, unit=spot.unit)

    def _redraw(self) -> None:
        if self.answer is not None:
            self.draw(self.answer)

    def _hover(self, position: QPointF) -> None:
        self._mouse = position
        self._read_out()

    def _click(self, event: Any) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        spot = self.diagram.spot_at(self.diagram.mapFromScene(event.scenePos()))
        if spot is not None:
            self.select_spot(spot)

    def _spots(self) -> Spots:
        found = self.diagram.spots()
        if not found:
            return NO_SPOTS
        places = [numbers_of(self.diagram.mapRectToScene(rect)) for rect, _ in found]
        return Spots(np.array(places), lambda number: self._spot_text(found[number][1]))

    def _read_out(self) -> None:
        """The number under the mouse; else which example this is."""
        if self.answer is None:
            return
        spot = None if self._mouse is None else self.diagram.spot_at(self.diagram.mapFromScene(self._mouse))
        if spot != self.diagram.hovered:
            self.diagram.hovered = spot
            self.diagram.update()
        whole = self._example_text() if spot is None else self._spot_text(spot)
        # The number that is pointed at, whole, rather than dots behind it.
        self.readout.offer(whole, *((whole.partition(" · ∂L/∂")[0],) if spot is not None else ()))

    def _spot_text(self, spot: Spot) -> str:
        return _spot_text(self.answer, spot, self.diagram.gradients)

    def _example_text(self) -> str:
        picture: NetworkNumbers = self.answer
        words = []
        if picture.label >= 0 and picture.label < len(picture.class_names):
            words.append(f"class {picture.class_names[picture.label]}")
        words.append(f"{picture.loss_title} {figure(picture.loss)}")
        if picture.phase:
            words.append(picture.phase)
        return " · ".join(words)


def _spot_text(picture: NetworkNumbers, spot: Spot, gradients: bool) -> str:
    """What is under the mouse, in numbers; of a channel those of the map that is drawn."""
    column = picture.columns[spot.place]
    if spot.weight is not None:
        source, target = spot.weight
        weights, slopes = picture.lines(spot.place), picture.lines(spot.place, gradients=True)
        assert weights is not None
        assert slopes is not None
        index = f"[{target}, {source}]" if column.is_transposed else f"[{source}, {target}]"
        names = names_of(picture.columns[column.sources[0]], picture.names), names_of(column, picture.names)
        joined = f"{names[0].name(source)} to {names[1].name(target)}"
        weight, slope = signed(weights[source, target]), signed(slopes[source, target])
        return f"{joined}: {column.tensor}{index} = {weight} · ∂L/∂w = {slope}"
    if spot.unit < 0:
        units = counted(picture.totals[spot.place], "unit")
        return f"{readable_names((column.name, *column.following))} · {units}{_inside(column)}"
    name = _unit_text(picture, spot)
    # Where the loss contains the activation, the gradient is by what goes into it.
    by = "z" if column.contains_loss else "a"
    if column.has_channels:
        shown = picture.numbers(spot.place, gradients)[..., spot.unit]
        what = f"∂L/∂{by}: mean" if gradients else "mean"
        extreme = shown.ravel()[np.abs(shown).argmax()] if gradients else np.max(shown)
        return f"{readable_name(column.name)} · {name} · {what} {signed(np.mean(shown))}, largest {signed(extreme)}"
    value, slope = (picture.numbers(spot.place, way).ravel()[spot.unit] for way in (False, True))
    words = f"{readable_name(column.name)} · {name} · a = {signed(value)}"
    if spot.place == 0 and picture.scaling:
        words = f"{name} = {as_in_data(picture.raw.ravel()[spot.unit])}, {picture.scaling}: {signed(value)}"
    return f"{words} · ∂L/∂{by} = {signed(slope)}"


def _inside(column: Column) -> str:
    """Of a layer with layers inside what it makes of theirs, or why they are not drawn."""
    if column.folded:
        return f" · {column.folded} layers inside, for which there is no room; Weights and Distributions list them"
    return f": {column.joins.joining}" if column.joins else ""


def _unit_text(picture: NetworkNumbers, spot: Spot) -> str:
    """A unit's name; of an output also the class that it stands for, of which the diagram may show a part or nothing."""
    name = unit_name(picture.columns[spot.place], spot.unit, picture.names)
    if spot.place != len(picture.columns) - 1 or not 0 <= spot.unit < len(picture.outputs):
        return name
    return f"{name}, class {picture.class_names[picture.outputs[spot.unit]]}"
