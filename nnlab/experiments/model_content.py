"""What a model file holds: one safetensors file with the parameters, the optimizer's vectors, and everything to predict by.

Tensors      model.<name> parameters    buffer.<name> persistent state    the checkpoint's (checkpoint_file.py)
             scaling.factor, scaling.offset, scaling.ends (black and white of bytes)
             scaling.values (mean and deviation of targets that are values)
             history.<table> the curves so far (history_tensors.py)
Metadata     format, nnlab, experiment (TOML), step, the checkpoint's, classes, example_shape, dtype, columns (JSON),
             whites (JSON), metrics, history (JSON), encoder (checksum), values (JSON: names and units, where targets are
             values), threads, numpy, blas
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from safetensors.numpy import save as save_tensors

from nnlab import __version__
from nnlab.experiments.checkpoint_file import checkpoint_parts
from nnlab.experiments.computer import engine_versions
from nnlab.experiments.experiment import Experiment, format_experiment
from nnlab.experiments.history_tensors import history_tensors
from nnlab.experiments.saved_targets import described_values
from nnlab.models.arrays import Array, Shape
from nnlab.models.parameters import Parameters
from nnlab.training import TrainingRun
from nnlab.training.checkpoint import Checkpoint
from nnlab.training.history import History

FORMAT = "nnlab-model-1"


@dataclass(frozen=True)
class Unchanging:
    """What the files of one run have in common, whenever they are written.

    parameters, buffers: of each tensor where it lies in the flat vector, and its shape
    """

    parameters: Mapping[str, tuple[slice, Shape]]
    buffers: Mapping[str, tuple[slice, Shape]]
    tensors: Mapping[str, Array]
    metadata: Mapping[str, str]


def unchanging_of(run: TrainingRun) -> Unchanging:
    """Of a run, to be asked once."""
    scaling, dataset = run.data.scaling, run.data.dataset
    tensors = {"scaling.factor": scaling.factor, "scaling.offset": scaling.offset}
    if scaling.values is not None:
        tensors["scaling.values"] = np.stack([scaling.values.mean, scaling.values.deviation])
    tensors["scaling.ends"] = np.array([scaling.black, scaling.white])
    metadata = {
        "format": FORMAT,
        "nnlab": __version__,
        "classes": json.dumps(dataset.class_names),
        "example_shape": json.dumps(dataset.example_shape),
        "dtype": str(dataset.train.inputs.dtype),
        "columns": json.dumps(dataset.columns),
        "whites": json.dumps(dict(dataset.whites)),
        "encoder": dataset.encoder,
        **described_values(dataset.targets),
        **engine_versions(),
    }
    return Unchanging(_layout(run.model.parameters), _layout(run.model.buffers), tensors, metadata)


def file_bytes(
    unchanging: Unchanging,
    checkpoint: Checkpoint,
    experiment: Experiment,
    metrics: dict[str, Any],
    history: History | None = None,
) -> bytes:
    """The content of a run's file at a checkpoint, with the curves where they are given."""
    tensors = _named("model.", unchanging.parameters, checkpoint.numbers.parameters)
    tensors |= _named("buffer.", unchanging.buffers, checkpoint.numbers.buffers)
    vectors, state = checkpoint_parts(checkpoint)
    tensors |= {**vectors, **unchanging.tensors}
    metadata = {
        **unchanging.metadata,
        # A path may hold bytes that are no characters.
        "experiment": format_experiment(experiment).encode(errors="replace").decode(),
        "step": str(checkpoint.counters.step),
        **state,
        "metrics": json.dumps(metrics),
    }
    if history is not None:
        curves, facts = history_tensors(history)
        tensors |= curves
        metadata |= facts
    # safetensors writes wrong numbers for arrays that are not C-contiguous.
    return save_tensors({name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}, metadata)


def model_bytes(run: TrainingRun, experiment: Experiment, metrics: dict[str, Any], history: History | None = None) -> bytes:
    """The content of a run's file as the run stands; safe to build between two steps and write later."""
    return file_bytes(unchanging_of(run), run.checkpoint, experiment, metrics, history)


def _layout(parameters: Parameters) -> dict[str, tuple[slice, Shape]]:
    return {name: (parameters.slices[name], shape) for name, shape in parameters.shapes.items()}


def _named(prefix: str, layout: Mapping[str, tuple[slice, Shape]], values: Array) -> dict[str, Array]:
    return {f"{prefix}{name}": values[part].reshape(shape) for name, (part, shape) in layout.items()}
