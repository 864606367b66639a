"""Choose and describe the data."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from nnlab.datasets import Dataset
from nnlab.experiments.experiment import Experiment
from nnlab.ui.session import Session
from nnlab.ui.setup.form import SettingsForm
from nnlab.ui.widgets.card import Card, label


class DatasetPanel(Card):
    """The data card: which, how split, how scaled, one example per class."""

    def __init__(self, session: Session) -> None:
        super().__init__("1  Data")
        self._session = session
        self._form = SettingsForm()
        self._form.edited.connect(self._edit)
        self._strip = ExampleStrip()
        self._about = label("", "muted")
        self._about.setWordWrap(True)
        for widget in (self._form, self._strip, self._about):
            self.body.addWidget(widget)
        session.experiment_changed.connect(self.show_experiment)
        session.dataset_changed.connect(self.show_dataset)
        session.pending_changed.connect(lambda _: self._form.show_applied(_applied(session)))
        self.show_experiment(session.experiment)

    def show_experiment(self, experiment: Experiment) -> None:
        """Fill the form."""
        self._form.show_settings(experiment.dataset)

    def show_dataset(self, dataset: Dataset) -> None:
        """Counts, classes and pictures."""
        self.set_note(f"{len(dataset.train):,} + {len(dataset.test):,}")
        self._strip.show_dataset(dataset)
        shape = " × ".join(str(axis) for axis in dataset.example_shape if axis != 1) or "1"
        what = f"{shape} pixels" if dataset.is_image else f"{dataset.example_shape[0]} coordinates"
        self._about.setText(f"{dataset.title}: {what}, {len(dataset.class_names)} classes")
        self._about.setToolTip("\n".join(part for part in (dataset.source, dataset.licence) if part))

    def _edit(self, settings: object, name: str) -> None:
        self._session.edit(replace(self._session.experiment, dataset=settings), f"dataset.{name}")


class ExampleStrip(QWidget):
    """The first example of every class, side by side, up to ten."""

    def __init__(self) -> None:
        super().__init__()
        self._images: list[QImage] = []
        self.setAccessibleName("One example of each class")
        self.hide()

    def show_dataset(self, dataset: Dataset) -> None:
        """Pictures as they are; other data has none."""
        self._images = []
        if dataset.is_image:
            labels = dataset.train.labels
            for number in range(min(len(dataset.class_names), 10)):
                picture = dataset.train.inputs[np.argmax(labels == number)]
                self._images.append(_to_image(picture))
        self.setToolTip(", ".join(dataset.class_names))
        self.setVisible(bool(self._images))
        self.update()

    def sizeHint(self) -> QSize:
        """As high as ten squares fit the card's width."""
        return QSize(240, 26)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Squares from the left."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        side = min(self.height(), self.width() // max(len(self._images), 10))
        for number, image in enumerate(self._images):
            painter.drawImage(number * side, 0, image.scaled(side, side))
        painter.end()


def _to_image(picture: np.ndarray) -> QImage:
    """A picture (height, width, 1 or 3) of bytes; the image owns its pixels."""
    height, width, channels = picture.shape
    pixels = np.ascontiguousarray(picture)
    kind = QImage.Format.Format_Grayscale8 if channels == 1 else QImage.Format.Format_RGB888
    return QImage(pixels.data, width, height, width * channels, kind).copy()


def _applied(session: Session) -> object:
    return session.running.dataset if session.running else None
