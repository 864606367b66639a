"""Whether an experiment and its data suit each other."""

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
