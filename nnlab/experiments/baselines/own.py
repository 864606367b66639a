"""nnlab itself as one of those that are compared: the same program as runner.py, with nnlab's loop in place of a script.

    python -P -m nnlab.experiments.baselines.own EXPERIMENT.toml VECTORS THREADS FOLDER...

So that what is measured is measured alike. The run is kept in the store of runs while it happens, as any other.
"""

import math
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from nnlab.datasets import Dataset
from nnlab.errors import DivergedError, NnlabError
from nnlab.experiments.assembly import build_model, load_data
from nnlab.experiments.baselines.runner import Clock, Failure, Teller, end_with_input, play, play_or_tell
from nnlab.experiments.computer import set_threads
from nnlab.experiments.experiment import Experiment, load_experiment
from nnlab.experiments.journal.recorder import Recorder
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.places import runs_folder
from nnlab.models.arrays import Array
from nnlab.models.metrics import score_of
from nnlab.training import Step as TrainingStep
from nnlab.training import TrainingRun, prepare_data
from nnlab.training.epoch_end import EpochEnd, number_or_none
from nnlab.training.evaluation import evaluate

_STOPPED = "stopped"
# Between two times that the run is written down.
_SECONDS = 0.5


class Step(NamedTuple):
    """What one update tells."""

    step: int
    loss: float
    score: float | None
    rate: float


class Epoch(NamedTuple):
    """What the end of an epoch tells."""

    epoch: int
    train_loss: float | None
    train_score: float | None
    validation_loss: float | None
    validation_score: float | None


class _Data(NamedTuple):
    """The dataset, and its test as a script has it."""

    dataset: Dataset
    test: tuple[Array, Array]


class _Run(TrainingRun):
    """A run whose evaluations are not counted as training."""

    clock: Clock

    def _end_epoch(self) -> EpochEnd:
        self.clock.stop()
        end = super()._end_epoch()
        self.clock.go_on()
        return end


class OwnScript:
    """nnlab's training behind the face of a script."""

    def __init__(self, experiment: Experiment, folders: Sequence[Path], teller: Teller, journal: JournalWriter) -> None:
        self.clock = Clock()
        self._experiment, self._folders, self._teller, self._journal = experiment, folders, teller, journal

    def load_data(self, folder: Path) -> _Data:
        """The experiment's dataset."""
        with _in_a_sentence():
            dataset = load_data(self._experiment.dataset, self._folders)
        return _Data(dataset, (dataset.test.inputs, dataset.test.targets))

    def build(self, data: _Data) -> _Run:
        """A run before its first step."""
        with _in_a_sentence():
            prepared = prepare_data(data.dataset, self._experiment.dataset)
            run = _Run(build_model(self._experiment, data.dataset), prepared, self._experiment.training)
        run.clock = self.clock
        return run

    def evaluate(self, run: _Run, inputs: Array, targets: Array) -> tuple[float | None, float | None]:
        """Of the test examples, which the run has scaled."""
        found = evaluate(run.model, run.data.testing, run.data.test_index, run.data.dataset.targets)
        return number_or_none(found.loss), number_or_none(found.score)

    def parameters(self, run: _Run) -> Array:
        """The vector itself."""
        return run.model.parameters.values

    def train(self, run: _Run, data: _Data) -> Iterator[Step | Epoch]:
        """The whole training, written down as it happens."""
        self.clock.stop()
        recorder = Recorder(self._journal, run, self._experiment, self._folders)
        self._journal.flush()
        self._tell_beginning(run, recorder.log.number)
        self.clock.go_on()
        ending, waiting, kept, made = _STOPPED, list[TrainingStep](), time.monotonic(), run.step
        try:
            with _in_a_sentence():
                for step in run:
                    waiting.append(step)
                    made = step.number
                    if time.monotonic() > kept + _SECONDS:
                        self._keep(recorder, waiting)
                        kept = time.monotonic()
                    yield Step(step.number, step.loss, number_or_none(step.score), step.learning_rate)
                    if step.epoch_end is not None:
                        yield _epoch(step.epoch_end)
            ending = run.stopped.words if run.stopped else "done"
        except DivergedError:
            ending = run.stopped.words if run.stopped else "diverged"
            # The run itself has gone back to where its numbers were finite.
            yield Step(made + 1, math.nan, None, run.learning_rate)
        finally:
            self._keep(recorder, waiting, ending)

    def _keep(self, recorder: Recorder, steps: list[TrainingStep], ending: str = "") -> None:
        """Write down what came since; what that takes of the processor is no part of the training that is measured."""
        self.clock.stop()
        for step in steps:
            recorder.add(step, self.clock.seconds)
        steps.clear()
        if ending:
            recorder.record(self.clock.seconds, ending, is_left=True)
        self._journal.flush()
        self.clock.go_on()

    def _tell_beginning(self, run: _Run, number: int | None) -> None:
        examples = len(run.data.split.train)
        self._teller.tell(
            "begun",
            run=number,
            batches=run.batches,
            batch_size=run.settings.effective_batch_size(examples),
            examples=examples,
            steps=run.total_steps,
            score=score_of(run.data.dataset.targets).name,
        )


def main() -> None:
    """Train it and tell."""
    started = time.perf_counter()
    # Who started it ends it; the terminal's Ctrl-C is theirs.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    teller = Teller()
    threading.Thread(target=end_with_input, daemon=True).start()
    path, vectors, threads, *folders = sys.argv[1:]
    set_threads(int(threads))
    journal = JournalWriter(runs_folder(), lambda sentence: teller.tell("said", sentence=sentence))

    def work() -> None:
        experiment = _read(Path(path))
        script = OwnScript(experiment, [Path(folder) for folder in folders], teller, journal)
        play(script, Path(), Path(vectors), teller, started, script.clock)
        journal.close()

    play_or_tell(teller, work)


def _read(path: Path) -> Experiment:
    with _in_a_sentence():
        return load_experiment(path)


def _epoch(end: EpochEnd) -> Epoch:
    figures = (end.train_loss, end.train_score, end.validation.loss, end.validation.score)
    train_loss, train_score, validation_loss, validation_score = map(number_or_none, figures)
    return Epoch(end.epoch, train_loss, train_score, validation_loss, validation_score)


@contextmanager
def _in_a_sentence() -> Iterator[None]:
    """What nnlab says is a sentence already; divergence has a way of its own."""
    try:
        yield
    except DivergedError:
        raise
    except NnlabError as error:
        raise Failure(str(error)) from None


if __name__ == "__main__":
    main()
