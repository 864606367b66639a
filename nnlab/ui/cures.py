"""Doing what mends the experiment: another one in its place, or a task that ends in data."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from nnlab.experiments.experiment import Experiment
from nnlab.ui.downloading import DownloadNotice
from nnlab.ui.encoder_training import EncoderNotice
from nnlab.ui.remedies import Task, remedy_of
from nnlab.ui.session import Session
from nnlab.ui.setup.dataset_panel import DatasetPanel


class Cures:
    """What the button beside Run does."""

    def __init__(
        self, window: QWidget, session: Session, download: DownloadNotice, encoder: EncoderNotice, data: DatasetPanel
    ) -> None:
        self._window, self._session = window, session
        self._download, self._encoder, self._data = download, encoder, data

    def mend(self) -> None:
        """Do what the present situation asks for."""
        remedy = remedy_of(self._session.situation)
        match remedy.cure if remedy is not None else None:
            case Experiment() as mended:
                self._session.edit(mended)
            case Task.RESTART_SLOWER:
                self._restart_slower()
            case Task.CHOOSE_FILE:
                self._choose_file()
            case Task.DOWNLOAD:
                self._download.begin()
            case Task.TRAIN_ENCODER:
                self._encoder.begin()

    def _restart_slower(self) -> None:
        experiment = self._session.experiment
        training = replace(experiment.training, learning_rate=self._session.situation.slower_rate)
        self._session.edit(replace(experiment, training=training))
        self._session.restart()

    def _choose_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self._window, "Data", str(Path.home()), "All files (*)")
        if chosen:
            self._data.choose_path(Path(chosen))
