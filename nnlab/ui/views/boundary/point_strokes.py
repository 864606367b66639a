"""Drawing on the boundary view: the mouse makes strokes, and every stroke is one edit of the experiment."""

from dataclasses import replace

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent

from nnlab.datasets.drawn import DrawnSource, plane_reach, points_of
from nnlab.experiments.experiment import Experiment
from nnlab.settings import Rows
from nnlab.ui.messages import Prepared
from nnlab.ui.services import Services
from nnlab.ui.views.boundary.points_bar import DrawingBar
from nnlab.ui.views.boundary.stroke import Stroke

_LEFT, _RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


class PointStrokes(QObject):
    """Listens to the mouse over a plot while the experiment's data is drawn by hand."""

    changed = Signal()  # the points, or whether they are drawn ones

    def __init__(self, canvas: pg.GraphicsLayoutWidget, plot: pg.PlotItem) -> None:
        super().__init__(canvas)
        self.services: Services | None = None
        self.bar = DrawingBar()
        self.bar.cleared.connect(lambda: self._edit(()))
        self.stroke: Stroke | None = None
        self._canvas = canvas
        self._box = plot.getViewBox()
        self._rng = np.random.default_rng()
        canvas.viewport().installEventFilter(self)

    def follow(self, services: Services | None) -> None:
        """Draw into the experiment of this services from now on."""
        if services is not None and services is not self.services:
            self.services = services
            services.experiment_changed.connect(self._on_experiment)

    @property
    def is_on(self) -> bool:
        """Whether the points are drawn ones."""
        return self._source is not None

    @property
    def rows(self) -> Rows:
        """The points as they stand, the stroke that is being made included."""
        if self.stroke is not None:
            return self.stroke.rows
        return self._source.points if self._source is not None else ()

    @property
    def _source(self) -> DrawnSource | None:
        source = self.services.experiment.dataset.source if self.services is not None else None
        return source if isinstance(source, DrawnSource) else None

    def begin_with(self, prepared: Prepared) -> None:
        """The points of other data become drawn ones."""
        self._edit(points_of(prepared.dataset))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Press, drag and release are a stroke; everything else goes on to the plot."""
        if not self.is_on or not isinstance(event, QMouseEvent):
            return False
        if event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
            return self._press(event)
        if self.stroke is None:
            return False
        if event.type() == QEvent.Type.MouseMove:
            self._go_to(event.position())
        elif event.type() == QEvent.Type.MouseButtonRelease:
            self._release()
        return True

    def _press(self, event: QMouseEvent) -> bool:
        place = self._canvas.mapToScene(event.position().toPoint())
        if event.button() not in (_LEFT, _RIGHT) or not self._box.sceneBoundingRect().contains(place):
            return False
        tool = self.bar.tool if event.button() == _LEFT else "erase"
        self.stroke = Stroke(tool, self.bar.label, self.rows, plane_reach(np.array(self.rows)), self._rng)
        self._go_to(event.position())
        return True

    def _go_to(self, position: QPointF) -> None:
        assert self.stroke is not None
        point = self._box.mapSceneToView(self._canvas.mapToScene(position.toPoint()))
        before = self.stroke.rows
        self.stroke.go_to(point.x(), point.y())
        if self.stroke.rows is not before:
            self.changed.emit()

    def _release(self) -> None:
        assert self.stroke is not None
        rows, self.stroke = self.stroke.rows, None
        self._edit(rows)

    def _edit(self, rows: Rows) -> None:
        assert self.services is not None
        experiment = self.services.experiment
        source = replace(self._source or DrawnSource(), points=rows)
        self.services.edit(replace(experiment, dataset=replace(experiment.dataset, source=source)))

    def _on_experiment(self, experiment: Experiment) -> None:
        self.changed.emit()
