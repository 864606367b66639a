"""What window.py measures inside of the real window: it trains one experiment in it, and closes it."""

import os
import statistics
import time
from array import array
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer

from nnlab.ui.main_window import MainWindow

# Milliseconds between two ticks; what comes later than planned has waited for the window's thread.
TICK = 5
# Milliseconds of training before it is measured.
WARM_UP = 1500


@dataclass
class Mark:
    """Where everything stood when the measurement began."""

    seconds: float
    steps: int
    memory: float = 0.0


class Probe(QObject):
    """Waits for the first frame, then for the data, then measures; `found` fills as it goes."""

    def __init__(self, window: MainWindow, experiment: Path, started: float, seconds: float, panes: int) -> None:
        super().__init__()
        self.window, self.experiment = window, experiment
        self.started, self.seconds, self.panes = started, seconds, panes
        self.found: dict[str, float] = {}
        # 200 a second for minutes: as objects they would be most of what the memory grows by.
        self.lateness = array("f")
        self.frames, self.last = 0, 0.0
        self.mark: Mark | None = None
        window.session.frame.connect(self.on_frame)
        self.timer = QTimer(self)
        self.timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.timer.setInterval(TICK)
        self.timer.timeout.connect(self.tick)

    def on_frame(self, frame: object) -> None:
        """Count frames, and see the first."""
        if "first_frame" not in self.found and frame.probes:
            # The answer has been drawn into the scene; the paint event that shows it comes next.
            QTimer.singleShot(0, self.painted)
        self.frames += 1

    def painted(self) -> None:
        """The first frame with data is on the screen."""
        if "first_frame" in self.found:
            return
        self.window.repaint()
        self.found["first_frame"] = time.time() - self.started
        self.window.files.open(self.experiment)
        self.window.session.prepared.connect(self.begin)

    def begin(self, prepared: object) -> None:
        """Train as soon as the data is there."""
        if prepared.dataset.name != "mnist" or self.mark:
            return
        session = self.window.session
        training = replace(session.experiment.training, epochs=10_000)
        session.edit(replace(session.experiment, training=training))
        self.window.stage.arrange(self.panes)
        self.window.stage.show_view("weights")
        session.run_or_pause()
        QTimer.singleShot(WARM_UP, self.measure)

    def measure(self) -> None:
        """From here on everything counts."""
        self.frames, self.last = 0, time.perf_counter()
        self.mark = Mark(self.last, self.window.session.progress.step)
        self.timer.start()
        # By then histories and caches have what they will have.
        QTimer.singleShot(int(250 * self.seconds), self.look_at_memory)
        QTimer.singleShot(int(1000 * self.seconds), self.finish)

    def look_at_memory(self) -> None:
        """From here on it must not grow."""
        self.mark.memory = resident()

    def tick(self) -> None:
        """How late this is."""
        now = time.perf_counter()
        self.lateness.append(1000 * (now - self.last) - TICK)
        self.last = now

    def finish(self) -> None:
        """Work out the figures, and close."""
        # First: sorting takes memory of its own.
        held = resident()
        session, mark = self.window.session, self.mark
        seconds = time.perf_counter() - mark.seconds
        steps = session.progress.step - mark.steps
        ordered = sorted(max(late, 0) for late in self.lateness)
        self.found |= {
            "rate": steps * session.experiment.training.batch_size / seconds,
            "frames": self.frames / seconds,
            "grown": held - mark.memory,
            "median": statistics.median(ordered),
            "p99": ordered[int(0.99 * len(ordered))],
            "worst": ordered[-1],
        }
        # Nobody is there to be asked whether to save.
        self.window.files.may_close = lambda later, way_back: True
        self.window.close()


def resident() -> float:
    """Megabytes of memory that this process holds; 0 where the system does not tell."""
    pages = Path("/proc/self/statm")
    return int(pages.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6 if pages.exists() else 0.0
