"""Any step of a run again, exactly: the nearest snapshot before it, then the same steps with what was done by hand.

Everything random in a run is a function of (seed, purpose, step), so that on the same machine, versions and threads the
numbers are the same to the last bit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from nnlab.datasets import Dataset
from nnlab.errors import ModelFileError, RunStoreError
from nnlab.experiments.assembly import assemble, load_data
from nnlab.experiments.events_text import parse_events
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.data_checksum import data_checksum
from nnlab.experiments.journal.learned import changed_by
from nnlab.experiments.journal.records import RunRecord
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.model_file import SavedModel, load_model
from nnlab.report import Report, silent
from nnlab.settings import describe
from nnlab.training import TrainingRun
from nnlab.training.events import Event, ParameterEdit, Stop, WeightsImport
from nnlab.training.hand_edits import change_by_hand
from nnlab.training.looks import Looks

# So often a replay says how far it is.
_STEPS_BETWEEN_REPORTS = 64
PassBy = Callable[[TrainingRun, Experiment], None]


def _unseen(run: TrainingRun, experiment: Experiment) -> None:
    """Nobody looks on the way."""


@dataclass(frozen=True)
class Standing:
    """A run as it was after some step, its experiment as it then was, and what was done to it later."""

    run: TrainingRun
    experiment: Experiment
    later: tuple[Event, ...] = ()


def run_at(
    store: RunStore,
    record: RunRecord,
    step: int,
    folders: Sequence[Path],
    report: Report = silent,
    dataset: Dataset | None = None,
) -> Standing:
    """The run as it was after `step` updates, or after the last that was written where that is earlier.

    Raises RunStoreError where the data is not the one that the run learned from.
    """
    step = min(max(step, 0), record.step)
    if step < record.first_step:
        raise RunStoreError(f"run {record.number:,} begins at step {record.first_step:,}; ask for one from there on")
    start = _nearest(store, record, step)
    if start is None and _needs_snapshot(store, record, step):
        raise RunStoreError(
            f"run {record.number:,} cannot be gone back into at step {step:,}: its snapshots are gone or damaged"
        )
    run, experiment = begun(
        record, start.experiment if start is not None else record.first_experiment(), folders, report, dataset
    )
    if start is not None:
        start.continue_in(run)
    events = parse_events(list(record.events), run.model.parameters)
    experiment = replayed(run, experiment, events, step, report)
    return Standing(run, experiment, tuple(event for event in events if event.step > step))


def as_begun(record: RunRecord) -> Experiment:
    """The experiment as it was after the last step, to be begun afresh anywhere: with whole paths."""
    return in_folder(record.present_experiment(), Path(record.facts.get("folders", ["."])[0]))


def begun(
    record: RunRecord,
    experiment: Experiment,
    folders: Sequence[Path],
    report: Report = silent,
    dataset: Dataset | None = None,
) -> tuple[TrainingRun, Experiment]:
    """A run of the experiment before its first step, and the experiment with whole paths: on the data that the run of the
    record learned from, or else RunStoreError is raised.
    """
    check_own(record)
    here, *near = [Path(name) for name in record.facts.get("folders", ["."])]
    experiment = in_folder(experiment, here)
    dataset = dataset or load_data(experiment.dataset, [*folders, here, *near], report)
    if data_checksum(dataset) != record.data:
        raise RunStoreError(
            f"run {record.number:,} learned from other data than {dataset.title} is now; its figures can be read, "
            "but it cannot be trained again"
        )
    run = assemble(experiment, [], dataset)
    run.divide(record.facts.get("helpers", 1))
    return run, experiment


def check_own(record: RunRecord) -> None:
    """Raise RunStoreError where another framework trained the run: nnlab has no state of it."""
    if record.framework:
        raise RunStoreError(
            f"run {record.number:,} was trained by {record.framework}, so that its curves and figures are kept and no state "
            "to go on from; nnlab trains the same experiment itself"
        )


def in_folder(experiment: Experiment, folder: Path) -> Experiment:
    """With the paths of its data as they lead on from the folder in which it was begun."""
    source = experiment.dataset.source
    paths = {entry.name: getattr(source, entry.name) for entry in fields(source) if describe(entry).path}
    whole = {name: str(folder / path) for name, path in paths.items() if path and not path.startswith("~")}
    return replace(experiment, dataset=replace(experiment.dataset, source=replace(source, **whole)))


def replayed(
    run: TrainingRun,
    experiment: Experiment,
    events: Sequence[Event],
    step: int,
    report: Report = silent,
    pass_by: PassBy = _unseen,
) -> Experiment:
    """Take a run to a step, doing on the way what was done by hand; the experiment as it is there.

    pass_by is told of every place on the way, before the step that is made there.
    """
    first, looks = run.step, Looks(run)
    # What was done at the snapshot's own step may be in it or not; done again it is the same.
    waiting = [event for event in events if first <= event.step <= step]
    while True:
        while waiting and waiting[0].step <= run.step:
            experiment = _done(run, experiment, waiting.pop(0), looks)
        if run.step >= step:
            break
        if run.step % _STEPS_BETWEEN_REPORTS == 0:
            report("replaying", (run.step - first) / (step - first))
        pass_by(run, experiment)
        if (made := next(run, None)) is None:
            raise RunStoreError(f"the run ended after step {run.step:,}, though its journal has {step:,}; it was changed")
        if run.settings.stop_when:
            # Who goes on from here stops at what becomes true, and not at what was true here already.
            looks.take(made)
    run.events = tuple(event for event in events if event.step <= step)
    return experiment


def _done(run: TrainingRun, experiment: Experiment, event: Event, looks: Looks) -> Experiment:
    if isinstance(event, ParameterEdit):
        change_by_hand(run, event.tensor, event.position, event.after)
        return experiment
    if isinstance(event, Stop):
        if event.is_before_failure:
            looks.stand_before_a_failure()
        return experiment
    if isinstance(event, WeightsImport):
        # They are in the snapshot from which every replay sets out.
        return experiment
    changed = changed_by(experiment, event)
    run.settings = changed.training
    run.change_model(experiment.model, changed.model)
    if not changed.training.stop_when:
        looks.follow()
    return changed


def _needs_snapshot(store: RunStore, record: RunRecord, step: int) -> bool:
    """Whether its experiment alone does not lead there: it began out of a file, or went back on the way."""
    went_back = any(snapshot.is_pinned and snapshot.step <= step for snapshot in store.snapshots(record.number))
    return went_back or record.begins_elsewhere


def _nearest(store: RunStore, record: RunRecord, step: int) -> SavedModel | None:
    """The last snapshot up to a step that can be read; None where only the very beginning is left.

    Raises RunStoreError where that is behind one that cannot be read and that no replay leads to.
    """
    for snapshot in reversed([found for found in store.snapshots(record.number) if found.step <= step]):
        try:
            return load_model(store.snapshot_path(record.number, snapshot.step))
        except ModelFileError as error:
            if snapshot.is_pinned:
                raise RunStoreError(
                    f"run {record.number:,} cannot be had again after step {snapshot.step:,}, where it went back; {error}"
                ) from None
    return None
