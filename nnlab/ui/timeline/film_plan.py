"""What is asked before a film is exported: from which step to which, how many pictures, how large, how fast."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QSpinBox, QVBoxLayout, QWidget

from nnlab.ui.setup.form import Choice
from nnlab.ui.timeline.film_files import GIF
from nnlab.ui.widgets.card import label
from nnlab.words import figure

MOST_PICTURES = 1000
_PICTURES, _PER_SECOND = 100, 12
_WIDTHS = (120, 3840)
_KINDS = {"GIF": GIF, "PNG pictures in a folder": ""}


@dataclass(frozen=True)
class FilmPlan:
    """steps: of the pictures, in order    width: of each, in pixels    ending: .gif, or none for a folder of pictures"""

    steps: tuple[int, ...]
    width: int
    per_second: float
    ending: str = GIF


def spread_steps(first: int, last: int, pictures: int) -> tuple[int, ...]:
    """So many steps evenly spread, both ends among them; no more than there are."""
    count = min(pictures, last - first + 1)
    return tuple(int(step) for step in np.linspace(first, last, count).round())


class FilmDialog(QDialog):
    """Asks; `plan` is what was answered."""

    def __init__(self, parent: QWidget, title: str, first: int, last: int, width: int) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export film")
        self._ends = (first, last)
        self.first, self.last = _number(first, last, first), _number(first, last, last)
        self.pictures = _number(2, MOST_PICTURES, min(_PICTURES, last - first + 1))
        self.width_ = _number(*_WIDTHS, min(max(width, _WIDTHS[0]), _WIDTHS[1]))
        self.width_.setSuffix(" pixels")
        self.per_second = _number(1, 50, _PER_SECOND)
        self.kind = Choice()
        self.kind.addItems(list(_KINDS))
        form = QFormLayout()
        rows = {
            "From step": self.first,
            "To step": self.last,
            "Pictures": self.pictures,
            "A second": self.per_second,
            "Width": self.width_,
            "File": self.kind,
        }
        for name, field in rows.items():
            field.setAccessibleName(name)
            form.addRow(name, field)
        self.hint = label("", "muted")
        self.hint.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.save = buttons.button(QDialogButtonBox.StandardButton.Save)
        outline = QVBoxLayout(self)
        outline.addWidget(label(f"The film of {title}", "title"))
        outline.addLayout(form)
        outline.addWidget(self.hint)
        outline.addWidget(buttons)
        for field in (self.first, self.last, self.pictures, self.per_second):
            field.valueChanged.connect(self._follow)
        self._follow()

    @property
    def plan(self) -> FilmPlan:
        """As it stands there."""
        steps = spread_steps(self.first.value(), self.last.value(), self.pictures.value())
        return FilmPlan(steps, self.width_.value(), self.per_second.value(), _KINDS[self.kind.currentText()])

    def _follow(self) -> None:
        count = len(self.plan.steps) if self.first.value() < self.last.value() else 0
        self.save.setEnabled(count > 1)
        if count > 1:
            self.hint.setText(f"{count:,} pictures last {figure(count / self.per_second.value(), 3)} seconds.")
        else:
            self.hint.setText("The last step must lie behind the first.")


def _number(least: int, most: int, value: int) -> QSpinBox:
    field = QSpinBox()
    field.setRange(least, max(most, least))
    field.setGroupSeparatorShown(True)
    field.setValue(value)
    return field
