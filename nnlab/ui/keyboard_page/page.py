"""The page of keys: beside the window, so that a key can be tried while one reads; what is typed leaves fewer lines."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from nnlab.ui.first_size import begin_as_large
from nnlab.ui.keyboard_page.keys import KeyLine, KeySection, key_sections
from nnlab.ui.widgets.card import label

_HINT = "Hover over a setting to read its formula, and its name in experiment files."
_SIZE, _LEAST = (620, 680), (420, 320)


class KeyboardPage(QDialog):
    """Sections of lines: keys as they stand on the keyboard, and what they do."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search keys and what they do")
        self.search.setAccessibleName("Search")
        self.search.setClearButtonEnabled(False)
        self.search.textChanged.connect(self.look_for)
        self._nothing = label("No key does that.", "muted")
        self._nothing.hide()
        self.sections = [_Section(section) for section in key_sections()]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 12)
        column.setSpacing(8)
        # What is found makes it neither larger nor smaller.
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        head = QHBoxLayout()
        head.setContentsMargins(16, 0, 16, 0)
        head.addWidget(self.search)
        column.addLayout(head)
        column.addWidget(self._make_list(), 1)
        foot = label(_HINT, "muted")
        foot.setContentsMargins(16, 0, 16, 0)
        column.addWidget(foot)
        begin_as_large(self, _SIZE, _LEAST)
        self.search.setFocus()

    def _make_list(self) -> QScrollArea:
        """All sections, one below the other."""
        listed = QWidget()
        listed.setObjectName("inspected")
        inside = QVBoxLayout(listed)
        inside.setContentsMargins(16, 4, 16, 12)
        inside.setSpacing(14)
        for section in self.sections:
            inside.addWidget(section)
        inside.addWidget(self._nothing)
        inside.addStretch(1)
        area = QScrollArea()
        area.setObjectName("inspected")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(listed)
        return area

    def look_for(self, words: str) -> None:
        """Leave the lines in which all of these words stand."""
        found = [section.look_for(words) for section in self.sections]
        self._nothing.setVisible(not any(found))


class _Section(QWidget):
    """A title, and a line for every key."""

    def __init__(self, section: KeySection) -> None:
        super().__init__()
        self.title = section.title
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(4)
        grid.setHorizontalSpacing(16)
        grid.setColumnMinimumWidth(0, 150)
        grid.setColumnStretch(1, 1)
        grid.addWidget(label(section.title, "title"), 0, 0, 1, 2)
        self._lines: list[tuple[KeyLine, QWidget, QWidget]] = []
        for row, line in enumerate(section.lines, 1):
            keys, what = _keys(line.keys), label(line.what)
            what.setWordWrap(True)
            grid.addWidget(keys, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(what, row, 1, Qt.AlignmentFlag.AlignVCenter)
            self._lines.append((line, keys, what))

    @property
    def shown(self) -> list[KeyLine]:
        """The lines that can be seen."""
        return [line for line, keys, _ in self._lines if not self.isHidden() and not keys.isHidden()]

    def look_for(self, words: str) -> bool:
        """Leave the lines in which these words stand, all where the title has them; whether there are any."""
        is_meant = bool(words) and words.lower() in self.title.lower()
        any_found = False
        for line, *widgets in self._lines:
            is_found = is_meant or line.matches(words)
            any_found = any_found or is_found
            for widget in widgets:
                widget.setVisible(is_found)
        self.setVisible(any_found)
        return any_found


def _keys(keys: tuple[str, ...]) -> QWidget:
    """Each key in a frame of its own."""
    row = QWidget()
    side_by_side = QHBoxLayout(row)
    side_by_side.setContentsMargins(0, 0, 0, 0)
    side_by_side.setSpacing(4)
    for key in keys:
        side_by_side.addWidget(label(key, "key"))
    side_by_side.addStretch(1)
    return row
