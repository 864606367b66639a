"""Model files, saved and read: a safetensors file (model_content.py) with everything that it takes to predict and to go on.

Nothing in a file is believed before it is compared: sizes against the file's own, shapes against the architecture that the
experiment describes, numbers for being finite. Nothing is ever unpickled.
"""

import hashlib
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors

from nnlab.atomic_file import write_atomically
from nnlab.datasets.files.schema import Schema
from nnlab.datasets.files.whites import WHITES_BEFORE, parse_whites
from nnlab.datasets.grey_range import BYTES
from nnlab.datasets.scaling import Scaling
from nnlab.datasets.words import shown
from nnlab.errors import ModelFileError, NnlabError
from nnlab.experiments.checkpoint_file import parse_checkpoint, parse_table
from nnlab.experiments.experiment import Experiment, parse_experiment
from nnlab.experiments.history_tensors import parse_history
from nnlab.experiments.model_content import FORMAT, model_bytes
from nnlab.experiments.saved_targets import parse_targets, parse_value_scaling
from nnlab.experiments.tensor_header import TensorHeader, read_header
from nnlab.models.arrays import Array, Shape
from nnlab.models.model import Model
from nnlab.models.parameters import Parameters
from nnlab.regular_file import open_regular
from nnlab.targets import Targets, Values, class_names
from nnlab.training import TrainingRun
from nnlab.training.checkpoint import Checkpoint
from nnlab.training.history import MOST_ROWS, History

# Next to the parameters lie the optimizer's vectors, those of the best epoch and those to go back to, each as long.
_MOST_TIMES_PARAMETERS = 8
# The curves at their longest, in numbers of four bytes; of the buffers there are up to three copies.
_MOST_CURVES = 8 * MOST_ROWS * sum(map(len, History(1).tables.values()))
_MOST_TIMES_BUFFERS = 3
_FEW_PARAMETERS = 1_000_000
_LONGEST_AXIS = 2**31
_DTYPES = ("uint8", "float32", "float64")


@dataclass(frozen=True)
class SavedModel:
    """A trained model with what it takes to feed it."""

    experiment: Experiment
    model: Model
    scaling: Scaling
    targets: Targets
    example_shape: Shape
    checkpoint: Checkpoint
    metrics: dict[str, Any]
    schema: Schema
    history: History = field(default_factory=History)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the classes; none where it predicts none."""
        return class_names(self.targets)

    @property
    def step(self) -> int:
        """Updates made."""
        return self.checkpoint.counters.step

    @property
    def checksum(self) -> str:
        """Of all that decides how the model answers: retrained to the same numbers it is the same model."""
        digest = hashlib.sha256()
        for numbers in (
            self.model.parameters.values,
            self.model.buffers.values,
            self.scaling.factor,
            self.scaling.offset,
        ):
            digest.update(numbers.tobytes())
        return digest.hexdigest()

    def continue_in(self, run: TrainingRun) -> None:
        """Put everything into a fresh run of the same experiment, which then goes on as if it had never been saved."""
        self.schema.check_encoder(self.experiment.dataset.encoder, run.data.dataset.encoder)
        run.restore(self.checkpoint, self.scaling)


def parameters_sha256(model: Model) -> str:
    """The checksum of the flat parameter vector's bytes: equal results have equal checksums."""
    return hashlib.sha256(model.parameters.values.tobytes()).hexdigest()


def save_model(
    path: Path, run: TrainingRun, experiment: Experiment, metrics: dict[str, Any], history: History | None = None
) -> None:
    """Write a model file, atomically."""
    write_atomically(path, model_bytes(run, experiment, metrics, history))


def load_model(path: Path) -> SavedModel:
    """Read a model file; raises ModelFileError where it is damaged, foreign, or does not fit its own description."""
    try:
        with open_regular(path) as file:
            return _read(file)
    except FileNotFoundError:
        raise ModelFileError(f"{path}: there is no such file") from None
    except OSError as error:
        raise ModelFileError(f"{path}: cannot be read ({error.strerror or error})") from None
    except KeyError as error:
        raise ModelFileError(f"{path.name}: damaged (it lacks {error}); save the model again") from None
    except (SafetensorError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise ModelFileError(f"{path.name}: damaged ({error}); save the model again") from None
    except NnlabError as error:
        raise ModelFileError(f"{path.name}: {error}") from None


def _read(file: BinaryIO) -> SavedModel:
    """The header first; the numbers only of a file that says it is a model, of a size that its architecture has."""
    header = read_header(file)
    metadata = header.metadata
    if metadata.get("format") != FORMAT:
        raise ModelFileError("not an nnlab model (its metadata lacks the format); open a file that nnlab saved")
    experiment = parse_experiment(metadata["experiment"])
    targets = parse_targets(metadata)
    example_shape = tuple(int(axis) for axis in json.loads(metadata["example_shape"]))
    _compare_sizes(experiment, example_shape, targets, header)
    file.seek(0)
    tensors = load_tensors(file.read(header.file_size))
    return _rebuild(experiment, targets, example_shape, metadata, tensors)


def _rebuild(
    experiment: Experiment,
    targets: Targets,
    example_shape: Shape,
    metadata: dict[str, str],
    tensors: dict[str, Array],
) -> SavedModel:
    model = experiment.model.build(example_shape, targets, experiment.training.seed)
    _fill(model.parameters, "model", tensors)
    _fill(model.buffers, "buffer", tensors)
    scaling = _scaling(tensors, example_shape, experiment.dataset.scaling)
    if isinstance(targets, Values):
        scaling = replace(scaling, values=parse_value_scaling(tensors["scaling.values"], targets.count))
    checkpoint = parse_checkpoint(experiment, model, targets, metadata, tensors)
    return SavedModel(
        experiment,
        model,
        scaling,
        targets,
        example_shape,
        checkpoint,
        parse_table(metadata, "metrics"),
        _schema(metadata, example_shape, targets),
        parse_history(metadata, tensors, checkpoint.counters.step, targets),
    )


def _scaling(tensors: dict[str, Array], example_shape: Shape, kind: str) -> Scaling:
    """Factor and offset, both float32 or both float64; files of before the ends were kept scaled bytes by 0 ... 255."""
    factor, offset = tensors["scaling.factor"], tensors["scaling.offset"]
    ends = tensors.get("scaling.ends", np.array(BYTES))
    for part in (factor, offset):
        if not np.isfinite(part).all():
            raise ModelFileError("its scaling holds numbers that are not finite")
        if part.dtype not in (np.float32, np.float64) or part.dtype != factor.dtype:
            raise ModelFileError(f"its scaling is {factor.dtype} and {offset.dtype}, expected both float32 or both float64")
        if part.ndim != 1 or part.size not in (1, example_shape[-1]):
            raise ModelFileError(f"its scaling has {part.size} numbers, expected 1 or {example_shape[-1]}")
    if ends.shape != (2,) or ends.dtype != np.float64 or not 0 <= ends[0] < ends[1] <= BYTES[1]:
        raise ModelFileError(f"its scaling has the ends {shown(ends.ravel()[:2])}, expected two bytes, black and white")
    return Scaling(factor, offset, kind, black=float(ends[0]), white=float(ends[1]))


def _schema(metadata: dict[str, str], example_shape: Shape, targets: Targets) -> Schema:
    """How the data was read; files of before this was kept say nothing of columns."""
    columns = json.loads(metadata.get("columns", "null"))
    dtype = metadata.get("dtype", "uint8" if len(example_shape) == 3 else "float32")
    if dtype not in _DTYPES:
        raise ModelFileError(f"its data is of the kind '{dtype[:20]}', expected {', '.join(_DTYPES[:-1])} or {_DTYPES[-1]}")
    whites = parse_whites(json.loads(metadata["whites"])) if "whites" in metadata else WHITES_BEFORE
    schema = Schema(example_shape, dtype, columns, targets, metadata.get("encoder", ""), whites)
    schema.as_part()
    return schema


def _compare_sizes(experiment: Experiment, example_shape: Shape, targets: Targets, header: TensorHeader) -> None:
    """Before memory is given: is the architecture of a size that the file holds, and the file of one that it needs?

    A difference that costs little is told better, by name, when the tensors are compared.
    """
    if not 1 <= len(example_shape) <= 3 or min(example_shape) < 1 or max(example_shape) > _LONGEST_AXIS:
        raise ModelFileError(f"of no use: its examples are {shown(example_shape)}")
    counts = {name: length // 4 for name, length in header.lengths.items()}
    expected = experiment.model.parameter_count(example_shape, targets)
    kept = experiment.model.buffer_count(example_shape)
    for what, prefix, described in (("parameters", "model.", expected), ("numbers in buffers", "buffer.", kept)):
        held = sum(count for name, count in counts.items() if name.startswith(prefix))
        if described > 4 * held + _FEW_PARAMETERS:
            raise ModelFileError(
                f"of another architecture: it holds {held:,} {what}, its experiment describes {described:,}"
            )
    most = _MOST_TIMES_PARAMETERS * expected + _MOST_TIMES_BUFFERS * kept
    if sum(counts.values()) > most + _MOST_CURVES + _FEW_PARAMETERS:
        raise ModelFileError(
            f"of another architecture: it holds {sum(counts.values()):,} numbers, "
            f"far more than a model of {expected:,} parameters needs"
        )


def _fill(target: Parameters, prefix: str, tensors: dict[str, Array]) -> None:
    """Copy tensors into the flat vector, each compared with the shape the architecture expects."""
    found = {name.removeprefix(f"{prefix}.") for name in tensors if name.startswith(f"{prefix}.")}
    if found != set(target.shapes):
        missing, foreign = sorted(set(target.shapes) - found), sorted(found - set(target.shapes))
        which = f"lacks {missing[0]}" if missing else f"holds {foreign[0]}, which the architecture does not"
        raise ModelFileError(f"of another architecture: it {which}")
    for name, shape in target.shapes.items():
        tensor = tensors[f"{prefix}.{name}"]
        if tensor.shape != shape or tensor.dtype != target.dtype:
            raise ModelFileError(
                f"of another architecture: {name} is {tensor.dtype} {tensor.shape}, expected {target.dtype} {shape}"
            )
        if not np.isfinite(tensor).all():
            raise ModelFileError(f"{name} holds numbers that are not finite; the model is of no use")
        target.view(name)[...] = tensor
