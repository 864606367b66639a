"""What the window knows of a run, and the runs that were put aside for others and can be brought back."""

from dataclasses import dataclass, field
from pathlib import Path

from nnlab.datasets import Dataset
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.continuation import Continuation
from nnlab.probes import Moment
from nnlab.training.events import WeightsImport
from nnlab.training.history import History
from nnlab.ui.document import Document
from nnlab.ui.fit import NO_FIT, Fit
from nnlab.ui.messages import Progress

_MOST_RUNS = 8
_MOST_BYTES = 512 << 20
# Its parameters, their gradient, the optimizer's vectors, the best epoch, the last good numbers: eight vectors of float32.
_BYTES_PER_PARAMETER = 32


@dataclass(eq=False)
class WindowRun:
    """One run. The worker holds its numbers under the same name, also while it is put aside."""

    experiment: Experiment | None = None
    dataset: Dataset | None = None
    name: int = 0  # the generation in which it was begun
    generation: int = 0  # of the messages about it; bringing it back begins another
    parameters: int = 0
    history: History = field(default_factory=History)
    progress: Progress = field(default_factory=Progress)
    recipe_epochs: int = 1
    saved_moment: Moment | None = field(default_factory=Moment)  # that its file has; None after a change by hand
    model_path: Path | None = None  # the file that it was opened from or saved to last
    document: Document | None = None  # of the experiment that it was put aside with
    fit: Fit = NO_FIT  # of its experiment's model
    folders: tuple[Path, ...] = ()  # where its data and an encoder were looked for
    begun: str = ""  # with what it began in place of what its seed draws, in words
    opened: str = ""  # what it was opened from, in words: a run of the store, a file; "" where it is a fresh one

    def go_on_from(self, continuation: Continuation, path: Path | None) -> None:
        """Where another stood, out of a file where there is a path."""
        self.experiment, self.history, self.model_path = continuation.experiment, continuation.history, path
        events = continuation.checkpoint.events
        self.begun = next((event.words for event in events if isinstance(event, WeightsImport)), "")
        origin = continuation.origin
        if origin is not None:
            self.opened = f"Run {origin.number:,}" + ("" if origin.is_last else f" at step {origin.step:,}")
        elif path is not None:
            self.opened = path.name

    @property
    def is_saved(self) -> bool:
        """Whether nothing has been learned or changed by hand since it began, or its file was read or written."""
        saved, now = self.saved_moment, self.progress.moment
        # The progress hears of a change by hand only later.
        return saved is not None and (saved.step, saved.kept_epoch) == (now.step, now.kept_epoch)

    @property
    def bytes_held(self) -> int:
        """About as much memory as it takes while it is put aside."""
        arrays = (self.dataset.train, self.dataset.test) if self.dataset else ()
        return _BYTES_PER_PARAMETER * self.parameters + sum(part.inputs.nbytes for part in arrays)


class Shelf:
    """Runs put aside: the last one always, earlier ones while there is room; of those the least trained goes first."""

    def __init__(self, most_runs: int = _MOST_RUNS, most_bytes: int = _MOST_BYTES) -> None:
        self._most_runs, self._most_bytes = most_runs, most_bytes
        self._runs: list[WindowRun] = []

    @property
    def runs(self) -> tuple[WindowRun, ...]:
        """Those that lie here, the last one last."""
        return tuple(self._runs)

    @property
    def names(self) -> frozenset[int]:
        """Of the runs that lie here."""
        return frozenset(run.name for run in self._runs)

    @property
    def last(self) -> int:
        """The name of the run that was put aside last; 0 where none lies here."""
        return self._runs[-1].name if self._runs else 0

    def add(self, run: WindowRun) -> None:
        """Put a run aside."""
        self._runs.append(run)
        while len(self._runs) > 1 and self._is_too_full:
            self._runs.remove(min(self._runs[:-1], key=lambda earlier: earlier.progress.seconds))

    def take(self, name: int | None = None) -> WindowRun | None:
        """Take back the run of this name, or the last; None where it is no longer here."""
        found = [run for run in self._runs if name is None or run.name == name]
        if not found:
            return None
        self._runs.remove(found[-1])
        return found[-1]

    @property
    def unsaved(self) -> list[WindowRun]:
        """The runs that no file has as they are."""
        return [run for run in self._runs if not run.is_saved]

    def of_generation(self, generation: int) -> WindowRun | None:
        """The run about which the messages of this generation are."""
        return next((run for run in self._runs if run.generation == generation), None)

    @property
    def _is_too_full(self) -> bool:
        return len(self._runs) > self._most_runs or sum(run.bytes_held for run in self._runs) > self._most_bytes
