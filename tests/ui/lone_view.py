"""A view by itself, without a window: shown, given a run, and answered by its probe as the stage would have it."""

from dataclasses import replace

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nnlab.experiments.experiment import Experiment
from nnlab.models.model import ModelSettings
from nnlab.probes import Observer, Selection
from nnlab.probes.moment import moment_of
from nnlab.training import TrainingRun
from nnlab.ui.messages import Prepared
from nnlab.ui.theme import LIGHT
from nnlab.ui.views import VIEWS, View


def prepared_for(run: TrainingRun, model: ModelSettings) -> Prepared:
    """What the worker says about such a run."""
    experiment = Experiment(model=model, training=run.settings)
    data, size = run.data, run.model.parameters.size
    return Prepared(0, experiment, data.dataset, data.split, size, 1, moment_of(run), data.learning.examples)


class LoneView:
    """The view, its run, and the part of the stage."""

    def __init__(self, qtbot: QtBot, view: View, run: TrainingRun, model: ModelSettings, size: tuple[int, int]) -> None:
        self.view = view
        # A window's own size hints change with what it shows, which no offscreen platform can tell a window manager.
        self._host = QWidget()
        self._host.resize(2000, 1200)
        view.setParent(self._host)
        qtbot.addWidget(self._host)
        view.apply_theme(LIGHT)
        view.selected.connect(self.select)
        view.resize(*size)
        self.begin(run, model)
        with qtbot.waitExposed(self._host):
            self._host.show()
        self.look()

    def begin(self, run: TrainingRun, model: ModelSettings) -> None:
        """Another run."""
        self.run, self._observer = run, Observer()
        prepared = prepared_for(run, model)
        assert all(row.fits(prepared) for row in VIEWS.values() if row.title == self.view.title)
        self.view.begin(prepared)
        self.view.show_selection(Selection())

    def select(self, selection: Selection) -> None:
        """What is selected is told and looked at anew."""
        self.view.show_selection(selection)
        self.look()

    def look(self) -> object:
        """One answer of the probe to the view."""
        selection = replace(self.view.selection, options=self.view.options)
        answer = self._observer.look(self.run, self.view.probe, selection)
        self.view.show_answer(answer)
        return answer.value


class Click:
    """A press of the left button somewhere in a scene."""

    def __init__(self, position: QPointF) -> None:
        self._position = position

    def scenePos(self) -> QPointF:
        return self._position

    def button(self) -> Qt.MouseButton:
        return Qt.MouseButton.LeftButton
