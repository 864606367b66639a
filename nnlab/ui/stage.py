"""The stage: one tab per view that fits the run. Only what can be seen is asked for."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QTabWidget, QVBoxLayout

from nnlab.training.probes import Selection
from nnlab.ui.messages import Prepared, Snapshot
from nnlab.ui.theme import LIGHT, Theme
from nnlab.ui.views import VIEWS, View


class Stage(QFrame):
    """Holds the views, which are made once and kept: making plots anew leaks them."""

    wants_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        outline = QVBoxLayout(self)
        outline.setContentsMargins(4, 2, 4, 4)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName("Views")
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.currentChanged.connect(self.wants_changed)
        outline.addWidget(self.tabs)
        self._theme = LIGHT
        self._views: dict[str, View] = {}
        self._fitting: list[str] = []

    @property
    def current(self) -> View | None:
        """The view that is seen."""
        widget = self.tabs.currentWidget()
        return widget if isinstance(widget, View) else None

    def wanted_probes(self) -> tuple[tuple[str, Selection], ...]:
        """The probe of the visible view."""
        view = self.current
        return ((view.probe, view.selection),) if view is not None and view.isVisible() else ()

    def begin(self, prepared: Prepared) -> None:
        """Show the tabs that fit, the same one in front where it still fits."""
        fitting = [name for name, view in VIEWS.items() if view.fits(prepared)]
        if fitting != self._fitting:
            self._show_tabs(fitting)
        for name in fitting:
            self._views[name].begin(prepared)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Hand each answer to its view."""
        for name in self._fitting:
            view = self._views[name]
            if view.probe in snapshot.probes and view.isVisible():
                view.show_answer(snapshot.probes[view.probe])

    def apply_theme(self, theme: Theme) -> None:
        """To all views, seen or not."""
        self._theme = theme
        for view in self._views.values():
            view.apply_theme(theme)

    def _show_tabs(self, fitting: list[str]) -> None:
        front = self.current
        self.tabs.blockSignals(True)
        self.tabs.clear()
        for name in fitting:
            if name not in self._views:
                view = self._views[name] = VIEWS[name]()
                view.apply_theme(self._theme)
                view.selection_changed.connect(self.wants_changed)
            self.tabs.addTab(self._views[name], self._views[name].title)
        self._fitting = fitting
        if front is not None and front in [self._views[name] for name in fitting]:
            self.tabs.setCurrentWidget(front)
        self.tabs.blockSignals(False)
        self.wants_changed.emit()
