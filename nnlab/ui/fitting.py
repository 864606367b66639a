"""Whether an experiment and its data suit each other, and what makes them."""

from dataclasses import replace

from nnlab.datasets import Dataset
from nnlab.datasets.drawn import TOO_FEW_CLASSES, is_blank
from nnlab.errors import NnlabError
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.fit import check_fit


def problem_of(experiment: Experiment, dataset: Dataset | None) -> str:
    """Why the experiment cannot run on this data, or ""."""
    if is_blank(experiment.dataset.source):
        return TOO_FEW_CLASSES
    try:
        if dataset is not None:
            check_fit(experiment, dataset)
    except NnlabError as error:
        return str(error)
    return ""


def with_fitting_outputs(experiment: Experiment, dataset: Dataset) -> Experiment:
    """Another dataset may have another number of classes: the last dense layer follows it."""
    return replace(experiment, model=experiment.model.with_fitting_outputs(dataset.example_shape, dataset.targets))
