"""The plane to draw on while there is nothing to learn from yet; it stands where the stage does otherwise."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QTabBar, QVBoxLayout

from nnlab.datasets.drawn import DrawnSource
from nnlab.experiments.experiment import Experiment
from nnlab.ui.activity import Activity
from nnlab.ui.messages import Prepared
from nnlab.ui.session import Session
from nnlab.ui.situation import Situation
from nnlab.ui.stage import Stage
from nnlab.ui.theme import LIGHT, Theme
from nnlab.ui.views import VIEWS

if TYPE_CHECKING:
    from nnlab.ui.views.boundary.boundary import BoundaryView


class EmptyPlane(QFrame):
    """Takes the stage's place until points of two classes are drawn, and looks like it, so that nothing jumps."""

    def __init__(self, session: Session, stage: Stage) -> None:
        super().__init__()
        self.setObjectName("card")
        self._stage = stage
        self._was_drawn = False
        self._view: BoundaryView | None = None
        self._theme = LIGHT
        tabs = QTabBar()
        tabs.setAccessibleName("Views")
        tabs.setDrawBase(False)
        tabs.setExpanding(False)
        tabs.addTab(VIEWS["boundary"].title)
        self._outline = QVBoxLayout(self)
        self._outline.setContentsMargins(4, 2, 4, 4)
        self._outline.setSpacing(0)
        self._outline.addWidget(tabs)
        self.hide()
        session.experiment_changed.connect(self._follow)
        session.prepared.connect(self._on_prepared)
        session.situation_changed.connect(self._give_way)
        self._session = session

    @property
    def view(self) -> "BoundaryView":
        """What is drawn on, made when it is seen first: few windows ever come to it, and a start would wait for it."""
        if self._view is None:
            self._view = view = VIEWS["boundary"].make()
            view.services = self._session
            view.apply_theme(self._theme)
            self._outline.addWidget(view, 1)
        return self._view

    def apply_theme(self, theme: Theme) -> None:
        """As the views on the stage."""
        self._theme = theme
        if self._view is not None:
            self._view.apply_theme(theme)

    def _follow(self, experiment: Experiment) -> None:
        """Come forward when there is too little to learn from, give way when other data is chosen."""
        source = experiment.dataset.source
        if self._session.is_blank:
            self._put_forward(True)
        elif not isinstance(source, DrawnSource):
            self._put_forward(False)
        if not self.isHidden() and isinstance(source, DrawnSource):
            self.view.await_points(source.points)

    def _give_way(self, now: Situation) -> None:
        """Points of two classes are there, and a run that learns them: on the stage the plane shows what it learns."""
        if not self.isHidden() and now.has_data and not now.is_blank and now.activity is not Activity.LOADING:
            self._put_forward(False)

    def _on_prepared(self, prepared: Prepared) -> None:
        is_drawn = isinstance(prepared.experiment.dataset.source, DrawnSource)
        if not self._session.is_blank:
            self._put_forward(False)
        if is_drawn and not self._was_drawn:
            self._stage.show_view("boundary")
        self._was_drawn = is_drawn

    def _put_forward(self, is_forward: bool) -> None:
        if is_forward:
            self.view.show()
        self.setVisible(is_forward)
        self._stage.setVisible(not is_forward)
        if not is_forward:
            # What was hidden has not followed the run.
            self._session.frames.refresh()
