"""The training settings."""

from dataclasses import replace

from PySide6.QtCore import QSettings

from nnlab.experiments.experiment import Experiment
from nnlab.training.settings import TrainingSettings
from nnlab.ui.session import Session
from nnlab.ui.setup.form import SettingsForm
from nnlab.ui.setup.marks import LEGEND
from nnlab.ui.situation import Situation
from nnlab.ui.widgets.card import Card


class TrainingPanel(Card):
    """The training card: every setting of TrainingSettings that matters for the present choices."""

    def __init__(self, session: Session, memory: QSettings) -> None:
        super().__init__("3  Training", dense=True)
        self._session = session
        self.set_note(LEGEND)
        self._form = SettingsForm(marks_live=True, left=session.choices_left, memory=memory)
        self._form.edited.connect(self._edit)
        self.body.addWidget(self._form)
        session.experiment_changed.connect(self.show_experiment)
        session.situation_changed.connect(self._show_situation)
        self.show_experiment(session.experiment)

    def show_experiment(self, experiment: Experiment) -> None:
        """Fill the form."""
        self._form.show_settings(experiment.training)

    def _show_situation(self, now: Situation) -> None:
        self._form.show_applied(now.running.training if now.running else None)

    def _edit(self, settings: TrainingSettings, name: str) -> None:
        self._session.edit(replace(self._session.experiment, training=settings), f"training.{name}")
