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
        self._paint()
        self.dress()
        self.changed.emit(self.theme)

    def prepare(self) -> None:
        """The colours of the present theme, before the widgets of a window are made, which `dress` then gives its style.

        With the style sheet there already, each of them would be styled anew with all that it holds at every step of its
        way into the window: that took more than half of the time in which a window is made.
        """
        self._paint()
        if self.application.styleSheet():
            self.application.setStyleSheet("")

    def dress(self) -> None:
        """The style sheet of the present theme for all widgets there are, and those to come."""
        self.application.setStyleSheet(style_sheet(self.theme))

    def _paint(self) -> None:
        self.application.setPalette(palette(self.theme))
        pg.setConfigOptions(background=self.theme.surface, foreground=self.theme.muted)
