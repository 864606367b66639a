"""Out to the world: what an experiment, a model or a run can be written as, one row a target.

A row's `write` is told what to export and where to; it returns what a person and a program are told besides the file's path.
"""

import shlex
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from nnlab.experiments.experiment import Experiment
from nnlab.experiments.exports.target import Export, Source
from nnlab.report import Report, silent

__all__ = ["EXPORTS", "Export", "Source", "written"]

Told = Mapping[str, Any]


# What writes is loaded when it is wanted: the window asks the table for its menus at every start.
def _numpy(source: Source, output: Path, report: Report) -> Told:
    from nnlab.experiments.exports.scripts.numpy_script import write

    return write(source, output, report)


def _framework(name: str, source: Source, output: Path, report: Report) -> Told:
    from nnlab.experiments.exports.scripts.framework_script import write

    return write(name, source, output, report)


def _check_framework(name: str, experiment: Experiment) -> None:
    from nnlab.experiments.exports.scripts.framework_models import check_model
    from nnlab.experiments.exports.scripts.frameworks import FRAMEWORKS

    check_model(FRAMEWORKS[name], experiment)


def _sklearn(source: Source, output: Path, report: Report) -> Told:
    from nnlab.experiments.exports.scripts.sklearn_script import write

    return write(source, output, report)


def _notebook(source: Source, output: Path, report: Report) -> Told:
    from nnlab.experiments.exports.scripts.notebook import write

    return write(source, output, report)


def _onnx(source: Source, output: Path, report: Report) -> Told:
    from nnlab.experiments.exports.onnx.writing import write_source

    return write_source(source, output, report)


def _torch_weights(source: Source, output: Path, report: Report) -> Told:
    from nnlab.experiments.exports.weights import write_state_dict

    return write_state_dict(source, output, report)


def _npz(source: Source, output: Path, report: Report) -> Told:
    from nnlab.experiments.exports.weights import write_npz

    return write_npz(source, output, report)


def _tensorboard(source: Source, output: Path, report: Report) -> Told:
    from nnlab.experiments.exports.tensorboard.writing import write_tensorboard

    return write_tensorboard(source, output, report)


EXPORTS: dict[str, Export] = {
    "numpy": Export(
        "NumPy script",
        "A file of Python that trains the same, bit for bit, and needs NumPy and nothing else.",
        ".py",
        _numpy,
        command="python",
    ),
    "torch": Export(
        "PyTorch script",
        "A file of Python that trains the same in PyTorch: from the same weights, through the same batches.",
        "-torch.py",
        partial(_framework, "torch"),
        command="python",
        check=partial(_check_framework, "torch"),
    ),
    "keras": Export(
        "Keras script",
        "A file of Python that trains the same in Keras 3 on PyTorch: from the same weights, through the same batches.",
        "-keras.py",
        partial(_framework, "keras"),
        command="python",
        check=partial(_check_framework, "keras"),
    ),
    "sklearn": Export(
        "scikit-learn script",
        "A file of Python that trains the same in scikit-learn, as far as that can: perceptrons, an RBM, a linear SVM.",
        "-sklearn.py",
        _sklearn,
        command="python",
    ),
    "notebook": Export(
        "Notebook",
        "A Jupyter notebook: the NumPy script's parts as cells, the equations of layers, loss and optimizer between.",
        ".ipynb",
        _notebook,
        command="jupyter lab",
    ),
    "onnx": Export(
        "ONNX model",
        "A trained model for other programs, with the scaling of its inputs inside; of one that has a code three files: "
        "the whole, its encoder and its decoder.",
        ".onnx",
        _onnx,
        needs_model=True,
    ),
    "torch-weights": Export(
        "PyTorch weights",
        "What was learned as a state_dict (.safetensors), named and turned as PyTorch has it; pictures laid flat go channel "
        "by channel.",
        "-torch.safetensors",
        _torch_weights,
        needs_model=True,
    ),
    "npz": Export(
        "Weights for NumPy",
        "What was learned as arrays by name (.npz), as nnlab has them; Keras has them alike.",
        "-weights.npz",
        _npz,
        needs_model=True,
    ),
    "tensorboard": Export(
        "TensorBoard",
        "A folder that TensorBoard shows: curves, histograms of the parameters, pictures and settings of a run or a model.",
        "-tensorboard",
        _tensorboard,
        needs_model=True,
        command="tensorboard --logdir",
    ),
}


def written(source: Source, target: str, output: Path, report: Report = silent) -> dict[str, Any]:
    """Write it, and tell where it is, and by which command one goes on with it."""
    export = EXPORTS[target]
    found = {"output": str(output), **export.write(source, output, report)}
    return found | ({"command": f"{export.command} {shlex.quote(str(output))}"} if export.command else {})
