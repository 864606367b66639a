"""What TensorBoard is told of: a run of the store with its kept snapshots, or a model file, which has one moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nnlab.errors import NnlabError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.file_stem import file_stem
from nnlab.experiments.journal.curve_parts import history_of
from nnlab.experiments.journal.replay import run_at
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.model_file import load_model
from nnlab.models.parameters import Parameters
from nnlab.report import Report
from nnlab.training import TrainingRun
from nnlab.training.history import History


@dataclass(frozen=True, eq=False)
class KeptRun:
    """A run as it is exported.

    began: seconds since 1970    steps: after which its whole state is kept
    parameters(step), run(step): of such a step; they raise NnlabError where what it takes is gone, such as the data
    problem: why the curves are not there, where that is so
    """

    name: str
    experiment: Experiment
    history: History
    began: float
    steps: Sequence[int]
    parameters: Callable[[int], Parameters]
    run: Callable[[int], TrainingRun]
    notes: str = ""
    problem: str = ""


def run_of_store(store: RunStore, number: int, folders: Sequence[Path], report: Report) -> KeptRun:
    """A run by its number; that its curves are damaged costs the curves alone."""
    record, history, problem = store.run(number), History(), ""
    try:
        history = history_of(store.curves(number), record.step, record.score)
    except NnlabError as error:
        problem = str(error)
    last: list[TrainingRun] = []

    def run(step: int) -> TrainingRun:
        # The data is the same after every step.
        dataset = last[0].data.dataset if last else None
        last[:] = [run_at(store, record, step, folders, report, dataset).run]
        return last[0]

    return KeptRun(
        f"run-{number}-{file_stem(record.name)}",
        record.present_experiment(),
        history,
        record.started,
        [kept.step for kept in store.snapshots(number) if kept.bytes and kept.step <= record.step],
        lambda step: load_model(store.snapshot_path(number, step)).model.parameters,
        run,
        record.notes,
        problem,
    )


def run_of_file(path: Path, folders: Sequence[Path]) -> KeptRun:
    """The run that a model file was saved of, as it then was. It ended when the file was written, as far as is known."""
    saved = load_model(path)

    def run(step: int) -> TrainingRun:
        run = assemble(saved.experiment, folders)
        saved.continue_in(run)
        return run

    return KeptRun(
        file_stem(path.stem),
        saved.experiment,
        saved.history,
        path.stat().st_mtime - saved.history.seconds,
        [saved.step],
        lambda step: saved.model.parameters,
        run,
    )
