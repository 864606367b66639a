"""Values as they are predicted and as they are, what is left between, and of one input the function that was learned."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QSignalBlocker
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout

from nnlab.models.arrays import Array
from nnlab.probes import Answer, Moment, Selection
from nnlab.probes.predicted_values import PredictedValues, PredictedValuesOptions
from nnlab.targets import Values
from nnlab.ui.messages import Prepared
from nnlab.ui.setup.form import Choice
from nnlab.ui.theme import Theme
from nnlab.ui.views import VIEWS
from nnlab.ui.views.predicted_values.value_plot import NEAR, ValuePlot, reach, reach_about_zero
from nnlab.ui.views.predicted_values.words import called, example_text, headline
from nnlab.ui.views.predicted_values.worst import WIDTH, WorstList
from nnlab.ui.views.view import Table, View
from nnlab.ui.widgets.flow import captioned
from nnlab.ui.widgets.keyboard_pointer import NO_SPOTS, Click, KeyboardPointer, Spots, in_scene
from nnlab.ui.widgets.part_choice import PartChoice

FUNCTION, AGAINST_TRUE = "over the input", "against the true value"


class PredictedValuesView(View):
    """Points on a diagonal where all is right, residuals about zero, the worst in a list; a click selects an example."""

    title = VIEWS["predicted_values"].title
    probe = "predicted_values"
    interval = 0.2
    least_picture = (300, 116)
    empty_text = "What the network predicts appears here against what is true, as soon as a model is built."

    def __init__(self) -> None:
        super().__init__()
        self.options = PredictedValuesOptions()
        self.plot, self.residuals = ValuePlot(), ValuePlot()
        self.canvas.addItem(self.plot, row=0, col=0)
        self.canvas.addItem(self.residuals, row=0, col=1)
        self.worst = WorstList()
        self.worst.chosen.connect(lambda example: self.select(part=self.answer.part, example=example))
        self.outline.removeWidget(self.canvas)
        side_by_side = QHBoxLayout()
        side_by_side.addWidget(self.canvas, 1)
        side_by_side.addWidget(self.worst)
        self.outline.addLayout(side_by_side, 1)
        self.part, self.value, self.over = PartChoice(), Choice(), Choice()
        self.part.chosen.connect(lambda part: self.select(part=part, example=0))
        self.value.currentIndexChanged.connect(self._choose_value)
        self.over.addItems([FUNCTION, AGAINST_TRUE])
        self.over.setMinimumContentsLength(18)
        self.over.currentTextChanged.connect(lambda _: self._redraw())
        self._captions = {"value": captioned("Value", self.value), "over": captioned("Show", self.over)}
        for widget in (captioned("Part", self.part), *self._captions.values()):
            self.controls.addWidget(widget)
        self.canvas.scene().sigMouseMoved.connect(self._hover)
        self.canvas.scene().sigMouseClicked.connect(self._click)
        self.pointer = KeyboardPointer(self.canvas, self._spots)

    def begin(self, prepared: Prepared) -> None:
        """Another run: the parts and the values of its data."""
        super().begin(prepared)
        dataset, targets = prepared.dataset, prepared.dataset.targets
        names = targets.names if isinstance(targets, Values) else ()
        self.part.begin(prepared)
        with QSignalBlocker(self.value):
            self.value.clear()
            self.value.addItems(names)
        self.options = PredictedValuesOptions()
        self._captions["value"].setVisible(len(names) > 1)
        self._captions["over"].setVisible(int(np.prod(dataset.example_shape)) == 1)

    def forget(self) -> None:
        """The points and the list."""
        super().forget()
        nothing = np.zeros((0, 2))
        for plot in (self.plot, self.residuals):
            plot.show_points(nothing, nothing)
            plot.mark(None)
        self.worst.forget()

    def show_selection(self, selection: Selection) -> None:
        """The part is everybody's."""
        super().show_selection(selection)
        self.part.show_selection(selection)
        self._redraw()

    def moment_shown(self, answer: Answer) -> Moment:
        """When it was found."""
        found: Moment = answer.value.found
        return found

    def draw(self, answer: PredictedValues) -> None:
        """Both plots and the list."""
        if not answer.is_fresh:
            # The rest comes with the next frames, also while training stands.
            self.wants_changed.emit()
        name, is_function = called(answer), self._shows_function(answer)
        self._recolor_plots()
        true, predicted, left = answer.true, answer.predicted, answer.residuals
        heights = reach(true, answer.curve[:, 1] if is_function else predicted)
        span = float(np.ptp(reach(true, true)))
        if is_function:
            across = reach(answer.curve[:, 0], answer.x)
            of = answer.names.name(0)
            self.plot.name_axes(of, name)
            self.plot.show_points(np.stack([answer.x, true], axis=1), answer.curve)
            self.residuals.name_axes(of, f"predicted − true {name}")
        else:
            across = heights
            self.plot.name_axes(f"true {name}", f"predicted {name}")
            self.plot.show_points(np.stack([true, predicted], axis=1), np.array([(end, end) for end in heights]))
            self.residuals.name_axes(f"predicted {name}", f"predicted − true {name}")
        self.plot.show_range(across, heights)
        at = answer.x if is_function else predicted
        self.residuals.show_points(np.stack([at, left], axis=1), np.array([(end, 0.0) for end in across]))
        self.residuals.show_range(across, reach_about_zero(left, span))
        selected = self._selected(answer)
        for plot in (self.plot, self.residuals):
            plot.mark(selected)
        self.worst.show_answer(answer, selected)
        self.readout.setText(headline(answer))

    def recolor(self, theme: Theme) -> None:
        """Axes, points and lines."""
        self._recolor_plots()

    def csv_columns(self) -> Table:
        """One row for each example that was looked at."""
        answer = self.answer
        inputs = {answer.names.name(0): answer.x.tolist()} if len(answer.x) else {}
        return {
            "example": answer.places.tolist(),
            **inputs,
            "true": answer.true.tolist(),
            "predicted": answer.predicted.tolist(),
            "residual": answer.residuals.tolist(),
        }

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow pane has no room for the list."""
        self.worst.setVisible(event.size().width() >= 2.5 * WIDTH)
        super().resizeEvent(event)

    def _shows_function(self, answer: PredictedValues) -> bool:
        return len(answer.curve) > 0 and self.over.currentText() == FUNCTION

    def _recolor_plots(self) -> None:
        self.plot.recolor(self.theme, self.answer is not None and self._shows_function(self.answer))
        self.residuals.recolor(self.theme)

    def _redraw(self) -> None:
        if self.answer is not None:
            self.draw(self.answer)

    def _choose_value(self, value: int) -> None:
        self.options = replace(self.options, value=max(value, 0))
        self.wants_changed.emit()

    def _selected(self, answer: PredictedValues) -> int | None:
        """The selected example among those that are shown."""
        if answer.part != self.selection.part:
            return None
        found = np.flatnonzero(answer.places == self.selection.example)
        return int(found[0]) if len(found) else None

    def _at(self, position: QPointF) -> int | None:
        if self.answer is None:
            return None
        found = (plot.nearest(position) for plot in (self.plot, self.residuals))
        return next((number for number in found if number is not None), None)

    def _hover(self, position: QPointF) -> None:
        if self.answer is not None:
            number = self._at(position)
            self.readout.setText(headline(self.answer) if number is None else example_text(self.answer, number))

    def _click(self, event: Click) -> None:
        number = self._at(event.scenePos())
        if number is not None:
            self.select(part=self.answer.part, example=int(self.answer.places[number]))

    def _spots(self) -> Spots:
        answer = self.answer
        if answer is None:
            return NO_SPOTS
        known = np.flatnonzero(np.isfinite(self.plot.points).all(axis=1))
        points: Array = np.hstack([self.plot.points[known], np.zeros((len(known), 2))])
        return Spots(in_scene(self.plot.getViewBox(), points, NEAR - 2), lambda spot: example_text(answer, int(known[spot])))
