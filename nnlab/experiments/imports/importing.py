"""Weights of a file in a fresh run, which begins from them in place of those that the seed draws."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nnlab.errors import WeightsFileError
from nnlab.experiments.imports.comparing import AUTO, Compared, compared
from nnlab.experiments.imports.offered import Offered
from nnlab.experiments.imports.reading import read_weights
from nnlab.experiments.imports.wanted import Slot
from nnlab.models.model import Model
from nnlab.models.parameters import Parameters
from nnlab.regular_file import open_regular
from nnlab.report import Report, silent
from nnlab.training import TrainingRun
from nnlab.training.checkpoint import Checkpoint, Fallback, Numbers
from nnlab.training.events import WeightsImport
from nnlab.words import shown

_CHUNK = 1 << 20
_LONGEST_NAME = 100


@dataclass(frozen=True, eq=False)
class Weights:
    """A file beside a model: what was found, and where it comes from."""

    path: Path
    compared: Compared

    @property
    def problem(self) -> str:
        """Why they cannot be imported, in a sentence; "" where they can."""
        match = self.compared.match
        if match.fits:
            return ""
        wrong = [row for row in self.compared.rows if not row.fits]
        first = wrong[0]
        words = f"{first.own or first.file}: {first.words}"
        return (
            f"{self.path.name}: {len(wrong)} of {len(match.pairs)} tensors do not fit the model ({words}); "
            "choose weights of the same architecture, or change the model's layers"
        )


def weights_for(model: Model, example_shape: tuple[int, ...], path: Path, layout: str = AUTO) -> Weights:
    """A file's tensors beside those of a model; raises WeightsFileError where it cannot be read."""
    file = read_weights(path)
    try:
        return Weights(path, compared(model, example_shape, file, layout))
    except WeightsFileError as error:
        raise WeightsFileError(f"{path.name}: {error}") from None


def begun_from(run: TrainingRun, weights: Weights, report: Report = silent) -> Checkpoint:
    """What a fresh run is that begins from these weights; raises WeightsFileError where they are of no use."""
    if weights.problem:
        raise WeightsFileError(weights.problem)
    model = run.model
    # An RBM draws its chains then, and would give its biases values of its own.
    some, _ = run.data.learning.gather(run.data.split.train[:1000])
    model.begin(some, 0, True)
    parameters, buffers = _layout(model.parameters), _layout(model.buffers)
    try:
        pairs = weights.compared.match.pairs
        for place, pair in enumerate(pairs):
            report("reading weights", place / len(pairs))
            assert pair.slot is not None
            _fill(pair.slot, pair.offered, parameters, buffers)
        checksum = _sha256(weights.path)
    except WeightsFileError as error:
        raise WeightsFileError(f"{weights.path.name}: {error}") from None
    except OSError as error:
        raise WeightsFileError(f"{weights.path}: cannot be read any more ({error.strerror or error})") from None
    numbers = Numbers(parameters.values, buffers.values)
    counters = run.counters
    # A name may hold bytes that are no characters.
    event = WeightsImport(counters.step, shown(weights.path.name, _LONGEST_NAME), checksum)
    return replace(run.checkpoint, numbers=numbers, fallback=Fallback(counters, numbers, (event,)), events=(event,))


def _fill(slot: Slot, offered: Offered | None, parameters: Parameters, buffers: Parameters) -> None:
    """One tensor; of tied weights, which the encoder's layer has brought already, it is held against those."""
    if not slot.tied_to:
        view = (parameters if slot.name in parameters.shapes else buffers).view(slot.name)
        view[...] = slot.counterpart.where_missing if offered is None else slot.ours(offered.numbers())
    elif offered is not None and not np.array_equal(slot.ours(offered.numbers()), parameters.view(slot.tied_to).T):
        raise WeightsFileError(
            f"{slot.name} is not the transpose of {slot.tied_to}, which this model multiplies by in both places; "
            "set model.tied = false"
        )


def _layout(own: Parameters) -> Parameters:
    """A copy of the vector, in memory of its own."""
    copy = Parameters(own.shapes, own.dtype)
    np.copyto(copy.values, own.values)
    return copy


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with open_regular(path) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
