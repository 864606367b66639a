"""The line above a group of settings: opens and closes it, and says what is set in it while it is closed."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton


class SectionLine(QPushButton):
    """Closed at first, unless something in the group differs from its default; from then on as the person has it."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setObjectName("section")
        self.setAccessibleName(title)
        # A mouse click must not take the focus: Space runs the training.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._title = title
        self._chosen: bool | None = None
        self._changed: tuple[str, ...] = ()
        self.clicked.connect(self._turn)

    @property
    def is_open(self) -> bool:
        """Whether the rows of the group can be seen."""
        return bool(self._changed) if self._chosen is None else self._chosen

    def show_changed(self, labels: tuple[str, ...]) -> None:
        """These settings of the group differ from their defaults."""
        self._changed = labels
        note = f"   {', '.join(labels)}" if labels and not self.is_open else ""
        self.setText(f"{'▾' if self.is_open else '▸'}  {self._title}{note}")
        self.setToolTip(f"Set: {', '.join(labels)}" if labels else "")

    def _turn(self) -> None:
        self._chosen = not self.is_open
        self.show_changed(self._changed)
