"""Out to the world: what an experiment, a model or a run can be written as, one row a target.

A row's `write` is told what to export and where to; it returns what a person and a program are told besides the file's path.
"""

from functools import partial
from pathlib import Path
from typing import Any

from nnlab.experiments.exports.onnx.writing import write_source as write_onnx
from nnlab.experiments.exports.scripts.framework_models import check_model
from nnlab.experiments.exports.scripts.framework_script import write as write_framework
from nnlab.experiments.exports.scripts.frameworks import FRAMEWORKS
from nnlab.experiments.exports.scripts.notebook import write as write_notebook
from nnlab.experiments.exports.scripts.numpy_script import write as write_numpy
from nnlab.experiments.exports.scripts.sklearn_script import write as write_sklearn
from nnlab.experiments.exports.target import Export, Source
from nnlab.experiments.exports.tensorboard.writing import write_tensorboard
from nnlab.experiments.exports.weights import write_npz, write_state_dict
from nnlab.report import Report, silent

__all__ = ["EXPORTS", "Export", "Source", "written"]

EXPORTS: dict[str, Export] = {
    "numpy": Export(
        "NumPy script",
        "A file of Python that trains the same, bit for bit, and needs NumPy and nothing else.",
        ".py",
        write_numpy,
    ),
    "torch": Export(
        "PyTorch script",
        "A file of Python that trains the same in PyTorch: from the same weights, through the same batches.",
        "-torch.py",
        partial(write_framework, "torch"),
        check=partial(check_model, FRAMEWORKS["torch"]),
    ),
    "keras": Export(
        "Keras script",
        "A file of Python that trains the same in Keras 3 on PyTorch: from the same weights, through the same batches.",
        "-keras.py",
        partial(write_framework, "keras"),
        check=partial(check_model, FRAMEWORKS["keras"]),
    ),
    "sklearn": Export(
        "scikit-learn script",
        "A file of Python that trains the same in scikit-learn, as far as that can: perceptrons, an RBM, a linear SVM.",
        "-sklearn.py",
        write_sklearn,
    ),
    "notebook": Export(
        "Notebook",
        "A Jupyter notebook: the NumPy script's parts as cells, the equations of layers, loss and optimizer between.",
        ".ipynb",
        write_notebook,
    ),
    "onnx": Export(
        "ONNX model",
        "A trained model for other programs, with the scaling of its inputs inside; of one that has a code three files: "
        "the whole, its encoder and its decoder.",
        ".onnx",
        write_onnx,
        needs_model=True,
    ),
    "torch-weights": Export(
        "PyTorch weights",
        "What was learned as a state_dict (.safetensors), named and turned as PyTorch has it; pictures laid flat go channel "
        "by channel.",
        "-torch.safetensors",
        write_state_dict,
        needs_model=True,
    ),
    "npz": Export(
        "Weights for NumPy",
        "What was learned as arrays by name (.npz), as nnlab has them; Keras has them alike.",
        "-weights.npz",
        write_npz,
        needs_model=True,
    ),
    "tensorboard": Export(
        "TensorBoard",
        "A folder that TensorBoard shows: curves, histograms of the parameters, pictures and settings of a run or a model.",
        "-tensorboard",
        write_tensorboard,
        needs_model=True,
    ),
}


def written(source: Source, target: str, output: Path, report: Report = silent) -> dict[str, Any]:
    """Write it, and tell where it is."""
    found = EXPORTS[target].write(source, output, report)
    return {"output": str(output), **found}
