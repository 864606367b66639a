"""A field for the name of a file or folder: a line to type or paste into, and buttons that look for it."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from nnlab.ui.widgets.explained import literally
from nnlab.ui.widgets.text_field import TextField


class PathField(QWidget):
    """Emits `changed` when another path was entered or chosen."""

    changed = Signal(str)

    def __init__(self, title: str, kinds: tuple[str, ...]) -> None:
        super().__init__()
        self._title = title
        self._path = ""
        self.line = TextField()
        self.line.setAccessibleName(title)
        self.line.editingFinished.connect(self._commit)
        self.setFocusProxy(self.line)
        self.buttons = {kind: QPushButton(f"{kind.capitalize()}…") for kind in kinds}
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for kind, button in self.buttons.items():
            button.setAccessibleName(f"{title}: choose a {kind}")
            button.clicked.connect(lambda _=False, kind=kind: self.choose(kind))
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.line)
        column.addLayout(buttons)

    def set_path(self, path: str) -> None:
        """Show a path without telling anyone, unless the person is typing."""
        self._path = path
        self.line.show_text(path)
        if not self.line.is_typing:
            # What a path ends in says more than what it begins with.
            self.line.setToolTip(literally(path) or self.toolTip())

    def choose(self, kind: str) -> None:
        """Ask which file or folder, beginning where the present one lies."""
        here = Path(self._path).parent if self._path else Path.home()
        folder = str(here if here.is_dir() else Path.home())
        if kind == "folder":
            chosen = QFileDialog.getExistingDirectory(self.window(), self._title, folder)
        else:
            chosen, _ = QFileDialog.getOpenFileName(self.window(), self._title, folder)
        if chosen:
            self.line.setModified(False)
            self.line.setText(chosen)
            self._commit()

    def _commit(self) -> None:
        self.line.setModified(False)
        typed = self.line.text().strip()
        if typed != self._path:
            self._path = typed
            self.changed.emit(typed)
