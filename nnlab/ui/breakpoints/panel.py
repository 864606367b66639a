"""The panel of breakpoints: which there are, the settings of the selected one, what that costs, and what is wrong."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from nnlab.experiments.experiment import Experiment
from nnlab.settings import describe
from nnlab.training.breakpoints import BREAKPOINTS, Breakpoint
from nnlab.ui.breakpoints.condition_list import ConditionList
from nnlab.ui.first_size import begin_as_large
from nnlab.ui.session import Session
from nnlab.ui.setup.form import SettingsForm
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.scrolled import Scrolled

_INTRODUCTION = (
    "Training stops when one of these becomes true, and can go on from there. One that stays true stops it once; "
    "when it was false in between, it stops it again. They change no number of the run."
)
_NOTHING = "Nothing stops it yet. Choose a condition: + Condition."


class BreakpointsPanel(QDialog):
    """Stays open beside the window; every edit is one of the experiment, and acts at the next step."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent)
        self.setWindowTitle("Stop when")
        begin_as_large(self, (420, 520))
        self._session = session
        self.list = ConditionList()
        self.list.turned.connect(self._turn)
        self.list.removed.connect(self.remove_condition)
        self.list.chosen.connect(lambda _: self._show_selected())
        self.form = SettingsForm()
        self.form.edited.connect(self._edit)
        self.nothing, self.cost, self.problem = label(_NOTHING, "muted"), label("", "muted"), label("", "error")
        self.add, self.remove = self._make_buttons()
        self._lay_out()
        session.experiment_changed.connect(self.show_experiment)
        self.show_experiment(session.experiment)

    @property
    def conditions(self) -> tuple[Breakpoint, ...]:
        """Those of the experiment."""
        return self._session.experiment.training.stop_when

    def show_experiment(self, experiment: Experiment) -> None:
        """Fill the list, keeping the selected row."""
        self._show_list(self.list.place)

    def add_condition(self, kind: str) -> None:
        """One more of this kind, at the end."""
        conditions = (*self.conditions, BREAKPOINTS[kind]())
        self._change(conditions)
        self._show_list(len(conditions) - 1)

    def remove_condition(self) -> None:
        """Without the selected one."""
        place = self.list.place
        if place >= 0:
            self._change((*self.conditions[:place], *self.conditions[place + 1 :]))

    def _make_buttons(self) -> tuple[QToolButton, QToolButton]:
        add, remove = QToolButton(), QToolButton()
        add.setText("+ Condition")
        add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(add)
        for kind, rule in BREAKPOINTS.items():
            menu.addAction(rule.title, self._adding(kind))
        add.setMenu(menu)
        remove.setText("−")
        remove.setToolTip("Remove the condition (Delete)")
        remove.setAccessibleName("Remove the condition")
        remove.clicked.connect(self.remove_condition)
        for button in (add, remove):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return add, remove

    def _adding(self, kind: str) -> Callable[[], None]:
        return lambda: self.add_condition(kind)

    def _lay_out(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        introduction = label(_INTRODUCTION, "muted")
        for text in (introduction, self.nothing, self.cost, self.problem):
            text.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for button in (self.add, self.remove):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column.addWidget(introduction)
        column.addWidget(self.nothing)
        column.addWidget(self.list)
        column.addLayout(buttons)
        for widget in (self.form, self.cost, self.problem):
            column.addWidget(widget)
        column.addStretch(1)
        place = Scrolled()
        place.hold(content)
        whole = QVBoxLayout(self)
        # What is listed must not decide how small it can be made.
        whole.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(place)

    def _problems(self) -> list[str]:
        """Of each why it can never become true in this experiment, "" where it can."""
        experiment = self._session.experiment
        return [one.problem(experiment.dataset, experiment.model) for one in self.conditions]

    def _show_list(self, place: int) -> None:
        self.list.show_conditions(self.conditions, self._problems(), place)
        self._show_selected()

    def _show_selected(self) -> None:
        place = self.list.place
        is_some = 0 <= place < len(self.conditions)
        for widget in (self.list, self.form, self.cost, self.remove):
            widget.setVisible(is_some)
        self.nothing.setVisible(not is_some)
        self.problem.hide()
        if not is_some:
            return
        one = self.conditions[place]
        self.form.setVisible(any(describe(entry).in_form for entry in fields(one)))
        self.form.show_settings(one)
        self.cost.setText(one.cost)
        problem = self._problems()[place]
        self.problem.setText(f"It can never become true here: {problem}." if problem else "")
        self.problem.setVisible(bool(problem))

    def _turn(self, place: int, on: bool) -> None:
        self._put(place, replace(self.conditions[place], on=on))

    def _edit(self, condition: Breakpoint, name: str) -> None:
        self._put(self.list.place, condition, name)

    def _put(self, place: int, condition: Breakpoint, name: str = "") -> None:
        conditions = (*self.conditions[:place], condition, *self.conditions[place + 1 :])
        self._change(conditions, f"training.stop_when.{place}.{name}" if name else "")

    def _change(self, conditions: tuple[Any, ...], what: str = "") -> None:
        experiment = self._session.experiment
        training = replace(experiment.training, stop_when=conditions)
        self._session.edit(replace(experiment, training=training), what)
