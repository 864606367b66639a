"""The inspector on an example: its picture, what the model makes of it, how the loss answers to each pixel."""

from collections.abc import Sequence

import numpy as np

from nnlab.datasets.words import as_in_data
from nnlab.probes.inspector import ExampleInspection
from nnlab.ui.theme import grey_lut
from nnlab.ui.views.inspector.panel import PART_WORDS, NumberRows, NumberTable, Panel, drawable, signed_bound
from nnlab.ui.views.inspector.picture_boxes import PictureBox
from nnlab.ui.views.inspector.plots import ClassBars
from nnlab.ui.views.network.column_images import finite_range, grey_image
from nnlab.ui.views.parts.strongest import strongest_channel
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.explained import set_tooltip
from nnlab.words import figure, signed

_MOST_CLASSES = 10
_MOST_INPUTS = 12


class ExamplePanel(Panel):
    """What goes in, what comes out, and how the loss answers to each pixel."""

    def __init__(self) -> None:
        super().__init__()
        self.input_name, self.input = label("Input", "muted"), PictureBox("Input")
        self.second_name, self.second = label("", "muted"), PictureBox("Saliency")
        self.third_name, self.third = label("Reconstruction", "muted"), PictureBox("Reconstruction")
        self.side_by_side((self.input_name, self.input), (self.second_name, self.second))
        self.side_by_side((self.third_name, self.third))
        self.rows = NumberRows()
        self.outputs_name = label("", "title")
        self.outputs = ClassBars("Outputs")
        self.features = NumberTable("Inputs")
        self.scaling = label("", "muted")
        self.add(self.rows, self.outputs_name, self.outputs, self.features, self.scaling)
        self.column.addStretch(1)

    def present(self, answer: ExampleInspection) -> None:
        """The example's pictures and numbers."""
        self.title.setText(f"Example {answer.example:,} of {answer.count:,} {PART_WORDS[answer.part]} examples")
        names = answer.class_names
        is_known = 0 <= answer.label < len(names)
        self.note.setText(f"class {names[answer.label]}" if is_known else "")
        self.note.setVisible(is_known)
        is_picture = answer.inputs.ndim == 3
        for part in (self.input_name, self.input, self.second_name, self.second):
            part.setVisible(is_picture)
        has_reconstruction = is_picture and answer.reconstruction.size > 0
        self.third_name.setVisible(has_reconstruction)
        self.third.setVisible(has_reconstruction)
        rows = [(answer.loss_title, figure(answer.loss)), *((name, figure(value)) for name, value in answer.figures)]
        values = ((name, figure(predicted), figure(true)) for name, true, predicted in answer.values)
        rows = [(name, f"{predicted} predicted, {true} true") for name, predicted, true in values] + rows
        if answer.predicted >= 0 and is_known:
            verdict = "right" if answer.predicted == answer.label else "wrong"
            rows.insert(0, ("prediction", f"{names[answer.predicted]} · {verdict}"))
        if is_picture:
            self._show_pictures(answer, has_reconstruction)
        else:
            self.features.show_rows(*_feature_table(answer))
        self.features.setVisible(not is_picture)
        self.scaling.setText(f"The network sees the inputs {answer.scaling}." if answer.scaling else "")
        self.scaling.setVisible(bool(answer.scaling))
        self.rows.show_rows(rows)
        self._show_outputs(answer)

    def _show_pictures(self, answer: ExampleInspection, has_reconstruction: bool) -> None:
        low, high = finite_range(answer.inputs)
        grey = grey_lut(self.theme)
        self.input.show_image(grey_image(drawable(answer.inputs), low, high, grey))
        set_tooltip(self.input, _range_text(answer))
        saliency = strongest_channel(answer.saliency)
        bound, channels = signed_bound(saliency), answer.saliency.shape[2]
        which = ", strongest channel" if channels > 1 else ""
        self.second_name.setText(f"{'∂F/∂v' if answer.figures else '∂loss/∂pixel'}{which}, ±{figure(bound, 3)}")
        colors = "Blue: a brighter pixel raises it. Orange: a brighter pixel lowers it."
        set_tooltip(self.second_name, f"{colors} Of {channels} channels the largest slope." if which else colors)
        self.second.show_image(self.signed_image(saliency, bound))
        if has_reconstruction:
            self.third.show_image(grey_image(drawable(answer.reconstruction), low, high, grey))

    def _show_outputs(self, answer: ExampleInspection) -> None:
        has_outputs = answer.outputs.size > 0 and len(answer.class_names) > 0
        self.outputs_name.setVisible(has_outputs)
        self.outputs.setVisible(has_outputs)
        if not has_outputs:
            return
        self.outputs_name.setText("Probabilities" if answer.are_probabilities else "Scores")
        values, names = answer.outputs, answer.class_names
        if len(values) == 1:
            shown = [(f"P({names[-1]})" if answer.are_probabilities else "output", float(values[0]), answer.label == 1)]
        else:
            order: Sequence[int] = range(len(values))
            if len(values) > _MOST_CLASSES:
                self.outputs_name.setText(f"The {_MOST_CLASSES} largest of {len(values):,} outputs")
                order = np.argsort(-np.nan_to_num(values), kind="stable")[:_MOST_CLASSES].tolist()
            shown = [(names[k] if k < len(names) else str(k), float(values[k]), k == answer.label) for k in order]
        self.outputs.show_rows(shown, answer.are_probabilities)


def _range_text(answer: ExampleInspection) -> str:
    """How far the pixels reach, in the data and as the network sees them."""
    low, high = finite_range(answer.raw)
    text = f"pixels from {figure(low)} to {figure(high)}"
    if not answer.scaling:
        return text
    low, high = finite_range(answer.inputs)
    return f"{text}, which the network sees as {figure(low)} to {figure(high)}"


def _feature_table(answer: ExampleInspection) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of the first inputs of an example that is no picture: in the data, as the network sees them, and
    how the loss (of a machine the free energy) answers to each.
    """
    raw, scaled, slope = answer.raw.ravel(), answer.inputs.ravel(), answer.saliency.ravel()
    rows = []
    for index in range(min(len(raw), _MOST_INPUTS)):
        seen = [signed(float(scaled[index]))] if answer.scaling else []
        rows.append([answer.names.name(index), as_in_data(raw[index]), *seen, signed(float(slope[index]))])
    if len(raw) > _MOST_INPUTS:
        rows.append([f"{len(raw) - _MOST_INPUTS:,} more"])
    return ["input", "data", *(["scaled"] if answer.scaling else []), "∂F/∂v" if answer.figures else "∂L/∂x"], rows
