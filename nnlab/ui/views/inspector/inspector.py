"""The inspector: whatever is selected, in numbers, and a weight's value to change."""

from typing import Any, ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from nnlab.probes import Selection
from nnlab.probes.inspector import ExampleInspection, InspectorOptions
from nnlab.probes.parameter import WeightInspection
from nnlab.probes.unit import UnitInspection
from nnlab.ui.messages import Prepared
from nnlab.ui.theme import Theme
from nnlab.ui.views.inspector.example import ExamplePanel
from nnlab.ui.views.inspector.panel import Panel
from nnlab.ui.views.inspector.unit import UnitPanel
from nnlab.ui.views.inspector.weight import WeightHistory, WeightPanel
from nnlab.ui.views.parts.stamp import stamp
from nnlab.ui.views.view import Table, View
from nnlab.ui.widgets.card import set_role
from nnlab.ui.widgets.elided import Elided
from nnlab.ui.widgets.switch import Switch

# Nobody reads numbers faster, and laying out words costs the engine time.
_READING_MILLISECONDS = 125
_OF_INPUTS = ("inputs", "raw", "saliency", "reconstruction", "incoming", "weight_gradient")
_OF_NEXT = ("next_weights", "next_deltas")
_KINDS = {ExampleInspection: "example", UnitInspection: "unit", WeightInspection: "weight"}


class InspectorView(View):
    """Follows the selection: what was selected last is in focus, and the switch goes back to the rest."""

    title = "Inspector"
    probe = "inspector"
    interval = 0.2
    kinds: ClassVar[tuple[str, ...]] = (".csv",)
    empty_text = "Click a unit, a weight or an example in any view, and read its numbers here."

    def __init__(self) -> None:
        super().__init__()
        self.options = InspectorOptions()
        self.canvas.hide()
        self.readout.hide()
        self.switch = Switch("In focus", (("example", "Example"), ("unit", "Unit"), ("weight", "Weight")))
        self.switch.chosen.connect(self._focus)
        self.controls.addWidget(self.switch)
        # As wide as the dock, whatever it would like: another step lays nothing out.
        self.stamp = Elided("muted", 1)
        unit, self._weight = UnitPanel(), WeightPanel()
        self.panels: dict[str, Panel] = {"example": ExamplePanel(), "unit": unit, "weight": self._weight}
        unit.weight_wanted.connect(lambda tensor, position: self.select(weight=(tensor, position)))
        unit.example_wanted.connect(lambda example: self.select(example=example))
        self._weight.changed.connect(self._change_weight)
        inside = QWidget()
        inside.setObjectName("inspected")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 4, 8, 8)
        for panel in self.panels.values():
            panel.hide()
            column.addWidget(panel)
        self.area = QScrollArea()
        self.area.setObjectName("inspected")
        self.area.setAccessibleName("Inspected")
        self.area.setWidget(inside)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.outline.insertWidget(1, self.stamp)
        self.outline.insertWidget(2, self.area, 1)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_READING_MILLISECONDS)
        self._soon.timeout.connect(self._draw_waiting)
        self._is_waiting = False

    def begin(self, prepared: Prepared) -> None:
        """Another run: another history."""
        super().begin(prepared)
        self.stamp.clear()
        self._weight.forget()
        self._weight.set_running(False)

    def set_running(self, is_running: bool, is_past: bool = False) -> None:
        """Weights can be changed while training stands, and where one is in the present."""
        self._weight.set_running(is_running, is_past)

    def collected(self) -> WeightHistory:
        """The values of the weight."""
        return self._weight.collected()

    def recall(self, collected: WeightHistory, step: int | None) -> None:
        """Those up to a step."""
        self._weight.recall(collected, step)

    def showEvent(self, event: QShowEvent) -> None:
        """Opened while training stands: ask for what is selected now."""
        super().showEvent(event)
        self.wants_changed.emit()

    def take(self, answer: Any) -> None:
        """Keep the history of every answer; draw a few a second."""
        if isinstance(answer, WeightInspection):
            self._weight.remember(answer, self.moment)
        super().take(answer)

    def draw(self, answer: Any) -> None:
        """Now, or when there has been time to read what stands there."""
        if self._soon.isActive():
            self._is_waiting = True
        else:
            self._draw_now()

    def show_selection(self, selection: Selection) -> None:
        """What has just been selected comes into focus."""
        before = self.selection
        super().show_selection(selection)
        focus = self.options.focus
        if selection.weight != before.weight and selection.weight is not None:
            focus = "weight"
        elif (selection.layer, selection.unit) != (before.layer, before.unit):
            focus = "unit" if selection.unit >= 0 else "example"
        elif not _is_neighbour(before, selection):
            focus = "example"
        self.options = InspectorOptions(focus)
        self._follow_focus()

    def recolor(self, theme: Theme) -> None:
        """Everything that is painted."""
        for panel in self.panels.values():
            panel.apply_theme(theme)
        self._soon.stop()

    def csv_columns(self) -> Table:
        """Every array and number of what is in focus, one row each, with the name of what it belongs to."""
        rows = [
            (quantity, index, _name_of(self.answer, quantity, index), value)
            for quantity, values in _numbers_of(self.answer)
            for index, value in enumerate(values)
        ]
        return dict(zip(("quantity", "place", "name", "value"), map(list, zip(*rows, strict=True)), strict=True))

    def _focus(self, focus: str) -> None:
        self.options = InspectorOptions(focus)
        self.wants_changed.emit()

    def _follow_focus(self) -> None:
        selection = self.selection
        allowed = ["example"] + ["unit"] * (selection.unit >= 0) + ["weight"] * (selection.weight is not None)
        self.switch.allow(allowed)
        self.switch.choose(self.options.focus if self.options.focus in allowed else "example")

    def _draw_waiting(self) -> None:
        if self._is_waiting and self.answer is not None:
            self._draw_now()

    def _draw_now(self) -> None:
        self._is_waiting = False
        kind = _KINDS[type(self.answer)]
        self._follow_focus()
        self.switch.choose(kind)
        # It is read beside a view that may be of another step.
        self.stamp.setText(stamp(self.moment))
        set_role(self.stamp, "muted" if self._present is None else "then")
        self.panels[kind].present(self.answer)
        for name, panel in self.panels.items():
            panel.setVisible(name == kind)
        self._soon.start()

    def _change_weight(self, tensor: str, position: tuple[int, ...], value: float) -> None:
        if self.services is not None:
            self.services.change_parameter(tensor, position, value)


def _is_neighbour(before: Selection, now: Selection) -> bool:
    """Whether a step to the next example, or none: then the same thing is looked at with other numbers."""
    return before.part == now.part and abs(before.example - now.example) <= 1


def _name_of(answer: Any, quantity: str, place: int) -> str:
    """What a number of an array is called; nothing where it stands alone, or counts examples."""
    if quantity in _OF_INPUTS:
        is_itself = isinstance(answer, UnitInspection) and not answer.incoming.size
        return str(answer.name if is_itself else answer.names.name(place))
    if quantity in _OF_NEXT:
        return str(answer.next_names.name(place))
    return str(answer.class_names[place]) if quantity == "outputs" and place < len(answer.class_names) else ""


def _numbers_of(answer: Any) -> list[tuple[str, list[Any]]]:
    """Arrays flat, numbers as one row, by name."""
    found = []
    for name, value in vars(answer).items():
        if hasattr(value, "ravel"):
            found.append((name, value.ravel().tolist()))
        elif isinstance(value, int | float) and not isinstance(value, bool):
            found.append((name, [value]))
    return found
