"""The inspector on one weight: its numbers, its history, and a field to change it."""

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from nnlab.models.layers.sequence import readable_name
from nnlab.probes import Moment
from nnlab.probes.parameter import WeightInspection
from nnlab.probes.weights import as_rectangles
from nnlab.settings import Description
from nnlab.ui.views.inspector.panel import NumberRows, Panel, equations, signed_bound
from nnlab.ui.views.inspector.picture_boxes import PictureBox
from nnlab.ui.views.inspector.plots import Sparkline
from nnlab.ui.views.inspector.steps import parameter_lines, step_note, step_title
from nnlab.ui.views.parts.stamp import stamp
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.number_field import NumberField
from nnlab.words import counted, figure, plural, signed

_ANY_NUMBER = Description("Value", minimum=-1e30, maximum=1e30)
_MOST_POINTS = 2000


# Which weight, and its values by moments.
WeightHistory = tuple[tuple[str, tuple[int, ...]] | None, list[tuple[Moment, float]]]


class WeightPanel(Panel):
    """One parameter: its numbers, its history, and a field to change it."""

    changed = Signal(str, object, float)  # tensor, position, value

    def __init__(self) -> None:
        super().__init__()
        self.history: list[tuple[Moment, float]] = []
        self._of: tuple[str, tuple[int, ...]] | None = None
        self._is_running = False
        self.field = NumberField(_ANY_NUMBER)
        self.field.setAccessibleName("Value of the weight")
        self._shown: tuple[str, tuple[int, ...]] | None = None
        self.field.changed.connect(self._tell_change)
        self.problem = label("", "error")
        self.problem.hide()
        self.field.rejected.connect(self._tell)
        self.hint = label("", "muted")
        row = QHBoxLayout()
        row.addWidget(label("Value"))
        row.addWidget(self.field, 1)
        self.column.addLayout(row)
        self.rows = NumberRows()
        self.line_name, self.line = label("", "muted"), Sparkline("History of the weight")
        self.siblings_name, self.siblings = label("", "muted"), PictureBox("Weights of the same unit")
        self.step_name, self.step_note, self.step = label("", "title"), label("", "muted"), equations()
        self.add(self.problem, self.hint, self.rows, self.line_name, self.line, self.siblings_name, self.siblings)
        self.add(self.step_name, self.step_note, self.step)
        self.column.addStretch(1)
        self.set_running(False)

    def set_running(self, is_running: bool, is_past: bool = False) -> None:
        """A weight is changed only while training stands, and what was stays as it was."""
        self._is_running = is_running
        self.field.setEnabled(not (is_running or is_past))
        if is_past:
            hint = "Branch from here to change it: what was then stays as it was."
        elif is_running:
            hint = "Pause to change it: training moves it at every step."
        else:
            hint = "Type another value: every view answers. Undo takes it back."
        self.hint.setText(hint)

    def remember(self, answer: WeightInspection, moment: Moment) -> None:
        """Every answer is a point of the history."""
        of = (answer.tensor, answer.position)
        if of != self._of or (self.history and moment.step < self.history[-1][0].step):
            self._of, self.history = of, []
        # A value that it had at this step before: the edit between was taken back, or only others were changed.
        again = (place for place, (at, value) in enumerate(self.history) if (at.step, value) == (moment.step, answer.value))
        del self.history[next(again, len(self.history)) :]
        self.history.append((moment, answer.value))
        if len(self.history) > _MOST_POINTS:
            # Every other point, but for the newest, tells the same story.
            self.history = [*self.history[:-1:2], self.history[-1]]

    def collected(self) -> WeightHistory:
        """Which weight it is, and its values."""
        return self._of, self.history

    def recall(self, collected: WeightHistory, step: int | None) -> None:
        """The values up to a step; of another weight there are none yet."""
        of, history = collected
        if of == self._of or step is None:
            self._of, self.history = of, [point for point in history if step is None or point[0].step <= step]

    def forget(self) -> None:
        """A new run: another history."""
        self._of, self.history = None, []

    def _tell_change(self, value: float) -> None:
        if self._shown is not None:
            self.changed.emit(*self._shown, value)

    def present(self, answer: WeightInspection) -> None:
        """The weight's numbers."""
        self.title.setText(f"{answer.tensor}[{', '.join(str(at) for at in answer.position)}]")
        self.note.setText(_joined_text(answer))
        # The shortest text that stands for this number in single precision.
        if (answer.tensor, answer.position) != self._shown:
            # What was being typed was meant for the weight before.
            self._shown = (answer.tensor, answer.position)
            self.field.setModified(False)
        self.field.set_value(float(str(np.float32(answer.value))))
        self.rows.show_rows(
            [
                ("gradient, last step", _or_none(answer.gradient)),
                ("last update", _or_none(answer.update)),
                ("∂loss/∂w, this example", _or_none(answer.example_gradient)),
            ]
        )
        self.line_name.setText(_history_text([moment for moment, _ in self.history]))
        self.line.show_points([(float(moment.step), value) for moment, value in self.history])
        bound = signed_bound(answer.siblings)
        picture = as_rectangles(answer.siblings[None])[0]
        what = counted(answer.siblings.size, answer.word, plural(answer.word))
        self.siblings_name.setText(f"{what}{' of this unit' if len(answer.shape) > 1 else ''}, ±{figure(bound, 3)}")
        self.siblings.show_image(self.signed_image(picture, bound), divmod(answer.place, picture.shape[1]))
        self.step_name.setText(step_title(answer))
        self.step_note.setText(step_note(answer))
        self.step.setText("\n".join(parameter_lines(answer)))

    def _tell(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))


def _joined_text(answer: WeightInspection) -> str:
    """What it is, and what it joins."""
    layer, position = readable_name(answer.tensor.rpartition(".")[0]), answer.position
    if len(position) == 1:
        return f"{answer.word} of unit {position[0]} of {layer}"
    if len(position) == 2:
        return f"{answer.word} from {answer.source} to unit {position[1]} of {layer}"
    row, column, channel, unit = position
    return f"row {row}, column {column}, input channel {channel} of filter {unit} of {layer}"


def _history_text(moments: list[Moment]) -> str:
    """What the line below shows: it begins when the weight is selected."""
    first, now = moments[0], moments[-1]
    if first.step == now.step:
        return f"Value {stamp(now)}; its history is recorded from now on"
    last = f"; the last {stamp(now)}" if now.kept_epoch or now.is_edited else ""
    return f"Values from step {first.step:,} to {now.step:,}{last}"


def _or_none(value: float) -> str:
    return signed(value) if np.isfinite(value) else "—"
