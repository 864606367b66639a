"""What the faces of the inspector have in common: a title, parts below each other, rows of numbers, equations."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QImage
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nnlab.ui.theme import LIGHT, Theme, signed_indices, signed_lut
from nnlab.ui.views.inspector.picture_boxes import Painted
from nnlab.ui.views.network.column_images import image_of
from nnlab.ui.views.view import step_up
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.elided import Elided

PART_WORDS = {"train": "training", "validation": "validation", "test": "test"}


class Panel(QWidget):
    """A column of parts under headings."""

    def __init__(self) -> None:
        super().__init__()
        self.theme: Theme = LIGHT
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(6)
        self.title = label("", "title")
        self.note = label("", "muted")
        self.add(self.title, self.note)

    def add(self, *parts: QWidget) -> None:
        """One below the other, as wide as there is room for."""
        for part in parts:
            _wrap(part)
            self.column.addWidget(part)

    def present(self, answer: Any) -> None:
        """What was found of the thing in focus; every panel knows answers of one kind."""
        raise NotImplementedError

    def side_by_side(self, *pairs: tuple[QLabel, QWidget]) -> QHBoxLayout:
        """Pictures beside each other, each under its name, in equal shares of the row."""
        row = QHBoxLayout()
        row.setSpacing(8)
        for name, part in pairs:
            stack = QVBoxLayout()
            stack.setSpacing(2)
            _wrap(name)
            stack.addWidget(name)
            stack.addWidget(part)
            row.addLayout(stack, 1)
        self.column.addLayout(row)
        return row

    def apply_theme(self, theme: Theme) -> None:
        """To every painted part."""
        self.theme = theme
        for part in self.findChildren(Painted):
            part.apply_theme(theme)

    def signed_image(self, values: np.ndarray, bound: float) -> QImage:
        """Signed numbers (height, width) as a picture."""
        return image_of(signed_lut(self.theme)[signed_indices(values, bound)])


class NumberRows(QWidget):
    """Names at the left, numbers at the right."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[QLabel, QLabel]] = []

    def show_rows(self, rows: Sequence[tuple[str, str]]) -> None:
        """As many as are given."""
        while len(self._rows) < len(rows):
            pair = label("", "muted"), label("")
            pair[1].setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            pair[1].setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            # A class may have a long name.
            pair[1].setWordWrap(True)
            for column, part in enumerate(pair):
                self._grid.addWidget(part, len(self._rows), column)
            self._rows.append(pair)
        for index, pair in enumerate(self._rows):
            for part, text in zip(pair, rows[index] if index < len(rows) else ("", ""), strict=True):
                part.setVisible(index < len(rows))
                if part.text() != text:
                    part.setText(text)

    def texts(self) -> dict[str, str]:
        """What is shown."""
        return {name.text(): number.text() for name, number in self._rows if not name.isHidden()}


class NumberTable(QWidget):
    """Rows of a name and numbers under headings."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(2)
        self._grid.setHorizontalSpacing(10)
        self._grid.setColumnStretch(0, 1)
        self._cells: dict[tuple[int, int], QLabel] = {}

    def show_rows(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Headings, and as many rows as are given; names are cut where the numbers leave no room, hovering shows them."""
        wanted = {(0, index): text for index, text in enumerate(headings)}
        wanted |= {(row, index): text for row, texts in enumerate(rows, 1) for index, text in enumerate(texts)}
        for at in wanted.keys() - self._cells.keys():
            self._cells[at] = self._make_cell(*at)
        for at, cell in self._cells.items():
            text = wanted.get(at, "")
            cell.setVisible(at in wanted)
            cell.setText(text)

    def texts(self) -> list[list[str]]:
        """What is shown, row by row, the headings first."""
        rows: dict[int, list[str]] = {}
        for row, place in sorted(at for at, cell in self._cells.items() if not cell.isHidden()):
            rows.setdefault(row, []).append(self._cells[row, place].text())
        return list(rows.values())

    def _make_cell(self, row: int, place: int) -> QLabel:
        is_name = row > 0 and place == 0
        made: QLabel = Elided("muted") if is_name else label("", "" if row else "muted")
        if place:
            made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if row and not is_name:
            made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._grid.addWidget(made, row, place)
        return made


def equations() -> QLabel:
    """A label for lines of numbers that stand below each other."""
    made = label("")
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    made.setStyleSheet(f'font-family: "{font.family()}"; font-size: 12px;')
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def _wrap(part: QWidget) -> None:
    """Words go on in the next line: one long sentence would push the ends of all others, the numbers, out of sight."""
    if isinstance(part, QLabel):
        part.setWordWrap(True)
        # Not even a name without a gap.
        part.setMinimumWidth(1)


def signed_bound(values: Sequence[float] | np.ndarray) -> float:
    """How far signed numbers reach, in steps; 1 where there are none."""
    finite = np.abs(np.asarray(values)[np.isfinite(values)])
    return step_up(float(finite.max())) if finite.size else 1.0


def drawable(picture: np.ndarray) -> np.ndarray:
    """With one channel or three; others as the mean of theirs."""
    return picture if picture.shape[2] in (1, 3) else picture.mean(axis=2, keepdims=True)
