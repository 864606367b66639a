"""What the journal costs: training in the window's worker and headless, with every run kept and with none.

    python benchmarks/journal.py [--data DIR] [--rounds 15] [--seconds 3] [--only NAME]

Both trainers are in one process and take turns, so that both have the same minutes of a shared machine; medians. `wall` is
the time of a step with the journal over that without; `all` the same of the processor's time, in which is also what the
thread that writes needs: where a core is to spare it disturbs less. `copy` is what a snapshot takes of the thread that
trains, `write` what it takes of the other one, `first` how long the first step waits for the run to be taken in, all in ms.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from nnlab.datasets import Dataset
from nnlab.experiments.assembly import assemble, load_data
from nnlab.experiments.computer import set_threads
from nnlab.experiments.experiment import Experiment, load_experiment, with_settings
from nnlab.experiments.journal.recorder import Recorder
from nnlab.experiments.journal.run_log import RunLog
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.places import data_folders
from nnlab.resources import example_files
from nnlab.ui.messages import PrepareRequest
from nnlab.ui.worker_link import WorkerLink

_ADAM = ["training.optimizer=adam", "training.learning_rate=0.001"]


def _mlp(*units: int) -> str:
    layers = ',"relu",'.join(f'{{kind="dense",units={count}}}' for count in units)
    return f'model.layers=[{layers},"softmax"]'


CASES = {
    "mnist-mlp": ("mnist-mlp", []),
    "mnist 128-64 adam": ("mnist-mlp", [*_ADAM, _mlp(128, 64, 10)]),
    "mnist 512-512 adam": ("mnist-mlp", [*_ADAM, _mlp(512, 512, 10)]),
    "digits-mlp": ("digits-mlp", []),
    "xor": ("xor", []),
}


@dataclass(frozen=True)
class Pace:
    """Of a step, in seconds."""

    wall: float
    processor: float


class InTheWorker:
    """The window's worker on its thread, without a window."""

    def __init__(self, experiment: Experiment, dataset: Dataset, journal: JournalWriter | None) -> None:
        self.link = WorkerLink(1, journal)
        self.link.start()
        self.link.prepare.emit(PrepareRequest(1, experiment, dataset))
        wait_for(lambda: self.link.worker._worked is not None)

    @property
    def step(self) -> int:
        """How many were made."""
        return self.link.worker._worked.run.step

    def train(self, seconds: float) -> None:
        """As between Run and Pause."""
        self.link.play.emit()
        time.sleep(seconds)
        self.link.pause.emit()
        wait_for(lambda: not self.link.worker._is_running)
        # As where the window asks for them.
        self.link.worker._worked.hand_over()

    def end(self) -> None:
        """Let go of the thread."""
        self.link.shut_down()


class Headless:
    """The loop of `nnlab train`."""

    def __init__(self, experiment: Experiment, dataset: Dataset, journal: JournalWriter | None) -> None:
        self.run = assemble(experiment, [], dataset)
        self.recorder = Recorder(journal, self.run, experiment) if journal else None

    @property
    def step(self) -> int:
        """How many were made."""
        return self.run.step

    def train(self, seconds: float) -> None:
        """For so long."""
        until = time.perf_counter() + seconds
        for step in self.run:
            if self.recorder is not None:
                self.recorder.add(step, 0.0)
            if time.perf_counter() > until:
                break

    def end(self) -> None:
        """There is nothing to let go of."""


def wait_for(holds: Callable[[], bool]) -> None:
    """Until it does."""
    while not holds():
        QCoreApplication.processEvents()
        time.sleep(0.002)


def paced(trainer: InTheWorker | Headless, seconds: float) -> Pace:
    """How fast it goes."""
    first, wall, processor = trainer.step, time.perf_counter(), time.process_time()
    trainer.train(seconds)
    steps = max(trainer.step - first, 1)
    return Pace((time.perf_counter() - wall) / steps, (time.process_time() - processor) / steps)


def timed(owner: type, name: str, clock: Callable[[], float], found: list[float]) -> None:
    """From now on note how long each call of a method takes."""
    call = getattr(owner, name)

    def noted(*arguments: object, **named: object) -> object:
        """The call, and how long it took."""
        began = clock()
        try:
            return call(*arguments, **named)
        finally:
            found.append(clock() - began)

    setattr(owner, name, noted)


def measure(kind: type, experiment: Experiment, dataset: Dataset, rounds: int, seconds: float) -> str:
    """A row of the table."""
    with tempfile.TemporaryDirectory() as folder:
        journal = JournalWriter(Path(folder), print)
        copies.clear(), writes.clear(), firsts.clear()
        bare, kept = kind(experiment, dataset, None), kind(experiment, dataset, journal)
        pairs = []
        for turn in range(rounds + 1):
            pair = [paced(trainer, seconds) for trainer in ((bare, kept) if turn % 2 else (kept, bare))]
            journal.flush()
            # The first is to warm up.
            if turn:
                pairs.append(pair if turn % 2 else pair[::-1])
        bare.end(), kept.end(), journal.close()
    before, after = zip(*pairs, strict=True)
    walls, processors = (
        [[getattr(pace, name) for pace in side] for side in (before, after)] for name in ("wall", "processor")
    )
    ratios = [statistics.median(side[1]) / statistics.median(side[0]) for side in (walls, processors)]
    paired = statistics.median(later.wall / earlier.wall for earlier, later in pairs)
    figures = [1e3 * statistics.median(found or [0.0]) for found in (copies, writes, firsts)]
    return (
        f"{1e6 * statistics.median(walls[0]):8.0f} {ratios[0]:7.3f} {paired:7.3f} {ratios[1]:7.3f}"
        f" {figures[0]:7.2f} {figures[1]:7.2f} {figures[2]:7.1f}"
    )


copies: list[float] = []
writes: list[float] = []
firsts: list[float] = []


def main() -> None:
    """Every case in the worker and headless."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--only", choices=CASES, action="append")
    chosen = parser.parse_args()
    application = QCoreApplication([])
    set_threads(1)
    timed(Recorder, "record", time.perf_counter, copies)
    timed(Recorder, "__init__", time.perf_counter, firsts)
    timed(RunLog, "write", time.thread_time, writes)
    examples = {path.stem: path for path in example_files()}
    print(f"{'':30} {'step us':>8} {'wall':>7} {'paired':>7} {'all':>7} {'copy ms':>7} {'write':>7} {'first':>7}")
    for name in chosen.only or CASES:
        stem, changes = CASES[name]
        experiment = with_settings(load_experiment(examples[stem]), ["training.epochs=1000000", *changes])
        dataset = load_data(experiment.dataset, data_folders(chosen.data))
        for kind, word in ((InTheWorker, "window"), (Headless, "headless")):
            print(f"{name:20} {word:9} {measure(kind, experiment, dataset, chosen.rounds, chosen.seconds)}", flush=True)
    del application


if __name__ == "__main__":
    main()
