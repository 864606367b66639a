"""Which layout the window has: each is kept as it was left, from one choice and one start to the next."""

from PySide6.QtCore import QByteArray, QEvent, QObject, QSettings
from PySide6.QtGui import QResizeEvent

from nnlab.ui.appearance import Appearance
from nnlab.ui.docks import Docks
from nnlab.ui.layouts import LAYOUTS, Layout
from nnlab.ui.stage import PANE_COUNTS, Stage

_FIRST, *_ = LAYOUTS
_CHOSEN = "layout"


class LayoutChoice(QObject):
    """`name` is the one that was chosen last."""

    def __init__(self, docks: Docks, stage: Stage, appearance: Appearance, memory: QSettings) -> None:
        super().__init__(docks.window)
        self._docks, self._stage, self._appearance, self._memory = docks, stage, appearance, memory
        kept = str(memory.value(_CHOSEN, _FIRST))
        self.name = kept if kept in LAYOUTS else _FIRST
        docks.window.installEventFilter(self)

    def choose(self, name: str) -> None:
        """Go over to another layout, as it was left last; the present one is kept as it is."""
        if name != self.name:
            self.remember()
            self.name = name
            self.restore()
            # At once: a process that is killed tells nothing at its end.
            self._memory.setValue(_CHOSEN, name)
            self._memory.sync()

    def restore(self) -> None:
        """The layout as it was left, or as it is at first."""
        self._appearance.magnify(self._layout.magnification)
        docks, panes = self._kept("docks"), str(self._kept("panes"))
        if not (isinstance(docks, QByteArray) and self._docks.restore(docks)):
            self._docks.arrange(self._layout)
        self._stage.grid.restore(str(self._kept("dividers")))
        self._stage.arrange(int(panes) if panes in map(str, PANE_COUNTS) else self._layout.panes(self._docks.width))

    def begin_anew(self) -> None:
        """The layout as it is at first."""
        self._docks.arrange(self._layout)
        self._stage.grid.restore("")
        self._stage.arrange(self._layout.panes(self._docks.width))

    def remember(self) -> None:
        """For the next time it is chosen, and the next start."""
        self._memory.setValue(_CHOSEN, self.name)
        kept = {"docks": self._docks.state, "panes": self._stage.pane_count, "dividers": self._stage.grid.shares}
        for what, value in kept.items():
            self._memory.setValue(self._key(what), value)

    @property
    def inspector_yields(self) -> bool:
        """Whether it does in the present layout."""
        return self._layout.inspector_yields

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In a window of another size the docks have their shares of that."""
        if isinstance(event, QResizeEvent) and event.oldSize().isValid():
            self._docks.follow(self._layout, event.oldSize())
        return False

    @property
    def _layout(self) -> Layout:
        return LAYOUTS[self.name]

    def _kept(self, what: str) -> object:
        return self._memory.value(self._key(what), "")

    def _key(self, what: str) -> str:
        """The first layout is kept as earlier versions kept the only one there was."""
        return what if self.name == _FIRST else f"{what}_{self.name}"
