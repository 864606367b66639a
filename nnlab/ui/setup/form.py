"""A form generated from a settings dataclass: its fields, ranges, units and formulas are the form."""

from collections.abc import Callable
from typing import Any, NamedTuple

from PySide6.QtCore import QSettings, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QWidget

from nnlab.errors import NnlabError
from nnlab.settings import Description, Settings, describe, of_kind, value_at, with_value
from nnlab.ui.choices_left import ChoicesLeft
from nnlab.ui.setup.form_rows import FormRow, is_shown, rows_of, set_text, value_in
from nnlab.ui.setup.marks import marked
from nnlab.ui.setup.section import SectionLine
from nnlab.ui.widgets.card import label, set_role
from nnlab.ui.widgets.choice import Choice as Choice
from nnlab.ui.widgets.number_field import NumberField
from nnlab.ui.widgets.path_field import PathField
from nnlab.ui.widgets.text_field import TextField
from nnlab.ui.widgets.whole_number import WholeNumber as WholeNumber

CAPTION_WIDTH = 108


class Row(NamedTuple):
    """A caption, the widget that edits the field, how it shows a value, and where the row stands."""

    caption: QLabel
    editor: QWidget
    show: Callable[[Any], None]
    place: int
    group: str


class SettingsForm(QWidget):
    """One row per field of the settings it shows. Emits `edited` with the new settings and the name of what changed."""

    edited = Signal(object, str)

    def __init__(self, marks_live: bool = False, left: ChoicesLeft | None = None, memory: QSettings | None = None) -> None:
        """The memory has which groups are open; without one none is at first."""
        super().__init__()
        self._marks_live = marks_live
        self._left = left
        self._memory = memory
        self._settings: Settings | None = None
        self._applied: Settings | None = None
        self._rows: dict[FormRow, Row] = {}
        self._sections: dict[str, SectionLine] = {}
        self._pointless: frozenset[str] = frozenset()
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setHorizontalSpacing(8)
        self._layout.setVerticalSpacing(2)
        self._layout.setColumnStretch(1, 1)
        self._layout.setColumnMinimumWidth(0, CAPTION_WIDTH)
        self._error = label("", "error")
        self._error.setWordWrap(True)
        self._error.hide()

    def show_settings(self, settings: Settings) -> None:
        """Show these settings, with only the rows that matter for them."""
        if type(settings) is not type(self._settings):
            self._make_rows(settings)
        self._settings = settings
        for key, row in self._rows.items():
            if (value := value_in(settings, key)) is not None:
                row.show(value)
        self._show_rows()
        self._mark_waiting()

    def leave_out(self, pointless: frozenset[str]) -> None:
        """Rows that mean nothing for the present data are not shown."""
        self._pointless = pointless
        self._show_rows()

    def show_applied(self, applied: Settings | None) -> None:
        """Mark the captions of settings that differ from those the run has."""
        self._applied = applied
        self._mark_waiting()

    def editor(self, name: str) -> QWidget:
        """The widget that edits a setting, by its dotted name, for tests and for focus."""
        return self._row(name).editor

    def section(self, group: str) -> SectionLine:
        """The line that opens and closes a group."""
        return self._sections[group]

    def _show_rows(self) -> None:
        """The rows that matter for these settings, those of a group only while it is open."""
        settings = self._settings
        if settings is None:
            return
        shown = {key for key in self._rows if key.top not in self._pointless and is_shown(settings, key)}
        for group, section in self._sections.items():
            members = [key for key, row in self._rows.items() if row.group == group and key in shown]
            changed = [key for key in members if value_at(settings, key.name) != key.entry.default]
            section.say(", ".join(set_text(settings, key) for key in changed))
            section.setVisible(bool(members))
            if not section.is_open:
                shown -= set(members)
        for key, row in self._rows.items():
            row.caption.setVisible(key in shown)
            row.editor.setVisible(key in shown)

    def _row(self, name: str) -> Row:
        """The row of a setting; where several kinds have one of this name, that of the chosen kind."""
        named = [key for key in self._rows if key.name == name]
        return self._rows[max(named, key=lambda key: value_in(self._settings, key) is not None)]

    def _make_rows(self, settings: Settings) -> None:
        old = [widget for row in self._rows.values() for widget in (row.caption, row.editor)]
        for widget in (*old, *self._sections.values()):
            self._layout.removeWidget(widget)
            # It lives until the event loop turns, and must not be painted where the new rows are.
            widget.hide()
            widget.deleteLater()
        self._rows, self._sections = {}, {}
        self._error.hide()
        place = 0
        for key in rows_of(settings):
            description = describe(key.entry)
            if key.group and key.group not in self._sections:
                section = SectionLine(key.group, self._memory, f"{settings.section} {key.group}".strip())
                section.turned.connect(lambda _: self._show_rows())
                self._sections[key.group] = section
                self._layout.addWidget(section, place, 0, 1, 2)
                place += 1
            caption = label(marked(description) if self._marks_live else description.label, "muted")
            value = value_in(settings, key)
            editor, show = self._make_editor(key.name, key.entry.default if value is None else value, description)
            editor.setAccessibleName(description.label)
            caption.setBuddy(editor)
            for widget in (caption, editor):
                widget.setToolTip(_tooltip(settings, key.name, description, self._marks_live))
            # Every other row is free, for the sentence about a field that cannot be so.
            # Beside a field with buttons below its line the caption belongs to the line.
            caption.setContentsMargins(0, 5 if description.path else 0, 0, 0)
            side = Qt.AlignmentFlag.AlignTop if description.path else Qt.AlignmentFlag.AlignVCenter
            self._layout.addWidget(caption, place, 0, side)
            self._layout.addWidget(editor, place, 1)
            self._rows[key] = Row(caption, editor, show, place, key.group)
            place += 2

    def _make_editor(self, name: str, value: Any, description: Description) -> tuple[QWidget, Callable[[Any], None]]:
        """The widget for a field's type, and the function that shows a value in it without telling anyone."""
        if description.choices:
            choice = Choice()
            choice.addItems(description.choices)
            choice.currentTextChanged.connect(lambda text: self._edit(name, text))
            return choice, _silent(choice, choice.setCurrentText)
        if description.path:
            path = PathField(description.label, description.path)
            path.changed.connect(lambda text: self._edit(name, text))
            return path, path.set_path
        if isinstance(value, str | tuple):
            return self._make_text(name, value)
        if isinstance(value, bool):
            check = QCheckBox()
            check.toggled.connect(lambda on: self._edit(name, on))
            return check, _silent(check, check.setChecked)
        if isinstance(value, int) or description.percent:
            factor = 100 if description.percent else 1
            number = WholeNumber(description.zero)
            number.setRange(int((description.minimum or 0) * factor), int((description.maximum or 2**31 - 1) * factor))
            number.setSuffix(" %" if description.percent else f" {description.unit}" if description.unit else "")
            number.setGroupSeparatorShown(True)
            number.setKeyboardTracking(False)
            number.valueChanged.connect(lambda whole: self._edit(name, whole / 100 if description.percent else whole))
            return number, _silent(number, lambda shown: number.setValue(round(shown * factor)))
        field = NumberField(description)
        field.changed.connect(lambda real: self._edit(name, real))
        field.rejected.connect(lambda problem: self.tell(problem, name))
        return field, field.set_value

    def _make_text(self, name: str, value: object) -> tuple[QWidget, Callable[[Any], None]]:
        """A line for texts, or for whole numbers with commas between them."""
        line = TextField()
        is_list = isinstance(value, tuple)

        def show(shown: Any) -> None:
            line.show_text(", ".join(map(str, shown)) if is_list else shown)

        def commit() -> None:
            """Take what was typed, or say what is wrong with it."""
            line.setModified(False)
            try:
                typed = tuple(int(part) for part in line.text().split(",")) if is_list else line.text().strip()
            except ValueError:
                self.tell(f"'{line.text()}' is not a list of whole numbers, e.g. 500, 250, 30", name)
                return
            self._edit(name, typed)

        line.editingFinished.connect(commit)
        return line, show

    def _edit(self, name: str, value: Any) -> None:
        if self._settings is None or value_at(self._settings, name) == value:
            return
        try:
            changed = with_value(self._settings, name, self._as_left(name, value))
        except NnlabError as error:
            self.tell(str(error), name)
            return
        self.tell("", name)
        self.edited.emit(changed, name)

    def _as_left(self, name: str, value: Any) -> Any:
        """The chosen kind as a person left it, where the value is one; every other value as it is."""
        settings = self._settings
        assert settings is not None
        entry = type(settings).__dataclass_fields__.get(name)
        kinds = describe(entry).kinds if entry is not None else None
        if self._left is None or not kinds or value not in kinds:
            return value
        return self._left.again(f"{settings.section}.{name}", of_kind(kinds[value], getattr(settings, name)))

    def tell(self, problem: str, name: str = "") -> None:
        """A sentence below the row of a setting; "" takes the last one away."""
        if name:
            self._layout.addWidget(self._error, self._row(name).place + 1, 0, 1, 2)
        self._error.setText(problem)
        self._error.setVisible(bool(problem))

    def _mark_waiting(self) -> None:
        for key, row in self._rows.items():
            waits = self._applied is not None and value_in(self._applied, key) != value_in(self._settings, key)
            set_role(row.caption, "changed" if waits else "muted")


def _silent(widget: QWidget, show: Callable[[Any], None]) -> Callable[[Any], None]:
    def show_silently(value: Any) -> None:
        with QSignalBlocker(widget):
            show(value)

    return show_silently


def _tooltip(settings: Settings, name: str, description: Description, tells_live: bool) -> str:
    """The formula, the range, and the name it has in files and on the command line."""
    key = f"{settings.section}.{name}" if settings.section else name
    lines = description.help.split("\n")
    if description.range_text() and not description.choices:
        lines.append(f"Range: {description.range_text()}{f'; {description.zero} is 0' if description.zero else ''}")
    if tells_live:
        lines.append("Applies at the next step." if description.live else "Applies at the next reset.")
    return "<p style='white-space:pre-wrap'>" + "\n".join(lines) + f"\n<code>{key}</code></p>"
