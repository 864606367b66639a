"""Light, dark, or as the system has it."""

import pyqtgraph as pg
from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtWidgets import QApplication

from nnlab.ui.theme import DARK, LIGHT, Theme, magnified, palette, style_sheet

MODES = ("system", "light", "dark")


class Appearance(QObject):
    """Knows the theme in force and dresses the application in it; views follow `changed`."""

    changed = Signal(object)  # Theme

    def __init__(self, application: QApplication, memory: QSettings) -> None:
        super().__init__()
        self.application = application
        self._memory = memory
        self.mode = str(memory.value("theme", "system"))
        self._magnification = 1.0
        application.setStyle("Fusion")
        application.styleHints().colorSchemeChanged.connect(lambda _: self.apply())

    @property
    def theme(self) -> Theme:
        """The theme of the mode, in letters as large as was chosen."""
        return magnified(self._colors, self._magnification)

    @property
    def _colors(self) -> Theme:
        """The system's scheme where the mode is "system"."""
        if self.mode == "system":
            is_dark = self.application.styleHints().colorScheme() == Qt.ColorScheme.Dark
            return DARK if is_dark else LIGHT
        return DARK if self.mode == "dark" else LIGHT

    def choose(self, mode: str) -> None:
        """Go over to a mode, and remember it."""
        self.mode = mode
        self._memory.setValue("theme", mode)
        self.apply()

    def toggle(self) -> None:
        """The other of light and dark."""
        self.choose("light" if self.theme.is_dark else "dark")

    def magnify(self, factor: float) -> None:
        """Letters, and what is drawn, so many times as large as usual."""
        if factor != self._magnification:
            self._magnification = factor
            self.apply()

    def apply(self) -> None:
        """Dress everything in the present theme."""
        theme = self.theme
        self.application.setPalette(palette(theme))
        self.application.setStyleSheet(style_sheet(theme))
        pg.setConfigOptions(background=theme.surface, foreground=theme.muted)
        self.changed.emit(theme)
