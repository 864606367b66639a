"""What an experiment is called whose data becomes a person's own: an example's name says nothing about that."""

from dataclasses import replace
from pathlib import Path

from nnlab.datasets import DatasetSettings
from nnlab.datasets.files import FileSource
from nnlab.experiments.examples import EXAMPLES
from nnlab.experiments.experiment import Experiment


def with_own_data(experiment: Experiment, dataset: DatasetSettings) -> Experiment:
    """The experiment on this data; by the file's name where it has the name of an example, or of the file before."""
    source, before = dataset.source, experiment.dataset.source
    given = {Path(example.file).name for example in EXAMPLES}
    if isinstance(before, FileSource):
        given.add(_name_of(before))
    experiment = replace(experiment, dataset=dataset)
    if isinstance(source, FileSource) and source.path and experiment.name in given:
        return replace(experiment, name=_name_of(source))
    return experiment


def _name_of(source: FileSource) -> str:
    """digits-of-mine of a file digits-of-mine.csv, and of a folder of that name."""
    return Path(source.path).stem or "Untitled"
