"""The control below the pad that makes a picture which fools a classifier."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from nnlab.datasets.drawing import Drawing
from nnlab.probes.analyses.fooling import Fooled, fool
from nnlab.probes.answer import Answer
from nnlab.ui.jobs import Job
from nnlab.ui.services import Services
from nnlab.ui.widgets.choice import Choice
from nnlab.ui.widgets.explained import explain

_FOOL = "Fool it into"


class FoolingControl(QWidget):
    """A button, and the class that the model is to be made sure of."""

    fooled = Signal(object)  # Fooled
    failed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.services: Services | None = None
        self.drawing: Drawing | None = None
        self._job: Job | None = None
        self.button, self.target = QPushButton(_FOOL), Choice()
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.target.setAccessibleName("Class to be fooled into")
        explain(
            self.button,
            "Change the pixels of the drawing, one grey at a time, all towards the class at the right, until the model is "
            "99 % sure of it; without a drawing, the pixels of noise.\nx ← x − r · sign(∂loss/∂x), "
            "after Goodfellow, Shlens and Szegedy (2015); pictures without sense: Nguyen, Yosinski and Clune (2015)",
        )
        self.button.clicked.connect(self._begin)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.button)
        row.addWidget(self.target)

    def offer(self, class_names: tuple[str, ...]) -> None:
        """The classes of the data; none where the model tells none."""
        if [self.target.itemText(place) for place in range(self.target.count())] != list(class_names):
            self.target.clear()
            self.target.addItems(class_names)
        self.setVisible(bool(class_names))

    def forget(self) -> None:
        """Another model: what is being made would fool the last one."""
        if self._job is not None:
            self._job.cancel()

    def _begin(self) -> None:
        if self._job is not None or self.services is None:
            return
        drawing, target = self.drawing, self.target.currentIndex()
        job = self._job = self.services.start_job("Fooling picture", lambda run, report: fool(run, drawing, target, report))
        self.button.setEnabled(False)
        job.done.connect(self._show)
        job.failed.connect(self.failed)
        job.ended.connect(self._end)

    def _show(self, found: Answer) -> None:
        assert isinstance(found.value, Fooled)
        self.fooled.emit(found.value)

    def _end(self) -> None:
        self._job = None
        self.button.setEnabled(True)
