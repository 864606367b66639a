"""From an experiment to something that can be stepped."""

from collections.abc import Sequence
from pathlib import Path

from nnlab.datasets import Dataset, load_dataset
from nnlab.errors import ShapeError
from nnlab.experiments.experiment import Experiment
from nnlab.models.network import Network
from nnlab.training import TrainingRun, prepare_data


def assemble(experiment: Experiment, folders: Sequence[Path], dataset: Dataset | None = None) -> TrainingRun:
    """Load the data (or take what is already loaded), build the model, and stand before the first step."""
    dataset = dataset or load_dataset(experiment.dataset, folders)
    data = prepare_data(dataset, experiment.dataset)
    return TrainingRun(build_model(experiment, dataset), data, experiment.training)


def build_model(experiment: Experiment, dataset: Dataset) -> Network:
    """The experiment's model for this data; an error says which data it does not fit."""
    try:
        return experiment.model.build(dataset.example_shape, len(dataset.class_names), experiment.training.seed)
    except ShapeError as error:
        shape = " x ".join(str(axis) for axis in dataset.example_shape)
        raise ShapeError(f"model on {dataset.title} ({shape}): {error}") from None
