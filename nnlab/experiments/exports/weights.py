"""Weights alone, for programs that have the architecture themselves: as PyTorch's state_dict, and as arrays by name."""

import io
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save as save_tensors

from nnlab.atomic_file import write_atomically
from nnlab.experiments.exports.target import Source
from nnlab.experiments.exports.trained import Trained, learned
from nnlab.experiments.imports.conventions import CONVENTIONS
from nnlab.experiments.imports.wanted import Slot, wanted_tensors
from nnlab.models.arrays import Array
from nnlab.models.model import Model
from nnlab.report import Report


def write_state_dict(source: Source, output: Path, report: Report) -> dict[str, Any]:
    """dense1.weight and so on, each as a layer of PyTorch has it."""
    return {"tensors": save_state_dict(learned(source, report), output)}


def write_npz(source: Source, output: Path, report: Report) -> dict[str, Any]:
    """The same as they are here."""
    return {"tensors": save_npz(learned(source, report), output)}


def save_state_dict(trained: Trained, output: Path) -> list[str]:
    """Of what was learned; the names of its tensors."""
    tensors = named_weights(trained, "torch")
    write_atomically(output, save_tensors(tensors, {"format": "pt"}))
    return list(tensors)


def save_npz(trained: Trained, output: Path) -> list[str]:
    """The same as arrays."""
    tensors, content = named_weights(trained, "nnlab"), io.BytesIO()
    np.savez(content, **tensors)  # type: ignore[arg-type]  # none of them is called allow_pickle
    write_atomically(output, content.getvalue())
    return list(tensors)


def named_weights(trained: Trained, layout: str) -> dict[str, Array]:
    """All parameters and running figures by their names there, in the order in which numbers flow through them."""
    model, convention = trained.model, CONVENTIONS[layout]
    found = {}
    for layer in wanted_tensors(model, trained.schema.example_shape, convention):
        for slot in layer.slots:
            name = f"{layer.name}{convention.separator}{slot.counterpart.name}"
            found[name] = np.ascontiguousarray(slot.theirs(_numbers(model, slot)))
    return found


def _numbers(model: Model, slot: Slot) -> Array:
    """A tensor as the model has it; of tied weights the other's transpose."""
    if slot.tied_to:
        return model.parameters.view(slot.tied_to).T
    return (model.parameters if slot.name in model.parameters.shapes else model.buffers).view(slot.name)
