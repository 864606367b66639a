"""Whether two runs stand where each other stands: their numbers, and what their optimizers remember."""

from dataclasses import dataclass

import numpy as np

from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.tensor_differences import TensorDifference, misfit, tensor_differences
from nnlab.models.arrays import Array
from nnlab.models.model import Model
from nnlab.training.checkpoint import Checkpoint


@dataclass(frozen=True, eq=False)
class State:
    """A run between two steps, to be read before its next one: its model, its whole state, its experiment as it then is."""

    model: Model
    checkpoint: Checkpoint
    experiment: Experiment


def misfit_of(first: State, second: State, names: tuple[str, str]) -> str:
    """Why the two have no numbers to be compared one by one, as a part of a sentence; "" where they have."""
    one, other = first.model, second.model
    return misfit(one.parameters, other.parameters, names) or misfit(one.buffers, other.buffers, names)


def are_same(first: State, second: State) -> bool:
    """Whether everything is the same to the last bit."""
    return have_same_numbers(first, second) and all(np.array_equal(*pair) for pair in _vectors(first, second).values())


def have_same_numbers(first: State, second: State) -> bool:
    """Whether the models are the same to the last bit."""
    one, other = first.checkpoint.numbers, second.checkpoint.numbers
    return np.array_equal(one.parameters, other.parameters) and np.array_equal(one.buffers, other.buffers)


def differing_numbers(first: State, second: State) -> tuple[TensorDifference, ...]:
    """The model's tensors that differ, parameters and buffers; those that do by most come first."""
    one, other = first.checkpoint.numbers, second.checkpoint.numbers
    return (
        *tensor_differences(first.model.parameters, one.parameters, other.parameters),
        *tensor_differences(first.model.buffers, one.buffers, other.buffers),
    )


def differing_vectors(first: State, second: State) -> tuple[TensorDifference, ...]:
    """What the optimizers remember of tensors and is not the same: "velocity of dense1.weight"."""
    layout = first.model.parameters
    return tuple(
        difference.of(name)
        for name, (one, other) in _vectors(first, second).items()
        for difference in tensor_differences(layout, one, other)
    )


def _vectors(first: State, second: State) -> dict[str, tuple[Array, Array]]:
    """Of different optimizers there is nothing to compare."""
    if type(first.experiment.training.optimizer) is not type(second.experiment.training.optimizer):
        return {}
    one, other = first.checkpoint.vectors, second.checkpoint.vectors
    return {name: (one[name], other[name]) for name in one if name in other}
