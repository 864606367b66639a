"""What a Boltzmann machine holds of its training examples more than of others: their free energies at an epoch's end."""

from collections.abc import Sequence

from nnlab.datasets.split import spread
from nnlab.models.capabilities import machine_of
from nnlab.models.metrics import MACHINE_METRICS
from nnlab.models.metrics.free_energies import FreeEnergies
from nnlab.models.model import Model
from nnlab.training.data import TrainingData
from nnlab.training.evaluation import portion_size

PARTS = ("train", "validation")
ENERGY_COLUMNS = ("step", "epoch", *(f"{part}_{metric.name}" for metric in MACHINE_METRICS for part in PARTS))
# Of so many of each part they take a two-hundredth of an epoch of MNIST; since they are always the same ones, the curve of
# their gap is as smooth as that of all.
_MOST_AT_EPOCHS = 1000

Energies = tuple[FreeEnergies, FreeEnergies]


def energies_of(model: Model, data: TrainingData, most: int = _MOST_AT_EPOCHS) -> Energies | None:
    """Of training and of validation examples, as many of each, at most so many, and always the same ones; None of a model
    that has no energies.

    The mean of F(v) by itself says nothing, since Z is unknown; it is the same for both parts. Where the validation
    examples' rises above the training examples', the machine overfits (Hinton 2010, section 6).
    """
    machine = machine_of(model)
    if machine is None:
        return None
    split = data.split
    most = min(len(split.validation) or len(split.train), most)
    size = portion_size(model.held_numbers)
    found = []
    for index in (spread(split.train, most), spread(split.validation, most)):
        chunks = data.learning.chunks(index, size)
        found.append(FreeEnergies.joined(FreeEnergies.of(machine.free_energy(inputs)) for inputs, _ in chunks))
    return found[0], found[1]


def energy_row(step: int, epoch: int, energies: Energies) -> dict[str, float]:
    """By the names of ENERGY_COLUMNS."""
    return {"step": float(step), "epoch": float(epoch), **energy_figures(energies)}


def energy_figures(energies: Sequence[FreeEnergies]) -> dict[str, float]:
    """What the metrics say of each part, NaN of one without examples."""
    return {
        f"{part}_{metric.name}": metric.of(tally)
        for metric in MACHINE_METRICS
        for part, tally in zip(PARTS, energies, strict=True)
        if metric.of is not None
    }
