"""In a narrow window the Inspector gives its room to the view in front while that shows the same example."""

from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QDockWidget, QMainWindow

from nnlab.ui.layout_choice import LayoutChoice
from nnlab.ui.layouts import ROOM_FOR_INSPECTOR
from nnlab.ui.stage import Stage
from nnlab.ui.views.inspector.inspector import InspectorView

_ASKED = "inspector_asked"


class InspectorYields(QObject):
    """Hides the dock, and shows it again as soon as there is more to read in it: a unit, a weight, an example that no view
    shows. Whoever opens it by hand has it until it is put away.
    """

    def __init__(
        self, window: QMainWindow, dock: QDockWidget, stage: Stage, inspector: InspectorView, layouts: LayoutChoice
    ) -> None:
        super().__init__(window)
        self._window, self._dock, self._stage, self._inspector = window, dock, stage, inspector
        self._layouts = layouts
        self._is_asked = self._has_yielded = self._is_mine = False
        dock.toggleViewAction().toggled.connect(self._on_turned)
        stage.selection_changed.connect(self.follow)
        stage.seen_changed.connect(self.follow)

    def restore(self, memory: QSettings) -> None:
        """Whether it was opened by hand before the last end."""
        self._is_asked = str(memory.value(_ASKED, "")) == "true"
        self.follow()

    def remember(self, memory: QSettings) -> None:
        """For the next start, at which the dock is where it would be without this."""
        self.take_back()
        memory.setValue(_ASKED, "true" if self._is_asked else "")

    def take_back(self) -> None:
        """The dock as the layout has it."""
        if self._has_yielded:
            self._has_yielded = False
            self._show(True)

    def begin_anew(self) -> None:
        """Another layout, of which nobody has asked anything yet."""
        self._is_asked = self._has_yielded = False
        self.follow()

    def follow(self) -> None:
        """Yield, or come back, or neither."""
        yields = self._is_superfluous and not self._is_asked
        if yields and not self._dock.isHidden():
            self._has_yielded = True
            self._show(False)
        elif not yields and self._has_yielded:
            self.take_back()

    @property
    def _is_superfluous(self) -> bool:
        if not self._layouts.inspector_yields:
            return False
        is_narrow = self._window.width() < ROOM_FOR_INSPECTOR and not self._dock.isFloating()
        return is_narrow and self._inspector.options.focus == "example" and self._stage.shows_example

    def _show(self, is_shown: bool) -> None:
        self._is_mine = True
        self._dock.setVisible(is_shown)
        self._is_mine = False

    def _on_turned(self, is_shown: bool) -> None:
        if not self._is_mine:
            self._is_asked = is_shown
            self._has_yielded = False
