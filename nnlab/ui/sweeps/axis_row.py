"""One setting that a sweep varies: its values, or from where to where it goes."""

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLineEdit, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from nnlab.ui.icons import icon
from nnlab.ui.setup.form import Choice, WholeNumber
from nnlab.ui.sweeps.chips import Chips
from nnlab.ui.sweeps.choosable import Choosable
from nnlab.ui.sweeps.draft import AxisDraft
from nnlab.ui.theme import Theme
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.elided import Elided
from nnlab.ui.widgets.flow import captioned

_WAYS = ("values", "range")
_FIELD_WIDTH = 92


class AxisRow(QFrame):
    """Emits `changed` with what was typed. What cannot be told is said below it."""

    changed = Signal(object)  # AxisDraft
    removed = Signal(str)  # its name

    def __init__(self, draft: AxisDraft, setting: Choosable | None) -> None:
        super().__init__()
        self.setObjectName("card")
        self.draft, self.setting = draft, setting
        title = setting.title if setting is not None else draft.name
        self.setAccessibleName(title)
        self.way = Choice()
        self.way.addItems(_WAYS)
        self.way.setAccessibleName(f"{title}: values or a range")
        self.values, self.low, self.high = QLineEdit(), QLineEdit(), QLineEdit()
        self.chips = Chips(setting.levels if setting is not None else (), title)
        self.log, self.count = QCheckBox("log"), WholeNumber()
        self.problem = label("", "error")
        self.remove = QToolButton()
        self._values_or_range = QStackedWidget()
        self._make_parts(title)
        self._lay_out(title)
        self.show_draft(draft)

    def _make_parts(self, title: str) -> None:
        self.values.setPlaceholderText("values with commas between, such as 0.1, 0.03, 0.01")
        self.values.setAccessibleName(f"{title}: values")
        for line, name in ((self.low, "from"), (self.high, "to")):
            line.setAccessibleName(f"{title}: {name}")
            line.setFixedWidth(_FIELD_WIDTH)
        self.log.setToolTip("Every factor is as likely as any other, not every difference")
        self.log.setAccessibleName(f"{title}: logarithmic")
        self.count.setRange(0, 4096)
        self.count.setSpecialValueText("all")
        self.count.setToolTip("all: every whole number of the range")
        self.count.setFixedWidth(64)
        self.count.setAccessibleName(f"{title}: how many values in the grid")
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.remove.setObjectName("flat")
        self.remove.setToolTip("Vary it no longer")
        self.remove.setAccessibleName(f"Vary {title} no longer")
        self.way.activated.connect(lambda place: self._change(is_range=place == 1))
        self.values.textEdited.connect(lambda text: self._change(values=text))
        self.low.textEdited.connect(lambda text: self._change(low=text))
        self.high.textEdited.connect(lambda text: self._change(high=text))
        self.chips.changed.connect(lambda chosen: self._change(values=", ".join(chosen)))
        self.log.toggled.connect(lambda on: self._change(is_log=on))
        self.count.valueChanged.connect(lambda count: self._change(count=count))
        self.remove.clicked.connect(lambda: self.removed.emit(self.draft.name))

    def _lay_out(self, title: str) -> None:
        head = QHBoxLayout()
        name = Elided("title")
        name.setText(title)
        now = Elided("muted")
        now.setText(f"{self.draft.name}" + (f" · now {self.setting.words}" if self.setting is not None else ""))
        head.addWidget(name, 2)
        head.addWidget(now, 3)
        head.addWidget(self.remove)
        bounds = QWidget()
        row = QHBoxLayout(bounds)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self._counted = captioned("values in the grid", self.count)
        for widget in (captioned("from", self.low), captioned("to", self.high), self.log, self._counted):
            row.addWidget(widget)
        row.addStretch(1)
        has_chips = self.setting is not None and bool(self.setting.levels)
        self._values_or_range.addWidget(self.chips if has_chips else self.values)
        self._values_or_range.addWidget(bounds)
        body = QHBoxLayout()
        body.setSpacing(8)
        body.addWidget(self.way)
        body.addWidget(self._values_or_range, 1)
        self.way.setFixedWidth(96)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 8, 10)
        column.setSpacing(6)
        column.addLayout(head)
        column.addLayout(body)
        column.addWidget(self.problem)
        # Before it stands in the row it would be a window of its own.
        self.way.setVisible(not has_chips)

    def show_draft(self, draft: AxisDraft) -> None:
        """What it is now; where a person types it stays as typed."""
        self.draft = draft
        parts = (self.way, self.values, self.low, self.high, self.log, self.count)
        blockers = [QSignalBlocker(part) for part in parts]
        self.way.setCurrentIndex(int(draft.is_range))
        for line, text in ((self.values, draft.values), (self.low, draft.low), (self.high, draft.high)):
            if line.text() != text:
                line.setText(text)
        self.chips.choose([part.strip() for part in draft.values.split(",")])
        self.log.setChecked(draft.is_log)
        self.count.setValue(draft.count)
        self._values_or_range.setCurrentIndex(int(draft.is_range))
        del blockers

    def show_grid(self, is_grid: bool) -> None:
        """Only in a grid a range has so many values."""
        self._counted.setVisible(is_grid)

    def tell(self, problem: str) -> None:
        """A sentence below it; "" takes the last one away."""
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def apply_theme(self, theme: Theme) -> None:
        """The cross takes the text's colour."""
        self.remove.setIcon(icon("close", theme.muted))

    def _change(self, **changes: object) -> None:
        self.draft = replace(self.draft, **changes)  # type: ignore[arg-type]
        self._values_or_range.setCurrentIndex(int(self.draft.is_range))
        self.changed.emit(self.draft)
