"""What a sweep varies: a row for each setting, and a menu of all others."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from nnlab.experiments.experiment import Experiment
from nnlab.ui.sweeps.axis_row import AxisRow
from nnlab.ui.sweeps.choosable import Choosable, choosable_settings, first_range
from nnlab.ui.sweeps.draft import AxisDraft
from nnlab.ui.theme import LIGHT, Theme
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.explained import without_shortcut
from nnlab.ui.widgets.number_field import number_text
from nnlab.ui.widgets.scrolled import Scrolled

_NOTHING = "Choose a setting to vary, such as the learning rate: + Setting."


class AxisList(QWidget):
    """Emits `changed` with a row's draft, and `removed` with the name of one that goes."""

    changed = Signal(object)  # AxisDraft
    removed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._theme = LIGHT
        self.rows: dict[str, AxisRow] = {}
        self._settings: dict[str, Choosable] = {}
        self._is_grid = False
        self.add = QToolButton()
        self.add.setText("+ Setting")
        self.add.setToolTip("Vary one more setting")
        self.add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.add.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.menu = QMenu(self.add)
        self.menu.aboutToShow.connect(self._fill_menu)
        self.add.setMenu(self.menu)
        self.nothing = label(_NOTHING, "muted")
        self.nothing.setWordWrap(True)
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addStretch(1)
        place = Scrolled()
        place.hold(content)
        head = QHBoxLayout()
        head.addWidget(label("What to vary", "title"))
        head.addStretch(1)
        head.addWidget(self.add)
        outline = QVBoxLayout(self)
        outline.setContentsMargins(0, 0, 0, 0)
        outline.setSpacing(8)
        outline.addLayout(head)
        outline.addWidget(self.nothing)
        outline.addWidget(place, 1)

    def show_axes(self, base: Experiment, axes: Sequence[AxisDraft], is_grid: bool) -> None:
        """A row for each of them, in their order."""
        self._settings = {one.name: one for one in choosable_settings(base)}
        self._is_grid = is_grid
        names = [axis.name for axis in axes]
        for name in [name for name, row in self.rows.items() if name not in names or self._is_other(row)]:
            row = self.rows.pop(name)
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        for place, axis in enumerate(axes):
            if axis.name not in self.rows:
                self.rows[axis.name] = self._made(axis, place)
            self.rows[axis.name].show_draft(axis)
            self.rows[axis.name].show_grid(is_grid)
        self.nothing.setVisible(not axes)

    def tell(self, name: str, problem: str) -> None:
        """A sentence below the row of this setting, and below no other."""
        for own, row in self.rows.items():
            row.tell(problem if own == name else "")

    def apply_theme(self, theme: Theme) -> None:
        """To the rows."""
        self._theme = theme
        for row in self.rows.values():
            row.apply_theme(theme)

    def vary(self, name: str) -> None:
        """One more, at first around what it is now."""
        self.changed.emit(first_draft(self._settings[name]))

    def _is_other(self, row: AxisRow) -> bool:
        """Whether what it is now has changed, which the row says."""
        return row.setting != self._settings.get(row.draft.name)

    def _made(self, axis: AxisDraft, place: int) -> AxisRow:
        row = AxisRow(axis, self._settings.get(axis.name))
        row.changed.connect(self.changed)
        row.removed.connect(self.removed)
        row.apply_theme(self._theme)
        self._column.insertWidget(place, row)
        return row

    def _fill_menu(self) -> None:
        self.menu.clear()
        menus: dict[str, QMenu] = {}
        for setting in self._settings.values():
            section = setting.section[:1].upper() + setting.section[1:]
            if section not in menus:
                menus[section] = self.menu.addMenu(without_shortcut(section))
            action = menus[section].addAction(without_shortcut(f"{setting.label}   ({setting.words})"))
            action.setEnabled(setting.name not in self.rows)
            action.triggered.connect(self._varying(setting.name))

    def _varying(self, name: str) -> Callable[[], None]:
        return lambda: self.vary(name)


def first_draft(setting: Choosable) -> AxisDraft:
    """Of a setting that nobody has said anything about yet."""
    if setting.levels:
        return AxisDraft(setting.name, values=", ".join(setting.levels))
    if (found := first_range(setting)) is not None:
        low, high, is_log = found
        return AxisDraft(setting.name, True, number_text(setting.value), number_text(low), number_text(high), is_log)
    if setting.value == 0:
        # Seeds begin there, and what is switched off.
        return AxisDraft(setting.name, values="0, 1, 2" if isinstance(setting.value, int) else "0, 0.1")
    return AxisDraft(setting.name, values=number_text(setting.value) if setting.is_number else str(setting.value))
