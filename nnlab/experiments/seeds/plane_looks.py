"""The plane as the runs of several seeds see it, each after the last of its steps that the store has."""

from nnlab.datasets import Dataset
from nnlab.datasets.drawn import DrawnSource
from nnlab.datasets.source import Made
from nnlab.errors import NnlabError
from nnlab.experiments.assembly import load_data
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.records import RunRecord
from nnlab.experiments.journal.replay import run_at
from nnlab.experiments.journal.store import RunStore
from nnlab.probes import look
from nnlab.probes.boundary import BoundaryField
from nnlab.targets import Values


class PlaneLooks:
    """Of one experiment's runs, on the thread that opened the store. Points that are made or drawn are made again; data out
    of a file is that which is there already, if it is what a run learned from.
    """

    def __init__(self, experiment: Experiment, dataset: Dataset | None = None) -> None:
        self.dataset = _plane(experiment, dataset)  # None where there is no plane to be drawn

    def field_of(self, store: RunStore, record: RunRecord) -> BoundaryField | None:
        """What the run answers everywhere on the plane; None where that cannot be told soon."""
        if self.dataset is None or not record.step:
            return None
        # Without its last snapshot all of the run would be trained once more.
        if not any(found.step == record.step and found.bytes for found in store.snapshots(record.number)):
            return None
        try:
            standing = run_at(store, record, record.step, [], dataset=self.dataset)
            field: BoundaryField = look(standing.run, "boundary").value
        except NnlabError:
            return None
        return field


def _plane(experiment: Experiment, dataset: Dataset | None) -> Dataset | None:
    if not experiment.model.predicts_targets:
        return None
    settings = experiment.dataset
    if isinstance(settings.source, Made | DrawnSource) and not settings.encoder:
        try:
            dataset = load_data(settings, [])
        except NnlabError:
            return None
    if dataset is None or not dataset.is_plane or isinstance(dataset.targets, Values):
        return None
    return dataset
