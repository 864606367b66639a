"""Packages that nnlab can do without: found without being imported, asked for where they are needed, told of where they are
missing or broken.
"""

import importlib
import importlib.util
from dataclasses import dataclass
from types import ModuleType

from nnlab.errors import NnlabError
from nnlab.words import printable, without_middle

_LONGEST_FAULT = 200


@dataclass(frozen=True)
class OptionalPackage:
    """What a person calls it, the module that is imported, and what is installed for it."""

    title: str
    module: str
    installed_as: str
    # What is imported besides, so that it can be used.
    needs: tuple[str, ...] = ()


# By the name that commands and files use. pyproject.toml's extras install them together with nnlab.
OPTIONAL: dict[str, OptionalPackage] = {
    "torch": OptionalPackage("PyTorch", "torch", "torch"),
    "jax": OptionalPackage("JAX", "jax", "jax"),
    "keras": OptionalPackage("Keras", "keras", "keras torch", ("torch",)),
    "onnx": OptionalPackage("ONNX", "onnx", "onnx"),
    "onnxruntime": OptionalPackage("ONNX Runtime", "onnxruntime", "onnxruntime"),
    "tensorboard": OptionalPackage("tensorboardX", "tensorboardX", "tensorboardX"),
    "optuna": OptionalPackage("Optuna", "optuna", "optuna"),
    "dask": OptionalPackage("Dask", "distributed", "distributed"),
}


class MissingPackageError(NnlabError):
    """An optional package is not installed; the sentence has the line that installs it."""


class BrokenPackageError(NnlabError):
    """An optional package is installed, and cannot be imported."""


def is_installed(name: str) -> bool:
    """Whether it is there, with what it needs; nothing is imported, so that asking costs nothing."""
    package = OPTIONAL[name]
    return all(_is_there(module) for module in (package.module, *package.needs))


def version_of(name: str) -> str:
    """The version that is installed, without importing it; empty where it is missing."""
    # It brings readers of e-mail with it, for which a start would wait.
    import importlib.metadata

    try:
        return importlib.metadata.version(OPTIONAL[name].installed_as.split()[0])
    except importlib.metadata.PackageNotFoundError:
        return ""


def install_line(name: str) -> str:
    """What a person types to have it."""
    return f"pip install {OPTIONAL[name].installed_as}"


def missing_sentence(name: str) -> str:
    """That it is not there, and how to have it."""
    return f"{OPTIONAL[name].title} is not installed; {install_line(name)}"


def required(name: str) -> ModuleType:
    """The imported module; raises MissingPackageError or BrokenPackageError."""
    package = OPTIONAL[name]
    if not is_installed(name):
        raise MissingPackageError(missing_sentence(name))
    try:
        return importlib.import_module(package.module)
    # What a package does while it is imported is its own affair, and so is what it raises.
    except Exception as error:
        fault = without_middle(printable(f"{type(error).__name__}: {error}"), _LONGEST_FAULT)
        raise BrokenPackageError(
            f"{package.title} is installed, and cannot be imported ({fault}); install it again: {install_line(name)}"
        ) from None


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False
