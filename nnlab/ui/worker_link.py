"""The wire to the training worker: its thread, and one signal for each thing it can be told."""

from PySide6.QtCore import QObject, Qt, QThread, Signal

from nnlab.experiments.journal.writer import JournalWriter
from nnlab.ui.worker import TrainingWorker


class WorkerLink(QObject):
    """Signals are queued to the worker's slots of the same name, and carried out there one after the other."""

    prepare = Signal(object)  # PrepareRequest
    change_live = Signal(object)  # LiveChange
    play = Signal()
    pause = Signal()
    step_batch = Signal()
    step_epoch = Signal()
    set_pace = Signal(float)  # steps a second
    set_helpers = Signal(int)
    answer_frame = Signal(object)  # FrameRequest
    take_copy = Signal(object)  # CopyRequest
    change_parameter = Signal(object)  # ParameterChange
    save = Signal(object)  # SaveRequest
    write_down = Signal()
    leave = Signal(object)  # names of runs
    _stop = Signal()

    def __init__(self, threads: int, journal: JournalWriter | None = None) -> None:
        super().__init__()
        self._thread = QThread()
        self._thread.setObjectName("training")
        self.worker = TrainingWorker(threads, journal)
        self.worker.moveToThread(self._thread)
        self._thread.started.connect(self.worker.start)
        for name in (
            "prepare",
            "change_live",
            "play",
            "pause",
            "step_batch",
            "step_epoch",
            "set_pace",
            "set_helpers",
            "answer_frame",
            "take_copy",
            "change_parameter",
            "save",
            "write_down",
            "leave",
        ):
            getattr(self, name).connect(getattr(self.worker, name))
        # What a person waits for is not to wait for a helper that hears nothing.
        for asked in (self.pause, self.prepare, self.save, self._stop):
            asked.connect(self.worker.hurry, Qt.ConnectionType.DirectConnection)
        # Waits until the worker has stopped its timer, which nobody else may.
        self._stop.connect(self.worker.stop, Qt.ConnectionType.BlockingQueuedConnection)

    def start(self) -> None:
        """Start the worker's thread."""
        self._thread.start()

    def shut_down(self) -> None:
        """End the worker; returns when its thread has."""
        if self._thread.isRunning():
            self._stop.emit()
        self._thread.quit()
        self._thread.wait()
